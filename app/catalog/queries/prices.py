"""What variants cost whom."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Audience, Price, PriceList, PriceListGrant
from app.catalog.price_resolution import Candidate, choose
from app.kernel import clock


class ResolvedPrice(NamedTuple):
    """What one unit costs a buyer, and the price that says so."""

    variant_id: UUID
    unit_amount: int
    currency: str
    price_list_id: UUID
    price_id: UUID


async def resolve_prices(
    session: AsyncSession,
    *,
    buyer_party: UUID | None,
    country: str | None,
    currency: str,
    quantities: Mapping[UUID, int],
    agreement_price_lists: Sequence[UUID] = (),
) -> dict[UUID, ResolvedPrice]:
    """What a unit of each variant costs this buyer at these quantities; a variant with no price for them is absent.

    Lists of tiers and communities count where they were granted to the buyer, those of agreements where they are
    named: an order names its agreement's. Without a country only lists for every country count.
    """
    candidates = await find_candidates(
        session,
        variant_ids=quantities.keys(),
        currency=currency,
        audience=_open_to(buyer_party, agreement_price_lists),
        country=country,
    )
    return {
        variant_id: ResolvedPrice(variant_id, price.unit_amount, currency, price.price_list_id, price.price_id)
        for variant_id, price in choose(candidates, quantities).items()
    }


async def find_candidates(
    session: AsyncSession,
    *,
    variant_ids: Collection[UUID],
    currency: str,
    audience: ColumnElement[bool],
    country: str | None,
) -> list[Candidate]:
    """The prices of these variants that are valid now, in this currency and country, on lists for this audience."""
    began_at = func.coalesce(PriceList.valid_from, PriceList.created_at)
    statement = (
        select(
            Price.variant_id,
            Price.id.label("price_id"),
            Price.price_list_id,
            PriceList.audience,
            Price.min_quantity,
            Price.unit_amount,
            began_at.label("began_at"),
        )
        .join(PriceList)
        .where(Price.variant_id.in_(variant_ids), PriceList.currency == currency, audience)
        .where(began_at <= clock.sql_now())
        .where(or_(PriceList.valid_until.is_(None), PriceList.valid_until > clock.sql_now()))
        .where(or_(PriceList.countries == [], PriceList.countries.any_() == country))
    )
    return [Candidate(**row) for row in (await session.execute(statement)).mappings()]


def _open_to(buyer_party: UUID | None, agreement_price_lists: Sequence[UUID]) -> ColumnElement[bool]:
    """Lists that are public, granted to the buyer, or named by the buyer's agreement."""
    granted = select(PriceListGrant.price_list_id).where(PriceListGrant.party_id == buyer_party)
    return or_(
        PriceList.audience == Audience.PUBLIC,
        PriceList.audience.in_([Audience.TIER, Audience.COMMUNITY]) & PriceList.id.in_(granted),
        (PriceList.audience == Audience.AGREEMENT) & PriceList.id.in_(agreement_price_lists),
    )
