"""People for tests, signed in."""

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import update

from app.identity import tokens
from app.identity.models import ApiKey, LoginSession, Party, Person, PersonDetails
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.kernel.settings import Settings
from app.messaging import mailbox
from tests.make.callers import Caller

_numbers = count(1)


class SignedIn(Caller):
    """A person with a session."""

    def __init__(self, http: httpx.AsyncClient, token: str, person_id: UUID) -> None:
        """Call as this person."""
        super().__init__(http, token)
        self.id = person_id


async def person(
    database: Database,
    http: httpx.AsyncClient,
    name: str = "Ani",
    *,
    operator: bool = False,
    suspended: bool = False,
    expired: bool = False,
    **details: Any,
) -> SignedIn:
    """A person with a verified phone number and a session; `details` go into their private details."""
    person_id, token, number = new_id(), tokens.new_token(tokens.ACCESS_PREFIX), next(_numbers)
    async with database.transaction() as session:
        moment = await clock.now(session)
        session.add(Party(id=person_id, kind="person"))
        await session.flush()
        session.add(Person(id=person_id, version=1, is_operator=operator, suspended_at=moment if suspended else None))
        await session.flush()
        session.add(
            PersonDetails(
                person_id=person_id,
                **{"display_name": name, "phone": f"+628120000{number:04d}", "phone_verified_at": moment} | details,
            )
        )
        session.add(
            LoginSession(
                person_id=person_id,
                access_digest=tokens.digest(token),
                access_expires_at=moment + timedelta(minutes=-1 if expired else 15),
                refresh_digest=tokens.digest(tokens.new_token(tokens.REFRESH_PREFIX)),
                refresh_expires_at=moment + timedelta(days=60),
                device="tests",
            )
        )
    return SignedIn(http, token, person_id)


async def phone(database: Database, who: SignedIn) -> str:
    """The number that a person has proved."""
    async with database.reading() as session:
        return (await session.get_one(PersonDetails, who.id)).phone or ""


async def stay_signed_in(database: Database) -> None:
    """Let everybody's session outlive a clock that is moved by days."""
    async with database.transaction() as session:
        await session.execute(update(LoginSession).values(access_expires_at=clock.sql_now() + timedelta(days=30)))


@dataclass(frozen=True)
class KeyHolder:
    """An API key and a caller that uses it."""

    id: UUID
    caller: Caller


async def api_key(database: Database, maker: SignedIn, *scopes: str, party: UUID | None = None) -> KeyHolder:
    """An API key that `maker` made for `party` (themselves by default)."""
    token = tokens.new_token(tokens.API_KEY_PREFIX)
    key = ApiKey(
        id=new_id(),
        version=1,
        party_id=party or maker.id,
        created_by=maker.id,
        name="tests",
        prefix=token[:8],
        digest=tokens.digest(token),
        scopes=list(scopes),
    )
    async with database.transaction() as session:
        session.add(key)
    return KeyHolder(key.id, Caller(maker.http, token))


def newest_code(settings: Settings, address: str) -> str:
    """The code in the newest letter to an address."""
    _, letter = mailbox.read(settings.mailbox, to=address)[-1]
    found = re.search(r"\b[0-9]{6}\b", letter.body)
    assert found is not None, letter.body
    return found[0]
