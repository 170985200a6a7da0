"""Telling a party's people that money may soon go elsewhere."""

from datetime import UTC

from app.domain_events import PayoutAccountAdded
from app.identity.actions import notices
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.jobs import on_long
from app.messaging.outgoing import Template
from app.payments import queries

_LAST = 4


@on_long(PayoutAccountAdded)
async def send_payout_account_notice(database: Database, happened: EventRow) -> None:
    """Tell whoever handles a party's money of its new account, in case it was none of them."""
    async with database.reading() as session:
        account, party, people = await queries.notice(session, happened.aggregate_id)
    said = {
        "party": party,
        "currency": account.currency,
        "ending": account.number[-_LAST:],
        "active_from": account.usable_from.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }
    for person_id in people:
        await notices.tell(database, person_id, Template.PAYOUT_ACCOUNT_NOTICE, said, cause=happened.event_id)
