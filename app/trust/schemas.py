"""Ties, requests and codes on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.identity.schemas import Address
from app.kernel.messages import translate
from app.kernel.schema import AggregateRead, Choice, Filters, Id, Line, Read, Schema, SearchText, refusal
from app.trust.models.requests import RequestState
from app.trust.models.strengths import TieStrength
from app.trust.models.ties import Consent, Origin, TieKind
from app.trust.strength import VERSION, is_weak

Closeness = Annotated[
    int,
    Field(ge=1, le=5, description="How close you are to them, 1 to 5; nobody but you is told, the other one neither."),
]
ToIntroduce = Annotated[
    Choice[Consent],
    Field(
        description="Whether you may be introduced to others through this tie; the other one decides for themselves."
    ),
]
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{6,200}$"), Field(description="What the link carries.")]


class OwnWord(Schema):
    """What one says of a tie for oneself."""

    closeness: Closeness | None = None
    consent_to_introduce: ToIntroduce = Consent.ASK_ME


class TieRequestCreate(OwnWord):
    """Whom one asks, and what for: by id, or by the exact number or e-mail address that they proved to be theirs."""

    person_id: Id | None = None
    address: Address | None = None
    kind: Choice[TieKind] = TieKind.KNOWS

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.person_id is None) == (self.address is None):
            raise refusal("one_way", "Give one of person_id and address.")
        return self


class Direction(StrEnum):
    """Whose requests are asked for: those made to one, or by one."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class TieRequestFilters(Filters):
    """Which requests are asked for."""

    direction: Direction = Direction.INCOMING


class TieRequestRead(Read):
    """A request as one of the two reads it.

    `person_id` is the other one: whoever asks, or who is asked; null while only an address is known. Of one's own, a
    request that was turned down waits like any other. It has no version, which would tell of the answer.
    """

    id: UUID
    direction: Direction
    person_id: UUID | None
    display_name: str | None
    address: str | None
    kind: TieKind
    origin: Origin
    state: RequestState
    asked_at: datetime
    tie_id: UUID | None


class TieUpdate(Schema):
    """What one says of a tie from now on; what is left out stays as it is, `closeness` null takes it back."""

    closeness: Closeness | None = None
    consent_to_introduce: ToIntroduce | None = None


MESSAGES: dict[str, str] = {
    "time": "You met, dealt on an order or counted a treasury together: this counts as {days} days, less as they age.",
    "no-time": "You have not met, dealt on an order or counted a treasury together yet.",
    "intensity": "You say that you are this close: {closeness} of 5.",
    "no-intensity": "You have not said how close you are.",
    "intimacy": "You shared what others are not told, such as private prices.",
    "no-intimacy": "You have not shared what others are not told, such as private prices.",
    "reciprocity": "Each of you did something for the other.",
    "no-reciprocity": "Not both of you have done something for the other yet.",
}


class StrengthRead(Read):
    """How strong a tie is for the one who reads it, from 0 to 0.99, of what parts, and why in words.

    `version` is that of the formulas, `evidence` how many acts were weighed.
    """

    value: float
    is_weak: bool
    time: float
    intensity: float
    intimacy: float
    reciprocity: float
    reasons: list[str]
    evidence: int
    version: int
    as_of: datetime

    @classmethod
    def of(cls, row: TieStrength, closeness: int | None, language: str) -> Self:
        """Say it in the reader's language."""
        said = {"days": round(row.time * 30, 1), "closeness": closeness}
        codes = [name if value > 0 else f"no-{name}" for name, value in row.parts._asdict().items()]
        return cls(
            value=row.strength,
            is_weak=is_weak(row.strength),
            **row.parts._asdict(),
            reasons=[translate(MESSAGES[code], language, **said) for code in codes],
            evidence=row.acts,
            version=VERSION,
            as_of=row.as_of,
        )


class TieRead(AggregateRead):
    """A tie as one of the two has it, under an id and a version of their own; `strength` is null once it has ended."""

    person_id: UUID
    display_name: str
    kind: TieKind
    origin: Origin
    occasion: str | None
    closeness: int | None
    consent_to_introduce: Consent
    confirmed_at: datetime
    ended_at: datetime | None
    strength: StrengthRead | None

    @classmethod
    def of(cls, row: Any, language: str) -> Self:
        """Put the side, the tie and its strength together."""
        weighed = row.TieStrength
        strength = None if weighed is None else StrengthRead.of(weighed, row.closeness, language)
        return cls.model_validate(row._asdict() | {"strength": strength})


class EmbeddednessRead(Read):
    """How evenly somebody is tied to home and to where they live now: sums of strengths, and 0 to 1 of both.

    Where the two are the same country there is nothing to balance, and all counts for home.
    """

    home_country: str | None
    host_country: str | None
    home: float
    host: float
    dual_embeddedness: float
    evidence: int
    version: int
    as_of: datetime


class SuggestionRead(Read):
    """Somebody one may ask: on how many orders one dealt with them, and in how many communities one finds them."""

    person_id: UUID
    display_name: str
    orders: int
    communities: int


class FirstContactRead(Read):
    """Somebody in a city one once lived in; `via` is who could introduce one, where all of them let that be said."""

    person_id: UUID
    display_name: str
    communities: int
    via: str | None


class FirstContactFilters(Filters):
    """Where one once lived; left out, all the cities of one's residence history."""

    city: SearchText | None = None


class TieCodeCreate(OwnWord):
    """What to show for others to scan: for how long, how often, and where it is."""

    kind: Choice[TieKind] = TieKind.KNOWS
    occasion: Annotated[Line | None, Field(description="Where you meet, such as a festival; both read it later.")] = (
        None
    )
    minutes: Annotated[int, Field(ge=1, le=10)] = 5
    max_uses: Annotated[int, Field(ge=1, le=100, description="How many may scan it.")] = 1


class TieCodeCreated(Read):
    """A code in the only moment in which its secret is known: draw `link` as a QR code."""

    secret: str
    link: str
    expires_at: datetime
    max_uses: int


class TieCodeRedeem(OwnWord):
    """What was scanned, and what one says of the tie for oneself."""

    secret: Secret
