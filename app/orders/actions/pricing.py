"""What an order's goods are and cost: the offer, the price and the terms of the moment, written into its lines."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import ProductStatus
from app.catalog.queries.offers import Offered, offered
from app.catalog.queries.prices import ResolvedPrice, resolve_prices
from app.kernel.problems import FieldError, Invalid, Problem
from app.orders.errors import NotOffered, PriceMissing
from app.orders.models.orders import Order
from app.reselling import queries as reselling
from app.reselling.models import Terms


class Priced(NamedTuple):
    """A variant as it is offered now, and its price for the buyer at the quantity asked for."""

    offered: Offered
    price: ResolvedPrice

    def columns(self, terms: Terms | None) -> dict[str, Any]:
        """What a line keeps of it."""
        options = " / ".join(self.offered.option_values)
        return {
            "variant_id": self.offered.variant_id,
            "product_id": self.offered.product_id,
            "title": f"{self.offered.title}, {options}" if options else self.offered.title,
            "sku": self.offered.sku,
            "hs_code": self.offered.hs_code,
            "unit_weight_g": self.offered.net_weight_g,
            "unit_amount": self.price.unit_amount,
            "currency": self.price.currency,
            "price_list_id": self.price.price_list_id,
            "agreement_version_id": None if terms is None else terms.version_id,
        }


async def find_terms(session: AsyncSession, order: Order, *, lock: bool = False) -> Terms | None:
    """The terms an order stands on, held until the transaction ends; None for retail.

    Raises Invalid where the two have no such agreement, AgreementInactive.
    """
    if order.agreement_id is None:
        return None
    terms = await reselling.version_for_order(
        session, order.agreement_id, supplier_id=order.seller_id, reseller_id=order.buyer_id, lock=lock
    )
    if terms is None:
        unknown = "You have no such agreement with this seller."
        raise Invalid(errors=[FieldError("/agreement_id", "agreement_unknown", unknown)])
    return terms


async def price(
    session: AsyncSession, order: Order, terms: Terms | None, quantities: Mapping[UUID, int]
) -> list[Priced]:
    """Each variant with its offer and price, in the order of `quantities`. Raises NotOffered, PriceMissing."""
    offers = await offered(session, quantities.keys())
    unknown = [
        FieldError(f"/lines/{place}", NotOffered.code, "This is not offered by the seller.")
        for place, variant_id in enumerate(quantities)
        if not _is_offered(order, offers.get(variant_id))
    ]
    refuse(NotOffered, unknown)
    prices = await resolve_prices(
        session,
        buyer_party=order.buyer_id,
        country=order.ship_to_country,
        currency=order.currency,
        quantities=quantities,
        agreement_price_lists=[terms.price_list_id] if terms and terms.price_list_id else [],
    )
    unpriced = [
        FieldError(f"/lines/{place}", PriceMissing.code, "There is no price for you in this currency at this quantity.")
        for place, variant_id in enumerate(quantities)
        if variant_id not in prices
    ]
    refuse(PriceMissing, unpriced)
    return [Priced(offers[variant_id], prices[variant_id]) for variant_id in quantities]


def refuse(problem: type[Problem], faults: Sequence[FieldError]) -> None:
    """Raise the problem if there are lines at fault."""
    if faults:
        raise problem(errors=faults)


def _is_offered(order: Order, offered: Offered | None) -> bool:
    return (
        offered is not None
        and offered.organization_id == order.seller_id
        and offered.product_status == ProductStatus.PUBLISHED
    )
