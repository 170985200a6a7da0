"""What must be true of a community's book holds for one kept by the deeds, and each kind of damage to it is named."""

import httpx
import psycopg
from sqlalchemy import select

from app.invariants.queries import all_invariants, check
from app.kernel.database import Database
from app.treasury.actions import contributing, handing_over, statements
from app.treasury.models.contributions import Due
from app.treasury.schemas.contributions import CallCreate, DuePaymentCreate
from app.treasury.schemas.handovers import HandoverPrepare
from app.treasury.schemas.statements import LinesConfirm, ProfileSet
from tests.conftest import Postgres
from tests.make import communities, treasury
from tests.make.communities import actor

UNGUARDED = (
    "ALTER TABLE treasury_entries DISABLE TRIGGER USER; ALTER TABLE ledger_entries DISABLE TRIGGER USER;"
    " ALTER TABLE treasury_terms DISABLE TRIGGER USER;"
)
DAMAGE = {
    "UPDATE treasury_entries SET bank_change = bank_change + 1 WHERE number = 1": {
        "Each book's cash and bank are the sums of its entries.",
        "Each entry of a book is posted once, as it changes cash and bank.",
        "Each closed term ended with what its entries and those before come to.",
    },
    "UPDATE treasury_entries SET number = 9 WHERE number = 1": {
        "Each book's entries are numbered without a gap.",
        "No entry was added to a closed term.",
    },
    "UPDATE treasury_books SET term = 3": {
        "Each book runs in its last term, whose custodian has the money; all others are closed."
    },
    "UPDATE treasury_terms SET closing_cash = 1 WHERE ended_at IS NOT NULL": {
        "Each closed term ended with what its entries and those before come to."
    },
    "UPDATE treasury_due_payments SET amount = amount - 1": {
        "Each payment of dues that was confirmed is one entry of its amount for its due, and stands as long as that."
    },
    "UPDATE treasury_due_payments SET state = 'reversed'": {
        "Each payment of dues that was confirmed is one entry of its amount for its due, and stands as long as that."
    },
    "UPDATE treasury_statement_lines SET amount = amount - 1": {
        "Each statement line that was booked or found is an entry of its amount in its book."
    },
    "UPDATE treasury_calls SET book_id = (SELECT id FROM treasury_books WHERE term = 1)": {
        "Dues, and entries for them, are of the book that called for them."
    },
}


async def broken(database: Database) -> set[str]:
    found = set()
    for invariant in all_invariants():
        async with database.reading() as session:
            if not (await check(session, invariant)).holds:
                found.add(invariant.sentence)
    return found


async def year(database: Database, http: httpx.AsyncClient) -> None:
    """A book with a contribution that was said, found on a statement and booked, and that was handed over."""
    kept = await treasury.book(database, http, opening_bank=treasury.eur(500))
    await treasury.book(database, http, kept.of, keeper=kept.keeper, currency="TRY")
    citra = await communities.member(database, http, kept.of, "Citra")
    keeper = actor(kept.keeper)
    asked = {"title": "Iuran", "amount": treasury.eur(2_500), "due_on": "2026-04-01", "person_ids": [str(citra.id)]}
    said = {"amount": treasury.eur(2_500), "paid_on": "2026-03-05"}
    async with database.transaction() as session:
        await contributing.call(session, keeper, kept.id, CallCreate.model_validate(asked))
        due = (await session.scalars(select(Due))).one()
        await contributing.pay(session, actor(citra), due.id, DuePaymentCreate.model_validate(said))
        profile = ProfileSet.model_validate(treasury.PROFILE)
        await statements.save_profile(session, keeper, kept.id, "bank-contoh", profile)
        content = treasury.bank_csv(("05-03-2026", "25,00", due.reference, "Citra"))
        await statements.take(session, keeper, kept.id, "bank-contoh", content)
        await statements.confirm(session, keeper, kept.id, LinesConfirm(with_certain=True))
        counted = {"incoming_id": str(citra.id), "counted_cash": 0, "counted_bank": 3_000}
        handover = await handing_over.prepare(session, keeper, kept.id, HandoverPrepare.model_validate(counted))
        await handing_over.sign(session, keeper, kept.id, handover.id)
        await handing_over.sign(session, actor(citra), kept.id, handover.id)


async def test_damage_to_a_book_is_named(
    server: Postgres, own_database: str, committed: Database, http: httpx.AsyncClient
) -> None:
    await year(committed, http)
    sound = await broken(committed)
    assert sound & {sentence for sentences in DAMAGE.values() for sentence in sentences} == set()
    with psycopg.connect(server.owner(own_database)) as owner:
        for damage, sentences in DAMAGE.items():
            owner.execute(f"{UNGUARDED} {damage}".encode())
            found = {row.sentence for row in all_invariants() if owner.execute(row.violations.encode()).fetchone()}
            assert sentences <= found - sound, damage
            owner.rollback()
