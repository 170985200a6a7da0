"""One product with all that belongs to it, in one query; its translations; what it costs a buyer."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.catalog import policy
from app.catalog.models import Certificate, Product, ProductImage, ProductText, TextStatus, Variant
from app.catalog.queries.browsing import IMAGE, covers_product, has_begun, has_run_out, maker, text_for
from app.catalog.queries.nested import Columns, several
from app.catalog.queries.prices import Ladders, buyer_ladders, ladders, public_candidates
from app.catalog.schemas.prices import BuyerPricesRead, BuyerStepRead, VariantPricesRead
from app.catalog.schemas.texts import TranslationRead
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.messages import LANGUAGES
from app.kernel.prepared import Prepared, ids_of, kind_of
from app.kernel.problems import NotFound
from app.kernel.schema import MoneyRead
from app.organizations import queries as organizations

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


async def product(session: AsyncSession, actor: Actor, product_id: UUID) -> dict[str, Any]:
    """A product as its maker reads it after a change. Raises NotFound."""
    values = _asked(actor, product_id, None, None)
    return _joined((await session.execute(_statement(actor), values)).one_or_none())


async def shown(
    database: Database, actor: Actor, product_id: UUID, country: str | None, currency: str | None
) -> dict[str, Any]:
    """A product as the caller reads it, with the prices everybody pays in a country. Raises NotFound."""
    values = _asked(actor, product_id, country, currency) | ids_of(actor)
    rows = await database.rows(_prepared(kind_of(actor)), values)
    return _joined(rows[0] if rows else None)


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


def _asked(actor: Actor, product_id: UUID, country: str | None, currency: str | None) -> dict[str, Any]:
    return {"product": product_id, "language": actor.language, "country": country, "currency": currency}


@lru_cache(maxsize=64)
def _prepared(kind: Actor) -> Prepared:
    return Prepared(_statement(kind))


def _statement(actor: Actor) -> Select[*tuple[Any, ...]]:
    variants = (
        select(Variant.id)
        .where(Variant.product_id == Product.id, Variant.discontinued_at.is_(None))
        .order_by(Variant.position, Variant.id)
    )
    images = (
        select(ProductImage.id)
        .where(ProductImage.product_id == Product.id)
        .order_by(ProductImage.position, ProductImage.id)
    )
    certificates = (
        select(Certificate.id).where(covers_product(), has_begun()).order_by(Certificate.kind, Certificate.id)
    )
    texts = {"title": ProductText.title, "description": ProductText.description, "language": ProductText.language}
    languages = select(func.array_agg(aggregate_order_by(ProductText.language, ProductText.language)))
    return select(
        *(getattr(Product, name) for name in _OWN),
        text_for(texts).label("text"),
        languages.where(ProductText.product_id == Product.id).correlate(Product).scalar_subquery().label("languages"),
        public_candidates().label("prices"),
        several(_VARIANT, variants.correlate(Product)).label("variants"),
        several(_CERTIFICATE, certificates.correlate(Product)).label("certificates"),
        several(IMAGE, images.correlate(Product)).label("images"),
        maker().label("organization"),
        policy.inside(actor, Product.organization_id).label("inside"),
    ).where(Product.id == bindparam("product", type_=Uuid()), policy.visible(actor))


_OWN = (
    "id",
    "version",
    "created_at",
    "updated_at",
    "status",
    "published_at",
    "handle",
    "source_language",
    "category",
    "hs_code",
    "origin_country",
    "countries_of_sale",
    "tags",
    "options",
    "shelf_life_days",
    "storage",
    "source",
    "external_id",
    "review_note",
)
_INSIDE = ("source", "external_id", "review_note")


def _joined(found: Sequence[Any] | None) -> dict[str, Any]:
    """A product as `ProductInsideRead` or, to those who may not look inside, as `ProductRead`. Raises NotFound."""
    if found is None:
        raise NotFound
    own: dict[str, Any] = dict(zip(_OWN, found, strict=False))
    text, languages, candidates, variants, certificates, images, organization, inside = found[len(_OWN) :]
    if not inside:
        for name in _INSIDE:
            del own[name]
    prices = _public_steps(ladders(candidates))
    parts: dict[str, Any] = {
        "languages": languages,
        "organization": organization,
        "variants": [variant | {"prices": prices.get(variant["id"], [])} for variant in variants or ()],
        "images": images or [],
        "certificates": _apart(certificates or []),
    }
    return {**own, **text, **parts}


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
        level = certificate.pop("level")
        apart["expired" if certificate.pop("has_run_out") else level].append(certificate)
    return apart
