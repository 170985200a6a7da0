"""Communities, their rules and roles on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from app.communities.form import Form
from app.communities.models.communities import Community, Joining, Responsibility, Visibility
from app.communities.models.memberships import Status
from app.kernel.schema import (
    Choice,
    Country,
    Filters,
    Id,
    Language,
    Line,
    Paragraph,
    Read,
    Schema,
    SearchText,
    TimeZone,
    refusal,
)
from app.organizations.schemas import Province

_MOST_QUESTIONS = 10


def _each_once(questions: list[str]) -> list[str]:
    if len(set(questions)) != len(questions):
        raise refusal("questions_repeated", "Ask each question once.")
    return questions


Texts = Annotated[dict[Language, Paragraph], Field(max_length=20)]
"""A text by language."""
Questions = Annotated[list[Line], Field(max_length=_MOST_QUESTIONS), AfterValidator(_each_once)]
"""What a community asks those who want to join."""


class CommunityCreate(Schema):
    """A new community; whoever creates it is its first owner."""

    name: Line
    descriptions: Texts = Field(default_factory=dict)
    host_country: Annotated[Country, Field(description="Where its members live.")]
    city: Line | None = None
    home_country: Annotated[Country, Field(description="Where they or their parents come from.")] = "ID"
    home_region: Province | None = None
    time_zone: TimeZone = "Asia/Jakarta"
    legal_form: Annotated[Line | None, Field(description="What it is registered as; null: it is not registered.")] = (
        None
    )
    visibility: Choice[Visibility] = Visibility.PROTECTED
    joining: Choice[Joining] = Joining.REQUEST
    join_questions: Questions = Field(default_factory=list)


class CommunityUpdate(Schema):
    """What is to change of a community; what is left out stays. `descriptions` replaces all of them."""

    name: Line = Field(default_factory=str)
    descriptions: Texts = Field(default_factory=dict)
    host_country: Country = Field(default_factory=str)
    city: Line | None = None
    home_country: Country = Field(default_factory=str)
    home_region: Province | None = None
    time_zone: TimeZone = Field(default_factory=str)
    legal_form: Line | None = None
    visibility: Choice[Visibility] = Visibility.PROTECTED
    joining: Choice[Joining] = Joining.REQUEST
    join_questions: Questions = Field(default_factory=list)


class CommunityRead(Read):
    """A community's profile. How many members it has is told by public ones alone, and by all to their members.

    It shows no version: form and count change without one, and nothing is changed against it.
    """

    id: UUID
    name: str
    descriptions: dict[str, str]
    host_country: str
    city: str | None
    home_country: str
    home_region: str | None
    time_zone: str
    legal_form: str | None
    form: Form
    visibility: Visibility
    joining: Joining
    join_questions: list[str]
    rules_number: int
    member_count: int | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Community, form: Form, *, is_counted: bool) -> Self:
        """Show a row with what follows from elsewhere."""
        said = {name: getattr(row, name) for name in cls.model_fields if name != "form"}
        texts = {description.language: description.text for description in row.descriptions}
        count = row.member_count if is_counted else None
        return cls(**said | {"form": form, "descriptions": texts, "member_count": count})


class CommunityFilters(Filters):
    """Which communities are asked for; `mine` are those the caller has to do with."""

    q: SearchText = ""
    host_country: Country | None = None
    city: Line | None = None
    home_region: Province | None = None
    form: Form | None = None
    mine: bool = False


class CommunityItem(Read):
    """A community in a list, with the state of the caller's membership where there is one."""

    id: UUID
    name: str
    host_country: str
    city: str | None
    home_country: str
    home_region: str | None
    form: Form
    visibility: Visibility
    joining: Joining
    member_count: int | None
    my_status: Status | None


class RulesPublish(Schema):
    """New rules; members accept them anew."""

    texts: Annotated[dict[Language, Paragraph], Field(min_length=1, max_length=20)]


class RulesRead(Read):
    """One version of a community's rules."""

    number: int
    texts: dict[str, str]
    published_at: datetime
    in_force: bool


_Responsibilities = Annotated[list[Choice[Responsibility]], Field(min_length=1, max_length=len(Responsibility))]


class RoleCreate(Schema):
    """A role: a name, and what its holders look after."""

    name: Line
    responsibilities: _Responsibilities


class RoleRead(Read):
    """A role that a community gives."""

    id: UUID
    name: str
    responsibilities: list[str]


class RolesSet(Schema):
    """All the roles that a member is to hold."""

    role_ids: Annotated[list[Id], Field(max_length=20)]
