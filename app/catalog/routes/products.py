"""Products over HTTP: found and read by everybody, made and changed by their makers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from app.catalog.actions import lifecycle, pictures, products, texts, variants
from app.catalog.queries import browsing, compliance, details
from app.catalog.schemas.prices import BuyerPricesRead
from app.catalog.schemas.products import (
    ImagesPut,
    MakerProductFilters,
    PriceFilters,
    ProductCreate,
    ProductFilters,
    ProductInsideRead,
    ProductItem,
    ProductRead,
    ProductUpdate,
    VariantCreate,
    VariantUpdate,
)
from app.catalog.schemas.texts import ComplianceRead, ReviewDecide, TranslationPut, TranslationRead
from app.identity.guard import AnyActor, Operator, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Match, cacheable, read_page
from app.kernel.edge.sessions import Reads, ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import Country, Currency, Language, PageRead

router = Router(tags=["catalog"])

Reader = Annotated[Actor, allowed("catalog:read")]
Writer = Annotated[Actor, allowed("catalog:write")]


@router.plain_read("/products", response_model=PageRead[ProductItem])
async def list_products(
    actor: AnyActor, reads: Reads, asked_for: Annotated[ProductFilters, Query()], request: Request
) -> Page[Any]:
    """Find products, the newest first: what has your words in its title comes before what only resembles them.

    `country` is where it may be sold and whose prices are shown, `hs` the beginning of an HS code. `status` other than
    `published` shows only products of your own organizations.
    """
    asked = await read_page(request, asked_for.limit, asked_for.cursor)
    return await browsing.page(reads, actor, asked_for, asked)


@router.plain_read("/organizations/{organization_id}/products", response_model=PageRead[ProductItem])
async def list_products_of_organization(
    organization_id: UUID,
    actor: AnyActor,
    reads: Reads,
    asked_for: Annotated[MakerProductFilters, Query()],
    request: Request,
) -> Page[Any]:
    """Read an organization's products, the newest first: what is published, and to its staff all the others."""
    asked = await read_page(request, asked_for.limit, asked_for.cursor)
    return await browsing.page_of_maker(reads, actor, organization_id, asked_for.status, asked)


@router.command("/organizations/{organization_id}/products", status_code=201, response_model=ProductInsideRead)
async def create_product(
    organization_id: UUID, body: ProductCreate, actor: Writer, session: WriteSession
) -> dict[str, Any]:
    """Make a product, a draft as yet: a title and one variant with a weight and a price are enough to begin with."""
    product = await products.create(session, actor, organization_id, body)
    return await details.product(session, actor, product.id)


@router.plain_read("/products/{product_id}", response_model=ProductInsideRead | ProductRead)
async def read_product(
    product_id: UUID, actor: AnyActor, reads: Reads, asked_for: Annotated[PriceFilters, Query()]
) -> dict[str, Any]:
    """Read a product with its variants, pictures, certificates and the prices everybody pays in a country."""
    return await details.shown(reads, actor, product_id, asked_for.country, asked_for.currency)


@router.patch("/products/{product_id}", response_model=ProductInsideRead)
async def update_product(
    product_id: UUID, body: ProductUpdate, actor: Writer, session: WriteSession, match: Match
) -> dict[str, Any]:
    """Change what you send of a product; what you leave out stays."""
    await products.update(session, actor, product_id, body, match)
    return await details.product(session, actor, product_id)


@router.get("/products/{product_id}/prices")
async def read_buyer_prices(
    product_id: UUID,
    actor: Reader,
    session: ReadSession,
    buyer: UUID,
    country: Country | None = None,
    currency: Currency | None = None,
) -> BuyerPricesRead:
    """Read what a product costs you, or an organization you work for: tiers and agreements included."""
    return await details.buyer_prices(session, actor, product_id, buyer, country, currency)


@router.get("/products/{product_id}/compliance")
async def read_compliance(
    product_id: UUID,
    actor: Reader,
    session: ReadSession,
    country: Annotated[list[Country], Query(min_length=1, max_length=10, description="Where it is to be sold.")],
) -> ComplianceRead:
    """Read what your product still lacks in each country; what is required stands in the way of publishing."""
    return await compliance.destinations(session, actor, product_id, country)


@router.put("/products/{product_id}/images", response_model=ProductInsideRead)
async def put_images(
    product_id: UUID, body: ImagesPut, actor: Writer, session: WriteSession, match: Match
) -> dict[str, Any]:
    """Make these all the pictures of a product, in this order."""
    await pictures.put(session, actor, product_id, body.images, match)
    return await details.product(session, actor, product_id)


@router.command("/products/{product_id}/variants", status_code=201, response_model=ProductInsideRead)
async def add_variant(
    product_id: UUID, body: VariantCreate, actor: Writer, session: WriteSession, match: Match
) -> dict[str, Any]:
    """Add a variant to a product; its price goes onto your public list in that currency."""
    await variants.add(session, actor, product_id, body, match)
    return await details.product(session, actor, product_id)


@router.patch("/products/{product_id}/variants/{variant_id}", response_model=ProductInsideRead)
async def change_variant(
    product_id: UUID, variant_id: UUID, body: VariantUpdate, actor: Writer, session: WriteSession, match: Match
) -> dict[str, Any]:
    """Change what you send of a variant; its prices are changed on the price lists."""
    await variants.change(session, actor, product_id, variant_id, body, match)
    return await details.product(session, actor, product_id)


@router.delete("/products/{product_id}/variants/{variant_id}", response_model=ProductInsideRead)
async def discontinue_variant(
    product_id: UUID, variant_id: UUID, actor: Writer, session: WriteSession, match: Match
) -> dict[str, Any]:
    """Offer a variant no more; 409 `last-variant` rather than leave nothing to sell."""
    await variants.discontinue(session, actor, product_id, variant_id, match)
    return await details.product(session, actor, product_id)


@router.get("/products/{product_id}/translations", response_model=PageRead[TranslationRead])
async def list_translations(
    product_id: UUID, actor: AnyActor, session: ReadSession, request: Request, response: Response
) -> Page[TranslationRead]:
    """Read a product's texts in every language, all on one page; `missing` are languages it should have."""
    cacheable(response, request)
    return Page(await details.translations(session, actor, product_id), None)


@router.put("/products/{product_id}/translations/{language}", response_model=ProductInsideRead)
async def put_translation(
    product_id: UUID, language: Language, body: TranslationPut, actor: Writer, session: WriteSession, match: Match
) -> dict[str, Any]:
    """Write a product's text in a language; changing its original text makes all translations outdated."""
    await texts.put(session, actor, product_id, language, body, match)
    return await details.product(session, actor, product_id)


@router.delete("/products/{product_id}/translations/{language}", response_model=ProductInsideRead)
async def remove_translation(
    product_id: UUID, language: Language, actor: Writer, session: WriteSession, match: Match
) -> dict[str, Any]:
    """Take a translation away; 409 `source-text-needed` for the original."""
    await texts.remove(session, actor, product_id, language, match)
    return await details.product(session, actor, product_id)


@router.command("/products/{product_id}/publication", status_code=201, response_model=ProductInsideRead)
async def publish_product(product_id: UUID, actor: Writer, session: WriteSession, match: Match) -> dict[str, Any]:
    """Put a product up for sale; while your organization is not verified it first waits for an operator.

    409 `product-incomplete` names what is missing.
    """
    await lifecycle.offer(session, actor, product_id, match)
    return await details.product(session, actor, product_id)


@router.delete("/products/{product_id}/publication", response_model=ProductInsideRead)
async def withdraw_product(product_id: UUID, actor: Writer, session: WriteSession, match: Match) -> dict[str, Any]:
    """Pause a product, or take one back that waits for an operator."""
    await lifecycle.withdraw(session, actor, product_id, match)
    return await details.product(session, actor, product_id)


@router.command("/products/{product_id}/archival", status_code=201, response_model=ProductInsideRead)
async def archive_product(product_id: UUID, actor: Writer, session: WriteSession, match: Match) -> dict[str, Any]:
    """Sell a product no more, for good; orders keep it."""
    await lifecycle.archive(session, actor, product_id, match)
    return await details.product(session, actor, product_id)


@router.command("/products/{product_id}/review", status_code=201, response_model=ProductInsideRead)
async def review_product(
    product_id: UUID, body: ReviewDecide, actor: Operator, session: WriteSession, match: Match
) -> dict[str, Any]:
    """Publish a product that waits, or send it back with a reason (operators)."""
    await lifecycle.review(session, actor, product_id, body, match)
    return await details.product(session, actor, product_id)
