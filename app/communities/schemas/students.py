"""Student groups, classes, proofs and periods on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.communities.models.students import Confirming, MemberClass, Scope
from app.identity import addresses
from app.identity.schemas import Code, Shown
from app.kernel.schema import Choice, Day, Filters, Id, Paragraph, Read, Schema, refusal


def _mail(text: str) -> str:
    if not text.isascii():
        raise refusal("address_lookalike", "Write the address in plain letters, as your university does.")
    address = addresses.normalized(text)
    if address is None or not addresses.is_email(address):
        raise refusal("email_expected", "Give the e-mail address that your university gave you.")
    return address


UniversityAddress = Annotated[
    str,
    StringConstraints(min_length=3, max_length=addresses.MAXIMUM_LENGTH),
    Field(examples=["siti@ogr.iu.edu.tr"]),
    AfterValidator(_mail),
]
"""An e-mail address in plain letters, kept in lower case."""


class StudentGroupSet(Schema):
    """Whose group a community is: of its city, of its country, or of one university."""

    scope: Choice[Scope]
    university_id: Annotated[Id | None, Field(description="For the scope of a university, and only there.")] = None

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if (self.university_id is not None) != (self.scope is Scope.UNIVERSITY):
            raise refusal("university_unfit", "Name a university where the group is for one, and only there.")
        return self


class StudentGroupRead(Read):
    """Whose group a community is."""

    community_id: UUID
    scope: Scope
    university_id: UUID | None
    university: str | None


class ProofCodeRequest(Schema):
    """The address of a university that is to be sent a code."""

    address: UniversityAddress


class ProofCreate(Schema):
    """An address of a university, and the code that was sent there."""

    address: UniversityAddress
    code: Code

    @property
    def shown(self) -> Shown:
        """What proves the address."""
        return Shown(address=self.address, code=self.code)


class ProofGive(Schema):
    """What an officer knows of a member's studies, on what ground, and until when it holds or held."""

    university_id: Id
    valid_until: Day
    note: Annotated[Paragraph, Field(max_length=1000, description="What you have seen; the member reads it.")]


class ProofRead(Read):
    """A proof, as whom it concerns reads it; by hand where a community and a note are named. No address is kept."""

    id: UUID
    university_id: UUID
    university: str
    valid_until: date
    community_id: UUID | None
    note: str | None
    created_at: datetime


class ClassSet(Schema):
    """What a member is in a student group."""

    member_class: Choice[MemberClass]


class ClassRead(Read):
    """What a member was from one moment to another, and the proof it rested on; the present has no end."""

    member_class: MemberClass
    since: datetime
    until: datetime | None
    university: str | None
    proved_until: date | None


class PeriodOpen(Schema):
    """A period of membership, both days included, and until when its members confirm what they are."""

    starts_on: Day
    ends_on: Day
    confirm_by: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.starts_on <= self.confirm_by <= self.ends_on:
            raise refusal("days_unordered", "Let the day to confirm by lie in the period.")
        return self


class PeriodOpened(Read):
    """A period."""

    id: UUID
    starts_on: date
    ends_on: date
    confirm_by: date


class PeriodRead(PeriodOpened):
    """A period, and where the caller stands in it; null where they are no member."""

    confirming: Confirming | None


class ConfirmationRead(Read):
    """That a member confirmed in a period what they are."""

    period_id: UUID
    member_class: MemberClass
    confirmed_at: datetime


class StudentFilters(Filters):
    """Which members are asked for; where they stand is asked of the period that today lies in."""

    member_class: MemberClass | None = None
    confirming: Confirming | None = None


class StudentRead(Read):
    """A member as officers keep them: the class, and the university and last day of the proof it rests on."""

    person_id: UUID
    display_name: str
    member_class: MemberClass | None
    since: datetime | None
    university: str | None
    proved_until: date | None
    confirming: Confirming | None
