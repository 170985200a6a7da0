"""Making products and changing what they are."""

import re
import unicodedata
from collections.abc import Collection
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.actions import indexing, pictures, price_lists, variants
from app.catalog.errors import HandleTaken
from app.catalog.models import Product, ProductText, TextStatus
from app.catalog.queries import locking
from app.catalog.schemas.products import ProductCreate, ProductUpdate
from app.domain_events import ProductChanged, ProductCreated
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid
from app.organizations import queries as organizations
from app.organizations.models import StaffRole
from app.reference import queries as reference


async def create(session: AsyncSession, actor: Actor, organization_id: UUID, asked: ProductCreate) -> Product:
    """Make a draft with its variants, pictures and public prices.

    Raises NotFound, Forbidden, HandleTaken, SkuTaken, Invalid.
    """
    await organizations.require_role(session, actor, organization_id, StaffRole.CATALOG)
    await variants.require_free_skus(session, organization_id, [each.sku for each in asked.variants])
    await _require_known_hs_code(session, asked.hs_code)
    row = Product(
        id=new_id(),
        organization_id=organization_id,
        handle=await _free_handle(session, organization_id, asked),
        source_language=asked.language,
        **asked.model_dump(include=_COLUMNS),
    )
    source_text = ProductText(language=asked.language, title=asked.title, status=TextStatus.HUMAN)
    source_text.description = asked.description
    row.texts = [source_text]
    row.variants = [variants.made(organization_id, each, position) for position, each in enumerate(asked.variants)]
    row.images = await pictures.made(session, actor, row, asked.images)
    session.add(row)
    happened = ProductCreated(organization_id=organization_id)
    publish(session, row, happened, actor=actor, acting_party=organization_id, audience=policy.audience(row))
    await session.flush()
    await indexing.index(session, [row.id])
    prices = {
        variant.id: each.price.to_money()
        for variant, each in zip(row.variants, asked.variants, strict=True)
        if each.price is not None
    }
    await price_lists.set_public(session, actor, organization_id, prices)
    return row


async def update(
    session: AsyncSession, actor: Actor, product_id: UUID, asked: ProductUpdate, match: int | None = None
) -> Product:
    """Change what was sent of a product. Raises NotFound, Forbidden, VersionMismatch, HandleTaken, Invalid."""
    row = await locking.product(session, actor, product_id, match)
    changes = asked.model_dump(exclude_unset=True)
    if len(changes.get("options", row.options)) != len(row.options):
        raise Invalid(
            errors=[FieldError("/options", "options_count", "Options can be renamed. Give as many as the product has.")]
        )
    handle = changes.get("handle", row.handle)
    if handle != row.handle and handle in await _handles_like(session, row.organization_id, handle):
        raise HandleTaken(handle=handle)
    await _require_known_hs_code(session, changes.get("hs_code"))
    for name, value in changes.items():
        setattr(row, name, value)
    if changes:
        happened = ProductChanged(organization_id=row.organization_id)
        publish(session, row, happened, actor=actor, acting_party=row.organization_id, audience=policy.audience(row))
        await session.flush()
    if "tags" in changes:
        await indexing.index(session, [row.id])
    return row


_COLUMNS = {
    *("category", "hs_code", "origin_country", "countries_of_sale"),
    *("tags", "options", "shelf_life_days", "storage"),
}
_HANDLE_LENGTH = 100


async def _require_known_hs_code(session: AsyncSession, hs_code: str | None) -> None:
    """Hold the first six digits against the reference; what follows them differs from country to country."""
    if hs_code is not None and not await reference.hs_exists(session, hs_code[:6]):
        raise Invalid(
            errors=[FieldError("/hs_code", "hs_code_unknown", "There is no HS code that begins with these six digits.")]
        )


async def _free_handle(session: AsyncSession, organization_id: UUID, asked: ProductCreate) -> str:
    """The handle asked for, or one made of the title, with a number where that is taken. Raises HandleTaken."""
    handle = asked.handle or _handle_of(asked.title)
    taken = await _handles_like(session, organization_id, handle)
    if handle not in taken:
        return handle
    if asked.handle is not None:
        raise HandleTaken(handle=handle)
    return next(free for number in count(2) if (free := f"{handle}-{number}") not in taken)


def _handle_of(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters)[:_HANDLE_LENGTH].strip("-") or "product"


async def _handles_like(session: AsyncSession, organization_id: UUID, handle: str) -> Collection[str]:
    beginning = Product.handle.startswith(handle, autoescape=True)
    found = select(Product.handle).where(Product.organization_id == organization_id, beginning)
    return set(await session.scalars(found))
