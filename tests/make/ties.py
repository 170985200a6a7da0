"""Ties for tests, and what leads to them; made through the domain's own actions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from app.kernel.actor import Actor
from app.kernel.database import Database
from app.trust.actions import asking, meeting, tying
from app.trust.actions.tying import Agreed
from app.trust.models.ties import Origin, TieKind, Word
from app.trust.queries import ties
from app.trust.schemas import OwnWord, TieCodeCreate, TieCodeRedeem, TieRequestCreate
from tests.make import communities
from tests.make.identity import SignedIn, phone


@dataclass(frozen=True)
class Tied:
    """A tie, and the ids under which each of the two reads it."""

    id: UUID
    sides: dict[UUID, UUID]

    def path(self, who: SignedIn) -> str:
        """Where one of the two reads it."""
        return f"/v1/ties/{self.sides[who.id]}"


async def tied(
    database: Database,
    one: SignedIn,
    other: SignedIn,
    *,
    kind: str = TieKind.KNOWS,
    occasion: str | None = None,
    closeness: int | None = None,
    consents: tuple[str, str] = ("ask_me", "ask_me"),
) -> Tied:
    """A tie that `one` asked for and `other` confirmed, each as close as the other."""
    words = [Word(who.id, closeness, consent) for who, consent in zip((one, other), consents, strict=True)]
    async with database.transaction() as session:
        await ties.hold(session, one.id, other.id)
        agreed = Agreed(words[0], words[1], kind, Origin.DECLARED, occasion)
        made = await tying.tie(session, actor(other), agreed)
        return Tied(made.id, {side.person_id: side.id for side in made.sides})


async def requested(database: Database, asker: SignedIn, whom: SignedIn, *, kind: str = "knows") -> UUID:
    """A request at somebody's proved number; gives its id."""
    asked = TieRequestCreate.model_validate({"address": await phone(database, whom), "kind": kind})
    async with database.transaction() as session:
        found: UUID = (await asking.ask(session, actor(asker), asked)).id
    return found


async def shown(database: Database, by: SignedIn, *, lasting: bool = False, **fields: Any) -> str:
    """The secret of a code that somebody shows for five minutes, or, for a world that stands longer, for a day."""
    async with database.transaction() as session:
        made = await meeting.show(session, actor(by), TieCodeCreate.model_validate(fields))
        if lasting:
            day = "interval '1 day'"
            later = f"UPDATE tie_codes SET created_at = created_at + {day}, expires_at = expires_at + {day}"
            await session.execute(text(later))
    return made.secret


async def met(database: Database, one: SignedIn, other: SignedIn, **fields: Any) -> Tied:
    """A tie of two of whom `other` scanned what `one` showed."""
    secret = await shown(database, one, **fields)
    async with database.transaction() as session:
        mine = await meeting.scan(session, actor(other), TieCodeRedeem(secret=secret))
        side = await ties.own_side(session, actor(other), mine.id)
        made = await ties.get_for_update(session, side.tie_id)
        return Tied(made.id, {each.person_id: each.id for each in made.sides})


async def confirmed(database: Database, request_id: UUID, by: SignedIn) -> None:
    """Somebody's yes."""
    async with database.transaction() as session:
        await asking.confirm(session, actor(by), request_id, OwnWord())


async def neighbours(database: Database, http: httpx.AsyncClient) -> tuple[SignedIn, SignedIn]:
    """Two who find each other in the directory of a community of theirs."""
    made = await communities.community(database, http, visibility="hidden")
    one, other = [await communities.member(database, http, made, name, shown_to="members") for name in ("Ayu", "Bayu")]
    return one, other


def actor(who: SignedIn) -> Actor:
    """The caller of an action."""
    return Actor(person_id=who.id)
