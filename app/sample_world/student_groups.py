"""What the files of the written world say of student groups; days are counted from the day it is made."""

from pydantic import Field

from app.kernel.schema import Schema


class StudentProof(Schema):
    """How somebody proved where they study: by an address, or by an officer's word on a university."""

    person: str
    days_ago: int
    address: str | None = None
    university: str | None = None
    until_days: int | None = None
    note: str | None = None


class StudentPeriod(Schema):
    """A period of membership, in days from today, and who has confirmed in it."""

    from_days: int
    until_days: int
    confirm_days: int
    confirmed_by: list[str] = Field(default=[])


class TermSeat(Schema):
    """Who holds which role in a term."""

    person: str
    role: str


class OfficerTerm(Schema):
    """A term of officers, in days from today; accepted where it says when."""

    from_days: int
    until_days: int
    lead: str
    accepted_days_ago: int | None = None
    seats: list[TermSeat] = Field(default=[])


class StudentGroup(Schema):
    """What a community has as a student group; `classes` are what people are in it."""

    scope: str
    university: str | None = None
    proofs: list[StudentProof] = Field(default=[])
    classes: dict[str, str] = Field(default={})
    periods: list[StudentPeriod] = Field(default=[])
    terms: list[OfficerTerm] = Field(default=[])
