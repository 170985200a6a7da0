"""Who asks in the name of whom: resellers and makers that deal with each other, signed in."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import tokens
from app.identity.models import LoginSession
from app.kernel import clock
from app.kernel.database import Database
from bench.world import World

_LIFE = timedelta(days=1)
_DEALINGS = """
    SELECT agreement.id, agreement.reseller_id, agreement.supplier_id, owner.person_id, ARRAY(
        SELECT variant_id FROM prices WHERE price_list_id = terms.price_list_id ORDER BY variant_id
    )
    FROM reseller_agreements AS agreement
    JOIN organization_staff AS owner ON owner.organization_id = agreement.supplier_id AND owner.role = 'owner'
    JOIN agreement_versions AS terms ON terms.agreement_id = agreement.id AND terms.status = 'in_force'
    ORDER BY md5(agreement.id::text) LIMIT %s
"""


class Dealing(NamedTuple):
    """An agreement between a reseller and a maker, with both their tokens, and what is sold under it."""

    agreement_id: UUID
    reseller: str
    seller_id: UUID
    owner: str
    variants: Sequence[UUID]


def dealings(world: World, count: int) -> list[Dealing]:
    """So many agreements from anywhere in the world, everybody signed in for a day."""
    with psycopg.connect(world.owner_url) as connection:
        rows = connection.execute(_DEALINGS, [count]).fetchall()
    people = sorted({person for _, reseller, _, owner, _ in rows for person in (reseller, owner)})
    signed_in = asyncio.run(_sign_in(world, people))
    return [
        Dealing(agreement_id, signed_in[reseller], seller_id, signed_in[owner], variants)
        for agreement_id, reseller, seller_id, owner, variants in rows
    ]


async def _sign_in(world: World, people: Sequence[UUID]) -> dict[UUID, str]:
    database = Database.connect(world.app_url, settings=world.settings, pool_size=1)
    async with database.transaction() as session:
        signed_in = {person_id: await _open(session, person_id) for person_id in people}
    await database.close()
    return signed_in


async def _open(session: AsyncSession, person_id: UUID) -> str:
    token, now = tokens.new_token(tokens.ACCESS_PREFIX), await clock.now(session)
    session.add(
        LoginSession(
            person_id=person_id,
            access_digest=tokens.digest(token),
            access_expires_at=now + _LIFE,
            refresh_digest=tokens.digest(tokens.new_token(tokens.REFRESH_PREFIX)),
            refresh_expires_at=now + _LIFE,
            device="bench",
        )
    )
    return token
