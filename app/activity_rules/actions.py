"""Stating rules, settling questions, and the check that stands before every sale abroad."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity_rules import policy, queries
from app.activity_rules.errors import ActivityAsk, ActivityBlocked, CounterpartNotCleared
from app.activity_rules.evaluation import Outcome, Source, Verdict
from app.activity_rules.models import Activity, ActivityRule, ActivitySettlement
from app.activity_rules.schemas import ActivityRuleCreate, ActivityRuleTerms, ActivitySettlementCreate
from app.domain_events import ActivityRuleChanged, ActivityRuleStated, ActivitySettled, ActivitySettlementRevoked
from app.identity.models import Party
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, VersionMismatch


@dataclass(frozen=True, slots=True)
class ActivityWarning:
    """What to heed while doing what is allowed with a warning; for the party itself, kept nowhere others see it."""

    activity: Activity
    message: str
    source: Source


async def require(
    session: AsyncSession, actor: Actor, party_id: UUID, activity: Activity, *, registered_in: str | None = None
) -> list[ActivityWarning]:
    """Refuse what a party may not do where it is; give the warnings under which it may.

    Raises ActivityAsk or ActivityBlocked with message, legal ways and source. About another person nothing is told but
    CounterpartNotCleared, and no warning. `registered_in` as in `queries.judge`.
    """
    verdict, is_private = await queries.judge(session, party_id, activity, registered_in=registered_in)
    if is_private and not policy.sees_ground(actor, party_id):
        if verdict.outcome in {Outcome.ASK, Outcome.BLOCK}:
            raise CounterpartNotCleared
        return []
    if verdict.outcome is Outcome.ASK:
        raise ActivityAsk(extensions=_reasons(verdict, actor.language))
    if verdict.outcome is Outcome.BLOCK:
        raise ActivityBlocked(extensions=_reasons(verdict, actor.language))
    message = verdict.message(actor.language)
    if verdict.outcome is Outcome.WARN and message is not None and verdict.source is not None:
        return [ActivityWarning(activity, message, verdict.source)]
    return []


async def state_rule(session: AsyncSession, actor: Actor, stated: ActivityRuleCreate) -> ActivityRule:
    """State a rule."""
    rule = ActivityRule(id=new_id(), **_columns(stated))
    session.add(rule)
    publish(session, rule, ActivityRuleStated(**_facts(rule)), actor=actor, audience=["public"])
    await session.flush()
    return rule


async def change_rule(
    session: AsyncSession, actor: Actor, rule_id: UUID, match: int, terms: ActivityRuleTerms
) -> ActivityRule:
    """Replace what a rule says; the country, basis and activity it is about stay. Raises VersionMismatch, NotFound."""
    rule = await queries.get_rule(session, rule_id, lock=True)
    if rule.version != match:
        raise VersionMismatch(current=rule.version)
    for column, value in _columns(terms).items():
        setattr(rule, column, value)
    publish(session, rule, ActivityRuleChanged(**_facts(rule)), actor=actor, audience=["public"])
    await session.flush()
    return rule


async def settle(session: AsyncSession, actor: Actor, shown: ActivitySettlementCreate) -> ActivitySettlement:
    """Record that a party has shown what allows it to do this. Raises Invalid where there is no such party."""
    if await session.get(Party, shown.party_id) is None:
        raise Invalid(errors=[FieldError("/party_id", "party_unknown", "There is no such party.")])
    settlement = ActivitySettlement(id=new_id(), settled_by=actor.person_id, **shown.model_dump())
    session.add(settlement)
    happened = ActivitySettled(party_id=settlement.party_id, activity=settlement.activity)
    publish(session, settlement, happened, actor=actor, audience=party_audience(settlement.party_id))
    await session.flush()
    return settlement


async def revoke(session: AsyncSession, actor: Actor, settlement_id: UUID, note: str) -> ActivitySettlement:
    """Take a settlement back: from now on the party is asked again. Raises NotFound, StateConflict."""
    settlement = await queries.get_settlement(session, actor, settlement_id, lock=True)
    settlement.revoke(await clock.now(session), actor.person_id, note)
    happened = ActivitySettlementRevoked(party_id=settlement.party_id, activity=settlement.activity)
    publish(session, settlement, happened, actor=actor, audience=party_audience(settlement.party_id))
    await session.flush()
    return settlement


def _reasons(verdict: Verdict, language: str) -> dict[str, Any]:
    source = verdict.source
    return {
        "message": verdict.message(language),
        "legal_ways": list(verdict.legal_ways),
        "source": source and source._asdict(),
    }


def _columns(terms: ActivityRuleTerms) -> dict[str, Any]:
    columns = terms.model_dump(exclude={"source"})
    return columns | {"source_title": terms.source.title, "source_url": terms.source.url}


def _facts(rule: ActivityRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("host_country", "basis", "activity", "outcome")}
