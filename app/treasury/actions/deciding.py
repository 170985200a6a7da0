"""What one command makes of statement lines: entries gathered first, and written, posted and told together."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actor import SYSTEM, Actor
from app.kernel.problems import FieldError, Invalid, NotFound
from app.treasury import references
from app.treasury.actions.booking import require_day, write_all
from app.treasury.actions.contributing import take
from app.treasury.errors import LooksLikeDuplicate
from app.treasury.models.books import BookEntry, Place
from app.treasury.models.contributions import Due, DuePayment, DuePaymentState, received
from app.treasury.models.statements import LineState, StatementLine
from app.treasury.queries import contributions, duplicates
from app.treasury.queries import statements as queries
from app.treasury.queries.books import Held
from app.treasury.schemas.statements import LineDecision


@dataclass(frozen=True, slots=True)
class _Outcome:
    line: StatementLine
    state: LineState
    entry_id: UUID | None
    reason: str | None


class Decisions:
    """The decisions of one command about lines of a held book."""

    def __init__(self, session: AsyncSession, actor: Actor, held: Held) -> None:
        """Gather, and do nothing before `carry_out`."""
        self._session = session
        self._actor = actor
        self._held = held
        self._outcomes: list[_Outcome] = []
        self._entries: list[BookEntry] = []
        self._dues: dict[UUID, Due] = {}
        self._marks: set[tuple[str, int, str]] = set()

    @property
    def decided(self) -> set[UUID]:
        """The lines that were decided on."""
        return {outcome.line.id for outcome in self._outcomes}

    def of(self, state: LineState) -> list[UUID]:
        """The lines that came into a state."""
        return [outcome.line.id for outcome in self._outcomes if outcome.state == state]

    async def decide(self, place: int, line: StatementLine, asked: LineDecision) -> None:
        """Take one decision. Raises Invalid, StateConflict, TermClosed, LooksLikeDuplicate."""
        line.require_open()
        if asked.ignore_reason is not None:
            self._outcomes.append(_Outcome(line, LineState.IGNORED, None, asked.ignore_reason))
        elif asked.entry_id is not None:
            await self._find(place, line, asked.entry_id)
        else:
            entry = await self._entry(place, line, asked)
            entry.reason = asked.duplicate_reason
            await require_day(self._session, self._held, line.booked_on, f"/lines/{place}/line_id")
            twins = await self._twins(line, entry)
            if twins and entry.reason is None:
                raise LooksLikeDuplicate(extensions={"line_id": line.id, "duplicates": twins})
            self._add(line, entry)

    async def book_if_sound(self, line: StatementLine, due_id: UUID) -> None:
        """Book a line for a due, unless it looks like a duplicate or its day is not there yet: then it stays open."""
        entry = await self._for_due(line, due_id)
        try:
            await require_day(self._session, self._held, line.booked_on)
        except Invalid:
            return
        if not await self._twins(line, entry):
            self._add(line, entry)

    async def carry_out(self, at: datetime) -> None:
        """Write the entries, confirm what members had said of them, and say of each line what became of it."""
        book = self._held.book
        said = await self._said()
        await write_all(self._session, self._actor, book, self._entries)
        for entry in self._entries:
            payment = next((each for each in said if _is_of(each, entry)), None)
            if payment is not None and entry.due_id is not None:
                said.remove(payment)
                await take(self._session, self._actor, book, self._dues[entry.due_id], payment, entry.id)
        for outcome in self._outcomes:
            outcome.line.decide(outcome.state, at, entry_id=outcome.entry_id, reason=outcome.reason)
        await self._session.flush()

    def _add(self, line: StatementLine, entry: BookEntry) -> None:
        self._entries.append(entry)
        self._marks |= _marks(entry)
        self._outcomes.append(_Outcome(line, LineState.BOOKED, entry.id, entry.reason))

    async def _find(self, place: int, line: StatementLine, entry_id: UUID) -> None:
        """Say that a line is of an entry that is there."""
        unfound = queries.unfound(self._held.book).where(BookEntry.id == entry_id)
        there = (await self._session.execute(unfound.where(BookEntry.bank_change == line.amount))).one_or_none()
        if there is None or entry_id in {outcome.entry_id for outcome in self._outcomes}:
            pointer = f"/lines/{place}/entry_id"
            raise Invalid(
                errors=[
                    FieldError(
                        pointer, "entry_unknown", "Name a bank entry of just this amount that no line was found for."
                    )
                ]
            )
        self._outcomes.append(_Outcome(line, LineState.FOUND, entry_id, None))

    async def _entry(self, place: int, line: StatementLine, asked: LineDecision) -> BookEntry:
        if asked.due_id is None:
            return line.entry(asked.text or "")
        try:
            return await self._for_due(line, asked.due_id)
        except NotFound:
            unknown = FieldError(f"/lines/{place}/due_id", "due_unknown", "Name a due of this book, for an income.")
            raise Invalid(errors=[unknown]) from None

    async def _for_due(self, line: StatementLine, due_id: UUID) -> BookEntry:
        due, call, book = await contributions.get_due(self._session, SYSTEM, due_id)
        if book.id != self._held.book.id or line.amount < 0:
            raise NotFound
        self._dues[due.id] = due
        entry = received(due, call, line.amount, Place.BANK, line.booked_on)
        entry.bank_reference = line.bank_reference
        return entry

    async def _twins(self, line: StatementLine, entry: BookEntry) -> list[dict[str, object]]:
        """What an entry for a line may be the duplicate of: in the book, or among what this command books."""
        if self._marks & _marks(entry):
            return [{"kind": "line", "id": line.id, "why": "reference"}]
        found = await duplicates.find(self._session, self._held.book, entry)
        if found:
            return [twin._asdict() for twin in found]
        if entry.due_id is None:
            return []
        like = await queries.find_unfound_like(self._session, self._held.book, entry)
        return [{"kind": "entry", "id": each, "why": "amount"} for each in like]

    async def _said(self) -> list[DuePayment]:
        """What members said that they paid by transfer for the dues of the entries, the earliest first."""
        dues = {entry.due_id for entry in self._entries if entry.due_id is not None}
        if not dues:
            return []
        waiting = (
            select(DuePayment)
            .where(DuePayment.due_id.in_(dues), DuePayment.place == Place.BANK)
            .where(DuePayment.state == DuePaymentState.SUBMITTED)
            .order_by(DuePayment.id)
            .with_for_update()
        )
        return list((await self._session.scalars(waiting)).all())


def _is_of(payment: DuePayment, entry: BookEntry) -> bool:
    return (payment.due_id, payment.amount) == (entry.due_id, entry.bank_change)


def _marks(entry: BookEntry) -> set[tuple[str, int, str]]:
    """By what two entries of one command are seen to be alike."""
    named = [str(entry.due_id)] if entry.due_id is not None else []
    if entry.bank_reference is not None and references.plain(entry.bank_reference):
        named.append(references.plain(entry.bank_reference))
    return {(name, entry.bank_change, entry.booked_on.isoformat()) for name in named}
