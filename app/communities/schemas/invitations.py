"""Invitations on the wire: as officers make and list them, and as those read them who are invited."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.communities.models.communities import Visibility
from app.communities.models.invitations import Invitation, InvitationKind
from app.communities.schemas.memberships import MembershipAsk
from app.identity import addresses
from app.identity.schemas import Address
from app.kernel.schema import Choice, Language, Read, Schema, refusal

Secret = Annotated[
    str,
    StringConstraints(pattern=r"^[\x21-\x7e]{6,200}$"),
    Field(description="What the link carries, or the code as somebody typed it."),
]
_ADDRESSED = {InvitationKind.PHONE, InvitationKind.EMAIL}


class InvitationCreate(Schema):
    """How to invite: a number or e-mail address is sent a message in `language`, a link or code is for you to give."""

    kind: Choice[InvitationKind]
    address: Annotated[Address | None, Field(description="For phone and email.")] = None
    language: Annotated[Language, Field(description="Of the message.")] = "id"
    max_uses: Annotated[int, Field(ge=1, le=10_000, description="How many may join by a link or code.")] = 1
    days: Annotated[int, Field(ge=1, le=90)] = 14

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.address is not None) != (self.kind in _ADDRESSED):
            raise refusal("address_unfit", "Name an address where you invite by phone or email, and only there.")
        if self.address is not None and addresses.is_email(self.address) != (self.kind is InvitationKind.EMAIL):
            raise refusal("address_unfit", "Name an address where you invite by phone or email, and only there.")
        if self.address is not None and self.max_uses > 1:
            raise refusal("one_use", "An address is invited once: leave max_uses out.")
        return self


class InvitationRead(Read):
    """An invitation as officers read it; the address is told to whoever entered it."""

    id: UUID
    kind: InvitationKind
    address: str | None
    max_uses: int
    uses: int
    expires_at: datetime
    closed_at: datetime | None
    created_by: UUID
    created_at: datetime


class InvitationCreated(InvitationRead):
    """An invitation and, for a link or code, its secret in the only moment in which it is known."""

    secret: str | None

    @classmethod
    def of(cls, row: Invitation, secret: str | None) -> Self:
        """Put the two together."""
        return cls.model_validate(dict(InvitationRead.model_validate(row)) | {"secret": secret})


class InvitationShow(Schema):
    """What somebody was given, to see what it invites to."""

    secret: Secret


class InvitationAccept(MembershipAsk):
    """What somebody was given, and what they say in joining."""

    secret: Secret


class InvitationSeen(Read):
    """What one is invited to: enough to decide, the rules included."""

    id: UUID
    community_id: UUID
    name: str
    host_country: str
    city: str | None
    visibility: Visibility
    join_questions: list[str]
    rules_number: int
    rules: dict[str, Any] | None
    expires_at: datetime
