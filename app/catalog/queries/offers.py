"""What is offered under a variant's id."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Product, ProductText, Variant
from app.kernel.prepared import Prepared


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


async def offered(session: AsyncSession, variant_ids: Collection[UUID]) -> dict[UUID, Offered]:
    """What is offered under these ids, whoever asks; discontinued and unknown variants are absent."""
    rows = await _OFFERED.within(session, {"variant_ids": [*variant_ids]})
    return {row[0]: Offered._make(row) for row in rows}


_OFFERED = Prepared(
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
    .where(Variant.id == func.any(bindparam("variant_ids", type_=ARRAY(Uuid()))), Variant.discontinued_at.is_(None))
)
