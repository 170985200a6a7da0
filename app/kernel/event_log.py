"""One log of everything that happened: written with the change, numbered by one sequencer, read by all.

Why a sequencer and not `id > cursor` or an `xmin` horizon: `docs/decisions/0004-one-event-log.md`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Literal, NamedTuple, dataclass_transform
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.logging import current_request_id

SEQUENCER_LOCK = 0x52414E54  # "RANT": one sequencer at a time in a database


Change = Literal["upsert", "delete", "none"]


@dataclass_transform(kw_only_default=True, frozen_default=True)
@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened to one aggregate; a subclass is a frozen dataclass of ids and frozen values.

    Its class says what kind of aggregate it happened to, how a copy of that changes, and whether others are told:
    `class OrderDiscarded(OrderEvent, change="delete", exported=False)`. What is left out is as in the base.
    """

    aggregate: ClassVar[str]
    change: ClassVar[Change] = "upsert"
    exported: ClassVar[bool] = True
    payload_version: ClassVar[int] = 1

    def __init_subclass__(
        cls, *, aggregate: str | None = None, change: Change | None = None, exported: bool | None = None
    ) -> None:
        """Make the subclass a dataclass with what its class line says."""
        super().__init_subclass__()
        if aggregate is not None:
            cls.aggregate = aggregate
        if change is not None:
            cls.change = change
        if exported is not None:
            cls.exported = exported
        dataclass(frozen=True, kw_only=True)(cls)

    @classmethod
    def kind(cls) -> str:
        """The event's name in the log and in webhooks: `OrderSubmitted`."""
        return cls.__name__


class EventRow(Base):
    """One event as it was written. Append-only but for `position`, which the sequencer fills once."""

    __tablename__ = "domain_events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    kind: Mapped[str]
    payload_version: Mapped[int] = mapped_column(SmallInteger)
    aggregate_kind: Mapped[str]
    aggregate_id: Mapped[UUID]
    aggregate_version: Mapped[int]
    change: Mapped[str]
    audience: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    lost_audience: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    actor_party: Mapped[UUID | None]
    cause_event_id: Mapped[UUID | None]
    request_id: Mapped[UUID]
    occurred_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    recorded_at: Mapped[datetime] = mapped_column(server_default=clock.SERVER_TIME)
    facts: Mapped[dict[str, Any]]
    exported: Mapped[bool]
    reverses_event_id: Mapped[UUID | None]

    __table_args__ = (
        Index("uq_domain_events_aggregate_version", "aggregate_kind", "aggregate_id", "aggregate_version", unique=True),
        Index("ix_domain_events_unnumbered", "id", postgresql_where=text("position IS NULL")),
    )


class EventDelivery(Base):
    """That one handler is to see one event, and when it had."""

    __tablename__ = "event_deliveries"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("domain_events.event_id"), primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    job_id: Mapped[int | None]
    completed_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to what: the person and the credential behind a change. Append-only, never exported."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None]
    request_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_audit_entries_subject", "subject_kind", "subject_id"),)


def publish(  # noqa: PLR0913 - each is a column of the log
    session: AsyncSession,
    row: Aggregate,
    happened: DomainEvent,
    *,
    actor: Actor,
    audience: Iterable[str] = (),
    lost_audience: Iterable[str] = (),
    acting_party: UUID | None = None,
    cause: UUID | None = None,
    reverses: UUID | None = None,
) -> EventRow:
    """Say that `happened` to `row`, in the row's own transaction: its version rises, event and audit row are added.

    The row has its id, and is new, locked or changed already in this transaction: then the log's order is the lock's.
    """
    row.version = (row.version or 0) + 1
    facts = _facts(happened)
    written = EventRow(
        event_id=new_id(),
        kind=happened.kind(),
        payload_version=happened.payload_version,
        aggregate_kind=happened.aggregate,
        aggregate_id=row.id,
        aggregate_version=row.version,
        change=happened.change,
        audience=sorted(set(audience)),
        lost_audience=sorted(set(lost_audience)),
        actor_party=acting_party or actor.person_id,
        cause_event_id=cause,
        request_id=current_request_id(),
        facts=facts,
        exported=happened.exported,
        reverses_event_id=reverses,
    )
    session.add(written)
    record(session, actor, happened.kind(), happened.aggregate, row.id, facts)
    return written


def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: UUID | None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Add an audit row alone: for what changes no aggregate, such as a refused sign-in or an operator's look."""
    session.add(
        AuditEntry(
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            person_id=actor.person_id,
            session_id=actor.session_id,
            api_key_id=actor.api_key_id,
            request_id=current_request_id(),
            facts=facts or {},
        )
    )


def party_audience(*parties: UUID | None) -> list[str]:
    """Name parties as an event's audience."""
    return [f"party:{party}" for party in parties if party is not None]


class Numbered(NamedTuple):
    """An event that has just got its position."""

    position: int
    event_id: UUID
    kind: str
    aggregate_id: UUID


async def number_events(session: AsyncSession) -> list[Numbered]:
    """Give every visible unnumbered event the next positions, in id order; return them in that order.

    Holds a transaction lock, so that two sequencers never interleave and positions have no gap. The lock alone keeps
    an event from being numbered twice: asked again of the updated rows, whether they are numbered would join the
    backlog with itself where statistics know of none.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEQUENCER_LOCK})
    numbered = await session.execute(
        text("""
            WITH waiting AS (
                SELECT id, row_number() OVER (ORDER BY id) AS ordinal
                FROM domain_events WHERE position IS NULL ORDER BY id LIMIT 1000
            ), last AS (SELECT coalesce(max(position), 0) AS position FROM domain_events)
            UPDATE domain_events AS event SET position = last.position + waiting.ordinal
            FROM waiting, last WHERE event.id = waiting.id
            RETURNING event.position, event.event_id, event.kind, event.aggregate_id
        """)
    )
    return sorted(Numbered(*row) for row in numbered)


async def begin_delivery(session: AsyncSession, event_id: UUID, handler: str) -> EventRow | None:
    """Claim one delivery in the handler's own transaction; None where it was completed before.

    The claim and the handler's effects commit together, so each event has its effect once per handler.
    """
    claimed = await session.execute(
        update(EventDelivery)
        .where(
            EventDelivery.event_id == event_id, EventDelivery.handler == handler, EventDelivery.completed_at.is_(None)
        )
        .values(completed_at=clock.sql_now())
        .returning(EventDelivery.event_id)
    )
    if claimed.scalar_one_or_none() is None:
        return None
    return (await session.execute(select(EventRow).where(EventRow.event_id == event_id))).scalar_one()


def _facts(happened: DomainEvent) -> dict[str, Any]:
    return {field.name: _plain(getattr(happened, field.name)) for field in fields(happened)}


def _plain(value: object) -> Any:
    match value:
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            return value
