"""Taking a file over, batch by batch: each keeps whole products and how far it came, or nothing."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.actions import sourcing
from app.catalog.sourced import Change, Shelf
from app.domain_events import ImportFinished, ImportProgressed
from app.imports import queries, shopify
from app.imports.models import Import, ImportFile, ImportState
from app.imports.parsed import Parsed, ParsedProduct, ParsedVariant
from app.imports.row_problems import RowProblem
from app.imports.shelving import sourced
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Database
from app.kernel.event_log import party_audience, publish
from app.kernel.problems import Forbidden, NotFound
from app.stock import actions as stock
from app.stock.models import Opening, StockPolicy, Terms

_BATCH_PRODUCTS = 50
_BATCH_VARIANTS = 200
_BACKORDERS = 1_000_000  # their shop has no limit, ours has to have one
_PATIENCE = timedelta(days=1)
_MOST_GIVEN_UP = 100
_PASSING = {"55P03", "40001", "40P01"}  # lock timeout, serialization failure, deadlock


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one product, and what there is to say about it."""

    change: Change
    problems: Sequence[RowProblem] = ()


async def run(database: Database, import_id: UUID, told: Callable[[Import], None] = lambda _: None) -> None:
    """Take a file over, from where an earlier run was cut off; an import that is over stays as it is.

    Any number of runs may be at it at once: each takes the next batch under the import's lock, and waits for whoever
    has it or a product of it. `told` sees the import after every batch.
    """
    async with database.reading() as session:
        source = await queries.find_source(session, import_id)
    if source is None:
        return
    parsed = await asyncio.to_thread(shopify.parse, source.content, source.currency)
    is_over = False
    while not is_over:
        try:
            async with database.transaction() as session:
                row = await _step(session, import_id, parsed)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _PASSING:
                raise
            continue
        told(row)
        is_over = row.is_over


async def give_up(session: AsyncSession) -> None:
    """End imports that nothing has come of for a day: whatever stands in their way will not go by itself."""
    still = clock.sql_now() - _PATIENCE
    stuck = select(Import).where(Import.finished_at.is_(None), Import.updated_at < still).limit(_MOST_GIVEN_UP)
    for row in await session.scalars(stuck.order_by(Import.id).with_for_update(skip_locked=True)):
        session.add_all(row.noted([RowProblem(1, None, "given-up")]))
        row.end(ImportState.FAILED, await clock.now(session))
        _tell(session, SYSTEM, row)


async def _step(session: AsyncSession, import_id: UUID, parsed: Parsed) -> Import:
    row = (await session.scalars(select(Import).where(Import.id == import_id).with_for_update())).one()
    if row.is_over:
        return row
    actor = _actor(row)
    if row.state == ImportState.QUEUED:
        await _begin(session, row, parsed)
    else:
        await _advance(session, actor, row, parsed.products)
    _tell(session, actor, row)
    await session.flush()
    return row


def _tell(session: AsyncSession, actor: Actor, row: Import) -> None:
    happened = (
        ImportFinished(organization_id=row.organization_id, state=row.state, dry_run=row.dry_run)
        if row.is_over
        else ImportProgressed(organization_id=row.organization_id)
    )
    publish(session, row, happened, actor=actor, audience=party_audience(row.organization_id))


def _actor(row: Import) -> Actor:
    """Whoever asked, within the organization alone; the system for what was started at its terminal."""
    return SYSTEM if row.requested_by is None else Actor(person_id=row.requested_by, only_party=row.organization_id)


async def _begin(session: AsyncSession, row: Import, parsed: Parsed) -> None:
    """Note what reading alone has settled; a file that cannot be read ends there."""
    row.begin(parsed.rows, len(parsed.refused_rows), parsed.handles - len(parsed.products))
    session.add_all(row.noted(parsed.problems))
    await _refuse(session, row, parsed.refused_rows)
    if parsed.generation is None:
        row.end(ImportState.FAILED, await clock.now(session))


async def _advance(session: AsyncSession, actor: Actor, row: Import, products: Sequence[ParsedProduct]) -> None:
    """Take over the next batch; the last one ends the import, and so does losing the role it was asked for in."""
    batch = _next(products[row.products_done :])
    try:
        outcomes = await _kept(session, actor, row, batch)
    except (NotFound, Forbidden):
        session.add_all(row.noted([RowProblem(1, None, "role-lost")]))
        row.end(ImportState.FAILED, await clock.now(session))
        return
    for product, outcome in zip(batch, outcomes, strict=True):
        row.count(outcome.change, len(product.rows))
        session.add_all(row.noted(outcome.problems))
    refused = [product.rows for product, outcome in zip(batch, outcomes, strict=True) if outcome.change == "refused"]
    await _refuse(session, row, [number for rows in refused for number in rows])
    if row.products_done == len(products):
        row.end(ImportState.DONE, await clock.now(session))


def _next(products: Sequence[ParsedProduct]) -> Sequence[ParsedProduct]:
    """As many products as a short transaction holds, one at least."""
    variants = 0
    for place, product in enumerate(products[:_BATCH_PRODUCTS]):
        variants += len(product.variants)
        if place and variants > _BATCH_VARIANTS:
            return products[:place]
    return products[:_BATCH_PRODUCTS]


async def _kept(session: AsyncSession, actor: Actor, row: Import, batch: Sequence[ParsedProduct]) -> list[_Outcome]:
    """Take a batch over; of a dry run only what became of it is kept."""
    async with session.begin_nested() as tentative:
        outcomes = await _put(session, actor, row, batch)
        if row.dry_run:
            await tentative.rollback()
    return outcomes


async def _put(session: AsyncSession, actor: Actor, row: Import, batch: Sequence[ParsedProduct]) -> list[_Outcome]:
    """Take products over together; what the database refuses is halved until the one at fault is alone."""
    try:
        async with session.begin_nested():
            return await _shelve(session, actor, row, batch)
    except (IntegrityError, DataError):
        if len(batch) == 1:
            [product] = batch
            problem = RowProblem(product.rows[0], None, "product-refused", product.handle)
            return [_Outcome("refused", [problem])]
    middle = len(batch) // 2
    return [*await _put(session, actor, row, batch[:middle]), *await _put(session, actor, row, batch[middle:])]


async def _shelve(session: AsyncSession, actor: Actor, row: Import, batch: Sequence[ParsedProduct]) -> list[_Outcome]:
    """Put products into the catalog, and begin to count the variants that are new."""
    shelf = Shelf(organization_id=row.organization_id, source=row.kind, language=row.language, currency=row.currency)
    results = await sourcing.put(session, actor, shelf, [sourced(product) for product in batch])
    openings = {
        result.new_variants[variant.row]: _opening(variant)
        for product, result in zip(batch, results, strict=True)
        for variant in product.variants
        if variant.row in result.new_variants
    }
    if openings:
        await stock.open_levels(session, actor, openings, row.location_id)
    return [
        _Outcome(
            result.change,
            [
                RowProblem(remark.key or product.rows[0], None, remark.code, product.handle, remark.params)
                for remark in result.remarks
            ],
        )
        for product, result in zip(batch, results, strict=True)
    ]


def _opening(variant: ParsedVariant) -> Opening:
    """What a new variant's stock begins with; what the shop does not count is made to order here."""
    if variant.quantity is None:
        return Opening(Terms(StockPolicy.MADE_TO_ORDER))
    if variant.policy == "backorder":
        return Opening(Terms(StockPolicy.BACKORDER, _BACKORDERS), variant.quantity)
    return Opening(Terms(StockPolicy.DENY), variant.quantity)


async def _refuse(session: AsyncSession, row: Import, rows: Sequence[int]) -> None:
    if rows:
        await session.execute(
            update(ImportFile)
            .where(ImportFile.import_id == row.id)
            .values(refused_rows=ImportFile.refused_rows + list(rows))
        )
