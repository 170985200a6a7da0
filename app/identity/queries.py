"""Finding who stands behind a token."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import tokens
from app.identity.models import ApiKey, LoginSession, Party, PartyKind, Person, PersonDetails
from app.kernel import clock
from app.kernel.problems import NotFound


class Credential(NamedTuple):
    """A valid token and the person behind it."""

    person_id: UUID
    is_operator: bool
    suspended_at: datetime | None
    credential_id: UUID
    scopes: Sequence[str] | None
    party_id: UUID | None
    authenticated_at: datetime | None


async def find_credential(session: AsyncSession, token: str) -> Credential | None:
    """Look up a session's access token or an API key, in one statement; None where it is not valid now."""
    digest = tokens.digest(token)
    statement: Select[*tuple[Any, ...]]
    if token.startswith(tokens.API_KEY_PREFIX):
        statement = (
            select(
                Person.id,
                Person.is_operator,
                Person.suspended_at,
                ApiKey.id,
                ApiKey.scopes,
                ApiKey.party_id,
                ApiKey.last_used_at,
            )
            .join(Person, Person.id == ApiKey.created_by)
            .where(ApiKey.digest == digest, ApiKey.revoked_at.is_(None))
            .where(ApiKey.expires_at.is_(None) | (ApiKey.expires_at > clock.sql_now()))
        )
    else:
        statement = (
            select(
                Person.id,
                Person.is_operator,
                Person.suspended_at,
                LoginSession.id,
                null(),
                null(),
                LoginSession.authenticated_at,
            )
            .join(Person, Person.id == LoginSession.person_id)
            .where(LoginSession.access_digest == digest, LoginSession.ended_at.is_(None))
            .where(LoginSession.access_expires_at > clock.sql_now())
        )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Credential(*row)


class Ground(NamedTuple):
    """What kind of party it is and, for a person, where they live and why: private, for the activity rules alone."""

    kind: PartyKind
    host_country: str | None
    basis: str | None


async def private_ground(session: AsyncSession, party_id: UUID) -> Ground:
    """The private ground on which a party may do things. It goes into no answer, event or log. Raises NotFound."""
    statement = (
        select(Party.kind, PersonDetails.host_country, PersonDetails.diaspora_basis)
        .outerjoin(PersonDetails, PersonDetails.person_id == Party.id)
        .where(Party.id == party_id)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return Ground(PartyKind(row.kind), row.host_country, row.diaspora_basis)
