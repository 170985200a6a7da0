"""The world's goods: products with texts, prices, certificates and stock, put on the shelf some at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import sourced
from app.catalog.actions import certificates, lifecycle, price_lists, sourcing
from app.catalog.models import Product as Row
from app.catalog.schemas.certificates import CertificateWrite
from app.catalog.schemas.prices import PriceListCreate, PricePut
from app.catalog.schemas.texts import ReviewDecide, ReviewOutcome
from app.catalog.sourced import SourcedProduct, SourcedText, SourcedVariant
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.money import Money
from app.sample_world.content import SOURCE, Certificate, Product, Shelf, Variant, World
from app.sample_world.making.cast import Cast
from app.sample_world.making.stocks import stock

_CURRENCY: Final = "IDR"
_BEGUN: Final = timedelta(days=372)
_OFFERED_EVERY: Final = timedelta(days=100)
_AT_ONCE: Final = 9


async def fill(database: Database, cast: Cast, shelf: Shelf) -> None:
    """Fill an organization's shelf, whole, unless something of it is there."""
    organization_id = cast.organizations[shelf.organization]
    there = select(Row.id).where(Row.organization_id == organization_id, Row.source == SOURCE).limit(1)
    async with database.reading() as session:
        if (await session.scalars(there)).first() is not None:
            return
    async with database.transaction(offset=-_BEGUN) as session:
        await _Filling(session, cast, shelf, organization_id, cast.clerk(shelf.organization, "catalog")).fill()


@dataclass(frozen=True, slots=True)
class _Filling:
    """One shelf being filled by who looks after the catalog."""

    session: AsyncSession
    cast: Cast
    shelf: Shelf
    organization_id: UUID
    clerk: Actor

    async def fill(self) -> None:
        """Begin the resellers' price lists, put the products up in turn, then show the papers and take in the stock."""
        wholesale = {currency: await self._begin_list(currency) for currency in self.shelf.currencies}
        products: dict[str, UUID] = {}
        variants: dict[str, UUID] = {}
        for turn in range(0, len(self.shelf.products), _AT_ONCE):
            await clock.shift(self.session, turn // _AT_ONCE * _OFFERED_EVERY - _BEGUN)
            offered = self.shelf.products[turn : turn + _AT_ONCE]
            for product, made in zip(offered, await self._put(offered), strict=True):
                assert made.product_id is not None, made.remarks  # noqa: S101 - there is no other product beside these
                products[product.slug] = made.product_id
                variants |= {variant.sku: made.new_variants[key] for key, variant in enumerate(product.variants)}
            await self._price(offered, variants, wholesale)
        await self._certify(products)
        await self._review(products)
        await stock(self.session, self.cast, self.shelf, variants)

    async def _put(self, products: Sequence[Product]) -> Sequence[sourced.Sourced]:
        """Offer products with both texts and their public price in rupiah, as far as the maker is verified."""
        there = sourced.Shelf(organization_id=self.organization_id, source=SOURCE, language="id", currency=_CURRENCY)
        wanted = [_product(self.cast.world, product) for product in products]
        return await sourcing.put(self.session, self.clerk, there, wanted)

    async def _begin_list(self, currency: str) -> UUID:
        said = {"name": f"Grosir {currency}", "currency": currency, "audience": "agreement"}
        asked = PriceListCreate.model_validate(said)
        return (await price_lists.create(self.session, self.clerk, self.organization_id, asked)).id

    async def _price(
        self, products: Sequence[Product], variants: Mapping[str, UUID], wholesale: Mapping[str, UUID]
    ) -> None:
        """Say what everybody pays in other currencies, and what resellers pay."""
        priced = [variant for product in products for variant in product.variants]
        for currency, list_id in wholesale.items():
            in_currency = [variant for variant in priced if currency in variant.retail]
            retail = {variants[each.sku]: Money(each.retail[currency], currency) for each in in_currency}
            if in_currency and currency != _CURRENCY:
                await price_lists.set_public(self.session, self.clerk, self.organization_id, retail)
            if in_currency:
                prices = [_wholesale(each, variants, currency) for each in in_currency]
                await price_lists.set_prices(self.session, self.clerk, list_id, prices)

    async def _certify(self, products: Mapping[str, UUID]) -> None:
        """Show the certificates, each to the operator but for those the maker only declares."""
        for certificate in self.cast.world.certificates:
            if certificate.organization == self.shelf.organization:
                covers = [each.slug for each in self.shelf.products if certificate.slug in each.certificates]
                asked = _certificate(certificate, [products[slug] for slug in covers], self.cast)
                row = await certificates.add(self.session, self.clerk, self.organization_id, asked)
                if certificate.level == "certified":
                    await certificates.verify(self.session, self.cast.operator, row.id)

    async def _review(self, products: Mapping[str, UUID]) -> None:
        """Let the operator look at the goods of a maker whose papers are being looked at."""
        if self.cast.world.organization(self.shelf.organization).verification == "submitted":
            approved = ReviewDecide(outcome=ReviewOutcome.APPROVED)
            for product_id in products.values():
                await lifecycle.review(self.session, self.cast.operator, product_id, approved)


def _product(world: World, product: Product) -> SourcedProduct:
    return SourcedProduct(
        external_id=product.slug,
        handle=product.slug,
        title=product.title.id,
        description=product.description.id,
        translations=(SourcedText(language="en", title=product.title.en, description=product.description.en),),
        category=product.category,
        hs_code=product.hs_code,
        countries_of_sale=tuple(product.countries_of_sale),
        shelf_life_days=product.shelf_life_days,
        storage=product.storage,
        tags=(),
        status="active",
        options=tuple(world.options[name].id for name in product.variants[0].options),
        variants=tuple(_variant(world, variant, key) for key, variant in enumerate(product.variants)),
        images=(),
    )


def _variant(world: World, variant: Variant, key: int) -> SourcedVariant:
    """Option values that are words have their text in the vocabulary; sizes and weights speak for themselves."""
    words = world.option_values
    length, width, height = variant.dimensions_mm
    return SourcedVariant(
        key=key,
        option_values=tuple(words[value].id if value in words else value for value in variant.options.values()),
        sku=variant.sku,
        gtin=variant.gtin,
        net_weight_g=variant.net_weight_g,
        gross_weight_g=variant.gross_weight_g,
        dimensions_mm=(length, width, height),
        unit_amount=variant.retail[_CURRENCY],
        image_url=None,
    )


def _wholesale(variant: Variant, variants: Mapping[str, UUID], currency: str) -> PricePut:
    return PricePut.model_validate(
        {
            "variant_id": variants[variant.sku],
            "min_quantity": variant.wholesale_min_quantity,
            "unit_price": {"amount": variant.wholesale[currency], "currency": currency},
        }
    )


def _certificate(certificate: Certificate, covered: Sequence[UUID], cast: Cast) -> CertificateWrite:
    today = cast.began_at.date()
    return CertificateWrite.model_validate(
        certificate.model_dump(include={"kind", "level", "number", "issuer"})
        | {
            "valid_from": today + timedelta(days=certificate.valid_from_days),
            "valid_until": today + timedelta(days=certificate.valid_until_days),
            "product_ids": covered,
        }
    )
