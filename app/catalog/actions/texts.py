"""Titles and descriptions; a translation is outdated once the text it was made from changes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.actions import indexing
from app.catalog.errors import SourceTextNeeded
from app.catalog.models import Product, ProductText, TextStatus
from app.catalog.queries import locking
from app.catalog.schemas.texts import TranslationPut
from app.domain_events import ProductChanged
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.problems import NotFound


async def put(
    session: AsyncSession,
    actor: Actor,
    product_id: UUID,
    language: str,
    asked: TranslationPut,
    match: int | None = None,
) -> Product:
    """Write a product's text in a language. Raises NotFound, Forbidden, VersionMismatch."""
    product, texts = await _texts(session, actor, product_id, match)
    text = texts.get(language)
    if text is None:
        text = ProductText(language=language)
        product.texts.append(text)
    if language == product.source_language and (text.title, text.description) != (asked.title, asked.description):
        for translation in texts.values():
            translation.status = TextStatus.OUTDATED
    text.title, text.description = asked.title, asked.description
    text.status = TextStatus.MACHINE if asked.is_machine_made else TextStatus.HUMAN
    await _changed(session, actor, product)
    return product


async def remove(
    session: AsyncSession, actor: Actor, product_id: UUID, language: str, match: int | None = None
) -> None:
    """Take a translation away. Raises NotFound, Forbidden, VersionMismatch, SourceTextNeeded."""
    product, texts = await _texts(session, actor, product_id, match)
    if language not in texts:
        raise NotFound
    if language == product.source_language:
        raise SourceTextNeeded
    product.texts.remove(texts[language])
    await _changed(session, actor, product)


async def _texts(
    session: AsyncSession, actor: Actor, product_id: UUID, match: int | None
) -> tuple[Product, dict[str, ProductText]]:
    product = await locking.product(session, actor, product_id, match)
    await session.refresh(product, ["texts"])
    return product, {text.language: text for text in product.texts}


async def _changed(session: AsyncSession, actor: Actor, product: Product) -> None:
    happened = ProductChanged(organization_id=product.organization_id)
    organization_id = product.organization_id
    publish(session, product, happened, actor=actor, acting_party=organization_id, audience=policy.audience(product))
    await session.flush()
    await indexing.index(session, [product.id])
