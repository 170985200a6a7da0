"""Activity rules and settlements for tests."""

from datetime import date
from typing import Any
from uuid import UUID

from app.activity_rules import actions
from app.activity_rules.models import Activity
from app.activity_rules.schemas import ActivityRuleCreate, ActivitySettlementCreate
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Database
from tests.make.identity import SignedIn


def stated(**fields: Any) -> dict[str, Any]:
    """A rule as an operator states it: by default nobody may sell on in Türkiye without being asked."""
    return {
        "host_country": "TR",
        "activity": "sell_on",
        "outcome": "ask",
        "valid_from": "2020-01-01",
        "source": {"title": "Law No. 6735", "url": "https://law.example/6735"},
        "messages": {"en": "It depends on your permit.", "id": "Tergantung izin Anda."},
        "legal_ways": ["buy", "recommend_unpaid"],
    } | fields


async def rule(database: Database, **fields: Any) -> UUID:
    """A rule that is in force."""
    async with database.transaction() as session:
        return (await actions.state_rule(session, SYSTEM, ActivityRuleCreate.model_validate(stated(**fields)))).id


async def settlement(
    database: Database,
    operator: SignedIn,
    party_id: UUID,
    activity: Activity = Activity.SELL_ON,
    *,
    host_country: str = "TR",
    valid_until: date | None = None,
) -> UUID:
    """An operator's record that the party may do this."""
    shown = ActivitySettlementCreate(
        party_id=party_id,
        host_country=host_country,
        activity=activity,
        note="Work permit shown at the office.",
        valid_until=valid_until,
    )
    async with database.transaction() as session:
        return (await actions.settle(session, Actor(person_id=operator.id, is_operator=True), shown)).id
