"""Activity rules, checks and settlements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.activity_rules import actions, policy, queries
from app.activity_rules.models import Activity, ActivityRule, ActivitySettlement
from app.activity_rules.schemas import (
    ActivityRevocationCreate,
    ActivityRuleCreate,
    ActivityRuleRead,
    ActivityRuleTerms,
    ActivitySettlementCreate,
    ActivitySettlementRead,
    CheckCreate,
    CheckRead,
)
from app.identity.guard import AnyActor, Operator, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Match, Paging, cacheable
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import Country, Day, PageRead

router = Router(tags=["activity rules"])
Reader = Annotated[Actor, allowed("profile:read")]


@router.get("/activity-rules", response_model=PageRead[ActivityRuleRead])
async def list_activity_rules(
    _: AnyActor,
    request: Request,
    response: Response,
    session: ReadSession,
    paging: Paging,
    host_country: Annotated[Country | None, Query(description="Only rules of this country.")] = None,
    activity: Annotated[Activity | None, Query(description="Only rules about this activity.")] = None,
    on: Annotated[Day | None, Query(description="Only rules in force on this day.")] = None,
) -> Page[ActivityRule]:
    """List who may do what where, with sources: by country and activity, the latest rule first.

    A rule for a basis beats one for everybody (`basis` null), then the later `valid_from` beats the earlier, then the
    stricter outcome the milder. Where no rule is in force the outcome is `ask`; for a business whose registration in
    the country is verified it is `allow`.
    """
    cacheable(response, request)
    return await queries.list_rules(session, paging, host_country=host_country, activity=activity, on=on)


@router.command("/activity-rules", status_code=201, response_model=ActivityRuleRead)
async def state_activity_rule(rule: ActivityRuleCreate, actor: Operator, session: WriteSession) -> ActivityRule:
    """State a rule, as an operator."""
    return await actions.state_rule(session, actor, rule)


@router.get("/activity-rules/{rule_id}", response_model=ActivityRuleRead)
async def read_activity_rule(
    rule_id: UUID, _: AnyActor, request: Request, response: Response, session: ReadSession
) -> ActivityRule:
    """Read one rule."""
    cacheable(response, request)
    return await queries.get_rule(session, rule_id)


@router.put("/activity-rules/{rule_id}", response_model=ActivityRuleRead)
async def change_activity_rule(
    rule_id: UUID, terms: ActivityRuleTerms, actor: Operator, session: WriteSession, match: Match
) -> ActivityRule:
    """Replace what a rule says, as an operator.

    To correct it or to let it end: what changed in the law is a new rule with a later `valid_from`.
    """
    return await actions.change_rule(session, actor, rule_id, match, terms)


@router.command("/checks", response_model=CheckRead)
async def check(wanted: CheckCreate, actor: Reader, session: WriteSession) -> CheckRead:
    """Say whether the caller may do this where they live, on the private ground that their profile states.

    The outcome is `allow`, `warn` (allowed, heed the message), `ask` (an operator has to see evidence first) or
    `block` (the legal ways are listed). Nothing is changed. An API key made for an organization gets 403.
    """
    person_id = policy.may_check(actor)
    verdict, _ = await queries.judge(session, person_id, wanted.activity)
    return CheckRead.model_validate(
        {
            "activity": wanted.activity,
            "outcome": verdict.outcome,
            "message": verdict.message(actor.language),
            "legal_ways": verdict.legal_ways,
            "source": verdict.source,
        }
    )


@router.get("/activity-settlements", response_model=PageRead[ActivitySettlementRead])
async def list_activity_settlements(
    actor: Reader,
    session: ReadSession,
    paging: Paging,
    party_id: Annotated[UUID | None, Query(description="Only settlements of this party.")] = None,
) -> Page[ActivitySettlement]:
    """List what operators have settled for the caller, the latest first; operators see everybody's."""
    return await queries.list_settlements(session, actor, paging, party_id=party_id)


@router.command("/activity-settlements", status_code=201, response_model=ActivitySettlementRead)
async def settle_activity(
    shown: ActivitySettlementCreate, actor: Operator, session: WriteSession
) -> ActivitySettlement:
    """Record, as an operator, that a party has shown what allows it to do this in this country.

    It answers `ask` alone: what a rule blocks stays blocked.
    """
    return await actions.settle(session, actor, shown)


@router.get("/activity-settlements/{settlement_id}", response_model=ActivitySettlementRead)
async def read_activity_settlement(settlement_id: UUID, actor: Reader, session: ReadSession) -> ActivitySettlement:
    """Read one settlement: one's own, or as an operator anybody's."""
    return await queries.get_settlement(session, actor, settlement_id)


@router.command("/activity-settlements/{settlement_id}/revocation", response_model=ActivitySettlementRead)
async def revoke_activity_settlement(
    settlement_id: UUID, revocation: ActivityRevocationCreate, actor: Operator, session: WriteSession
) -> ActivitySettlement:
    """Take a settlement back, as an operator: from now on the party is asked again. 409 where it was taken back."""
    return await actions.revoke(session, actor, settlement_id, revocation.note)
