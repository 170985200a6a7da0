"""Orders over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Match, Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.orders import queries
from app.orders.actions import answering, cancelling, drafting, fulfilling, submitting
from app.orders.models.orders import Order
from app.orders.models.states import OrderStatus
from app.orders.policy import Role
from app.orders.schemas import (
    CancellationCreate,
    DeliveryCreate,
    LinesUpdate,
    OfferCreate,
    OrderCreate,
    OrderPayments,
    OrderPlaced,
    OrderRead,
    OrderSummary,
    OrderUpdate,
    RejectionCreate,
    ShipmentCreate,
)

router = Router(prefix="/orders", tags=["orders"])

Reader = Annotated[Actor, allowed("orders:read")]
Writer = Annotated[Actor, allowed("orders:write")]


@router.get("", response_model=PageRead[OrderSummary])
async def list_orders(
    actor: Reader,
    session: ReadSession,
    asked: Paging,
    *,
    role: Annotated[Role | None, Query(description="Only orders you are this side of.")] = None,
    status: Annotated[
        list[OrderStatus] | None, Query(max_length=7, description="Only orders in one of these states.")
    ] = None,
    seller_id: Annotated[UUID | None, Query(description="Only orders from this seller.")] = None,
) -> Page[Order]:
    """List the orders you are a side of, newest first; drafts are listed to their buyer alone."""
    return await queries.list_orders(session, actor, asked, role=role, statuses=status or (), seller_id=seller_id)


@router.command("", key_required=True, status_code=201, response_model=OrderRead)
async def draft_order(actor: Writer, session: WriteSession, asked: OrderCreate) -> Order:
    """Begin an order with one seller: retail, or wholesale under an agreement. Only you see it until you submit it.

    Prices are today's for you and are looked up again when you submit. Answers 409 `not-offered`, `price-missing`,
    `agreement-inactive`, `ship-from-missing` or `amount-too-large`.
    """
    return await drafting.draft(session, actor, asked)


@router.get("/{order_id}", response_model=OrderRead)
async def get_order(order_id: UUID, actor: Reader, session: ReadSession) -> Order:
    """Read an order with its lines, changes, cancellations and shipments."""
    return await queries.get(session, actor, order_id)


@router.patch("/{order_id}", response_model=OrderRead)
async def revise_order(order_id: UUID, actor: Writer, session: WriteSession, match: Match, asked: OrderUpdate) -> Order:
    """Give a draft another address; prices are looked up again for its country."""
    return await drafting.revise(session, actor, order_id, match, asked.ship_to)


@router.put("/{order_id}/lines", response_model=OrderRead)
async def replace_order_lines(
    order_id: UUID, actor: Writer, session: WriteSession, match: Match, asked: LinesUpdate
) -> Order:
    """Give a draft other lines, in place of those it has."""
    return await drafting.replace_lines(session, actor, order_id, match, asked.lines)


@router.delete("/{order_id}", status_code=204)
async def discard_order(order_id: UUID, actor: Writer, session: WriteSession, match: Match) -> None:
    """Delete a draft; an order that was submitted is cancelled instead."""
    await drafting.discard(session, actor, order_id, match)


@router.command("/{order_id}/submission", key_required=True, status_code=201, response_model=OrderPlaced)
async def submit_order(order_id: UUID, actor: Writer, session: WriteSession, match: Match) -> OrderPlaced:
    """Place a draft: prices and terms are frozen, stock is reserved all or nothing, the seller has 72 hours to answer.

    Answers 409 with what stands in the way: `out-of-stock`, `not-offered`, `not-sold-there`, `price-missing`,
    `quantity-too-small`, `pack-broken`, `agreement-inactive`, `mode-not-agreed`, `currency-not-agreed`,
    `delivery-not-agreed`, `value-too-small`, `credit-exceeded`, `activity-ask` or `activity-blocked`.
    """
    return OrderPlaced.of(*await submitting.submit(session, actor, order_id, match))


@router.command("/{order_id}/acceptance", key_required=True, status_code=201, response_model=OrderRead)
async def accept_order(order_id: UUID, actor: Writer, session: WriteSession, match: Match, offer: OfferCreate) -> Order:
    """Take an order on, as the seller: its stock is allocated and the buyer owes its total.

    With fewer units of some lines, or with freight, it becomes a change that the buyer has 48 hours to approve.
    Answers 409 `out-of-stock` where the reservation ran out meanwhile, `payout-account-missing` where you have no
    account in its currency.
    """
    return await answering.accept(session, actor, order_id, match, offer)


@router.command("/{order_id}/rejection", key_required=True, status_code=201, response_model=OrderRead)
async def reject_order(
    order_id: UUID, actor: Writer, session: WriteSession, match: Match, said: RejectionCreate
) -> Order:
    """Do not take an order on, as the seller: its stock is set free."""
    return await answering.reject(session, actor, order_id, match, said.note)


@router.command("/{order_id}/changes", key_required=True, status_code=201, response_model=OrderRead)
async def propose_order_change(
    order_id: UUID, actor: Writer, session: WriteSession, match: Match, offer: OfferCreate
) -> Order:
    """Offer, as the seller, to take a submitted order on with fewer units or with freight; the buyer has 48 hours.

    An offer not yet answered is superseded.
    """
    return await answering.propose(session, actor, order_id, match, offer)


@router.command(
    "/{order_id}/changes/{change_id}/approval", key_required=True, status_code=201, response_model=OrderRead
)
async def approve_order_change(
    order_id: UUID, change_id: UUID, actor: Writer, session: WriteSession, match: Match
) -> Order:
    """Agree to what the seller offers, as the buyer: the order is taken on so."""
    return await answering.approve(session, actor, order_id, match, change_id)


@router.command("/{order_id}/changes/{change_id}/decline", key_required=True, status_code=201, response_model=OrderRead)
async def decline_order_change(
    order_id: UUID, change_id: UUID, actor: Writer, session: WriteSession, match: Match
) -> Order:
    """Turn down what the seller offers, as the buyer: the order stands as it was placed."""
    return await answering.decline(session, actor, order_id, match, change_id)


@router.command("/{order_id}/cancellation", key_required=True, status_code=201, response_model=OrderRead)
async def cancel_order(
    order_id: UUID, actor: Writer, session: WriteSession, match: Match, asked: CancellationCreate
) -> Order:
    """Cancel units that were not shipped, all of them unless you name some.

    As the buyer: at once while the order waits for the seller, afterwards by asking the seller, who has 48 hours. As
    the seller of an accepted order: at once, with a reason. What was paid for them is owed back.
    Answers 409 `units-unavailable` or `cancellation-pending`.
    """
    return await cancelling.cancel(session, actor, order_id, match, asked)


@router.command(
    "/{order_id}/cancellations/{cancellation_id}/approval", key_required=True, status_code=201, response_model=OrderRead
)
async def approve_order_cancellation(
    order_id: UUID, cancellation_id: UUID, actor: Writer, session: WriteSession, match: Match
) -> Order:
    """Agree, as the seller, to the cancellation the buyer asks for."""
    return await cancelling.approve(session, actor, order_id, match, cancellation_id)


@router.command(
    "/{order_id}/cancellations/{cancellation_id}/decline", key_required=True, status_code=201, response_model=OrderRead
)
async def decline_order_cancellation(
    order_id: UUID, cancellation_id: UUID, actor: Writer, session: WriteSession, match: Match
) -> Order:
    """Keep the units, as the seller, that the buyer wants to cancel."""
    return await cancelling.decline(session, actor, order_id, match, cancellation_id)


@router.command("/{order_id}/shipments", key_required=True, status_code=201, response_model=OrderRead)
async def ship_order(
    order_id: UUID, actor: Writer, session: WriteSession, match: Match, asked: ShipmentCreate
) -> Order:
    """Send a parcel off, as the seller, with all that is left to ship unless you name lines.

    It counts as delivered after 14 days at home and 30 abroad if the buyer says nothing.
    Answers 409 `units-unavailable`, also for units the buyer asked to cancel.
    """
    return await fulfilling.ship(session, actor, order_id, match, asked)


@router.command("/{order_id}/deliveries", key_required=True, status_code=201, response_model=OrderRead)
async def deliver_order(
    order_id: UUID, actor: Writer, session: WriteSession, match: Match, asked: DeliveryCreate
) -> Order:
    """Say, as the buyer, what arrived of a parcel and what was lost: all of it arrived unless you name lines."""
    return await fulfilling.deliver(session, actor, order_id, match, asked)


@router.command("/{order_id}/completion", key_required=True, status_code=201, response_model=OrderRead)
async def complete_order(order_id: UUID, actor: Writer, session: WriteSession, match: Match) -> Order:
    """Say, as the buyer, that all is well, before the 14 days to return something are over."""
    return await fulfilling.complete(session, actor, order_id, match)


@router.get("/{order_id}/payments", response_model=OrderPayments)
async def list_order_payments(order_id: UUID, actor: Reader, session: ReadSession) -> OrderPayments:
    """Read what is owed for an order, where to pay it, and what was paid and returned; null until it is accepted."""
    return OrderPayments.model_validate(await queries.payments_of(session, actor, order_id))
