"""One product with all that belongs to it, in one query; its translations; what it costs a buyer."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.catalog import policy
from app.catalog.models import Certificate, Product, ProductImage, ProductText, TextStatus, Variant
from app.catalog.queries.browsing import IMAGE, MAKER, covers_product, has_begun, has_run_out, text_for
from app.catalog.queries.nested import Columns, one, several
from app.catalog.queries.prices import Ladders, buyer_ladders, ladders, public_candidates
from app.catalog.schemas.prices import BuyerPricesRead, BuyerStepRead, VariantPricesRead
from app.catalog.schemas.products import ProductInsideRead, ProductRead
from app.catalog.schemas.texts import TranslationRead
from app.kernel.actor import Actor
from app.kernel.messages import LANGUAGES
from app.kernel.problems import NotFound
from app.kernel.schema import MoneyRead
from app.organizations import queries as organizations
from app.organizations.models import Organization

_VARIANT: Columns = {
    "id": Variant.id,
    "sku": Variant.sku,
    "option_values": Variant.option_values,
    "gtin": Variant.gtin,
    "net_weight_g": Variant.net_weight_g,
    "gross_weight_g": Variant.gross_weight_g,
    "length_mm": Variant.length_mm,
    "width_mm": Variant.width_mm,
    "height_mm": Variant.height_mm,
    "pack_multiple": Variant.pack_multiple,
    "case_size": Variant.case_size,
    "min_order_quantity": Variant.min_order_quantity,
    "position": Variant.position,
}
_CERTIFICATE: Columns = {
    "id": Certificate.id,
    "kind": Certificate.kind,
    "level": Certificate.level,
    "number": Certificate.number,
    "issuer": Certificate.issuer,
    "valid_until": Certificate.valid_until,
    "upload_id": Certificate.upload_id,
    "is_verified": Certificate.verified_at.is_not(None),
    "has_run_out": has_run_out(),
}


async def product(
    session: AsyncSession, actor: Actor, product_id: UUID, country: str | None = None, currency: str | None = None
) -> ProductRead:
    """A product as the caller reads it, with the prices everybody pays in a country. Raises NotFound."""
    found = await _whole(session, actor, product_id, country, currency)
    shape = ProductInsideRead if found.inside else ProductRead
    return shape.model_validate(_joined(found))


async def translations(session: AsyncSession, actor: Actor, product_id: UUID) -> list[TranslationRead]:
    """A product's texts by language; one of our own languages that lacks is `missing`. Raises NotFound."""
    statement = (
        select(Product)
        .where(Product.id == product_id, policy.visible(actor))
        .options(selectinload(Product.texts))
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    written = [TranslationRead.model_validate(text) for text in found.texts]
    lacking = sorted(set(LANGUAGES) - {text.language for text in written})
    missing = [
        TranslationRead(language=language, title=None, description=None, status=TextStatus.MISSING)
        for language in lacking
    ]
    return sorted(written + missing, key=lambda text: text.language)


async def buyer_prices(
    session: AsyncSession,
    actor: Actor,
    product_id: UUID,
    buyer_party: UUID,
    country: str | None,
    currency: str | None,
) -> BuyerPricesRead:
    """All steps of a product's prices for a party the caller acts for. Raises NotFound, Forbidden."""
    await organizations.require_party(session, actor, buyer_party)
    visible = select(Product.id).where(Product.id == product_id, policy.visible(actor))
    if await session.scalar(visible) is None:
        raise NotFound
    steps: dict[UUID, list[BuyerStepRead]] = {}
    for of_currency, by_variant in (await buyer_ladders(session, product_id, buyer_party, country, currency)).items():
        for variant_id, rungs in by_variant.items():
            steps.setdefault(variant_id, []).extend(
                BuyerStepRead(
                    min_quantity=quantity,
                    unit_price=MoneyRead(amount=price.unit_amount, currency=of_currency),
                    audience=price.audience,
                    price_list_id=price.price_list_id,
                )
                for quantity, price in rungs
            )
    variants = [VariantPricesRead(variant_id=variant_id, prices=prices) for variant_id, prices in steps.items()]
    return BuyerPricesRead(buyer_party_id=buyer_party, variants=variants)


async def _whole(
    session: AsyncSession, actor: Actor, product_id: UUID, country: str | None, currency: str | None
) -> Row[*tuple[Any, ...]]:
    statement = (
        _parts(actor.language, country, currency)
        .add_columns(policy.inside(actor, Product.organization_id).label("inside"))
        .where(Product.id == product_id, policy.visible(actor))
    )
    found: Row[*tuple[Any, ...]] | None = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


@lru_cache(maxsize=512)  # putting it together takes as long as running it
def _parts(language: str, country: str | None, currency: str | None) -> Select[*tuple[Any, ...]]:
    variants = select(Variant.id).where(Variant.product_id == Product.id, Variant.discontinued_at.is_(None))
    images = select(ProductImage.id).where(ProductImage.product_id == Product.id)
    languages = select(func.array_agg(ProductText.language)).where(ProductText.product_id == Product.id)
    certificates = select(Certificate.id).where(covers_product(), has_begun())
    return select(
        Product,
        text_for(language).label("text"),
        one(MAKER).label("organization"),
        several(_VARIANT, variants.correlate(Product), Variant.position, Variant.id).label("variants"),
        several(IMAGE, images.correlate(Product), ProductImage.position, ProductImage.id).label("images"),
        several(_CERTIFICATE, certificates.correlate(Product), Certificate.kind, Certificate.id).label("certificates"),
        languages.correlate(Product).scalar_subquery().label("languages"),
        public_candidates(country, currency).label("prices"),
    ).join(Organization, Organization.id == Product.organization_id)


def _joined(found: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    columns: dict[str, Any] = {column.key: getattr(found.Product, column.key) for column in Product.__table__.columns}
    prices = _public_steps(ladders(found.prices))
    parts: dict[str, Any] = {
        "organization": found.organization,
        "languages": sorted(found.languages),
        "variants": [variant | {"prices": prices.get(variant["id"], [])} for variant in found.variants or ()],
        "images": found.images or [],
        "certificates": _apart(found.certificates or []),
    }
    return {**columns, **found.text, **parts}


def _public_steps(by_currency: Ladders) -> dict[str, list[dict[str, Any]]]:
    steps: dict[str, list[dict[str, Any]]] = {}
    for currency, by_variant in by_currency.items():
        for variant_id, rungs in by_variant.items():
            steps.setdefault(variant_id, []).extend(
                {"min_quantity": quantity, "unit_price": {"amount": price.unit_amount, "currency": currency}}
                for quantity, price in rungs
            )
    return steps


def _apart(certificates: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    apart: dict[str, list[dict[str, Any]]] = {"certified": [], "self_declared": [], "expired": []}
    for certificate in certificates:
        apart["expired" if certificate["has_run_out"] else certificate["level"]].append(certificate)
    return apart
