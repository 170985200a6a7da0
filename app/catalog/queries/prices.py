"""What variants cost whom."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Double, ScalarSelect, Select, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Audience, Price, PriceList, PriceListGrant, Product, Variant
from app.catalog.price_resolution import Candidate, choose, ladder
from app.catalog.queries.nested import Columns, several
from app.kernel import clock

PUBLIC = PriceList.audience == Audience.PUBLIC


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
    audience = _open_to(buyer_party, agreement_price_lists)
    statement = _holding(select(*_labeled()), audience, country, currency).where(
        Price.variant_id.in_(quantities.keys())
    )
    candidates = _by_currency(await _mappings(session, statement))
    return {
        variant_id: ResolvedPrice(variant_id, price.unit_amount, currency, price.price_list_id, price.price_id)
        for variant_id, price in choose(candidates.get(currency, []), quantities).items()
    }


Ladders = dict[str, dict[Any, list[tuple[int, Candidate[Any]]]]]
"""By currency and variant: from how many units on which price holds; ids are texts where they come from JSON."""


async def buyer_ladders(
    session: AsyncSession, product_id: UUID, buyer_party: UUID, country: str | None, currency: str | None
) -> Ladders:
    """All steps of a product's prices for a buyer, the lists of their agreements among them."""
    audience = or_(PUBLIC, PriceList.id.in_(_granted(buyer_party)))
    statement = _of_product(_holding(select(*_labeled()), audience, country, currency)).where(
        Variant.product_id == product_id
    )
    return ladders(await _mappings(session, statement))


def public_candidates(country: str | None, currency: str | None) -> ScalarSelect[Any]:
    """The public prices of the `Product` of a statement as a JSON array, for `ladders`."""
    source = _of_product(_holding(select(Price.id), PUBLIC, country, currency)).where(Variant.product_id == Product.id)
    return several(_COLUMNS, source.correlate(Product))


def holds_now() -> ColumnElement[bool]:
    """Whether a price list is valid at this moment."""
    has_not_ended = or_(PriceList.valid_until.is_(None), PriceList.valid_until > clock.sql_now())
    return and_(clock.sql_now() >= _BEGAN_AT, has_not_ended)


def ladders(rows: Iterable[dict[str, Any]] | None) -> Ladders:
    """The ladders that rows of candidates come down to."""
    return {currency: ladder(candidates) for currency, candidates in sorted(_by_currency(rows or ()).items())}


_BEGAN_AT = func.coalesce(PriceList.valid_from, PriceList.created_at)
_COLUMNS: Columns = {
    "variant_id": Price.variant_id,
    "price_id": Price.id,
    "price_list_id": Price.price_list_id,
    "audience": PriceList.audience,
    "min_quantity": Price.min_quantity,
    "unit_amount": Price.unit_amount,
    "began_at": cast(func.extract("epoch", _BEGAN_AT), Double),
    "currency": PriceList.currency,
}


def _labeled() -> list[ColumnElement[Any]]:
    return [column.label(name) for name, column in _COLUMNS.items()]


def _holding(
    statement: Select[*tuple[Any, ...]], audience: ColumnElement[bool], country: str | None, currency: str | None
) -> Select[*tuple[Any, ...]]:
    """Keep to prices on lists for this audience that hold now, in this country and (None: any) currency."""
    statement = (
        statement.join(PriceList, PriceList.id == Price.price_list_id)
        .where(audience, holds_now())
        .where(or_(PriceList.countries == [], PriceList.countries.any_() == country))
    )
    return statement if currency is None else statement.where(PriceList.currency == currency)


def _of_product(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.join(Variant, Variant.id == Price.variant_id).where(Variant.discontinued_at.is_(None))


def _by_currency(rows: Iterable[dict[str, Any]]) -> dict[str, list[Candidate[Any]]]:
    found: dict[str, list[Candidate[Any]]] = {}
    for row in rows:
        found.setdefault(row.pop("currency"), []).append(Candidate(**row))
    return found


async def _mappings(session: AsyncSession, statement: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in await session.execute(statement)]  # noqa: SLF001 - SQLAlchemy's public name


def _granted(party_id: UUID | None) -> Select[UUID]:
    return select(PriceListGrant.price_list_id).where(PriceListGrant.party_id == party_id)


def _open_to(buyer_party: UUID | None, agreement_price_lists: Sequence[UUID]) -> ColumnElement[bool]:
    """Lists that are public, granted to the buyer, or named by the buyer's agreement."""
    return or_(
        PUBLIC,
        PriceList.audience.in_([Audience.TIER, Audience.COMMUNITY]) & PriceList.id.in_(_granted(buyer_party)),
        (PriceList.audience == Audience.AGREEMENT) & PriceList.id.in_(agreement_price_lists),
    )
