"""Finding who stands behind a token or an address, and reading people, sessions and keys."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, and_, bindparam, null, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.identity import addresses, policy, tokens
from app.identity.models import ApiKey, LoginSession, Party, PartyKind, Person, PersonDetails
from app.identity.schemas import MeRead, NextStep, PersonAccountRead, PersonRead, SessionRead
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Database, settings_of
from app.kernel.messages import translate
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.prepared import Prepared
from app.kernel.problems import NotFound
from app.messaging import actions as messaging
from app.messaging.outgoing import Channel

# The most useful first: what opens the most doors, then what makes others find one.
MESSAGES: dict[str, str] = {
    "host-country": "Say which country you live in: prices, shipping and what you may do there depend on it.",
    "diaspora-basis": "Say on what basis you live there. Nobody else sees it; it tells what you may do, such as sell.",
    "second-address": "Add a phone number or e-mail address, so that losing the other one does not lock you out.",
    "city": "Say which city you live in, to find people and events near you.",
    "residences": "Add the places where you lived before: you know them, and others ask about them.",
}


class Credential(NamedTuple):
    """A valid token and the person behind it; of a key also whether its last use was noted within this minute."""

    person_id: UUID
    is_operator: bool
    suspended_at: datetime | None
    credential_id: UUID
    scopes: Sequence[str] | None
    party_id: UUID | None
    authenticated_at: datetime | None
    use_is_noted: bool


async def find_credential(database: Database, token: str) -> Credential | None:
    """Look up a session's access token or an API key, in one statement; None where it is not valid now.

    The suspended still find theirs, so that they can be told why they are refused.
    """
    statement = _by_key() if token.startswith(tokens.API_KEY_PREFIX) else _by_session()
    found = await database.rows(statement, {"digest": tokens.digest(token)})
    return Credential(*found[0]) if found else None


class Account(NamedTuple):
    """Whose an address is; of nobody, where it is nobody's."""

    person_id: UUID | None
    password_hash: str | None


async def find_account(session: AsyncSession, address: str) -> Account:
    """Whose account a normalised address opens."""
    column = PersonDetails.email if addresses.is_email(address) else PersonDetails.phone
    statement = select(PersonDetails.person_id, PersonDetails.password_hash).where(column == address)
    row = (await session.execute(statement)).one_or_none()
    return Account(None, None) if row is None else Account(*row)


class Contact(NamedTuple):
    """How to reach a person, and in which language."""

    channel: Channel
    address: str
    language: str


async def find_contact(session: AsyncSession, person_id: UUID) -> Contact | None:
    """How to tell a person something, for reactions alone: by e-mail, or else by WhatsApp or SMS.

    None where they have no address that this installation reaches.
    """
    statement = select(PersonDetails.email, PersonDetails.phone, PersonDetails.languages).where(
        PersonDetails.person_id == person_id
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    offered = messaging.offered(settings_of(session))
    language = (row.languages or ["en"])[0]
    for channel, address in ((Channel.EMAIL, row.email), (Channel.WHATSAPP, row.phone), (Channel.SMS, row.phone)):
        if address is not None and channel in offered:
            return Contact(channel, address, language)
    return None


async def get_me(session: AsyncSession, actor: Actor) -> MeRead:
    """The caller's own profile. Raises Forbidden for a key made for an organization."""
    person_id = policy.require_self(actor)
    statement = select(Person).where(Person.id == person_id).options(joinedload(Person.details))
    return MeRead.of((await session.execute(statement.options(selectinload(Person.residences)))).scalar_one())


async def next_steps(session: AsyncSession, actor: Actor) -> list[NextStep]:
    """What the caller's profile lacks, the most useful first."""
    me = await get_me(session, actor)
    missing = {
        "host-country": me.host_country is None,
        "diaspora-basis": me.diaspora_basis is None,
        "second-address": me.phone is None or me.email is None,
        "city": me.city is None,
        "residences": not me.residences,
    }
    return [
        NextStep(code=code, message=translate(MESSAGES[code], actor.language)) for code in MESSAGES if missing[code]
    ]


async def get_person(session: AsyncSession, actor: Actor, person_id: UUID) -> PersonRead:
    """What the caller sees of a person. Raises NotFound."""
    statement = (
        select(Person.id, PersonDetails.display_name)
        .join(PersonDetails, PersonDetails.person_id == Person.id)
        .where(policy.visible(actor), Person.id == person_id)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return PersonRead.model_validate(row)


async def get_person_for_update(session: AsyncSession, person_id: UUID) -> Person:
    """A person, locked, with details and residences. Raises NotFound."""
    statement = select(Person).where(Person.id == person_id).options(joinedload(Person.details, innerjoin=True))
    locked = statement.options(selectinload(Person.residences)).with_for_update(of=Person)
    person = (await session.execute(locked.execution_options(populate_existing=True))).scalar_one_or_none()
    if person is None:
        raise NotFound
    return person


async def account_page(session: AsyncSession, address: str, asked: PageRequest) -> Page[PersonAccountRead]:
    """For operators: the account, if any, that an address opens."""
    account = await find_account(session, address)
    statement = select(Person).where(Person.id == account.person_id).options(joinedload(Person.details))
    page = await fetch(session, statement, [Sort(Person.id)], asked)
    return Page([PersonAccountRead.of(person) for person in page.items], page.next_cursor)


async def session_page(session: AsyncSession, actor: Actor, asked: PageRequest) -> Page[SessionRead]:
    """The caller's sessions that can still be used, the newest first."""
    statement = select(LoginSession).where(
        LoginSession.person_id == policy.require_self(actor),
        LoginSession.ended_at.is_(None),
        LoginSession.refresh_expires_at > clock.sql_now(),
    )
    page = await fetch(session, statement, [Sort(LoginSession.id, descending=True)], asked)
    return Page([SessionRead.of(row, actor.session_id) for row in page.items], page.next_cursor)


async def api_key_page(session: AsyncSession, party_id: UUID, asked: PageRequest) -> Page[ApiKey]:
    """The keys of a party that were not revoked, the newest first; that the caller speaks for it was judged before."""
    statement = select(ApiKey).where(ApiKey.party_id == party_id, ApiKey.revoked_at.is_(None))
    return await fetch(session, statement, [Sort(ApiKey.id, descending=True)], asked)


async def get_api_key_for_update(session: AsyncSession, party_id: UUID, key_id: UUID) -> ApiKey:
    """A party's key that was not revoked, locked. Raises NotFound."""
    statement = select(ApiKey).where(ApiKey.id == key_id, ApiKey.party_id == party_id, ApiKey.revoked_at.is_(None))
    key = (await session.execute(statement.with_for_update())).scalar_one_or_none()
    if key is None:
        raise NotFound
    return key


async def api_keys_of_maker_for_update(session: AsyncSession, party_id: UUID, maker_id: UUID) -> Sequence[ApiKey]:
    """The keys that somebody made for a party and that were not revoked, locked in the order of their ids."""
    statement = select(ApiKey).where(
        ApiKey.party_id == party_id, ApiKey.created_by == maker_id, ApiKey.revoked_at.is_(None)
    )
    return (await session.scalars(statement.order_by(ApiKey.id).with_for_update())).all()


class Ground(NamedTuple):
    """What kind of party it is and, for a person, where they live and why: private, for the activity rules alone."""

    kind: PartyKind
    host_country: str | None
    basis: str | None


async def private_ground(session: AsyncSession, party_id: UUID) -> Ground:
    """The private ground on which a party may do things. It goes into no answer, event or log. Raises NotFound."""
    found = await _GROUND.within(session, {"party_id": party_id})
    if not found:
        raise NotFound
    kind, host_country, basis = found[0]
    return Ground(PartyKind(kind), host_country, basis)


_GROUND = Prepared(
    select(Party.kind, PersonDetails.host_country, PersonDetails.diaspora_basis)
    .outerjoin(PersonDetails, PersonDetails.person_id == Party.id)
    .where(Party.id == bindparam("party_id", type_=Uuid()))
)


@cache
def _by_session() -> Prepared:
    is_open = or_(LoginSession.ended_at.is_(None), Person.suspended_at.is_not(None))
    return Prepared(
        select(
            Person.id,
            Person.is_operator,
            Person.suspended_at,
            LoginSession.id,
            null(),
            null(),
            LoginSession.authenticated_at,
            true(),
        )
        .join(Person, Person.id == LoginSession.person_id)
        .where(LoginSession.access_digest == _DIGEST, is_open)
        .where(LoginSession.access_expires_at > clock.sql_now())
    )


@cache
def _by_key() -> Prepared:
    is_valid = and_(ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > clock.sql_now()))
    return Prepared(
        select(
            Person.id,
            Person.is_operator,
            Person.suspended_at,
            ApiKey.id,
            ApiKey.scopes,
            ApiKey.party_id,
            null(),
            ApiKey.use_is_noted(),
        )
        .join(Person, Person.id == ApiKey.created_by)
        .where(ApiKey.digest == _DIGEST, is_valid)
    )


_DIGEST = bindparam("digest", type_=LargeBinary)
