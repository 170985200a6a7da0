"""Lists of products: by filters alone, or found by what somebody typed."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from orjson import Fragment
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

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
from app.catalog.price_resolution import Candidate, first_steps
from app.catalog.queries.nested import Columns, as_text, one
from app.catalog.queries.prices import by_currency, public_candidates
from app.catalog.schemas.products import ProductFilters
from app.catalog.search_terms import Term, any_query, title_query
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.pages import Page, PageRequest, Part, Sort, rows_in_turn, select_part
from app.kernel.prepared import Prepared, ids_of, kind_of
from app.organizations.models import Organization

IMAGE: Columns = {
    "id": ProductImage.id,
    "upload_id": ProductImage.upload_id,
    "url": ProductImage.url,
    "alternative_text": ProductImage.alternative_text,
    "variant_id": ProductImage.variant_id,
}


async def page(database: Database, actor: Actor, asked_for: ProductFilters, asked: PageRequest) -> Page[Any]:
    """Products, the newest first; those found by words in their title come before those found by less.

    One query a page, and up to two more where something was typed.
    """
    values = asked_for.model_dump() | {"language": actor.language}
    shape = _Shape(asked_for.status, tuple(name for name in _MATCHING if values[name] is not None))
    if not asked_for.q:
        return await _read(database, actor, [shape], asked, values)
    terms = await _terms(database, asked_for.q)
    if not terms:
        return Page([], None)
    values |= {"by_title": title_query(terms), "by_anything": any_query(terms)}
    in_turn = [shape._replace(found=found) for found in ("by_title", "by_anything")]
    return await _read(database, actor, in_turn, asked, values)


async def page_of_maker(
    database: Database, actor: Actor, organization_id: UUID, status: ProductStatus | None, asked: PageRequest
) -> Page[Any]:
    """An organization's products that the caller may see, of any status unless one is named."""
    values = {"language": actor.language, "country": None, "currency": None, "organization": organization_id}
    return await _read(database, actor, [_Shape(status, ("organization",))], asked, values)


def maker() -> ScalarSelect[Any]:
    """The organization behind the `Product` of a statement."""
    columns: Columns = {
        "id": Organization.id,
        "name": Organization.name,
        "country": Organization.country,
        "verification": Organization.verification,
    }
    return one(columns, select(Organization.id).where(Organization.id == Product.organization_id).correlate(Product))


def text_for(columns: Columns) -> ScalarSelect[Any]:
    """The text of the `Product` of a statement for a reader: in their `language`, else English, else the maker's."""
    preference = [(ProductText.language == wanted).desc() for wanted in (bindparam("language", type_=String), "en")]
    source = (
        select(ProductText.language)
        .where(ProductText.product_id == Product.id)
        .order_by(*preference, (ProductText.language == Product.source_language).desc())
        .limit(1)
    )
    return one(columns, source.correlate(Product))


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


class _Shape(NamedTuple):
    """What a list's statement is made by: of which status, by which filters, and how found by what was typed."""

    status: ProductStatus | None
    filters: tuple[str, ...]
    found: str | None = None


async def _read(
    database: Database, actor: Actor, shapes: Sequence[_Shape], asked: PageRequest, values: dict[str, Any]
) -> Page[Any]:
    turns = [partial(_prepared, kind_of(actor), shape) for shape in shapes]
    found = await rows_in_turn(database, turns, len(_NEWEST_FIRST), asked, values | ids_of(actor))
    return Page([_item(*row) for row in found.items], found.next_cursor)


@lru_cache(maxsize=512)
def _prepared(kind: Actor, shape: _Shape, part: Part) -> Prepared:
    return Prepared(_statement(kind, shape, part))


def _statement(actor: Actor, shape: _Shape, part: Part) -> Select[*tuple[Any, ...]]:
    first_image = (
        select(ProductImage.id)
        .where(ProductImage.product_id == Product.id)
        .order_by(ProductImage.position, ProductImage.id)
        .limit(1)
        .correlate(Product)
    )
    statement = select(
        Product.version,
        Product.status,
        Product.category,
        Product.origin_country,
        text_for({"title": ProductText.title, "language": ProductText.language}).label("text"),
        public_candidates().label("prices"),
        as_text(one(IMAGE, first_image)).label("image"),
        as_text(maker()).label("organization"),
    ).where(policy.visible(actor), *(_MATCHING[name]() for name in shape.filters))
    if shape.status is not None:
        statement = statement.where(Product.status == shape.status)
    if shape.found is None:
        return select_part(statement, _NEWEST_FIRST, part)
    statement = statement.join(ProductSearch, ProductSearch.product_id == Product.id).where(_matches(shape.found))
    if shape.found == "by_anything":
        statement = statement.where(~_matches("by_title"))
    return select_part(statement, _NEWEST_FOUND_FIRST, part)


_NEWEST_FIRST = [Sort(Product.listed_at, descending=True), Sort(Product.id, descending=True)]
_NEWEST_FOUND_FIRST = [Sort(ProductSearch.listed_at, descending=True), Sort(ProductSearch.product_id, descending=True)]


def _is_sold_in_country() -> ColumnElement[bool]:
    country = bindparam("country", type_=String)
    return or_(func.cardinality(Product.countries_of_sale) == 0, Product.countries_of_sale.any_() == country)


def _is_certified() -> ColumnElement[bool]:
    kind = bindparam("certificate", type_=String)
    holding = select(Certificate.id).where(Certificate.kind == kind, covers_product())
    return exists(holding.where(has_begun(), ~has_run_out()).correlate(Product))


_MATCHING: dict[str, Callable[[], ColumnElement[bool]]] = {
    "country": _is_sold_in_country,
    "category": lambda: Product.category == bindparam("category", type_=String),
    "hs": lambda: Product.hs_code.startswith(bindparam("hs", type_=String)),
    "organization": lambda: Product.organization_id == bindparam("organization", type_=Uuid()),
    "certificate": _is_certified,
}


_TYPED_WORDS = 8
_SIMILAR_WORDS = 8
_TERMS = Prepared(
    text("""
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
)


async def _terms(database: Database, typed: str) -> list[Term]:
    parameters = {"typed": typed, "similar": _SIMILAR_WORDS, "words": _TYPED_WORDS}
    return [Term(*row) for row in await database.rows(_TERMS, parameters)]


def _matches(query: str) -> ColumnElement[bool]:
    """The query is written into the statement: how common its words are decides how the database goes about it."""
    written = cast(bindparam(query, type_=String, literal_execute=True), TSQUERY)
    return ProductSearch.document.op("@@", is_comparison=True)(written)


def _item(  # noqa: PLR0913, PLR0917 - the columns of a row
    version: int,
    status: str,
    category: str | None,
    origin_country: str,
    text: dict[str, str],
    prices: list[list[Any]] | None,
    image: str | None,
    organization: str,
    _listed_at: datetime,
    product_id: UUID,
) -> dict[str, Any]:
    """A product of a list, in the order of `ProductItem`."""
    return {
        "id": product_id,
        "version": version,
        "status": status,
        "category": category,
        "origin_country": origin_country,
        "title": text["title"],
        "language": text["language"],
        "price_from": _price_from(by_currency(prices)),
        "image": image and Fragment(image),
        "organization": Fragment(organization),
    }


def _price_from(candidates: dict[str, list[Candidate[str]]]) -> dict[str, Any] | None:
    """The lowest price anybody pays, in rupiah where there is one, otherwise in the first currency by name."""
    if not candidates:
        return None
    currency = "IDR" if "IDR" in candidates else min(candidates)
    return {
        "amount": min(price.unit_amount for price in first_steps(candidates[currency]).values()),
        "currency": currency,
    }
