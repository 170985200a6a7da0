"""What may be done where, and what an operator was shown."""

from datetime import timedelta

from sqlalchemy import select

from app.activity_rules import actions
from app.activity_rules.models import ActivityRule, ActivitySettlement
from app.activity_rules.schemas import ActivityRuleCreate, ActivitySettlementCreate
from app.kernel.database import Database
from app.sample_world.content import Rule
from app.sample_world.making.cast import Cast

_STATED = timedelta(days=395)


async def state(database: Database, cast: Cast) -> None:
    """State the rules that are missing: one row for each pair of basis and activity."""
    columns = ActivityRule.host_country, ActivityRule.basis, ActivityRule.activity
    async with database.reading() as session:
        stated = {tuple(row) for row in await session.execute(select(*columns))}
    async with database.transaction(offset=-_STATED) as session:
        for rule in cast.world.rules:
            for basis in rule.basis:
                for activity in rule.activity:
                    if (rule.host_country, basis, activity) not in stated:
                        await actions.state_rule(session, cast.operator, _row(rule, basis, activity))


async def settle(database: Database, cast: Cast) -> None:
    """Record what was shown, where it is not on record."""
    columns = ActivitySettlement.party_id, ActivitySettlement.activity
    async with database.reading() as session:
        settled = {tuple(row) for row in await session.execute(select(*columns))}
    for settlement in cast.world.settlements:
        party_id = cast.people[settlement.person]
        if (party_id, settlement.activity) not in settled:
            shown = ActivitySettlementCreate.model_validate(
                {
                    "party_id": party_id,
                    "host_country": cast.world.person(settlement.person).host_country,
                    "activity": settlement.activity,
                    "note": settlement.note,
                }
            )
            async with database.transaction(offset=-timedelta(days=settlement.settled_days_ago)) as session:
                await actions.settle(session, cast.operator, shown)


def _row(rule: Rule, basis: str, activity: str) -> ActivityRuleCreate:
    return ActivityRuleCreate.model_validate(
        rule.model_dump(include={"host_country", "outcome", "valid_from", "legal_ways"})
        | {
            "basis": basis,
            "activity": activity,
            "source": {"title": rule.source},
            "messages": rule.message.model_dump(),
        }
    )
