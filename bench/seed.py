"""The first products of the bench's world and all that stands around them, made by the domains' own actions."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from sqlalchemy import exists, select

from app.catalog.actions import indexing, sourcing
from app.catalog.models import SearchNews
from app.catalog.sourced import Shelf, SourcedImage, SourcedProduct, SourcedVariant
from app.catalog.vocabulary import Category
from app.identity.actions import moderation, people
from app.kernel import clock
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.database import Database
from app.media import actions as media
from app.media.models import Purpose
from app.organizations.actions import locations, profiles, verification
from app.organizations.schemas import LocationCreate, OrganizationCreate, VerificationDecide, VerificationSubmit
from app.payments.actions import payouts
from app.payments.schemas import PayoutAccountCreate
from app.sample_world.making.papers import pdf
from bench.trade import Maker, trade

_GOODS = (
    "Keripik Tempe|Keripik Singkong|Rendang Daging|Kopi Arabika|Kopi Robusta|Teh Melati|Sambal Bawang|Gula Aren|Dodol"
    "|Kain Batik|Kain Tenun|Syal Sutra|Tas Rotan|Keranjang Bambu|Ukiran Jati|Cincin Perak|Minyak Kayu Putih|Sabun Sereh"
    "|Bumbu Gulai|Abon Sapi|Kerupuk Udang|Madu Hutan|Cokelat Batang|Vanili Kering|Pala Banda"
)
_QUALITIES = "Asli|Premium|Pedas|Manis|Gurih|Tua|Muda|Halus|Organik|Kampung|Istimewa|Rumahan|Kering|Panggang"
_PLACES = (
    "Gayo|Blitar|Solo|Padang|Toraja|Bali|Pekalongan|Kotagede|Sukabumi|Jepara|Lombok|Bandung|Malang|Makassar|Banjar"
    "|Minang|Cirebon|Garut|Flores|Ambon"
)
_DESCRIPTION = (
    "Dibuat tangan di {place} oleh keluarga yang melakukannya sejak tiga generasi, dari bahan setempat dan tanpa "
    "pengawet. {name} ini dikemas rapat agar tahan perjalanan jauh, dan setiap kemasan diperiksa sebelum berangkat."
)
_SIZES = ((250, "250 g"), (500, "500 g"), (1000, "1 kg"))


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made by the actions, before it is copied."""

    makers: int = 20
    products_of_each: int = 50
    resellers: int = 64
    orders: int = 100

    @property
    def products(self) -> int:
        """All products."""
        return self.makers * self.products_of_each


async def sow(database: Database, size: Size) -> None:
    """Make the seed in a database that holds nothing yet."""
    drawn = random.Random(11)
    goods = list(product(*(words.split("|") for words in (_GOODS, _QUALITIES, _PLACES))))
    drawn.shuffle(goods)
    operator = await _operator(database)
    makers = []
    for number in range(size.makers):
        named = goods[number * size.products_of_each :][: size.products_of_each]
        products = [_product(drawn, index, *names) for index, names in enumerate(named)]
        makers.append(await _maker(database, operator, number, products))
    await trade(database, operator, makers, size.resellers, size.orders)
    await _learn_words(database)


async def _operator(database: Database) -> Actor:
    async with database.transaction() as session:
        row = await moderation.appoint_operator(session, "operator@bench.example", "Operator")
        return Actor(person_id=row.id, is_operator=True, authenticated_at=await clock.now(session))


async def _maker(database: Database, operator: Actor, number: int, goods: list[SourcedProduct]) -> Maker:
    """A verified producer with an owner, a place, an account and products on a public list."""
    async with database.transaction() as session:
        person = await people.register(session, ANONYMOUS, f"maker-{number}@bench.example", f"Maker {number}")
        owner = Actor(person_id=person.id, authenticated_at=await clock.now(session))
        row = await profiles.create(session, owner, _organization(number))
        place = await locations.add(session, owner, row.id, LocationCreate(name="Gudang", country="ID", city="Blitar"))
        await payouts.add(session, owner, _account(row.id))
        paper = await media.take(session, owner, Purpose.EVIDENCE, "application/pdf", pdf("NIB"))
        await verification.submit(session, owner, row.id, VerificationSubmit(evidence=[paper.id]))
        decided = VerificationDecide.model_validate({"outcome": "verified"})
        await verification.decide(session, operator, row.id, decided)
        shelf = Shelf(organization_id=row.id, source="bench", language="id", currency="IDR")
        await sourcing.put(session, owner, shelf, goods)
    return Maker(row.id, owner, place.id)


async def _learn_words(database: Database) -> None:
    left = True
    while left:
        async with database.transaction() as session:
            await indexing.learn_words(session)
            left = bool(await session.scalar(select(exists(select(SearchNews.product_id)))))


def _organization(number: int) -> OrganizationCreate:
    places = _PLACES.split("|")
    place = places[number % len(places)]
    return OrganizationCreate.model_validate(
        {
            "name": f"Usaha {place} {number}",
            "legal_name": f"CV Usaha {place} {number}",
            "roles": ["msme"],
            "country": "ID",
            "city": place,
            "business_number": f"{number:013d}",
        }
    )


def _account(party_id: UUID) -> PayoutAccountCreate:
    columns = {"currency": "IDR", "country": "ID", "bank": "Bank Contoh", "number": "0011223344", "holder": "Usaha"}
    return PayoutAccountCreate.model_validate({"party_id": party_id} | columns)


def _product(drawn: random.Random, number: int, name: str, quality: str, place: str) -> SourcedProduct:
    title = f"{name} {quality} {place}"
    sizes = _SIZES[: max(number % 5 - 1, 1)]
    price = drawn.randrange(90, 2_500) * 100_00
    return SourcedProduct(
        external_id=str(number),
        handle=title.lower().replace(" ", "-"),
        title=title,
        description=_DESCRIPTION.format(name=name, place=place),
        category=drawn.choice(list(Category)),
        tags=(),
        status="active",
        options=("Size",),
        variants=tuple(_variants(number, price, sizes)),
        images=(SourcedImage(url=f"https://images.example/{number}.jpg", alternative_text=title),),
    )


def _variants(number: int, price: int, sizes: tuple[tuple[int, str], ...]) -> Iterator[SourcedVariant]:
    for key, (grams, named) in enumerate(sizes):
        yield SourcedVariant(
            key=key,
            option_values=(named,),
            sku=f"B-{number}-{grams}",
            gtin=None,
            net_weight_g=grams,
            unit_amount=price * grams // 250,
            image_url=None,
        )
