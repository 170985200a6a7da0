"""Reference on the wire; names are in the reader's language."""

from typing import Generic, TypeVar
from uuid import UUID

from app.kernel.schema import Read

T = TypeVar("T")


class WholeRead(Read, Generic[T]):
    """A list that is short enough to be given whole."""

    items: tuple[T, ...]


class CountryRead(Read):
    """A country or territory of ISO 3166-1; its currencies are those that are legal tender."""

    code: str
    name: str
    currencies: tuple[str, ...]
    calling_code: str | None


class CurrencyRead(Read):
    """A currency of ISO 4217: amounts are in units of 10^-exponent, in multiples of `payment_step`."""

    code: str
    name: str
    exponent: int
    payment_step: int


class LanguageRead(Read):
    """A language by its BCP 47 tag."""

    code: str
    name: str


class TimeZoneRead(Read):
    """A time zone of the IANA database and the country it is named after."""

    name: str
    country: str


class HsCodeRead(Read):
    """A code of the Harmonized System; chapters, of two digits, have no parent."""

    code: str
    parent: str | None
    description: str


class UniversityRead(Read):
    """A university, and the domains of the addresses it gives."""

    id: UUID
    name: str
    country: str
    domains: list[str]
