"""Taking bank statements, and deciding in one command what their lines are."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import StatementLinesDecided, StatementProfileSaved, StatementTaken
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.messages import translate
from app.kernel.money import exponent
from app.kernel.problems import FieldError, Invalid
from app.treasury import bank_file, policy
from app.treasury.actions.deciding import Decisions
from app.treasury.bank_file import BankFile, RowProblem
from app.treasury.models.books import Book
from app.treasury.models.statements import LineState, StatementLine, StatementProfile, values_of
from app.treasury.queries import books
from app.treasury.queries import statements as queries
from app.treasury.schemas.statements import (
    LinesConfirm,
    LinesConfirmed,
    PreviewRowRead,
    ProfileSet,
    StatementPreviewRead,
    StatementProblemRead,
    StatementRead,
)

_SHOWN = 100
_MOST_CERTAIN = 200
"""How many lines one command books without being told of each."""


async def save_profile(
    session: AsyncSession, actor: Actor, book_id: UUID, name: str, asked: ProfileSet
) -> StatementProfile:
    """Say how a bank writes its statements, for the first time or anew. Raises NotFound, Forbidden."""
    held = await books.hold(session, actor, book_id)
    profile = await queries.find_profile(session, book_id, name)
    if profile is None:
        profile = StatementProfile(book_id=book_id, name=name)
        session.add(profile)
    for field, value in asked.model_dump().items():
        setattr(profile, field, value)
    saved = StatementProfileSaved(community_id=held.book.community_id, profile=name)
    publish(session, held.book, saved, actor=actor, audience=party_audience(held.book.community_id))
    await session.flush()
    return profile


async def preview(
    session: AsyncSession, actor: Actor, book_id: UUID, profile: str, content: bytes
) -> StatementPreviewRead:
    """Say how a file is understood and what is wrong in it, and keep nothing. Raises NotFound, Forbidden, Invalid."""
    held = await books.see(session, actor, book_id)
    policy.may_keep(held.rights)
    found = await _read(session, held.book, profile, content)
    known = await queries.known_fingerprints(session, book_id, [row.fingerprint for row in found.rows])
    matcher = await queries.matcher(session, held.book, {row.amount for row in found.rows})
    rows = [
        PreviewRowRead(
            row=row.number,
            booked_on=row.booked_on,
            amount=row.amount,
            text=row.text,
            name=row.name,
            bank_reference=row.reference,
            is_known=row.fingerprint in known,
            is_certain=matcher.match(row.amount, row.booked_on, row.said).is_certain,
        )
        for row in found.rows[:_SHOWN]
    ]
    problems = [
        StatementProblemRead(
            row=each.row,
            column=each.column,
            code=each.code,
            message=translate(each.message, actor.language, **each.params),
        )
        for each in found.problems[:_SHOWN]
    ]
    return StatementPreviewRead(
        currency=held.book.currency,
        row_count=len(found.rows),
        known_count=len(known),
        problem_count=len(found.problems),
        rows=rows,
        problems=problems,
    )


async def take(session: AsyncSession, actor: Actor, book_id: UUID, profile: str, content: bytes) -> StatementRead:
    """Take the lines of a file that were not taken before: all of it, or nothing where a row is wrong.

    Nothing is booked with this. Raises NotFound, Forbidden, Invalid with the rows and columns at fault.
    """
    held = await books.hold(session, actor, book_id)
    found = await _read(session, held.book, profile, content)
    if found.problems:
        raise Invalid(
            errors=[
                FieldError(_pointer(each), each.code, each.message, each.params) for each in found.problems[:_SHOWN]
            ]
        )
    rows = [values_of(held.book, row, actor.person_id) for row in found.rows]
    new = upsert(StatementLine).values(rows).on_conflict_do_nothing().returning(StatementLine.id)
    count = len((await session.scalars(new)).all())
    if count:
        taken = StatementTaken(community_id=held.book.community_id, lines=count)
        publish(session, held.book, taken, actor=actor, audience=party_audience(held.book.community_id))
        await session.flush()
    days = [row.booked_on for row in found.rows]
    return StatementRead(
        book_id=book_id,
        row_count=len(rows),
        new_count=count,
        known_count=len(rows) - count,
        first_on=min(days),
        last_on=max(days),
    )


async def confirm(session: AsyncSession, actor: Actor, book_id: UUID, asked: LinesConfirm) -> LinesConfirmed:
    """Decide what lines are, all of them or none, and book those that certainly match a due where asked.

    Raises NotFound, Forbidden, Invalid, StateConflict, TermClosed, LooksLikeDuplicate.
    """
    held = await books.hold(session, actor, book_id)
    decisions = Decisions(session, actor, held)
    lines = await _lines(session, book_id, [each.line_id for each in asked.lines])
    for place, decision in enumerate(asked.lines):
        line = lines.get(decision.line_id)
        if line is None:
            unknown = FieldError(f"/lines/{place}/line_id", "line_unknown", "Name lines of this book, each once.")
            raise Invalid(errors=[unknown])
        del lines[decision.line_id]  # named a second time, it is unknown
        await decisions.decide(place, line, decision)
    if asked.with_certain:
        await _decide_certain(session, held.book, decisions)
    await decisions.carry_out(await clock.now(session))
    await _tell(session, actor, held.book, decisions)
    return LinesConfirmed(
        booked=decisions.of(LineState.BOOKED),
        found=decisions.of(LineState.FOUND),
        ignored=decisions.of(LineState.IGNORED),
        still_open=await queries.count_open(session, book_id),
    )


async def _decide_certain(session: AsyncSession, book: Book, decisions: Decisions) -> None:
    """Book the open lines that certainly match; what looks like a duplicate, or is of a closed term, stays open."""
    waiting = (
        select(StatementLine)
        .where(StatementLine.book_id == book.id, StatementLine.state == LineState.OPEN)
        .where(StatementLine.amount > 0, StatementLine.booked_on >= book.begins_on)
        .order_by(StatementLine.booked_on, StatementLine.id)
    )
    lines = (await session.scalars(waiting)).all()
    matches = await queries.match(session, book, lines)
    undecided = [line for line in lines if line.id not in decisions.decided and matches[line.id].is_certain]
    for line in undecided[:_MOST_CERTAIN]:
        due_id = matches[line.id].due_id
        if due_id is not None:
            await decisions.book_if_sound(line, due_id)


def _pointer(problem: RowProblem) -> str:
    """The row and column at fault, as a JSON pointer into the file."""
    column = (problem.column or "").replace("~", "~0").replace("/", "~1")
    return f"/file/{problem.row}/{column}"


async def _lines(session: AsyncSession, book_id: UUID, ids: Sequence[UUID]) -> dict[UUID, StatementLine]:
    found = await session.scalars(
        select(StatementLine).where(StatementLine.book_id == book_id, StatementLine.id.in_(ids))
    )
    return {line.id: line for line in found}


async def _read(session: AsyncSession, book: Book, name: str, content: bytes) -> BankFile:
    profile = await queries.find_profile(session, book.id, name)
    if profile is None:
        unknown = FieldError("/profile", "profile_unknown", "Save a profile of this name first.")
        raise Invalid(errors=[unknown])
    return await asyncio.to_thread(bank_file.read, content, profile.layout, exponent(book.currency))


async def _tell(session: AsyncSession, actor: Actor, book: Book, decisions: Decisions) -> None:
    if decisions.decided:
        decided = StatementLinesDecided(community_id=book.community_id, lines=len(decisions.decided))
        publish(session, book, decided, actor=actor, audience=party_audience(book.community_id))
        await session.flush()
