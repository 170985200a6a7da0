"""The second part of the seed: resellers with agreements, goods in stock, and orders that were paid."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity_rules import actions as activity_rules
from app.activity_rules.schemas import ActivityRuleCreate
from app.catalog.actions import price_lists
from app.catalog.models import Audience, Price, PriceList
from app.catalog.schemas.prices import PriceListCreate, PricePut
from app.identity.actions import people
from app.identity.schemas import ProfileUpdate
from app.kernel import clock
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.database import Database
from app.orders.actions import answering, drafting, submitting
from app.orders.schemas import OfferCreate, OrderCreate
from app.payments.actions import paying
from app.payments.models import Obligation
from app.payments.schemas import PaymentCreate
from app.reselling import actions as reselling
from app.reselling.schemas import AgreementCreate, TermsCreate
from app.stock import actions as stock

ADDRESS = {
    "recipient": "Dewi Anggraini",
    "phone": "+90 212 555 01 23",
    "street": "Örnek Sokak 12/3, Fatih",
    "city": "İstanbul",
    "postal_code": "34080",
    "country": "TR",
}
_LINES = 3
_ON_HAND = 1_000_000
_WHOLESALE_PERCENT = 80
_BASIS = "spouse"


@dataclass(frozen=True, slots=True)
class Maker:
    """A producer: its owner, and where its goods are."""

    organization_id: UUID
    owner: Actor
    location_id: UUID


@dataclass(frozen=True, slots=True)
class _Agreed:
    agreement_id: UUID
    reseller: Actor
    maker: Maker
    variants: Sequence[UUID]


async def trade(database: Database, operator: Actor, makers: Sequence[Maker], resellers: int, orders: int) -> None:
    """Let so many resellers agree with a maker each, and have so many orders paid."""
    async with database.transaction() as session:
        await activity_rules.state_rule(session, operator, _rule())
    stocked = {maker: await _stock(database, maker) for maker in makers}
    agreed = []
    for number in range(resellers):
        maker = makers[number % len(makers)]
        price_list_id, variants = stocked[maker]
        async with database.transaction() as session:
            agreed.append(await _agree(session, number, maker, price_list_id, variants))
    drawn = random.Random(12)
    for number in range(orders):
        async with database.transaction() as session:
            await _order(session, drawn, agreed[number % len(agreed)])


def basket(seller_id: UUID, agreement_id: UUID, quantities: Mapping[UUID, int]) -> dict[str, object]:
    """A wholesale draft, its variants in the order of their ids."""
    lines = [{"variant_id": str(each), "quantity": quantities[each]} for each in sorted(quantities)]
    return {
        "seller_id": str(seller_id),
        "agreement_id": str(agreement_id),
        "currency": "IDR",
        "ship_to": ADDRESS,
        "lines": lines,
    }


def some(variants: Sequence[UUID], drawn: random.Random) -> dict[UUID, int]:
    """A few units of three variants."""
    return {each: drawn.randrange(1, 20) for each in drawn.sample(variants, _LINES)}


def _rule() -> ActivityRuleCreate:
    return ActivityRuleCreate.model_validate(
        {
            "host_country": "TR",
            "basis": _BASIS,
            "activity": "sell_on",
            "outcome": "allow",
            "valid_from": "2020-01-01",
            "source": {"title": "Law No. 6735"},
            "messages": {"en": "You may."},
            "legal_ways": [],
        }
    )


async def _stock(database: Database, maker: Maker) -> tuple[UUID, Sequence[UUID]]:
    """Take in much of everything the maker makes, at wholesale prices; gives their list and the variants."""
    async with database.transaction() as session:
        public = (
            select(Price.variant_id, Price.unit_amount)
            .join(PriceList, PriceList.id == Price.price_list_id)
            .where(PriceList.organization_id == maker.organization_id, PriceList.audience == Audience.PUBLIC)
        )
        prices = (await session.execute(public)).all()
        asked = PriceListCreate(name="Wholesale", currency="IDR", audience=Audience.AGREEMENT)
        wholesale = await price_lists.create(session, maker.owner, maker.organization_id, asked)
        steps = [_step(row.variant_id, row.unit_amount) for row in prices]
        await price_lists.set_prices(session, maker.owner, wholesale.id, steps)
        quantities = {row.variant_id: _ON_HAND for row in prices}
        await stock.receive(session, maker.owner, quantities, maker.location_id)
        return wholesale.id, sorted(quantities)


def _step(variant_id: UUID, public: int) -> PricePut:
    wholesale = public * _WHOLESALE_PERCENT // 100_00 * 100
    return PricePut.model_validate({"variant_id": variant_id, "unit_price": {"amount": wholesale, "currency": "IDR"}})


async def _agree(
    session: AsyncSession, number: int, maker: Maker, price_list_id: UUID, variants: Sequence[UUID]
) -> _Agreed:
    person = await people.register(session, ANONYMOUS, f"reseller-{number}@bench.example", f"Reseller {number}")
    reseller = Actor(person_id=person.id, authenticated_at=await clock.now(session))
    about = {"host_country": "TR", "diaspora_basis": _BASIS}
    await people.update(session, reseller, ProfileUpdate.model_validate(about))
    row, _ = await reselling.request(session, reseller, AgreementCreate(supplier_id=maker.organization_id))
    terms = {
        "territory_countries": ["TR"],
        "modes": ["wholesale"],
        "price_list_id": price_list_id,
        "currency": "IDR",
        "duration_days": 365,
        "net_days": 14,
    }
    await reselling.accept(session, maker.owner, row.id, row.version, TermsCreate.model_validate(terms))
    await reselling.accept_terms(session, reseller, row.id, row.version, 1)
    return _Agreed(row.id, reseller, maker, variants)


async def _order(session: AsyncSession, drawn: random.Random, agreed: _Agreed) -> None:
    """An order from its draft to its payment."""
    quantities = some(agreed.variants, drawn)
    asked = basket(agreed.maker.organization_id, agreed.agreement_id, quantities)
    order = await drafting.draft(session, agreed.reseller, OrderCreate.model_validate(asked))
    order, _ = await submitting.submit(session, agreed.reseller, order.id, order.version)
    order = await answering.accept(session, agreed.maker.owner, order.id, order.version, OfferCreate())
    owed = (await session.scalars(select(Obligation).where(Obligation.source_id == order.id))).one()
    sent = {"amount": {"amount": owed.amount, "currency": owed.currency}, "method": "transfer"}
    payment = await paying.pay(session, agreed.reseller, owed.id, PaymentCreate.model_validate(sent))
    await paying.confirm(session, agreed.maker.owner, payment.id)
