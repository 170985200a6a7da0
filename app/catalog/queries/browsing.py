"""Lists of products: by filters alone, or found by what somebody typed."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, exists, false, func, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.models import (
    Certificate,
    CertifiedProduct,
    Product,
    ProductImage,
    ProductSearch,
    ProductStatus,
    ProductText,
)
from app.catalog.queries.nested import Columns, one
from app.catalog.queries.prices import Ladders, ladders, public_candidates
from app.catalog.schemas.products import ProductFilters
from app.catalog.search_terms import Term, any_query, title_query
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.kernel.pages import Page, PageRequest, Sort, fetch, fetch_in_turn
from app.organizations.models import Organization

MAKER: Columns = {
    "id": Organization.id,
    "name": Organization.name,
    "country": Organization.country,
    "verification": Organization.verification,
}
IMAGE: Columns = {
    "id": ProductImage.id,
    "upload_id": ProductImage.upload_id,
    "url": ProductImage.url,
    "alternative_text": ProductImage.alternative_text,
    "variant_id": ProductImage.variant_id,
}


async def page(session: AsyncSession, actor: Actor, asked_for: ProductFilters, asked: PageRequest) -> Page[Any]:
    """Products, the newest first; those found by words in their title come before those found by less.

    One query a page, and up to two more where something was typed.
    """
    statement = _items(actor.language, asked_for.country, asked_for.currency).where(
        policy.visible(actor), *_matching(asked_for)
    )
    if not asked_for.q:
        return _shown(await fetch(session, statement, _NEWEST_FIRST, asked))
    terms = await _terms(session, asked_for.q)
    if not terms:
        return Page([], None)
    found = statement.join(ProductSearch, ProductSearch.product_id == Product.id)
    by_title, by_anything = _matches(title_query(terms)), _matches(any_query(terms))
    in_turn = [found.where(by_title), found.where(by_anything, ~by_title)]
    newest_first = [Sort(ProductSearch.listed_at, descending=True), Sort(ProductSearch.product_id, descending=True)]
    return _shown(await fetch_in_turn(session, in_turn, newest_first, asked))


async def page_of_maker(
    session: AsyncSession, actor: Actor, organization_id: UUID, status: ProductStatus | None, asked: PageRequest
) -> Page[Any]:
    """An organization's products that the caller may see, of any status unless one is named."""
    statement = _items(actor.language, None, None).where(
        Product.organization_id == organization_id, policy.visible(actor)
    )
    if status is not None:
        statement = statement.where(Product.status == status)
    return _shown(await fetch(session, statement, _NEWEST_FIRST, asked))


_NEWEST_FIRST = [Sort(Product.listed_at, descending=True), Sort(Product.id, descending=True)]


def text_for(language: str) -> Any:
    """The text of the `Product` of a statement for a reader: in their language, else English, else the maker's."""
    preference = [(ProductText.language == wanted).desc() for wanted in (language, "en")]
    columns: Columns = {
        "title": ProductText.title,
        "description": ProductText.description,
        "language": ProductText.language,
    }
    return (
        select(one(columns))
        .where(ProductText.product_id == Product.id)
        .order_by(*preference, (ProductText.language == Product.source_language).desc())
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )


def has_begun() -> ColumnElement[bool]:
    """Whether a certificate is valid already, by the day in UTC."""
    return or_(Certificate.valid_from.is_(None), Certificate.valid_from <= _today())


def has_run_out() -> ColumnElement[bool]:
    """Whether a certificate is no longer valid, by the day in UTC."""
    return func.coalesce(Certificate.valid_until < _today(), false())


def _today() -> ColumnElement[date]:
    return func.date(func.timezone("UTC", clock.sql_now()))


def covers_product() -> ColumnElement[bool]:
    """Whether a certificate covers the `Product` of a statement: it is named, or none is."""
    covered = select(CertifiedProduct.product_id).where(CertifiedProduct.certificate_id == Certificate.id)
    return (Certificate.organization_id == Product.organization_id) & or_(
        Product.id.in_(covered), ~exists(covered.correlate(Certificate))
    )


@lru_cache(maxsize=512)  # putting it together takes as long as running it
def _items(language: str, country: str | None, currency: str | None) -> Select[*tuple[Any, ...]]:
    image = (
        select(one(IMAGE))
        .where(ProductImage.product_id == Product.id)
        .order_by(ProductImage.position, ProductImage.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(
        Product.id,
        Product.version,
        Product.status,
        Product.category,
        Product.origin_country,
        text_for(language).label("text"),
        image.label("image"),
        public_candidates(country, currency).label("prices"),
        one(MAKER).label("organization"),
    ).join(Organization, Organization.id == Product.organization_id)


def _matching(asked_for: ProductFilters) -> Iterator[ColumnElement[bool]]:
    yield Product.status == asked_for.status
    if asked_for.country is not None:
        yield or_(Product.countries_of_sale == [], Product.countries_of_sale.contains([asked_for.country]))
    if asked_for.category is not None:
        yield Product.category == asked_for.category
    if asked_for.hs is not None:
        yield Product.hs_code.startswith(asked_for.hs)
    if asked_for.organization is not None:
        yield Product.organization_id == asked_for.organization
    if asked_for.certificate is not None:
        holding = select(Certificate.id).where(Certificate.kind == asked_for.certificate, covers_product())
        yield exists(holding.where(has_begun(), ~has_run_out()).correlate(Product))


_TYPED_WORDS = 8
_SIMILAR_WORDS = 8
_TERMS = text("""
    SELECT typed.lexeme,
        tsvector_to_array(to_tsvector('indonesian', typed.lexeme)) AS stems,
        ARRAY(
            SELECT word FROM search_words
            WHERE word % typed.lexeme AND similarity(word, typed.lexeme) >= (
                SELECT CASE WHEN EXISTS (SELECT FROM search_words WHERE word = typed.lexeme) THEN 0.5 ELSE 0.35 END
            )
            ORDER BY similarity(word, typed.lexeme) DESC, word LIMIT :similar
        ) AS similar
    FROM unnest(to_tsvector('simple', :typed)) AS typed
    ORDER BY typed.positions[1], typed.lexeme LIMIT :words
""")


async def _terms(session: AsyncSession, typed: str) -> list[Term]:
    parameters = {"typed": typed, "similar": _SIMILAR_WORDS, "words": _TYPED_WORDS}
    return [Term(*row) for row in await session.execute(_TERMS, parameters)]


def _matches(query: str) -> ColumnElement[bool]:
    """The query is written into the statement: how common its words are decides how the database goes about it."""
    written = cast(bindparam(None, query, String, literal_execute=True), TSQUERY)
    return ProductSearch.document.op("@@", is_comparison=True)(written)


def _shown(found: Page[Any]) -> Page[dict[str, Any]]:
    return Page([_item(**row._mapping) for row in found.items], found.next_cursor)  # noqa: SLF001 - SQLAlchemy's public name


def _item(*, text: dict[str, Any], prices: list[dict[str, Any]] | None, **shown: Any) -> dict[str, Any]:
    return shown | text | {"price_from": _price_from(ladders(prices))}


def _price_from(by_currency: Ladders) -> Money | None:
    """The lowest price anybody pays, in rupiah where there is one, otherwise in the first currency by name."""
    if not by_currency:
        return None
    currency = "IDR" if "IDR" in by_currency else min(by_currency)
    first_steps = [rungs[0][1] for rungs in by_currency[currency].values()]
    return Money(min(price.unit_amount for price in first_steps), currency)
