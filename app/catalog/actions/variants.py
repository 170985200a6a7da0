"""Adding, changing and discontinuing variants."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.actions import price_lists
from app.catalog.errors import LastVariant, SkuTaken, TooManyVariants, VariantsAlike
from app.catalog.models import Product, Variant
from app.catalog.queries import locking
from app.catalog.schemas.products import VariantCreate, VariantUpdate
from app.domain_events import ProductChanged
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, NotFound

_MOST = 100


async def add(
    session: AsyncSession, actor: Actor, product_id: UUID, asked: VariantCreate, match: int | None = None
) -> Product:
    """Add a variant, with its public price where one is given.

    Raises NotFound, Forbidden, VersionMismatch, TooManyVariants, VariantsAlike, SkuTaken, Invalid.
    """
    product = await locking.product(session, actor, product_id, match)
    alive = await _alive(session, product_id)
    if len(alive) >= _MOST:
        raise TooManyVariants(limit=_MOST)
    await require_free_skus(session, product.organization_id, [asked.sku])
    variant = made(product.organization_id, asked, asked.position or len(alive))
    variant.product_id = product_id
    _require_distinct(product, variant, alive)
    session.add(variant)
    await _changed(session, actor, product)
    if asked.price is not None:
        prices = {variant.id: asked.price.to_money()}
        await price_lists.set_public(session, actor, product.organization_id, prices)
    return product


async def change(
    session: AsyncSession,
    actor: Actor,
    product_id: UUID,
    variant_id: UUID,
    asked: VariantUpdate,
    match: int | None = None,
) -> Product:
    """Change what was sent of a variant. Raises as `add`."""
    product = await locking.product(session, actor, product_id, match)
    alive = await _alive(session, product_id)
    variant = _named(alive, variant_id)
    changes = asked.model_dump(exclude_unset=True)
    if changes.get("sku") != variant.sku:
        await require_free_skus(session, product.organization_id, [changes.get("sku")])
    for name, value in changes.items():
        setattr(variant, name, value)
    _require_sound(variant)
    _require_distinct(product, variant, alive)
    await _changed(session, actor, product)
    return product


async def discontinue(
    session: AsyncSession, actor: Actor, product_id: UUID, variant_id: UUID, match: int | None = None
) -> None:
    """Offer a variant no more; orders keep it. Raises NotFound, Forbidden, VersionMismatch, LastVariant."""
    product = await locking.product(session, actor, product_id, match)
    alive = await _alive(session, product_id)
    variant = _named(alive, variant_id)
    if len(alive) == 1:
        raise LastVariant
    variant.discontinued_at = await clock.now(session)
    await _changed(session, actor, product)


def made(organization_id: UUID, asked: VariantCreate, position: int) -> Variant:
    """The row of a new variant. Raises Invalid."""
    columns: dict[str, Any] = asked.model_dump(exclude={"price", "position"})
    variant = Variant(id=new_id(), organization_id=organization_id, position=position, **columns)
    _require_sound(variant)
    return variant


async def require_free_skus(session: AsyncSession, organization_id: UUID, skus: Collection[str | None]) -> None:
    """Refuse SKUs that occur twice or belong to one of the organization's other variants. Raises SkuTaken."""
    given = [sku for sku in skus if sku is not None]
    found = select(Variant.sku).where(
        Variant.organization_id == organization_id, Variant.sku.in_(given), Variant.discontinued_at.is_(None)
    )
    taken = set(await session.scalars(found)) if given else set()
    for sku in given:
        if sku in taken:
            raise SkuTaken(sku=sku)
        taken.add(sku)


async def _alive(session: AsyncSession, product_id: UUID) -> Sequence[Variant]:
    statement = select(Variant).where(Variant.product_id == product_id, Variant.discontinued_at.is_(None))
    return (await session.scalars(statement)).all()


def _named(alive: Sequence[Variant], variant_id: UUID) -> Variant:
    for variant in alive:
        if variant.id == variant_id:
            return variant
    raise NotFound


def _require_sound(variant: Variant) -> None:
    if variant.gross_weight_g and variant.net_weight_g and variant.gross_weight_g < variant.net_weight_g:
        raise Invalid(
            errors=[FieldError("/gross_weight_g", "weight_order", "Packed it cannot weigh less than what is in it.")]
        )


def _require_distinct(product: Product, variant: Variant, alive: Sequence[Variant]) -> None:
    if len(variant.option_values) != len(product.options):
        raise Invalid(
            errors=[
                FieldError("/option_values", "option_values_count", "Give every variant one value for each option.")
            ]
        )
    if any(other.option_values == variant.option_values for other in alive if other is not variant):
        raise VariantsAlike


async def _changed(session: AsyncSession, actor: Actor, product: Product) -> None:
    publish(
        session,
        product,
        ProductChanged(organization_id=product.organization_id),
        actor=actor,
        acting_party=product.organization_id,
        audience=policy.audience(product),
    )
    await session.flush()
