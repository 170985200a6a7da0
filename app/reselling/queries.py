"""Reading agreements and their terms."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.kernel.actor import Actor
from app.kernel.money import Money
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.prepared import Prepared
from app.kernel.problems import NotFound, VersionMismatch
from app.organizations.models import Organization, StaffRole, VerificationStatus
from app.reselling import policy
from app.reselling.errors import AgreementInactive
from app.reselling.models import LIVE, Agreement, AgreementStatus, AgreementVersion, Terms, Territory, VersionStatus
from app.reselling.policy import Sides


async def get(session: AsyncSession, actor: Actor, agreement_id: UUID) -> Agreement:
    """The agreement with all its versions. Raises NotFound."""
    statement = select(Agreement).where(Agreement.id == agreement_id, policy.visible(actor))
    found = (await session.scalars(statement.options(selectinload(Agreement.versions)))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def get_for_update(
    session: AsyncSession, actor: Actor, agreement_id: UUID, match: int
) -> tuple[Agreement, Sides]:
    """The agreement, locked, with its versions, and where the caller decides. Raises NotFound, VersionMismatch."""
    owner = StaffRole.OWNER
    statement = (
        select(Agreement, policy.supplies(actor, owner), policy.resells(actor, owner))
        .where(Agreement.id == agreement_id, policy.visible(actor))
        .with_for_update(of=Agreement, key_share=True)
        .options(selectinload(Agreement.versions))
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    agreement, supplies, resells = found
    if agreement.version != match:
        raise VersionMismatch(current=agreement.version)
    return agreement, Sides(supplies, resells)


async def find_live(session: AsyncSession, supplier_id: UUID, reseller_id: UUID) -> UUID | None:
    """The one agreement of the two that was asked for or is running, for whoever speaks for one of them."""
    statement = select(Agreement.id).where(
        Agreement.supplier_id == supplier_id, Agreement.reseller_id == reseller_id, Agreement.status.in_(LIVE)
    )
    return (await session.scalars(statement)).one_or_none()


async def list_agreements(
    session: AsyncSession, actor: Actor, asked: PageRequest, *, status: AgreementStatus | None, supplier_id: UUID | None
) -> Page[Agreement]:
    """The agreements the caller sees, newest first."""
    statement = select(Agreement).where(policy.visible(actor))
    if status is not None:
        statement = statement.where(Agreement.status == status)
    if supplier_id is not None:
        statement = statement.where(Agreement.supplier_id == supplier_id)
    order = [Sort(Agreement.created_at, descending=True), Sort(Agreement.id, descending=True)]
    return await fetch(session, statement, order, asked, lanes=policy.lanes(actor))


async def is_taken(session: AsyncSession, agreement: Agreement, territory: Territory, *, exclusive: bool) -> bool:
    """Whether another live agreement of the supplier, in force or proposed, has part of `territory` to itself.

    So does a shared one where `exclusive` asks for all of it. The caller holds the supplier's lock.
    """
    statement = (
        select(AgreementVersion)
        .join(Agreement)
        .where(
            Agreement.supplier_id == agreement.supplier_id,
            Agreement.id != agreement.id,
            Agreement.status.in_(LIVE),
            AgreementVersion.status.in_((VersionStatus.IN_FORCE, VersionStatus.PROPOSED)),
            AgreementVersion.territory_countries.overlap(sorted(territory.countries)),
        )
    )
    claims = await session.scalars(statement)
    return any((exclusive or claim.is_exclusive) and territory.overlaps(claim.territory) for claim in claims)


async def version_for_order(
    session: AsyncSession, agreement_id: UUID, *, supplier_id: UUID, reseller_id: UUID, lock: bool = False
) -> Terms | None:
    """The terms in force between the two, held until the transaction ends; None where they have no such agreement.

    `lock` keeps other orders of the agreement waiting, so that no two pass a credit limit at once.
    Raises AgreementInactive where the agreement does not run or no terms were accepted yet.
    """
    values = {"agreement_id": agreement_id, "supplier_id": supplier_id, "reseller_id": reseller_id}
    found = await (_TERMS_LOCKED if lock else _TERMS_HELD).within(session, values)
    if not found:
        return None
    status, version_id, modes, currency, price_list_id, countries, least, credit, net_days = found[0]
    if status != AgreementStatus.ACTIVE or version_id is None:
        raise AgreementInactive
    return Terms(
        version_id=version_id,
        modes=tuple(modes),
        currency=currency,
        price_list_id=price_list_id,
        delivery_countries=tuple(countries),
        min_order_value=None if least is None else Money(least, currency),
        credit_limit=None if credit is None else Money(credit, currency),
        net_days=net_days,
    )


async def registered_in(session: AsyncSession, party_id: UUID) -> str | None:
    """The country in which a party is verified as an organization; None for people and the unverified."""
    found = await _REGISTERED_IN.within(session, {"party_id": party_id})
    return found[0][0] if found else None


def _terms() -> Select[*tuple[Any, ...]]:
    in_force = (AgreementVersion.agreement_id == Agreement.id) & (AgreementVersion.status == VersionStatus.IN_FORCE)
    parties = ((Agreement.supplier_id, "supplier_id"), (Agreement.reseller_id, "reseller_id"))
    return (
        select(
            Agreement.status,
            AgreementVersion.id,
            AgreementVersion.modes,
            AgreementVersion.currency,
            AgreementVersion.price_list_id,
            AgreementVersion.delivery_countries,
            AgreementVersion.min_order_value_amount,
            AgreementVersion.credit_limit_amount,
            AgreementVersion.net_days,
        )
        .outerjoin(AgreementVersion, in_force)
        .where(Agreement.id == bindparam("agreement_id", type_=Uuid()))
        .where(*(column == bindparam(name, type_=Uuid()) for column, name in parties))
    )


_TERMS_HELD = Prepared(_terms().with_for_update(of=Agreement, read=True))
_TERMS_LOCKED = Prepared(_terms().with_for_update(of=Agreement, key_share=True))
_REGISTERED_IN = Prepared(
    select(Organization.country).where(
        Organization.id == bindparam("party_id", type_=Uuid()),
        Organization.verification == VerificationStatus.VERIFIED,
    )
)
