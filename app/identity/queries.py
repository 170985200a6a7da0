"""Finding who stands behind a token."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import tokens
from app.identity.models import ApiKey, LoginSession, Person
from app.kernel import clock


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
