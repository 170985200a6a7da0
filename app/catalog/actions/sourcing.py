"""Taking over products of another shop, many at a time: what they are there they become here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.catalog.actions import indexing
from app.catalog.actions.price_lists import lock_public_list
from app.catalog.actions.sourced_rows import Held, Prices, Writing
from app.catalog.models import Price, Product, Variant
from app.catalog.sourced import Remark, Shelf, Sourced, SourcedProduct
from app.kernel import clock
from app.kernel.actor import Actor
from app.organizations import queries as organizations
from app.organizations.models import StaffRole


async def put(session: AsyncSession, actor: Actor, shelf: Shelf, wanted: Sequence[SourcedProduct]) -> list[Sourced]:
    """Create or change products so that they are as their shop has them; tell what became of each, in their order.

    A product is matched by its external id, its variants by option values, then by SKU; variants that are gone there
    are discontinued here. Texts are in the shelf's language, prices on the public list of its currency, pictures by
    address, the status as far as the maker's verification allows. Uploaded pictures, other languages' texts and other
    price lists stay. What is the same already keeps its version, and nothing is published of it.

    About twenty statements for all products together. Locks the organization, the products in id order, the price
    list. Raises NotFound, Forbidden, and what the database refuses, of which nothing may be kept.
    """
    maker = await organizations.require_role(session, actor, shelf.organization_id, StaffRole.CATALOG, lock=True)
    known = await _known(session, shelf, wanted)
    conflicts = await _conflicts(session, shelf, wanted, known)
    held = [_held(each, known.get(each.external_id)) for each in wanted if each.external_id not in conflicts]
    await _release_skus(session, held)
    prices = await _prices(session, actor, shelf, held)
    writing = Writing(session, actor, shelf, maker.is_verified, await clock.now(session), prices)
    outcomes = {each.wanted.external_id: writing.write(each) for each in held}
    writing.tell_prices()
    await session.flush()
    changed = [each.product_id for each in outcomes.values() if each.product_id and each.change != "unchanged"]
    if changed:
        await indexing.index(session, changed)
    return [
        outcomes.get(each.external_id) or Sourced(change="refused", remarks=conflicts[each.external_id])
        for each in wanted
    ]


async def _known(session: AsyncSession, shelf: Shelf, wanted: Iterable[SourcedProduct]) -> dict[str, Product]:
    """Those that are held already, by external id, locked and whole."""
    statement = (
        select(Product)
        .where(Product.organization_id == shelf.organization_id, Product.source == shelf.source)
        .where(Product.external_id.in_([product.external_id for product in wanted]))
        .options(selectinload(Product.variants), selectinload(Product.texts), selectinload(Product.images))
        .order_by(Product.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {str(row.external_id): row for row in await session.scalars(statement)}


async def _conflicts(
    session: AsyncSession, shelf: Shelf, wanted: Sequence[SourcedProduct], known: Mapping[str, Product]
) -> dict[str, tuple[Remark, ...]]:
    """What wants the handle or a SKU of another product of the organization, by external id."""
    new = {product.handle: product.external_id for product in wanted if product.external_id not in known}
    handles = select(Product.handle).where(
        Product.organization_id == shelf.organization_id, Product.handle.in_(new.keys())
    )
    skus = {variant.sku for product in wanted for variant in product.variants if variant.sku}
    holders = (
        select(Variant.sku, Product.handle)
        .join(Variant.product)
        .where(Variant.organization_id == shelf.organization_id, Variant.sku.in_(skus))
        .where(Variant.discontinued_at.is_(None), Product.id.not_in([row.id for row in known.values()]))
    )
    found = defaultdict(list)
    for handle in await session.scalars(handles):
        found[new[handle]].append(Remark(code="handle-taken", params={"text": handle}))
    held_by = {row.sku: row.handle for row in await session.execute(holders)}
    for product in wanted:
        for variant in product.variants:
            if variant.sku in held_by:
                params = {"text": variant.sku, "handle": held_by[variant.sku]}
                found[product.external_id].append(Remark(code="sku-taken", key=variant.key, params=params))
    return {external_id: tuple(remarks) for external_id, remarks in found.items()}


def _held(wanted: SourcedProduct, row: Product | None) -> Held:
    """Match variants by their option values, one on sale before a discontinued one, and those left by SKU."""
    rows = sorted(row.variants if row else (), key=lambda variant: variant.discontinued_at is None)
    by_options = {tuple(variant.option_values): variant for variant in rows}
    same = [by_options.get(variant.option_values) for variant in wanted.variants]
    matched = set(same)
    left: dict[str | None, Variant] = {each.sku: each for each in rows if each.sku and each not in matched}
    pairs = [
        (variant, found or left.pop(variant.sku, None)) for variant, found in zip(wanted.variants, same, strict=True)
    ]
    return Held(wanted, row, pairs)


async def _release_skus(session: AsyncSession, held: Iterable[Held]) -> None:
    """Take SKUs that change hands from whoever has them now: at no moment may two have one."""
    wanted = {variant.sku for each in held for variant in each.wanted.variants}
    leaving = [row for each in held for row in each.gone]
    leaving += [row for each in held for variant, row in each.pairs if row is not None and row.sku != variant.sku]
    released = [row.id for row in leaving if row.sku in wanted]
    if released:
        await session.execute(
            update(Variant).where(Variant.id.in_(released)).values(sku=None),
            execution_options={"synchronize_session": False},
        )


async def _prices(session: AsyncSession, actor: Actor, shelf: Shelf, held: Iterable[Held]) -> Prices:
    """The public list in the shelf's currency, locked, and what our variants cost on it from one unit on."""
    price_list = await lock_public_list(session, actor, shelf.organization_id, shelf.currency)
    ids: list[UUID] = [row.id for each in held for _, row in each.pairs if row is not None]
    found = await session.scalars(
        select(Price)
        .where(Price.price_list_id == price_list.id, Price.variant_id.in_(ids), Price.min_quantity == 1)
        .execution_options(populate_existing=True)
    )
    return Prices(price_list, {price.variant_id: price for price in found})
