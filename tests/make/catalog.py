"""Products for tests, published and with a price."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from app.catalog.actions import indexing
from app.catalog.models import Price, PriceList, Product, ProductText, Variant
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.make.organizations import Msme

_numbers = count(1)


@dataclass(frozen=True)
class Made:
    """A product of one variant, the list of its public price and, where asked for, that of its wholesale price."""

    id: UUID
    variant_id: UUID
    price_list_id: UUID
    wholesale_list_id: UUID | None


async def product(
    database: Database,
    msme: Msme,
    title: str = "Keripik Tempe",
    *,
    price: int = 15_000_00,
    wholesale: int | None = None,
    currency: str = "IDR",
    description: str | None = None,
    **columns: Any,
) -> Made:
    """A published product of one 250 g variant at a public price and, on a list of its own, a wholesale one.

    Prices are minor units: Rp 15.000 is 1500000. The wholesale list is for agreements and granted to nobody. `columns`
    are the product's own, such as `status` or `category`.
    """
    made = Made(new_id(), new_id(), new_id(), None if wholesale is None else new_id())
    async with database.transaction() as session:
        now = await clock.now(session)
        defaults = {
            "version": 1,
            "handle": f"product-{next(_numbers)}",
            "status": "published",
            "published_at": now,
            "listed_at": now,
            "source_language": "id",
            "category": "snacks",
            "hs_code": "200520",
        }
        session.add(
            Product(
                id=made.id,
                organization_id=msme.id,
                **defaults | columns,
                texts=[ProductText(language="id", title=title, description=description, status="human")],
                variants=[Variant(id=made.variant_id, organization_id=msme.id, net_weight_g=250)],
            )
        )
        await session.flush()
        lists = {made.price_list_id: ("public", price), made.wholesale_list_id: ("agreement", wholesale)}
        for list_id, (audience, amount) in lists.items():
            if list_id is not None and amount is not None:
                session.add(_price_list(list_id, msme, audience, currency))
                await session.flush()
                session.add(Price(price_list_id=list_id, variant_id=made.variant_id, unit_amount=amount))
        await session.flush()
        await indexing.index(session, [made.id])
        await indexing.learn_words(session)
    return made


def _price_list(list_id: UUID, msme: Msme, audience: str, currency: str) -> PriceList:
    return PriceList(
        id=list_id, organization_id=msme.id, version=1, name=audience, currency=currency, audience=audience
    )
