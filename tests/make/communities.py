"""Communities for tests, with members in whatever state they are wanted; made through the domain's own actions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from app.communities.actions import invitations, joining, members, ownership, profiles, roles
from app.communities.models.communities import Community, Responsibility
from app.communities.models.memberships import Membership, ShownTo
from app.communities.schemas.communities import CommunityCreate, CommunityUpdate, RoleCreate, RulesPublish
from app.communities.schemas.invitations import InvitationCreate
from app.communities.schemas.memberships import MemberInvite, MembershipAsk
from app.kernel.actor import Actor
from app.kernel.database import Database
from tests.make.identity import SignedIn, person


@dataclass(frozen=True)
class Made:
    """A community and its first owner; `path` is where it is read."""

    id: UUID
    owner: SignedIn

    @property
    def path(self) -> str:
        """Its address."""
        return f"/v1/communities/{self.id}"


def described(**fields: Any) -> dict[str, Any]:
    """What somebody says who founds a community in Rotterdam: public and open unless said otherwise."""
    return {
        "name": "PPI Rotterdam",
        "host_country": "NL",
        "city": "Rotterdam",
        "visibility": "public",
        "joining": "open",
    } | fields


async def community(
    database: Database, http: httpx.AsyncClient, *, owner: SignedIn | None = None, **fields: Any
) -> Made:
    """A community of `described`."""
    owner = owner or await person(database, http, "Laras")
    async with database.transaction() as session:
        asked = CommunityCreate.model_validate(described(**fields))
        made = await profiles.create(session, actor(owner), asked)
    return Made(made.id, owner)


def row(of: Made, **fields: Any) -> Community:
    """A public community's row alone, for its party."""
    said = {"name": "Komunitas", "host_country": "NL", "home_country": "ID", "time_zone": "Europe/Amsterdam"}
    return Community(id=of.id, visibility="public", joining="open", join_questions=[], **said | fields)


async def rules(database: Database, of: Made, text: str = "Be kind.") -> int:
    """Further rules of a community; gives their number."""
    async with database.transaction() as session:
        asked = RulesPublish.model_validate({"texts": {"en": text}})
        return (await profiles.publish_rules(session, actor(of.owner), of.id, asked)).number


async def member(
    database: Database,
    http: httpx.AsyncClient,
    of: Made,
    name: str = "Bayu",
    *,
    who: SignedIn | None = None,
    shown_to: str | None = None,
    owner: bool = False,
    looks_after: list[str] | None = None,
) -> SignedIn:
    """An active member, shown to whom they chose; an owner or the holder of a role of their own where asked for.

    Whom an owner invites by name joins whatever the community's ways are.
    """
    who = who or await person(database, http, name)
    async with database.transaction() as session:
        invited = MemberInvite.model_validate({"person_id": str(who.id)})
        await members.invite(session, actor(of.owner), of.id, invited)
        current = (await profiles.update(session, actor(of.owner), of.id, CommunityUpdate())).rules_number
        await joining.ask(session, actor(who), of.id, MembershipAsk(rules_accepted=current))
        if shown_to is not None:
            await joining.choose(session, actor(who), of.id, ShownTo(shown_to))
        if owner:
            await ownership.appoint(session, actor(of.owner), of.id, who.id)
    if looks_after is not None:
        await role(database, of, looks_after, who)
    return who


async def role(database: Database, of: Made, looks_after: list[str], *holders: SignedIn) -> UUID:
    """A role that looks after something, and who holds it and no other."""
    async with database.transaction() as session:
        name = f"{'+'.join(looks_after)} {len(holders)} {holders[0].id if holders else ''}"
        asked = RoleCreate(name=name, responsibilities=[Responsibility(each) for each in looks_after])
        made = await roles.create(session, actor(of.owner), of.id, asked)
        for holder in holders:
            await roles.set_roles(session, actor(of.owner), of.id, holder.id, [made.id])
    return made.id


async def requested(
    database: Database, http: httpx.AsyncClient, of: Made, *, who: SignedIn | None = None
) -> Membership:
    """Somebody who asked to join a community that decides about it."""
    who = who or await person(database, http, "Ayu")
    async with database.transaction() as session:
        return await joining.ask(session, actor(who), of.id, MembershipAsk())


@dataclass(frozen=True)
class Given:
    """An invitation and, of a link or code, its secret."""

    id: UUID
    secret: str


async def invitation(database: Database, of: Made, *, kind: str = "link", **fields: Any) -> Given:
    """An invitation by a link for one, unless said otherwise."""
    async with database.transaction() as session:
        asked = InvitationCreate.model_validate({"kind": kind} | fields)
        made, secret = await invitations.create(session, actor(of.owner), of.id, asked)
    return Given(made.id, secret or "")


async def sent(database: Database, of: Made, address: str) -> Given:
    """An invitation of a number or e-mail address, whose message is not sent."""
    return await invitation(database, of, kind="email" if "@" in address else "phone", address=address)


def actor(who: SignedIn) -> Actor:
    """The caller of an action."""
    return Actor(person_id=who.id)
