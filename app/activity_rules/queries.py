"""Reading rules and settlements, and judging by them."""

from datetime import date
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity_rules import evaluation, policy
from app.activity_rules.evaluation import REGISTERED_BUSINESS, Outcome, Verdict
from app.activity_rules.models import Activity, ActivityRule, ActivitySettlement
from app.identity import queries as identity
from app.identity.models import PartyKind
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound

T = TypeVar("T")


class Judged(NamedTuple):
    """What holds for a party, and whether it tells a person's private basis: see `policy.sees_ground`."""

    verdict: Verdict
    is_private: bool


async def judge(
    session: AsyncSession, party_id: UUID, activity: Activity, *, registered_in: str | None = None
) -> Judged:
    """Judge what a party may do today: by the rules, and where these ask, by what an operator has settled.

    `registered_in` is the country where the registration of an organization is verified; without one, an organization
    or community is asked. Raises NotFound.
    """
    ground = await identity.private_ground(session, party_id)
    is_person = ground.kind is PartyKind.PERSON
    country, basis = ground.host_country, ground.basis
    if not is_person:
        country, basis = registered_in, REGISTERED_BUSINESS if registered_in else None
    today = (await clock.now(session)).date()
    verdict = await evaluate(session, host_country=country, basis=basis, activity=activity, on=today)
    if verdict.outcome is Outcome.ASK and await _is_settled(session, party_id, country, activity, today):
        return Judged(Verdict(Outcome.ALLOW), is_person)
    return Judged(verdict, is_person)


async def evaluate(
    session: AsyncSession, *, host_country: str | None, basis: str | None, activity: Activity, on: date
) -> Verdict:
    """What the rules alone say about somebody who lives in a country on this basis."""
    statement = (
        select(ActivityRule)
        .where(ActivityRule.host_country == host_country, ActivityRule.activity == activity)
        .order_by(ActivityRule.id)
    )
    return evaluation.evaluate(await session.scalars(statement), basis, on)


async def list_rules(
    session: AsyncSession, asked: PageRequest, *, host_country: str | None, activity: Activity | None, on: date | None
) -> Page[ActivityRule]:
    """Rules by country and activity, the latest first; with a day, only those in force on it."""
    statement = select(ActivityRule)
    if host_country is not None:
        statement = statement.where(ActivityRule.host_country == host_country)
    if activity is not None:
        statement = statement.where(ActivityRule.activity == activity)
    if on is not None:
        ends = ActivityRule.valid_until
        statement = statement.where(ActivityRule.valid_from <= on, or_(ends.is_(None), ends >= on))
    order = [
        Sort(ActivityRule.host_country),
        Sort(ActivityRule.activity),
        Sort(ActivityRule.valid_from, descending=True),
        Sort(ActivityRule.id),
    ]
    return await fetch(session, statement, order, asked)


async def get_rule(session: AsyncSession, rule_id: UUID, *, lock: bool = False) -> ActivityRule:
    """One rule. Raises NotFound."""
    return await _one(session, select(ActivityRule).where(ActivityRule.id == rule_id), lock=lock)


async def list_settlements(
    session: AsyncSession, actor: Actor, asked: PageRequest, *, party_id: UUID | None
) -> Page[ActivitySettlement]:
    """Settlements the caller sees, the latest first."""
    statement = select(ActivitySettlement).where(policy.visible(actor))
    if party_id is not None:
        statement = statement.where(ActivitySettlement.party_id == party_id)
    order = [Sort(ActivitySettlement.created_at, descending=True), Sort(ActivitySettlement.id, descending=True)]
    return await fetch(session, statement, order, asked)


async def get_settlement(
    session: AsyncSession, actor: Actor, settlement_id: UUID, *, lock: bool = False
) -> ActivitySettlement:
    """One settlement. Raises NotFound."""
    statement = select(ActivitySettlement).where(policy.visible(actor), ActivitySettlement.id == settlement_id)
    return await _one(session, statement, lock=lock)


async def _one(session: AsyncSession, statement: Select[T], *, lock: bool) -> T:
    found = (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def _is_settled(session: AsyncSession, party_id: UUID, country: str | None, activity: Activity, on: date) -> bool:
    settled = exists().where(
        ActivitySettlement.party_id == party_id,
        ActivitySettlement.host_country == country,
        ActivitySettlement.activity == activity,
        ActivitySettlement.revoked_at.is_(None),
        or_(ActivitySettlement.valid_until.is_(None), ActivitySettlement.valid_until >= on),
    )
    return bool((await session.execute(select(settled))).scalar_one())
