"""Writes of reselling: an agreement asked for, answered, suspended and ended; terms proposed and accepted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app import domain_events as events
from app.activity_rules import actions as activity_rules
from app.activity_rules.actions import ActivityWarning
from app.activity_rules.models import Activity
from app.catalog.actions import price_lists as catalog
from app.catalog.models import Audience, PriceList
from app.identity.models import Party
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.event_log import DomainEvent, party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, NotFound
from app.organizations import queries as organizations
from app.organizations.models import Organization, OrganizationRole, StaffRole
from app.reselling import policy, queries
from app.reselling.errors import AgreementExists, NotASupplier, PriceListUnfit, TerritoryTaken
from app.reselling.models import Agreement, AgreementStatus, AgreementVersion, VersionStatus
from app.reselling.schemas import AgreementCreate, TermsCreate

_BATCH = 100


async def request(
    session: AsyncSession, actor: Actor, asked: AgreementCreate
) -> tuple[Agreement, Sequence[ActivityWarning]]:
    """Ask a producer for an agreement, for oneself or an organization one owns; gives what to heed in selling.

    Raises NotASupplier, ActivityAsk, ActivityBlocked, AgreementExists.
    """
    reseller_id = asked.reseller_id or _own_party(actor)
    await organizations.require_party(session, actor, reseller_id, StaffRole.OWNER)
    supplier = await session.get(Organization, asked.supplier_id)
    if supplier is None or OrganizationRole.MSME not in supplier.roles or supplier.id == reseller_id:
        raise NotASupplier
    registered_in = await queries.registered_in(session, reseller_id)
    warnings = await activity_rules.require(session, actor, reseller_id, Activity.SELL_ON, registered_in=registered_in)
    existing = await queries.find_live(session, supplier.id, reseller_id)
    if existing is not None:
        raise AgreementExists(agreement_id=existing)
    agreement = Agreement(
        id=new_id(),
        supplier_id=supplier.id,
        reseller_id=reseller_id,
        role=asked.role,
        status=AgreementStatus.REQUESTED,
        note=asked.note,
        versions=[],
    )
    session.add(agreement)
    _tell(session, actor, agreement, events.AgreementRequested)
    await session.flush()
    return agreement, warnings


async def accept(session: AsyncSession, actor: Actor, agreement_id: UUID, match: int, terms: TermsCreate) -> Agreement:
    """Accept a reseller's request and propose the first terms. Raises as `propose`."""
    agreement, sides = await queries.get_for_update(session, actor, agreement_id, match)
    policy.may_supply(actor, sides)
    agreement.activate(await clock.now(session))
    _tell(session, actor, agreement, events.AgreementAccepted)
    await _propose(session, actor, agreement, terms)
    return agreement


async def decline(session: AsyncSession, actor: Actor, agreement_id: UUID, match: int, reason: str | None) -> Agreement:
    """Turn down a reseller's request. Raises StateConflict."""
    agreement, sides = await queries.get_for_update(session, actor, agreement_id, match)
    policy.may_supply(actor, sides)
    agreement.decline(reason)
    _tell(session, actor, agreement, events.AgreementDeclined)
    return agreement


async def suspend(session: AsyncSession, actor: Actor, agreement_id: UUID, match: int, reason: str | None) -> Agreement:
    """Take no orders under the agreement until it is resumed. Raises StateConflict."""
    agreement, sides = await queries.get_for_update(session, actor, agreement_id, match)
    policy.may_supply(actor, sides)
    agreement.suspend(reason)
    _tell(session, actor, agreement, events.AgreementSuspended)
    return agreement


async def resume(session: AsyncSession, actor: Actor, agreement_id: UUID, match: int) -> Agreement:
    """Take orders again. Raises StateConflict."""
    agreement, sides = await queries.get_for_update(session, actor, agreement_id, match)
    policy.may_supply(actor, sides)
    agreement.resume()
    _tell(session, actor, agreement, events.AgreementResumed)
    return agreement


async def end(session: AsyncSession, actor: Actor, agreement_id: UUID, match: int, reason: str | None) -> Agreement:
    """Give notice, as either side: the agreement ends after the notice of the terms in force, at once without.

    Raises StateConflict.
    """
    agreement, sides = await queries.get_for_update(session, actor, agreement_id, match)
    policy.may_end(actor, sides)
    now = await clock.now(session)
    bound = _in_force(agreement)
    agreement.give_notice(now, bound.notice_days if bound else 0, reason)
    _tell(session, actor, agreement, events.AgreementNoticeGiven)
    if agreement.ends_at is not None and agreement.ends_at <= now:
        await _finish(session, actor, agreement, now)
    return agreement


async def end_due(session: AsyncSession) -> None:
    """End the agreements whose term or notice has run out."""
    due = (
        select(Agreement)
        .where(Agreement.status.in_((AgreementStatus.ACTIVE, AgreementStatus.SUSPENDED)))
        .where(Agreement.ends_at <= clock.sql_now())
        .order_by(Agreement.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True, key_share=True)
    )
    found = (await session.scalars(due.options(selectinload(Agreement.versions)))).all()
    now = await clock.now(session)
    for agreement in found:
        await _finish(session, SYSTEM, agreement, now)


async def propose(session: AsyncSession, actor: Actor, agreement_id: UUID, match: int, terms: TermsCreate) -> Agreement:
    """Propose terms under the next number, in place of a proposal not yet answered.

    Raises StateConflict, PriceListUnfit, TerritoryTaken.
    """
    agreement, sides = await queries.get_for_update(session, actor, agreement_id, match)
    policy.may_supply(actor, sides)
    agreement.require(AgreementStatus.ACTIVE, AgreementStatus.SUSPENDED)
    await _propose(session, actor, agreement, terms)
    return agreement


async def accept_terms(session: AsyncSession, actor: Actor, agreement_id: UUID, match: int, number: int) -> Agreement:
    """Be bound by proposed terms from now on; their price list is opened to the reseller. Raises StateConflict."""
    agreement, sides = await queries.get_for_update(session, actor, agreement_id, match)
    policy.may_resell(actor, sides)
    agreement.require(AgreementStatus.ACTIVE, AgreementStatus.SUSPENDED)
    proposed, replaced = _version(agreement, number), _in_force(agreement)
    now = await clock.now(session)
    if replaced is not None:
        replaced.status = VersionStatus.SUPERSEDED
        await session.flush()  # one version in force at a time: the index looks at each statement
    proposed.decide(VersionStatus.IN_FORCE, now)
    agreement.be_bound(proposed, now)
    await _open_prices(session, agreement, closing=replaced, opening=proposed)
    _tell_terms(session, actor, agreement, events.TermsAccepted, proposed)
    return agreement


async def decline_terms(session: AsyncSession, actor: Actor, agreement_id: UUID, match: int, number: int) -> Agreement:
    """Turn down proposed terms; those in force stay. Raises StateConflict."""
    agreement, sides = await queries.get_for_update(session, actor, agreement_id, match)
    policy.may_resell(actor, sides)
    proposed = _version(agreement, number)
    proposed.decide(VersionStatus.DECLINED, await clock.now(session))
    _tell_terms(session, actor, agreement, events.TermsDeclined, proposed)
    return agreement


async def _propose(session: AsyncSession, actor: Actor, agreement: Agreement, terms: TermsCreate) -> None:
    await organizations.require_role(session, actor, agreement.supplier_id, StaffRole.OWNER, lock=True)
    await _check_price_list(session, agreement, terms)
    await _check_introducer(session, terms)
    version = _version_of(agreement, terms)
    if await queries.is_taken(session, agreement, version.territory, exclusive=version.is_exclusive):
        raise TerritoryTaken
    now = await clock.now(session)
    for earlier in agreement.versions:
        if earlier.status == VersionStatus.PROPOSED:
            earlier.decide(VersionStatus.SUPERSEDED, now)
            await session.flush()  # one proposal at a time: the index looks at each statement
    version.proposed_at = now
    agreement.versions.append(version)
    _tell_terms(session, actor, agreement, events.TermsProposed, version)


def _version_of(agreement: Agreement, terms: TermsCreate) -> AgreementVersion:
    said = terms.model_dump(exclude={"credit_limit", "min_order_value", "min_advertised_price"})
    amounts = {
        f"{name}_amount": None if asked is None else asked.amount
        for name, asked in (
            ("credit_limit", terms.credit_limit),
            ("min_order_value", terms.min_order_value),
            ("min_advertised_price", terms.min_advertised_price),
        )
    }
    return AgreementVersion(
        id=new_id(),
        agreement_id=agreement.id,
        number=len(agreement.versions) + 1,
        status=VersionStatus.PROPOSED,
        **said | amounts | {"delivery_countries": terms.delivery_countries or terms.territory_countries},
    )


async def _check_price_list(session: AsyncSession, agreement: Agreement, terms: TermsCreate) -> None:
    if terms.price_list_id is None:
        return
    fitting = select(PriceList.id).where(
        PriceList.id == terms.price_list_id,
        PriceList.organization_id == agreement.supplier_id,
        PriceList.audience == Audience.AGREEMENT,
        PriceList.currency == terms.currency,
    )
    if await session.scalar(fitting) is None:
        raise PriceListUnfit


async def _check_introducer(session: AsyncSession, terms: TermsCreate) -> None:
    if terms.introduced_by is not None and await session.get(Party, terms.introduced_by) is None:
        raise Invalid(errors=[FieldError("/introduced_by", "party_unknown", "There is no such party.")])


async def _finish(session: AsyncSession, actor: Actor, agreement: Agreement, now: datetime) -> None:
    agreement.ends_at = now
    agreement.end()
    await _open_prices(session, agreement, closing=_in_force(agreement), opening=None)
    _tell(session, actor, agreement, events.AgreementEnded)


async def _open_prices(
    session: AsyncSession, agreement: Agreement, *, closing: AgreementVersion | None, opening: AgreementVersion | None
) -> None:
    """Let the reseller see the prices of the terms in force, and of no others."""
    before, after = (None if version is None else version.price_list_id for version in (closing, opening))
    if before is not None and before != after:
        await catalog.revoke(session, SYSTEM, before, agreement.reseller_id)
    if after is not None and before != after:
        await catalog.grant(session, SYSTEM, after, agreement.reseller_id)


def _in_force(agreement: Agreement) -> AgreementVersion | None:
    return next((version for version in agreement.versions if version.status == VersionStatus.IN_FORCE), None)


def _version(agreement: Agreement, number: int) -> AgreementVersion:
    for version in agreement.versions:
        if version.number == number:
            return version
    raise NotFound


def _own_party(actor: Actor) -> UUID:
    party = actor.only_party or actor.person_id
    if party is None:
        raise NotFound
    return party


def _tell(session: AsyncSession, actor: Actor, agreement: Agreement, happened: type[events.AgreementEvent]) -> None:
    _publish(session, actor, agreement, happened(supplier_id=agreement.supplier_id, reseller_id=agreement.reseller_id))


def _tell_terms(
    session: AsyncSession,
    actor: Actor,
    agreement: Agreement,
    happened: type[events.TermsEvent],
    version: AgreementVersion,
) -> None:
    sides = {"supplier_id": agreement.supplier_id, "reseller_id": agreement.reseller_id}
    _publish(session, actor, agreement, happened(**sides, number=version.number))


def _publish(session: AsyncSession, actor: Actor, agreement: Agreement, happened: DomainEvent) -> None:
    audience = party_audience(agreement.supplier_id, agreement.reseller_id)
    publish(session, agreement, happened, actor=actor, audience=audience)
