"""Pictures of products."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.models import Product, ProductImage
from app.catalog.queries import locking
from app.catalog.schemas.products import ImageIn
from app.domain_events import ProductChanged
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid
from app.media import actions as media
from app.media import queries as uploads


async def put(
    session: AsyncSession, actor: Actor, product_id: UUID, asked: Sequence[ImageIn], match: int | None = None
) -> Product:
    """Make these all the pictures of a product, in this order. Raises NotFound, Forbidden, VersionMismatch, Invalid."""
    product = await locking.product(session, actor, product_id, match)
    await session.refresh(product, ["images", "variants"])
    shown = {image.upload_id for image in product.images}
    product.images = await made(session, actor, product, asked, shown)
    happened = ProductChanged(organization_id=product.organization_id)
    organization_id = product.organization_id
    publish(session, product, happened, actor=actor, acting_party=organization_id, audience=policy.audience(product))
    await session.flush()
    return product


async def made(
    session: AsyncSession,
    actor: Actor,
    product: Product,
    asked: Sequence[ImageIn],
    shown: Collection[UUID | None] = (),
) -> list[ProductImage]:
    """The rows of a product's pictures, whose variants are loaded; uploads not `shown` before become public.

    Raises Invalid, NotToPublish.
    """
    variants = {variant.id for variant in product.variants}
    for index, image in enumerate(asked):
        if image.variant_id is not None and image.variant_id not in variants:
            pointer = f"/images/{index}/variant_id"
            raise Invalid(errors=[FieldError(pointer, "variant_unknown", "This product has no such variant.")])
        if image.upload_id is not None and image.upload_id not in shown:
            await _publish_picture(session, actor, image.upload_id, f"/images/{index}/upload_id")
    return [ProductImage(id=new_id(), position=position, **each.model_dump()) for position, each in enumerate(asked)]


async def _publish_picture(session: AsyncSession, actor: Actor, upload_id: UUID, pointer: str) -> None:
    upload = await uploads.get_to_attach(session, actor, upload_id, pointer)
    if not upload.is_picture:
        raise Invalid(errors=[FieldError(pointer, "picture_needed", "Upload a picture for this.")])
    await media.publish(session, actor, upload_id)
