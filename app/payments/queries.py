"""Reading payout accounts, obligations, payments, refunds and credits, with what is derived from them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Select, case, exists, func, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased, with_expression

from app.identity.models import PersonDetails
from app.kernel import clock, pages
from app.kernel.actor import Actor
from app.kernel.database import Aggregate
from app.kernel.pages import Lane, Page, PageRequest, Sort
from app.kernel.problems import NotFound
from app.media import queries as media
from app.media.models import Variant
from app.media.queries import Content
from app.organizations.models import Organization, Staff, StaffRole
from app.payments import policy
from app.payments.models import (
    HOLD,
    AccountCredit,
    Obligation,
    Payment,
    PaymentState,
    PayoutAccount,
    PayoutAccountStatus,
    Refund,
    RefundState,
    Standing,
)

T = TypeVar("T")


async def standing(session: AsyncSession, obligation_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """How obligations stand; an unknown one is absent. For the domains that made them, after their own policy."""
    sums = select(Obligation.id, Obligation.amount, _confirmed(), _refunded(), _pending_refunds())
    rows = await session.execute(sums.where(Obligation.id.in_(obligation_ids)))
    return {obligation_id: Standing(*numbers) for obligation_id, *numbers in rows}


def still_due(obligation_ids: Select[UUID | None]) -> ScalarSelect[int]:
    """What is still to be paid of these obligations in all, in minor units: they are in one currency."""
    due = func.greatest(Obligation.amount - _confirmed() + _refunded(), 0)
    total = select(func.coalesce(func.sum(due), 0).cast(BigInteger)).where(Obligation.id.in_(obligation_ids))
    return total.scalar_subquery()


async def find_account_in_use(session: AsyncSession, party_id: UUID, currency: str) -> PayoutAccount | None:
    """Where money for a party goes now: its latest account in the currency that is past its hold."""
    statement = (
        select(PayoutAccount)
        .where(PayoutAccount.party_id == party_id, PayoutAccount.currency == currency)
        .where(_account_status() == PayoutAccountStatus.IN_USE)
        .options(with_expression(PayoutAccount.is_new, _account_is_new()))
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


@dataclass(frozen=True, slots=True)
class Held:
    """An obligation locked for a change, and which side of it the caller speaks for."""

    obligation: Obligation
    pays: bool
    is_paid: bool


async def hold(session: AsyncSession, actor: Actor, obligation_id: UUID | ScalarSelect[UUID]) -> Held:
    """Lock an obligation: all its payments and refunds are decided one after the other. Raises NotFound."""
    statement = (
        select(Obligation, policy.pays(actor), policy.is_paid(actor))
        .where(policy.visible(actor), Obligation.id == obligation_id)
        .with_for_update(of=Obligation)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return Held(*found)


async def hold_payment(session: AsyncSession, actor: Actor, payment_id: UUID) -> tuple[Held, Payment]:
    """Lock a payment's obligation, then read the payment. Raises NotFound."""
    of = select(Payment.obligation_id).where(Payment.id == payment_id).scalar_subquery()
    return await hold(session, actor, of), await get(session, payments(actor).where(Payment.id == payment_id))


async def hold_refund(session: AsyncSession, actor: Actor, refund_id: UUID) -> tuple[Held, Refund]:
    """Lock a refund's obligation, then read the refund. Raises NotFound."""
    of = select(Refund.obligation_id).where(Refund.id == refund_id).scalar_subquery()
    return await hold(session, actor, of), await get(session, refunds(actor).where(Refund.id == refund_id))


async def get(session: AsyncSession, statement: Select[T]) -> T:
    """The one row of a statement, as it is now. Raises NotFound."""
    found = (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def accounts_of(session: AsyncSession, party_id: UUID, currency: str) -> Sequence[PayoutAccount]:
    """All accounts of a party in a currency but the withdrawn ones; the caller has locked the party."""
    statement = select(PayoutAccount).where(
        PayoutAccount.party_id == party_id, PayoutAccount.currency == currency, PayoutAccount.withdrawn_at.is_(None)
    )
    return (await session.scalars(statement)).all()


def accounts(actor: Actor) -> Select[PayoutAccount]:
    """The payout accounts the caller sees."""
    derived = (
        with_expression(PayoutAccount.status, _account_status()),
        with_expression(PayoutAccount.is_new, _account_is_new()),
    )
    return select(PayoutAccount).where(policy.account_visible(actor)).options(*derived)


def obligations(actor: Actor) -> Select[Obligation]:
    """The obligations the caller sees, with what was paid on them."""
    derived = (
        with_expression(Obligation.confirmed, _confirmed()),
        with_expression(Obligation.refunded, _refunded()),
        with_expression(Obligation.pending_refunds, _pending_refunds()),
        with_expression(Obligation.is_for_payer, policy.pays(actor)),
    )
    return select(Obligation).where(policy.visible(actor)).options(*derived)


def payments(actor: Actor) -> Select[Payment]:
    """The payments the caller sees; whether a receipt was seen before is said to the payee alone."""
    seen = with_expression(Payment.receipt_seen_before, case((policy.is_paid(actor), _seen_before()), else_=null()))
    return select(Payment).join(Payment.obligation).where(policy.visible(actor)).options(seen)


def refunds(actor: Actor) -> Select[Refund]:
    """The refunds the caller sees; where to send them is said to the sender alone."""
    sender = with_expression(Refund.is_for_sender, policy.is_paid(actor))
    return select(Refund).join(Refund.obligation).where(policy.visible(actor)).options(sender)


async def receipt(session: AsyncSession, actor: Actor, payment_id: UUID, variant: Variant) -> Content:
    """The receipt of a payment the caller sees. Raises NotFound, also where there is none."""
    payment = await get(session, payments(actor).where(Payment.id == payment_id))
    if payment.receipt_upload_id is None:
        raise NotFound
    return await media.content(session, payment.receipt_upload_id, variant)


class Notice(NamedTuple):
    """A payout account, and who is to be told of it."""

    account: PayoutAccount
    party: str
    people: list[UUID]


async def notice(session: AsyncSession, account_id: UUID) -> Notice:
    """Whom to tell of a payout account: the person whose it is, or an organization's owners and finance staff."""
    account = await session.get_one(PayoutAccount, account_id)
    organization = await session.get(Organization, account.party_id)
    if organization is None:
        person = await session.get_one(PersonDetails, account.party_id)
        return Notice(account, person.display_name, [account.party_id])
    told = select(Staff.person_id).where(
        Staff.organization_id == account.party_id, Staff.role.in_([StaffRole.OWNER, StaffRole.FINANCE])
    )
    return Notice(account, organization.name, list(await session.scalars(told.distinct())))


async def list_accounts(
    session: AsyncSession, actor: Actor, asked: PageRequest, *, party_id: UUID | None
) -> Page[PayoutAccount]:
    """The payout accounts the caller sees, the latest first."""
    return await _latest(session, PayoutAccount, accounts(actor), asked, [(PayoutAccount.party_id, party_id)])


async def list_obligations(
    session: AsyncSession,
    actor: Actor,
    asked: PageRequest,
    *,
    payer_id: UUID | None,
    payee_id: UUID | None,
    source_id: UUID | None,
) -> Page[Obligation]:
    """The obligations the caller sees, the latest first."""
    filters = [
        (Obligation.payer_id, payer_id),
        (Obligation.payee_id, payee_id),
        (Obligation.source_id, source_id),
    ]
    return await _latest(session, Obligation, obligations(actor), asked, filters, policy.lanes(actor))


async def list_payments(
    session: AsyncSession, actor: Actor, asked: PageRequest, *, obligation_id: UUID | None, state: PaymentState | None
) -> Page[Payment]:
    """The payments the caller sees, the latest first."""
    filters = [(Payment.obligation_id, obligation_id), (Payment.state, state)]
    return await _latest(session, Payment, payments(actor), asked, filters)


async def list_refunds(
    session: AsyncSession, actor: Actor, asked: PageRequest, *, obligation_id: UUID | None, state: RefundState | None
) -> Page[Refund]:
    """The refunds the caller sees, the latest first."""
    filters = [(Refund.obligation_id, obligation_id), (Refund.state, state)]
    return await _latest(session, Refund, refunds(actor), asked, filters)


async def list_credits(session: AsyncSession, actor: Actor, asked: PageRequest) -> Page[AccountCredit]:
    """The account credits the caller sees, with anything left or not."""
    statement = select(AccountCredit).where(policy.credit_visible(actor))
    return await pages.fetch(session, statement, [Sort(AccountCredit.id)], asked)


async def _latest(
    session: AsyncSession,
    kind: type[Aggregate],
    statement: Select[Any],
    asked: PageRequest,
    filters: Sequence[tuple[InstrumentedAttribute[Any], Any]],
    lanes: Sequence[Lane] = (),
) -> Page[Any]:
    for column, value in filters:
        if value is not None:
            statement = statement.where(column == value)
    order = [Sort(kind.created_at, descending=True), Sort(kind.id, descending=True)]
    return await pages.fetch(session, statement, order, asked, lanes=lanes)


def _account_status() -> ColumnElement[str]:
    later = aliased(PayoutAccount)
    replaced = exists().where(
        later.party_id == PayoutAccount.party_id,
        later.currency == PayoutAccount.currency,
        later.usable_from > PayoutAccount.usable_from,
        later.usable_from <= clock.sql_now(),
        later.withdrawn_at.is_(None),
    )
    return case(
        (PayoutAccount.withdrawn_at.is_not(None), PayoutAccountStatus.WITHDRAWN),
        (PayoutAccount.usable_from > clock.sql_now(), PayoutAccountStatus.HELD),
        (replaced, PayoutAccountStatus.REPLACED),
        else_=PayoutAccountStatus.IN_USE,
    )


def _account_is_new() -> ColumnElement[bool]:
    return PayoutAccount.created_at > clock.sql_now() - HOLD


def _confirmed() -> ColumnElement[int]:
    return _sum(
        select(func.sum(Payment.amount)).where(
            Payment.obligation_id == Obligation.id, Payment.state == PaymentState.CONFIRMED
        )
    )


def _refunded() -> ColumnElement[int]:
    return _refunds_in(RefundState.CONFIRMED)


def _pending_refunds() -> ColumnElement[int]:
    return _refunds_in(RefundState.OWED, RefundState.SENT)


def _refunds_in(*states: RefundState) -> ColumnElement[int]:
    return _sum(select(func.sum(Refund.amount)).where(Refund.obligation_id == Obligation.id, Refund.state.in_(states)))


def _sum(statement: Select[Any]) -> ColumnElement[int]:
    """A sum of amounts as a whole number: no rows are zero, and PostgreSQL sums bigint as numeric."""
    return func.coalesce(statement.scalar_subquery(), 0).cast(BigInteger)


def _seen_before() -> ColumnElement[bool]:
    earlier = aliased(Payment)
    before = (earlier.proven_at < Payment.proven_at) | (
        (earlier.proven_at == Payment.proven_at) & (earlier.id < Payment.id)
    )
    return exists().where(earlier.receipt_digest == Payment.receipt_digest, earlier.state != PaymentState.VOID, before)
