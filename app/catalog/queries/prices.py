"""What variants cost whom."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    ScalarSelect,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Audience, Price, PriceList, PriceListGrant, Product, Variant
from app.catalog.price_resolution import Candidate, choose, ladder
from app.catalog.queries.nested import Column
from app.kernel import clock
from app.kernel.prepared import Prepared

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
    asked = {"buyer_party": buyer_party, "country": country, "currency": currency}
    lists = {"variant_ids": [*quantities], "agreement_price_lists": [*agreement_price_lists]}
    candidates = by_currency(await _CANDIDATES.within(session, asked | lists))
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
    statement = _of_product(_holding(select(*_COLUMNS), audience, country)).where(Variant.product_id == product_id)
    if currency is not None:
        statement = statement.where(PriceList.currency == currency)
    return ladders((await session.execute(statement)).all())


def public_candidates() -> ScalarSelect[Any]:
    """The public prices of the `Product` of a statement as a JSON array of `Candidate` and currency.

    Those of one `currency` and for a `country`; both are given with the reading and may be null.
    """
    country, currency = (bindparam(name, type_=String) for name in ("country", "currency"))
    holding = _of_product(_holding(select(Price.id), PUBLIC, country)).where(Variant.product_id == Product.id)
    asked_for = holding.where(or_(currency.is_(None), PriceList.currency == currency)).correlate(Product)
    return asked_for.with_only_columns(func.json_agg(func.json_build_array(*_COLUMNS))).scalar_subquery()


def holds_now() -> ColumnElement[bool]:
    """Whether a price list is valid at this moment."""
    has_not_ended = or_(PriceList.valid_until.is_(None), PriceList.valid_until > clock.sql_now())
    return and_(clock.sql_now() >= _BEGAN_AT, has_not_ended)


def ladders(rows: Iterable[Sequence[Any]] | None) -> Ladders:
    """The ladders that rows of candidates come down to."""
    return {currency: ladder(candidates) for currency, candidates in sorted(by_currency(rows).items())}


def by_currency(rows: Iterable[Sequence[Any]] | None) -> dict[str, list[Candidate[Any]]]:
    """Rows of candidates, each ending in its currency, by that."""
    found: dict[str, list[Candidate[Any]]] = {}
    for *candidate, currency in rows or ():
        found.setdefault(currency, []).append(Candidate._make(candidate))
    return found


_BEGAN_AT = func.coalesce(PriceList.valid_from, PriceList.created_at)
_COLUMNS: Sequence[Column] = (  # of a `Candidate`, and the currency
    Price.variant_id,
    Price.id,
    Price.price_list_id,
    PriceList.audience,
    Price.min_quantity,
    Price.unit_amount,
    cast(func.extract("epoch", _BEGAN_AT), Double),
    PriceList.currency,
)


def _holding(
    statement: Select[*tuple[Any, ...]], audience: ColumnElement[bool], country: ColumnElement[str] | str | None
) -> Select[*tuple[Any, ...]]:
    """Keep to prices on lists for this audience that hold now and in this country."""
    return (
        statement.join(PriceList, PriceList.id == Price.price_list_id)
        .where(audience, holds_now())
        .where(or_(func.cardinality(PriceList.countries) == 0, PriceList.countries.any_() == country))
    )


def _of_product(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.join(Variant, Variant.id == Price.variant_id).where(Variant.discontinued_at.is_(None))


def _granted(party_id: ColumnElement[UUID] | UUID | None) -> Select[UUID]:
    return select(PriceListGrant.price_list_id).where(PriceListGrant.party_id == party_id)


_OPEN_TO_BUYER = or_(
    PUBLIC,
    PriceList.audience.in_([Audience.TIER, Audience.COMMUNITY])
    & PriceList.id.in_(_granted(bindparam("buyer_party", type_=Uuid()))),
    (PriceList.audience == Audience.AGREEMENT)
    & (PriceList.id == func.any(bindparam("agreement_price_lists", type_=ARRAY(Uuid())))),
)
"""Lists that are public, granted to the buyer, or named by the buyer's agreement."""
_CANDIDATES = Prepared(
    _holding(select(*_COLUMNS), _OPEN_TO_BUYER, bindparam("country", type_=String)).where(
        Price.variant_id == func.any(bindparam("variant_ids", type_=ARRAY(Uuid()))),
        PriceList.currency == bindparam("currency", type_=String),
    )
)
