"""Relations and partnerships on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.communities.models.partnerships import PartnershipStatus
from app.communities.models.relations import RelationStatus, Stands
from app.identity.models import PartyKind
from app.kernel.schema import Choice, Day, Filters, Id, Line, Paragraph, Read, Schema, refusal


class RelationAsk(Schema):
    """Which community is to be what to this one."""

    community_id: Id
    stands: Annotated[
        Choice[Stands], Field(description="What the other is to be: our parent, a chapter of ours, a peer.")
    ]


class RelationRead(Read):
    """A relation, seen from one of its communities: the other one, and what that is to it."""

    id: UUID
    community_id: UUID
    name: str
    stands: Stands
    status: RelationStatus
    asked_by: UUID
    since: datetime | None


class PartnershipPropose(Schema):
    """What a community proposes to an organization or another community, from a day to a day, both included."""

    partner_id: Id
    purpose: Line
    targets: Paragraph | None = None
    starts_on: Day
    ends_on: Day | None = None
    document_upload_id: Annotated[Id | None, Field(description="An upload of your own; the two sides see it.")] = None

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise refusal("days_reversed", "Let it end on the day it begins, or later.")
        return self


class PartnershipFilters(Filters):
    """Which partnerships are asked for; those not accepted are for the two sides."""

    status: PartnershipStatus | None = None


class PartnershipRead(Read):
    """A partnership of a community."""

    id: UUID
    community_id: UUID
    community_name: str
    partner_id: UUID
    partner_kind: PartyKind
    partner_name: str
    purpose: str
    targets: str | None
    starts_on: date
    ends_on: date | None
    has_document: bool
    status: PartnershipStatus
    created_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None
