"""The world's agreements: asked for, answered, and their terms accepted."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Audience, PriceList
from app.kernel import clock
from app.kernel.database import Database
from app.reselling import actions
from app.reselling.models import Agreement as Row
from app.reselling.schemas import AgreementCreate, TermsCreate
from app.sample_world.content import Agreement
from app.sample_world.making.cast import Cast

_ANSWERED_AFTER = timedelta(days=1)
_AGREED_AFTER = timedelta(days=2)
_FIRST = 1


async def conclude(database: Database, cast: Cast) -> dict[str, UUID]:
    """Bring those that are missing to their states, each whole; gives every agreement's id by slug."""
    async with database.reading() as session:
        rows = await session.execute(select(Row.reseller_id, Row.supplier_id, Row.id))
        known = {(row.reseller_id, row.supplier_id): row.id for row in rows}
    ids = {}
    for agreement in cast.world.agreements:
        sides = cast.people[agreement.reseller], cast.organizations[agreement.organization]
        if sides not in known:
            async with database.transaction(offset=-timedelta(days=agreement.requested_days_ago)) as session:
                known[sides] = await _conclude(session, cast, agreement)
        ids[agreement.slug] = known[sides]
    return ids


async def _conclude(session: AsyncSession, cast: Cast, agreement: Agreement) -> UUID:
    reseller = cast.person(agreement.reseller)
    owner = cast.person(cast.world.organization(agreement.organization).owner)
    row, _ = await actions.request(session, reseller, _request(agreement, cast))
    requested = timedelta(days=agreement.requested_days_ago)
    await clock.shift(session, _ANSWERED_AFTER - requested)
    if agreement.state == "declined":
        await actions.decline(session, owner, row.id, row.version, agreement.note.id)
    if agreement.state == "active":
        await actions.accept(session, owner, row.id, row.version, await _terms(session, cast, agreement))
        await clock.shift(session, _AGREED_AFTER - requested)
        await actions.accept_terms(session, reseller, row.id, row.version, _FIRST)
    return row.id


def _request(agreement: Agreement, cast: Cast) -> AgreementCreate:
    return AgreementCreate.model_validate(
        {
            "supplier_id": cast.organizations[agreement.organization],
            "role": agreement.role,
            "note": None if agreement.state == "declined" else agreement.note.id,
        }
    )


async def _terms(session: AsyncSession, cast: Cast, agreement: Agreement) -> TermsCreate:
    wholesale = select(PriceList.id).where(
        PriceList.organization_id == cast.organizations[agreement.organization],
        PriceList.audience == Audience.AGREEMENT,
        PriceList.currency == agreement.currency,
    )
    introducer = agreement.introduced_by
    return TermsCreate.model_validate(
        {
            "territory_countries": agreement.territory,
            "is_exclusive": agreement.exclusive,
            "modes": [agreement.mode],
            "price_list_id": (await session.scalars(wholesale)).one(),
            "currency": agreement.currency,
            "min_order_value": {"amount": agreement.min_order_value, "currency": agreement.currency},
            "duration_days": agreement.duration_days,
            "introduced_by": None if introducer is None else cast.people[introducer],
        }
    )
