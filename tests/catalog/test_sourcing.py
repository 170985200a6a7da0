"""Products of another shop become ours as they are there, and what is the same already is left alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.catalog.actions import sourcing
from app.catalog.models import Price, PriceList, Product, Variant
from app.catalog.sourced import Shelf, Sourced, SourcedImage, SourcedProduct, SourcedText, SourcedVariant
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Database
from app.kernel.problems import Forbidden, NotFound
from tests.conftest import Happened, Statements
from tests.make import catalog, organizations
from tests.make.organizations import Msme

SMALL = SourcedVariant(
    key=2, option_values=("S",), sku="K-S", gtin=None, net_weight_g=100, unit_amount=15_000_00, image_url=None
)
LARGE = replace(SMALL, key=3, option_values=("L",), sku="K-L", unit_amount=30_000_00, image_url="https://x.test/l.jpg")
KERIPIK = SourcedProduct(
    external_id="keripik",
    handle="keripik",
    title="Keripik Tempe",
    description="Renyah",
    category="snacks",
    tags=("tempe",),
    status="active",
    options=("Size",),
    variants=(SMALL, LARGE),
    images=(SourcedImage(url="https://x.test/l.jpg", alternative_text=None),),
)

CRISPS = SourcedText(language="en", title="Tempeh Crisps", description="Crisp")


@pytest.fixture
async def siti(database: Database, http: httpx.AsyncClient) -> Msme:
    return await organizations.msme(database, http)


async def put(
    database: Database, of: Msme, *wanted: SourcedProduct, actor: Actor = SYSTEM, **shelf: str
) -> Sequence[Sourced]:
    written = {"source": "shopify", "language": "id", "currency": "IDR"} | shelf
    async with database.transaction() as session:
        return await sourcing.put(session, actor, Shelf(organization_id=of.id, **written), wanted)


async def held(database: Database, external_id: str = "keripik") -> Product:
    whole = (selectinload(Product.variants), selectinload(Product.texts), selectinload(Product.images))
    async with database.reading() as session:
        return (await session.scalars(select(Product).where(Product.external_id == external_id).options(*whole))).one()


async def prices(database: Database) -> dict[str | None, int]:
    async with database.reading() as session:
        rows = await session.execute(select(Variant.sku, Price.unit_amount).join(Price, Price.variant_id == Variant.id))
        return {row.sku: row.unit_amount for row in rows}


async def test_a_new_product_is_made_whole_and_published(database: Database, siti: Msme, happened: Happened) -> None:
    [made] = await put(database, siti, KERIPIK)
    product = await held(database)
    assert (made.change, made.product_id, product.version) == ("created", product.id, 2)
    assert (product.status, product.source_language, product.tags, product.options) == (
        "published",
        "id",
        ["tempe"],
        ["Size"],
    )
    assert [(text.language, text.title, text.description, text.status) for text in product.texts] == [
        ("id", "Keripik Tempe", "Renyah", "human")
    ]
    assert [(each.sku, each.option_values, each.net_weight_g) for each in product.variants] == [
        ("K-S", ["S"], 100),
        ("K-L", ["L"], 100),
    ]
    assert made.new_variants == {2: product.variants[0].id, 3: product.variants[1].id}
    assert [image.variant_id for image in product.images] == [product.variants[1].id]
    assert await prices(database) == {"K-S": 15_000_00, "K-L": 30_000_00}
    assert await happened.kinds() == ["PriceListCreated", "ProductCreated", "ProductPublished", "PricesChanged"]


async def test_the_same_again_changes_nothing(
    database: Database, siti: Msme, happened: Happened, statements: Statements
) -> None:
    await put(database, siti, KERIPIK)
    await happened.kinds()
    statements.sent.clear()
    [again] = await put(database, siti, KERIPIK)
    assert (again.change, again.new_variants, (await held(database)).version) == ("unchanged", {}, 2)
    assert await happened.kinds() == []
    assert not [sent for sent in statements.sent if not sent.lstrip().startswith("SELECT")]


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"title": "Keripik Tempe Pedas"}, ["ProductChanged"]),
        ({"description": None}, ["ProductChanged"]),
        ({"tags": ()}, ["ProductChanged"]),
        ({"images": ()}, ["ProductChanged"]),
        ({"variants": (SMALL,)}, ["ProductChanged"]),
        ({"variants": (SMALL, replace(LARGE, net_weight_g=250))}, ["ProductChanged"]),
        ({"variants": (LARGE, SMALL)}, ["ProductChanged"]),
        ({"variants": (SMALL, replace(LARGE, gross_weight_g=120))}, ["ProductChanged"]),
        ({"variants": (SMALL, replace(LARGE, dimensions_mm=(10, 20, 30)))}, ["ProductChanged"]),
        ({"hs_code": "200899"}, ["ProductChanged"]),
        ({"countries_of_sale": ("ID", "TR")}, ["ProductChanged"]),
        ({"shelf_life_days": 90, "storage": "cool_dry"}, ["ProductChanged"]),
        ({"translations": (CRISPS,)}, ["ProductChanged"]),
        ({"variants": (SMALL, replace(LARGE, image_url=None))}, ["ProductChanged"]),
        ({"variants": (SMALL, replace(LARGE, unit_amount=31_000_00))}, ["PricesChanged"]),
        ({"status": "draft"}, ["ProductPaused"]),
        ({"status": "archived", "category": "sweets"}, ["ProductChanged", "ProductArchived"]),
    ],
)
async def test_one_difference_is_one_change(
    database: Database, siti: Msme, happened: Happened, change: dict[str, Any], kinds: list[str]
) -> None:
    await put(database, siti, KERIPIK)
    await happened.kinds()
    [changed] = await put(database, siti, replace(KERIPIK, **change))
    assert (changed.change, changed.new_variants) == ("updated", {})
    assert await happened.kinds() == kinds
    [again] = await put(database, siti, replace(KERIPIK, **change))
    assert (again.change, await happened.kinds()) == ("unchanged", [])


async def test_a_variant_keeps_its_identity_through_new_options_and_new_skus(database: Database, siti: Msme) -> None:
    await put(database, siti, KERIPIK)
    small, large = (await held(database)).variants
    swapped = replace(KERIPIK, variants=(replace(SMALL, sku="K-L"), replace(LARGE, sku="K-S")))
    await put(database, siti, swapped)
    assert [(each.id, each.sku) for each in (await held(database)).variants] == [(small.id, "K-L"), (large.id, "K-S")]
    renamed = replace(
        KERIPIK, variants=(replace(SMALL, sku="K-L", option_values=("Kecil",)), replace(LARGE, sku="K-S"))
    )
    [outcome] = await put(database, siti, renamed)
    assert outcome.new_variants == {}
    assert [(each.id, each.option_values) for each in (await held(database)).variants] == [
        (small.id, ["Kecil"]),
        (large.id, ["L"]),
    ]


async def test_a_variant_that_is_gone_is_discontinued_and_comes_back_as_itself(database: Database, siti: Msme) -> None:
    await put(database, siti, KERIPIK)
    large = (await held(database)).variants[1]
    await put(database, siti, replace(KERIPIK, variants=(replace(SMALL, sku="K-L"),)))
    gone = next(each for each in (await held(database)).variants if each.id == large.id)
    assert (gone.discontinued_at is not None, gone.sku) == (True, None)
    [back] = await put(database, siti, KERIPIK)
    assert back.new_variants == {}
    assert [(each.id, each.sku, each.discontinued_at) for each in (await held(database)).variants][1] == (
        large.id,
        "K-L",
        None,
    )


async def test_a_sku_moves_from_one_product_to_another(database: Database, siti: Msme) -> None:
    other = replace(KERIPIK, external_id="emping", handle="emping", variants=(replace(SMALL, sku="E-S"),))
    await put(database, siti, KERIPIK, other)
    moved = (replace(KERIPIK, variants=(LARGE,)), replace(other, variants=(replace(SMALL, sku="K-S"),)))
    assert [each.change for each in await put(database, siti, *moved)] == ["updated", "updated"]
    assert [each.sku for each in (await held(database, "emping")).variants] == ["K-S"]


async def test_what_another_product_has_is_refused_and_the_rest_goes_on(database: Database, siti: Msme) -> None:
    made = await catalog.product(database, siti, handle="kerupuk")
    async with database.transaction() as session:
        (await session.get_one(Variant, made.variant_id)).sku = "K-L"
    kerupuk = replace(KERIPIK, external_id="kerupuk", handle="kerupuk", variants=())
    sambal = replace(KERIPIK, external_id="sambal", handle="sambal", variants=(replace(SMALL, sku="S"),))
    refused, taken, accepted = await put(database, siti, KERIPIK, kerupuk, sambal)
    assert [each.change for each in (refused, taken, accepted)] == ["refused", "refused", "created"]
    assert [(each.code, each.key, each.params) for each in refused.remarks + taken.remarks] == [
        ("sku-taken", 3, {"text": "K-L", "handle": "kerupuk"}),
        ("handle-taken", None, {"text": "kerupuk"}),
    ]


async def test_a_text_in_another_language_stands_beside_and_outdates_when_its_source_changes(
    database: Database, siti: Msme
) -> None:
    await put(database, siti, KERIPIK)
    await put(database, siti, replace(KERIPIK, title="Tempeh Crisps"), language="en")
    assert [(text.title, text.status) for text in (await held(database)).texts] == [
        ("Tempeh Crisps", "human"),
        ("Keripik Tempe", "human"),
    ]
    await put(database, siti, replace(KERIPIK, title="Keripik Tempe Asli"))
    assert [text.status for text in (await held(database)).texts] == ["outdated", "human"]


async def test_a_translation_given_with_new_words_of_the_source_follows_them(database: Database, siti: Msme) -> None:
    arabic = replace(CRISPS, language="ar", title="رقائق")
    await put(database, siti, replace(KERIPIK, translations=(CRISPS, arabic)))
    await put(database, siti, replace(KERIPIK, title="Keripik Tempe Asli", translations=(CRISPS,)))
    texts = {text.language: (text.title, text.status) for text in (await held(database)).texts}
    assert texts == {
        "ar": ("رقائق", "outdated"),
        "en": ("Tempeh Crisps", "human"),
        "id": ("Keripik Tempe Asli", "human"),
    }


async def test_what_the_shop_does_not_say_is_left_as_it_is(database: Database, siti: Msme) -> None:
    packed = replace(SMALL, gross_weight_g=112, dimensions_mm=(140, 45, 190))
    said: dict[str, Any] = {
        "hs_code": "200899",
        "countries_of_sale": ("ID", "TR"),
        "shelf_life_days": 90,
        "storage": "cool_dry",
    }
    await put(database, siti, replace(KERIPIK, **said, variants=(packed, LARGE), translations=(CRISPS,)))
    [silent] = await put(database, siti, KERIPIK)
    product = await held(database)
    assert silent.change == "unchanged"
    assert (product.hs_code, product.countries_of_sale) == ("200899", ["ID", "TR"])
    assert (product.shelf_life_days, product.storage) == (90, "cool_dry")
    small = product.variants[0]
    assert (small.gross_weight_g, small.length_mm, small.width_mm, small.height_mm) == (112, 140, 45, 190)
    assert [(text.language, text.title) for text in product.texts] == [
        ("en", "Tempeh Crisps"),
        ("id", "Keripik Tempe"),
    ]


async def test_prices_go_to_the_public_list_that_holds_in_their_currency(database: Database, siti: Msme) -> None:
    made = await catalog.product(database, siti, wholesale=11_000_00)
    await put(database, siti, KERIPIK)
    await put(database, siti, KERIPIK, currency="TRY")
    async with database.reading() as session:
        rows = await session.execute(select(PriceList.id, PriceList.currency, PriceList.audience))
        lists = {row.id: (row.currency, row.audience) for row in rows}
    assert lists.pop(made.price_list_id) == ("IDR", "public")
    assert sorted(lists.values()) == [("IDR", "agreement"), ("TRY", "public")]


async def test_what_a_shop_does_not_say_is_left_as_it_is(database: Database, siti: Msme) -> None:
    await put(database, siti, KERIPIK)
    quiet = replace(LARGE, unit_amount=None, net_weight_g=None, gtin=None)
    silent = replace(KERIPIK, category=None, variants=(SMALL, quiet))
    [again] = await put(database, siti, silent)
    assert (again.change, (await held(database)).category) == ("unchanged", "snacks")
    assert (await prices(database))["K-L"] == 30_000_00


async def test_a_maker_who_is_not_verified_is_reviewed_first(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    rini = await organizations.msme(database, http, "Batik Rini", verified=False)
    await put(database, rini, KERIPIK)
    assert (await happened.kinds())[1:3] == ["ProductCreated", "ProductSubmitted"]
    assert (await put(database, rini, KERIPIK))[0].change == "unchanged"
    await put(database, rini, replace(KERIPIK, status="archived"))
    assert await happened.kinds() == ["ProductWithdrawn", "ProductArchived"]


async def test_what_lacks_a_price_or_a_weight_is_not_offered(database: Database, siti: Msme) -> None:
    unsold = replace(SMALL, sku=None)
    for number, lacking in enumerate((replace(unsold, unit_amount=None), replace(unsold, net_weight_g=None))):
        product = replace(KERIPIK, external_id=f"k{number}", handle=f"k{number}", variants=(lacking,))
        [made] = await put(database, siti, product)
        assert (made.change, [remark.code for remark in made.remarks]) == ("created", ["product-incomplete"])
        assert (await held(database, f"k{number}")).status == "draft"


async def test_what_an_operator_sent_back_is_offered_again_once_it_was_mended(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    rini = await organizations.msme(database, http, "Batik Rini", verified=False)
    await put(database, rini, KERIPIK)
    async with database.transaction() as session:
        product = (await session.scalars(select(Product))).one()
        product.status, product.review_note = "draft", "Say what is in it."
    await happened.kinds()
    assert (await put(database, rini, KERIPIK))[0].change == "unchanged"
    await put(database, rini, replace(KERIPIK, description="Tempe, ketumbar, kencur"))
    assert await happened.kinds() == ["ProductChanged", "ProductSubmitted"]


async def test_what_was_archived_here_stays_so_and_says_it(database: Database, siti: Msme) -> None:
    await put(database, siti, replace(KERIPIK, status="archived"))
    [again] = await put(database, siti, KERIPIK)
    assert (again.change, [remark.code for remark in again.remarks]) == ("unchanged", ["product-archived"])


async def test_events_reach_everybody_only_while_a_product_is_for_everybody(
    database: Database, siti: Msme, happened: Happened
) -> None:
    mine = f"party:{siti.id}"
    await put(database, siti, replace(KERIPIK, status="draft"))
    await put(database, siti, KERIPIK)
    await put(database, siti, replace(KERIPIK, status="draft"))
    told = [row for row in await happened.rows() if row.aggregate_kind == "product"]
    assert [(row.kind, row.audience, row.lost_audience) for row in told] == [
        ("ProductCreated", [mine], []),
        ("ProductPublished", sorted([mine, "public"]), []),
        ("ProductPaused", sorted([mine, "public"]), ["public"]),
    ]


async def test_only_the_catalogs_staff_may(database: Database, http: httpx.AsyncClient, siti: Msme) -> None:
    clerk = await organizations.staff(database, http, siti, "orders")
    stranger = (await organizations.msme(database, http, "Batik Rini")).owner
    with pytest.raises(Forbidden):
        await put(database, siti, KERIPIK, actor=Actor(person_id=clerk.id))
    with pytest.raises(NotFound):
        await put(database, siti, KERIPIK, actor=Actor(person_id=stranger.id))
    [made] = await put(database, siti, KERIPIK, actor=Actor(person_id=siti.owner.id))
    assert made.change == "created"


async def test_many_products_take_as_many_statements_as_few(
    database: Database, siti: Msme, statements: Statements
) -> None:
    many = [
        replace(
            KERIPIK,
            external_id=f"keripik-{n}",
            handle=f"keripik-{n}",
            variants=(replace(SMALL, sku=f"K-{n}-S"), replace(LARGE, sku=f"K-{n}-L")),
        )
        for n in range(40)
    ]
    statements.sent.clear()
    await put(database, siti, *many)
    assert len(statements) <= 22
    statements.sent.clear()
    await put(database, siti, *many)
    assert len(statements) <= 13
