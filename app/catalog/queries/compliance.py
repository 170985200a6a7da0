"""What a product still lacks, to be published at all and for single countries."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from babel.languages import get_official_languages, get_territory_language_info
from babel.numbers import get_territory_currencies
from sqlalchemy import Row, ScalarSelect, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.completeness import Destination, Missing, ProductState, missing_for, missing_to_publish
from app.catalog.models import Certificate, Price, PriceList, Product, ProductImage, ProductText, Variant
from app.catalog.queries.browsing import covers_product, has_begun, has_run_out
from app.catalog.queries.nested import Column, Columns, several
from app.catalog.queries.prices import PUBLIC, holds_now
from app.catalog.schemas.texts import ComplianceRead
from app.catalog.vocabulary import CertificateLevel
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden, NotFound
from app.organizations.models import Location

_READ_BY_PERCENT = 40  # of a country's people, by CLDR's estimate


async def destinations(
    session: AsyncSession, actor: Actor, product_id: UUID, countries: Sequence[str]
) -> ComplianceRead:
    """What a product lacks for each country, for its maker's staff and operators. Raises NotFound, Forbidden."""
    inside = policy.inside(actor, Product.organization_id).label("inside")
    statement = _state().add_columns(inside).where(Product.id == product_id, policy.visible(actor))
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    if not found.inside:
        raise Forbidden
    lacking = {
        country: list(missing_for(_product(found), _destination(country, found.public_lists or ())))
        for country in countries
    }
    shown = [{"country": country, "missing": missing} for country, missing in lacking.items()]
    return ComplianceRead.model_validate({"destinations": shown})


async def to_publish(session: AsyncSession, product_id: UUID) -> list[Missing]:
    """What stands in the way of publishing a product."""
    found = (await session.execute(_state().where(Product.id == product_id))).one()
    return list(missing_to_publish(_product(found)))


def _state() -> Select[*tuple[Any, ...]]:
    variant = select(Variant.id).where(Variant.product_id == Product.id, Variant.discontinued_at.is_(None))
    priced = select(Price.id).where(Price.variant_id == Variant.id)
    text = select(ProductText.language).where(ProductText.product_id == Product.id)
    certificate = select(Certificate.kind).where(
        Certificate.level == CertificateLevel.CERTIFIED, covers_product(), has_begun(), ~has_run_out()
    )
    ship_from = select(Location.id).where(
        Location.organization_id == Product.organization_id, Location.is_ship_from, Location.closed_at.is_(None)
    )
    public_list = (
        select(PriceList.id)
        .where(PUBLIC, holds_now())
        .where(exists(variant.join(Price, Price.variant_id == Variant.id).where(Price.price_list_id == PriceList.id)))
    )
    return select(
        Product.category,
        Product.hs_code,
        Product.countries_of_sale,
        _gathered(Variant.net_weight_g, variant).label("weights"),
        exists().where(ProductImage.product_id == Product.id).label("has_image"),
        exists(variant.where(~exists(priced))).label("is_unpriced"),
        _gathered(ProductText.language, text.where(ProductText.description.is_not(None))).label("languages"),
        _gathered(Certificate.kind, certificate).label("certificates"),
        exists(ship_from).label("has_ship_from"),
        several(_PRICE_LIST, public_list.correlate(Product)).label("public_lists"),
    )


_PRICE_LIST: Columns = {"currency": PriceList.currency, "countries": PriceList.countries}


def _gathered(column: Column, source: Select[*tuple[Any, ...]]) -> ScalarSelect[Any]:
    return source.with_only_columns(func.array_agg(column)).correlate(Product).scalar_subquery()


def _product(found: Row[*tuple[Any, ...]]) -> ProductState:
    return ProductState(
        weights=found.weights or (),
        has_image=found.has_image,
        is_priced=not found.is_unpriced,
        category=found.category,
        hs_code=found.hs_code,
        countries_of_sale=found.countries_of_sale,
        languages=found.languages or (),
        certificates=found.certificates or (),
        has_ship_from=found.has_ship_from,
    )


def _destination(country: str, public_lists: Sequence[dict[str, Any]]) -> Destination:
    priced_in = {each["currency"] for each in public_lists if not each["countries"] or country in each["countries"]}
    languages, currencies = _facts(country)
    return Destination(country=country, languages=languages, currencies=currencies, priced_in=frozenset(priced_in))


@cache
def _facts(country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The languages many people of a country read, and its currencies of today: CLDR's, by way of Babel."""
    shares = get_territory_language_info(country)
    spoken = [
        language for language, facts in shares.items() if float(facts["population_percent"] or 0) >= _READ_BY_PERCENT
    ]
    languages = {tag.partition("_")[0] for tag in (*get_official_languages(country, de_facto=True), *spoken)}
    return tuple(sorted(languages)), tuple(sorted(get_territory_currencies(country)))
