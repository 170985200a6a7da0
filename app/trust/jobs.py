"""What happens elsewhere and what time does to ties."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import (
    BookHandedOver,
    MemberJoined,
    OrderAccepted,
    OrderCompleted,
    PriceListGranted,
    TermsAccepted,
    TieCodeScanned,
    TieConfirmed,
)
from app.kernel.event_log import EventRow
from app.kernel.jobs import every, on
from app.trust.actions import asking, meeting, remembering, weighing


@on(MemberJoined)
async def ask_for_inviter(session: AsyncSession, happened: EventRow) -> None:
    """Ask a newcomer for a tie to whoever invited them in person."""
    await asking.ask_for_inviter(session, happened)


@on(OrderAccepted, OrderCompleted)
async def note_order(session: AsyncSession, happened: EventRow) -> None:
    """Note who dealt on an order, and the days it took of them."""
    await remembering.deal(session, happened)


@on(TieConfirmed)
async def recall(session: AsyncSession, happened: EventRow) -> None:
    """Write down what two people did before they were tied."""
    await remembering.recall(session, happened.aggregate_id)


@on(TieCodeScanned)
async def note_meeting(session: AsyncSession, happened: EventRow) -> None:
    """Remember the day on which two people met."""
    await remembering.meet(session, happened)


@on(PriceListGranted)
async def note_price(session: AsyncSession, happened: EventRow) -> None:
    """Remember that somebody showed another their private prices."""
    await remembering.grant(session, happened)


@on(TermsAccepted)
async def note_terms(session: AsyncSession, happened: EventRow) -> None:
    """Remember that two people agreed on private terms."""
    await remembering.agree(session, happened)


@on(BookHandedOver)
async def note_handover(session: AsyncSession, happened: EventRow) -> None:
    """Remember that two people counted a treasury together."""
    await remembering.hand_over(session, happened)


@every(300)
async def weigh(session: AsyncSession) -> None:
    """Weigh the ties of which something is new, and each of the others once a day."""
    await weighing.weigh_due(session)


@every(3600)
async def forget_codes(session: AsyncSession) -> None:
    """Delete the codes that nobody scanned."""
    await meeting.forget(session)
