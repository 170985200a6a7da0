"""Reading the catalog, and the doors through which other domains ask what is offered and what it costs."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.models import Audience, Certificate, Price, PriceList, PriceListGrant, Product, ProductText, Variant
from app.catalog.price_resolution import Candidate, choose
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden, NotFound, VersionMismatch

A = TypeVar("A", Product, PriceList, Certificate)


class ResolvedPrice(NamedTuple):
    """What one unit costs a buyer, and the price that says so."""

    variant_id: UUID
    unit_amount: int
    currency: str
    price_list_id: UUID
    price_id: UUID


class Offered(NamedTuple):
    """What an order needs to know of a variant; its title is in the language the maker wrote."""

    variant_id: UUID
    product_id: UUID
    organization_id: UUID
    sku: str | None
    title: str
    option_values: Sequence[str]
    net_weight_g: int | None
    hs_code: str | None
    origin_country: str
    countries_of_sale: Sequence[str]
    pack_multiple: int
    min_order_quantity: int
    product_status: str


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


async def offered(session: AsyncSession, variant_ids: Collection[UUID]) -> dict[UUID, Offered]:
    """What is offered under these ids, whoever asks; discontinued and unknown variants are absent."""
    statement = (
        select(
            Variant.id,
            Variant.product_id,
            Product.organization_id,
            Variant.sku,
            ProductText.title,
            Variant.option_values,
            Variant.net_weight_g,
            Product.hs_code,
            Product.origin_country,
            Product.countries_of_sale,
            Variant.pack_multiple,
            Variant.min_order_quantity,
            Product.status,
        )
        .join(Product, Product.id == Variant.product_id)
        .join(ProductText, (ProductText.product_id == Product.id) & (ProductText.language == Product.source_language))
        .where(Variant.id.in_(variant_ids), Variant.discontinued_at.is_(None))
    )
    return {row[0]: Offered._make(row) for row in await session.execute(statement)}


async def get_for_update(session: AsyncSession, actor: Actor, product_id: UUID, match: int | None = None) -> Product:
    """A product for its maker's catalog staff, locked; `match` is the version their change was made to.

    Raises NotFound, Forbidden, VersionMismatch.
    """
    return await _locked(session, Product, product_id, policy.visible(actor), policy.changeable(actor, Product), match)


async def get_price_list_for_update(
    session: AsyncSession, actor: Actor, price_list_id: UUID, match: int | None = None
) -> PriceList:
    """A price list for its maker's catalog staff, locked; as `get_for_update`."""
    visible, changeable = policy.price_list_visible(actor), policy.changeable(actor, PriceList)
    return await _locked(session, PriceList, price_list_id, visible, changeable, match)


async def _locked(
    session: AsyncSession,
    kind: type[A],
    row_id: UUID,
    visible: ColumnElement[bool],
    changeable: ColumnElement[bool],
    match: int | None,
) -> A:
    found = (
        await session.execute(select(kind, changeable).where(kind.id == row_id, visible).with_for_update(of=kind))
    ).one_or_none()
    if found is None:
        raise NotFound
    row, may_change = found
    if not may_change:
        raise Forbidden
    if match is not None and row.version != match:
        raise VersionMismatch(current=row.version)
    return row


def _open_to(buyer_party: UUID | None, agreement_price_lists: Sequence[UUID]) -> ColumnElement[bool]:
    """Lists that are public, granted to the buyer, or named by the buyer's agreement."""
    granted = select(PriceListGrant.price_list_id).where(PriceListGrant.party_id == buyer_party)
    return or_(
        PriceList.audience == Audience.PUBLIC,
        PriceList.audience.in_([Audience.TIER, Audience.COMMUNITY]) & PriceList.id.in_(granted),
        (PriceList.audience == Audience.AGREEMENT) & PriceList.id.in_(agreement_price_lists),
    )
