"""Reseller agreements, their numbered versions of terms, and where those let somebody sell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.money import LINE_MAXIMUM, Money
from app.kernel.problems import StateConflict


class AgreementRole(StrEnum):
    """What the reseller is to the supplier."""

    RESELLER = "reseller"
    DISTRIBUTOR = "distributor"


class AgreementStatus(StrEnum):
    """An agreement's life; a suspended one keeps its territory but takes no orders."""

    REQUESTED = "requested"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DECLINED = "declined"
    ENDED = "ended"


LIVE = (AgreementStatus.REQUESTED, AgreementStatus.ACTIVE, AgreementStatus.SUSPENDED)

_FROM = {
    AgreementStatus.ACTIVE: {AgreementStatus.REQUESTED},
    AgreementStatus.DECLINED: {AgreementStatus.REQUESTED},
    AgreementStatus.SUSPENDED: {AgreementStatus.ACTIVE},
    AgreementStatus.ENDED: {AgreementStatus.ACTIVE, AgreementStatus.SUSPENDED},
}


class Agreement(Aggregate, Base):
    """That a reseller may sell a supplier's goods on; under which terms, its versions say."""

    __tablename__ = "reseller_agreements"

    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    reseller_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    role: Mapped[str]
    status: Mapped[str]
    note: Mapped[str | None]
    reason: Mapped[str | None]
    active_since: Mapped[datetime | None]
    notice_given_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]

    versions: Mapped[list["AgreementVersion"]] = relationship(
        back_populates="agreement", lazy="raise", order_by="AgreementVersion.number"
    )

    __table_args__ = (
        CheckConstraint("role IN ('reseller', 'distributor')", name="role"),
        CheckConstraint("status IN ('requested', 'active', 'suspended', 'declined', 'ended')", name="status"),
        CheckConstraint("supplier_id <> reseller_id", name="two_parties"),
        CheckConstraint("status IN ('requested', 'declined') OR active_since IS NOT NULL", name="active_since"),
        Index(
            "uq_reseller_agreements_live",
            "supplier_id",
            "reseller_id",
            unique=True,
            postgresql_where=text("status IN ('requested', 'active', 'suspended')"),
        ),
        Index("ix_reseller_agreements_supplier_id", "supplier_id", "created_at", "id"),
        Index("ix_reseller_agreements_reseller_id", "reseller_id", "created_at", "id"),
        Index(
            "ix_reseller_agreements_ends_at",
            "ends_at",
            postgresql_where=text("status IN ('active', 'suspended') AND ends_at IS NOT NULL"),
        ),
    )

    def activate(self, at: datetime) -> None:
        """Accept what was asked for. Raises StateConflict."""
        self._enter(AgreementStatus.ACTIVE)
        self.active_since = at

    def decline(self, reason: str | None) -> None:
        """Turn down what was asked for. Raises StateConflict."""
        self._enter(AgreementStatus.DECLINED)
        self.reason = reason

    def suspend(self, reason: str | None) -> None:
        """Take no orders for a while. Raises StateConflict."""
        self._enter(AgreementStatus.SUSPENDED)
        self.reason = reason

    def resume(self) -> None:
        """Take orders again. Raises StateConflict."""
        self.require(AgreementStatus.SUSPENDED)
        self.status = AgreementStatus.ACTIVE
        self.reason = None

    def give_notice(self, at: datetime, days: int, reason: str | None) -> None:
        """Let the agreement run out `days` from now, or earlier where its term does. Raises StateConflict."""
        self.require(AgreementStatus.ACTIVE, AgreementStatus.SUSPENDED)
        self.notice_given_at = at
        self.reason = reason
        runs_out = at + timedelta(days=days)
        self.ends_at = runs_out if self.ends_at is None else min(runs_out, self.ends_at)

    def end(self) -> None:
        """End for good. Raises StateConflict."""
        self._enter(AgreementStatus.ENDED)

    def be_bound(self, terms: "AgreementVersion", at: datetime) -> None:
        """Count the agreed duration from now; new terms take back a notice that was given."""
        self.notice_given_at = None
        self.ends_at = None if terms.duration_days is None else at + timedelta(days=terms.duration_days)

    def require(self, *allowed: AgreementStatus) -> None:
        """Refuse what is possible in other states only. Raises StateConflict."""
        if self.status not in allowed:
            raise StateConflict(state=self.status, allowed=", ".join(sorted(allowed)))

    def _enter(self, target: AgreementStatus) -> None:
        self.require(*_FROM[target])
        self.status = target


class Mode(StrEnum):
    """How goods may reach the reseller's customers: who owns the stock and who sets the price."""

    WHOLESALE = "wholesale"
    COMMISSION = "commission"
    CONSIGNMENT = "consignment"


class VersionStatus(StrEnum):
    """A version binds once the reseller accepted it, and until the next one does."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    DECLINED = "declined"
    SUPERSEDED = "superseded"


class AgreementVersion(Base):
    """Terms under a number. They never change: other terms are another version; an order keeps the one it used."""

    __tablename__ = "agreement_versions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("reseller_agreements.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(default=VersionStatus.PROPOSED)
    proposed_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    decided_at: Mapped[datetime | None]

    territory_countries: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    territory_cities: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    delivery_countries: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    is_exclusive: Mapped[bool]
    modes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    may_appoint_sub_resellers: Mapped[bool]
    brand_use: Mapped[str | None]
    minimum_units_per_year: Mapped[int | None]
    duration_days: Mapped[int | None]
    notice_days: Mapped[int]
    price_list_id: Mapped[UUID | None] = mapped_column(ForeignKey("price_lists.id"), index=True)
    commission_basis_points: Mapped[int | None]
    currency: Mapped[str]
    credit_limit_amount: Mapped[int | None]
    min_order_value_amount: Mapped[int | None]
    min_advertised_price_amount: Mapped[int | None]
    net_days: Mapped[int]
    introduced_by: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), index=True)

    agreement: Mapped[Agreement] = relationship(back_populates="versions", lazy="raise")

    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("status IN ('proposed', 'in_force', 'declined', 'superseded')", name="status"),
        CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("modes <@ ARRAY['wholesale', 'commission', 'consignment'] AND modes <> '{}'", name="modes"),
        CheckConstraint("territory_countries <> '{}'", name="territory"),
        CheckConstraint("territory_cities = '{}' OR cardinality(territory_countries) = 1", name="cities"),
        CheckConstraint("NOT 'wholesale' = ANY (modes) OR price_list_id IS NOT NULL", name="wholesale_price_list"),
        CheckConstraint("NOT 'commission' = ANY (modes) OR commission_basis_points IS NOT NULL", name="commission"),
        CheckConstraint("commission_basis_points BETWEEN 0 AND 10000", name="commission_range"),
        CheckConstraint(
            "least(credit_limit_amount, min_order_value_amount, min_advertised_price_amount) >= 0"
            " AND greatest(credit_limit_amount, min_order_value_amount, min_advertised_price_amount)"
            f" <= {LINE_MAXIMUM}",
            name="amounts",
        ),
        CheckConstraint("number > 0 AND notice_days >= 0 AND net_days >= 0 AND duration_days > 0", name="days"),
        Index(
            "uq_agreement_versions_in_force",
            "agreement_id",
            unique=True,
            postgresql_where=text("status = 'in_force'"),
        ),
        Index(
            "uq_agreement_versions_proposed",
            "agreement_id",
            unique=True,
            postgresql_where=text("status = 'proposed'"),
        ),
    )

    @property
    def territory(self) -> "Territory":
        """Where the reseller sells."""
        return Territory(frozenset(self.territory_countries), frozenset(self.territory_cities))

    @property
    def credit_limit(self) -> Money | None:
        """How much may be ordered and not yet paid at once; None: no limit."""
        return self._money(self.credit_limit_amount)

    @property
    def min_order_value(self) -> Money | None:
        """The least an order's goods come to."""
        return self._money(self.min_order_value_amount)

    @property
    def min_advertised_price(self) -> Money | None:
        """The price per unit below which the goods are not advertised."""
        return self._money(self.min_advertised_price_amount)

    @property
    def terms(self) -> "Terms":
        """What an order needs to know of it."""
        return Terms(
            version_id=self.id,
            modes=tuple(self.modes),
            currency=self.currency,
            price_list_id=self.price_list_id,
            delivery_countries=tuple(self.delivery_countries),
            min_order_value=self.min_order_value,
            credit_limit=self.credit_limit,
            net_days=self.net_days,
        )

    def decide(self, status: VersionStatus, at: datetime) -> None:
        """Accept, decline or replace what was proposed. Raises StateConflict."""
        if self.status != VersionStatus.PROPOSED:
            raise StateConflict(state=self.status, allowed=VersionStatus.PROPOSED)
        self.status = status
        self.decided_at = at

    def _money(self, amount: int | None) -> Money | None:
        return None if amount is None else Money(amount, self.currency)


@dataclass(frozen=True, slots=True)
class Territory:
    """Some countries, or some cities of one country."""

    countries: frozenset[str]
    cities: frozenset[str]

    def overlaps(self, other: "Territory") -> bool:
        """Whether a customer may live in both: no cities named means all of the country."""
        if not self.countries & other.countries:
            return False
        mine, theirs = ({city.casefold() for city in territory.cities} for territory in (self, other))
        return not mine or not theirs or bool(mine & theirs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an order needs to know of the version in force."""

    version_id: UUID
    modes: tuple[str, ...]
    currency: str
    price_list_id: UUID | None
    delivery_countries: tuple[str, ...]
    min_order_value: Money | None
    credit_limit: Money | None
    net_days: int
