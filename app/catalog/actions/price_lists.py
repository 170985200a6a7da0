"""Price lists: who they are for, where and how long they hold, and the prices on them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Audience, Price, PriceList, PriceListGrant, Variant
from app.catalog.queries import locking
from app.catalog.queries.prices import holds_now
from app.catalog.schemas.prices import PriceListCreate, PriceListUpdate, PricePut
from app.domain_events import PriceListChanged, PriceListCreated, PriceListGranted, PriceListRevoked, PricesChanged
from app.identity.models import Party
from app.kernel.actor import Actor
from app.kernel.event_log import DomainEvent, party_audience, publish
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.kernel.problems import FieldError, Invalid, NotFound
from app.organizations import queries as organizations
from app.organizations.models import StaffRole


async def create(session: AsyncSession, actor: Actor, organization_id: UUID, asked: PriceListCreate) -> PriceList:
    """Begin an empty price list. Raises NotFound, Forbidden, Invalid."""
    await organizations.require_role(session, actor, organization_id, StaffRole.CATALOG)
    row = PriceList(id=new_id(), organization_id=organization_id, **asked.model_dump())
    _require_sound(row)
    return await _begin(session, actor, row)


async def update(
    session: AsyncSession, actor: Actor, price_list_id: UUID, asked: PriceListUpdate, match: int | None = None
) -> PriceList:
    """Change what was sent of a list's name, countries or validity. Raises as `set_prices`."""
    row = await locking.price_list(session, actor, price_list_id, match)
    changes = asked.model_dump(exclude_unset=True)
    for name, value in changes.items():
        setattr(row, name, value)
    _require_sound(row)
    if changes:
        await _told(session, actor, row, PriceListChanged())
    return row


async def set_prices(
    session: AsyncSession, actor: Actor, price_list_id: UUID, asked: Sequence[PricePut], match: int | None = None
) -> PriceList:
    """Set prices of a list or, where they are null, take them off it.

    Raises NotFound, Forbidden, VersionMismatch, Invalid.
    """
    row = await locking.price_list(session, actor, price_list_id, match)
    await _require_own_variants(session, row, asked)
    prices = {(price.variant_id, price.min_quantity): price.unit_price for price in asked}
    await _write(
        session, actor, row, {step: None if price is None else price.to_money() for step, price in prices.items()}
    )
    return row


async def set_public(session: AsyncSession, actor: Actor, organization_id: UUID, prices: Mapping[UUID, Money]) -> None:
    """Set what single units of variants cost everybody, on the organization's open public list of each currency."""
    for currency in sorted({price.currency for price in prices.values()}):
        row = await lock_public_list(session, actor, organization_id, currency)
        of_currency = {(variant_id, 1): price for variant_id, price in prices.items() if price.currency == currency}
        await _write(session, actor, row, of_currency)


async def grant(
    session: AsyncSession, actor: Actor, price_list_id: UUID, party_id: UUID, match: int | None = None
) -> PriceList:
    """Give a party a price list; having it already changes nothing. Raises NotFound, Forbidden."""
    row = await locking.price_list(session, actor, price_list_id, match)
    if await session.get(Party, party_id) is None:
        raise NotFound
    granted = await session.execute(
        insert(PriceListGrant)
        .values(price_list_id=price_list_id, party_id=party_id)
        .on_conflict_do_nothing()
        .returning(PriceListGrant.party_id)
    )
    if granted.first() is not None:
        audience = party_audience(row.organization_id, party_id)
        publish(session, row, PriceListGranted(party_id=party_id), actor=actor, audience=audience)
    return row


async def revoke(
    session: AsyncSession, actor: Actor, price_list_id: UUID, party_id: UUID, match: int | None = None
) -> PriceList:
    """Take a price list away from a party; not having it changes nothing. Raises NotFound, Forbidden."""
    row = await locking.price_list(session, actor, price_list_id, match)
    revoked = await session.execute(
        delete(PriceListGrant)
        .where(PriceListGrant.price_list_id == price_list_id, PriceListGrant.party_id == party_id)
        .returning(PriceListGrant.party_id)
    )
    if revoked.first() is not None:
        publish(
            session,
            row,
            PriceListRevoked(party_id=party_id),
            actor=actor,
            audience=party_audience(row.organization_id),
            lost_audience=party_audience(party_id),
        )
    return row


async def lock_public_list(session: AsyncSession, actor: Actor, organization_id: UUID, currency: str) -> PriceList:
    """The list that says what everybody everywhere pays the organization in this currency; made where there is none.

    For a caller who may change its catalog. Whoever finds none waits for others who make one.
    """
    found = await _public_list(session, organization_id, currency)
    if found is None:
        key = func.hashtextextended(f"public {currency} list of {organization_id}", 0)
        await session.execute(select(func.pg_advisory_xact_lock(key)))
        found = await _public_list(session, organization_id, currency)
    if found is None:
        row = PriceList(
            id=new_id(), organization_id=organization_id, name=currency, currency=currency, audience=Audience.PUBLIC
        )
        found = await _begin(session, actor, row)
    return found


async def _public_list(session: AsyncSession, organization_id: UUID, currency: str) -> PriceList | None:
    found: PriceList | None = await session.scalar(
        select(PriceList)
        .where(PriceList.organization_id == organization_id, PriceList.currency == currency)
        .where(PriceList.audience == Audience.PUBLIC, PriceList.countries == [], holds_now())
        .order_by(func.coalesce(PriceList.valid_from, PriceList.created_at).desc(), PriceList.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
    )
    return found


_Step = tuple[UUID, int]
"""A variant, and from how many units on."""


async def _begin(session: AsyncSession, actor: Actor, row: PriceList) -> PriceList:
    session.add(row)
    return await _told(session, actor, row, PriceListCreated())


async def _write(session: AsyncSession, actor: Actor, row: PriceList, prices: Mapping[_Step, Money | None]) -> None:
    """Set the prices of a locked list and take off those that are None."""
    kept = [
        {
            "id": new_id(),
            "price_list_id": row.id,
            "variant_id": variant_id,
            "min_quantity": quantity,
            "unit_amount": price.amount,
        }
        for (variant_id, quantity), price in prices.items()
        if price is not None
    ]
    if kept:
        upsert = insert(Price).values(kept)
        steps = [Price.price_list_id, Price.variant_id, Price.min_quantity]
        await session.execute(
            upsert.on_conflict_do_update(index_elements=steps, set_={"unit_amount": upsert.excluded.unit_amount})
        )
    gone = [step for step, price in prices.items() if price is None]
    if gone:
        step = tuple_(Price.variant_id, Price.min_quantity)
        await session.execute(delete(Price).where(Price.price_list_id == row.id, step.in_(gone)))
    await _told(session, actor, row, PricesChanged())


async def _require_own_variants(session: AsyncSession, row: PriceList, asked: Sequence[PricePut]) -> None:
    found = select(Variant.id).where(
        Variant.id.in_([price.variant_id for price in asked]), Variant.organization_id == row.organization_id
    )
    own, errors = set(await session.scalars(found)), []
    for index, price in enumerate(asked):
        if price.variant_id not in own:
            pointer = f"/prices/{index}/variant_id"
            errors.append(FieldError(pointer, "variant_unknown", "The organization has no such variant."))
        if price.unit_price is not None and price.unit_price.currency != row.currency:
            pointer, facts = f"/prices/{index}/unit_price/currency", {"currency": row.currency}
            errors.append(FieldError(pointer, "currency_other", "The prices of this list are in {currency}.", facts))
    if errors:
        raise Invalid(errors=errors)


def _require_sound(row: PriceList) -> None:
    if row.valid_from is not None and row.valid_until is not None and row.valid_until <= row.valid_from:
        raise Invalid(errors=[FieldError("/valid_until", "validity_backwards", "It cannot end before it begins.")])


async def _told(session: AsyncSession, actor: Actor, row: PriceList, happened: DomainEvent) -> PriceList:
    """Publish to whom the list is for."""
    granted = select(PriceListGrant.party_id).where(PriceListGrant.price_list_id == row.id)
    is_public = row.audience == Audience.PUBLIC
    audience = ["public"] if is_public else party_audience(*await session.scalars(granted))
    publish(
        session,
        row,
        happened,
        actor=actor,
        acting_party=row.organization_id,
        audience=[*party_audience(row.organization_id), *audience],
    )
    await session.flush()
    return row
