"""Shapes on the wire: a strict base for what comes in, a plain one for what goes out, and the types both use.

Strict refuses "1" for 1 and true for 1; ids, dates and enums arrive as JSON text and are therefore named aliases.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Generic, Self, TypeVar
from uuid import UUID
from zoneinfo import available_timezones

import pycountry
from babel.core import Locale, UnknownLocaleError
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.kernel import money

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters other than tab, line feed, carriage return
    "\ud800-\udfff"  # lone surrogates
    "\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]"  # bidirectional overrides and annotations that make text lie
)
"""What no text may hold, wherever it comes from."""
_UUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def refusal(code: str, message: str, **parameters: str | int) -> PydanticCustomError:
    """A validator's own refusal: a stable code and a message id, translated where the answer is written."""
    return PydanticCustomError(code, message, {"message": message, **parameters})


def _text(value: str) -> str:
    if FORBIDDEN.search(value):
        raise refusal("text_forbidden", "Leave out control characters and invisible direction marks.")
    return unicodedata.normalize("NFC", value).strip()


def _line(value: str) -> str:
    value = _text(value)
    if "\n" in value or "\r" in value or "\t" in value:
        raise refusal("text_multiline", "Write this on one line.")
    return value


def _not_blank(value: str) -> str:
    if not value:
        raise refusal("text_blank", "Write something here.")
    return value


def _only_text(value: Any) -> Any:
    if not isinstance(value, str | date | UUID):
        raise refusal("text_expected", "Write this as text.")
    return value


def _only_id(value: Any) -> Any:
    if isinstance(value, UUID) or (isinstance(value, str) and _UUID.match(value)):
        return value
    raise refusal("uuid_parsing", "This is no id.")  # braces, `urn:` and missing hyphens would pass otherwise


def _only_date(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DATE.match(value):  # a bare number would be read as seconds since 1970
        raise refusal("date_expected", "Write dates as 2026-11-24 and times as 2026-11-24T10:30:00Z.")
    return value


D = TypeVar("D", date, datetime)


def _in_our_times(value: D) -> D:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise refusal(
            "date_range",
            "Give a year from {first} to {last}.",
            first=_FIRST_YEAR,
            last=_LAST_YEAR,
        )
    return value


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_line), AfterValidator(_not_blank)]
"""One line of text, 1 to 200 characters, trimmed, NFC."""
Paragraph = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_text), AfterValidator(_not_blank)]
"""Text of several lines, 1 to 10,000 characters, trimmed, NFC."""
SearchText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_line)]
"""What somebody typed into a search box; may be empty."""

E = TypeVar("E", bound=Enum)
_LENIENT = Strict(strict=False)
Choice = Annotated[E, _LENIENT, BeforeValidator(_only_text)]
"""A member of an enum, by its value: `Choice[OrderMode]`."""
Id = Annotated[UUID, _LENIENT, BeforeValidator(_only_id)]
Day = Annotated[date, _LENIENT, BeforeValidator(_only_date), AfterValidator(_in_our_times)]
"""A calendar day, `2026-11-24`."""
Instant = Annotated[AwareDatetime, _LENIENT, BeforeValidator(_only_date), AfterValidator(_in_our_times)]
"""A moment, RFC 3339 with an offset."""


def _member(name: str, message: str, known: Callable[[str], bool]) -> AfterValidator:
    def check(value: str) -> str:
        if not known(value):
            raise refusal(name, message)
        return value

    return AfterValidator(check)


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except UnknownLocaleError:  # no locale, but perhaps a language: Minangkabau (min), Bugis (bug)
        return pycountry.languages.get(alpha_3=tag) is not None
    except ValueError:
        return False
    return True


Country = Annotated[
    str,
    Field(examples=["ID"]),
    StringConstraints(pattern=r"^[A-Z]{2}$"),
    _member(
        "country_unknown",
        "Use an ISO 3166-1 alpha-2 code, such as ID.",
        lambda code: bool(pycountry.countries.get(alpha_2=code)),
    ),
]
Currency = Annotated[
    str,
    Field(examples=["IDR"]),
    StringConstraints(pattern=r"^[A-Z]{3}$"),
    _member(
        "currency_unknown", "Use an ISO 4217 code in upper case, such as IDR.", lambda code: code in money.currencies()
    ),
]
Language = Annotated[
    str,
    Field(examples=["id"]),
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35),
    _member("language_unknown", "Use a BCP 47 tag, such as id.", _is_language),
]
TimeZone = Annotated[
    str,
    StringConstraints(max_length=64),
    _member(
        "time_zone_unknown",
        "Use a time zone of the IANA database, such as Asia/Jakarta.",
        lambda name: name in _time_zones(),
    ),
]
HsCode = Annotated[str, Field(examples=["200520"]), StringConstraints(pattern=r"^[0-9]{6,13}$")]
"""A Harmonized System code, 6 to 13 digits as text."""
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
"""A number of units, 1 to a million."""


class Schema(BaseModel):
    """What comes in: strict, unknown fields refused, immutable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Filters(BaseModel):
    """What a list is asked for, read from the query by FastAPI's `Query()`; text is what a query is made of."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class Read(BaseModel):
    """What goes out: read from rows, no defaults, so that a forgotten field is an error and not a null."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class AggregateRead(Read):
    """What every aggregate shows first; the edge reads the ETag off these two."""

    id: UUID
    version: int


class MoneyIn(Schema):
    """An amount a person or shop states: integer minor units, a multiple of the currency's payment step."""

    amount: Annotated[int, Field(ge=0, le=money.LINE_MAXIMUM)]
    currency: Currency

    @model_validator(mode="after")
    def _whole_steps(self) -> Self:
        step = money.payment_step(self.currency)
        if self.amount % step:
            raise refusal(
                "money_step",
                "In {currency} amounts are multiples of {step} minor units; Rp 15.000 is 1500000.",
                currency=self.currency,
                step=step,
            )
        return self

    def to_money(self) -> money.Money:
        """The amount to calculate with."""
        return money.Money(self.amount, self.currency)


class MoneyRead(Read):
    """An amount we state: integer minor units."""

    amount: int
    currency: str


T = TypeVar("T")


class PageRead(Read, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None


class Timestamps(AggregateRead):
    """An aggregate that also shows when it came to be and last changed."""

    created_at: datetime
    updated_at: datetime
