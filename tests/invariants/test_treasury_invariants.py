"""What must be true of a community's book holds for one kept by the deeds, and each kind of damage to it is named."""

import httpx
import psycopg

from app.invariants.queries import all_invariants, check
from app.kernel.database import Database
from tests.conftest import Postgres
from tests.make import treasury

UNGUARDED = "ALTER TABLE treasury_entries DISABLE TRIGGER USER; ALTER TABLE ledger_entries DISABLE TRIGGER USER;"
DAMAGE = {
    f"{UNGUARDED} UPDATE treasury_entries SET bank_change = bank_change + 1 WHERE number = 1": {
        "Each book's cash and bank are the sums of its entries.",
        "Each entry of a book is posted once, as it changes cash and bank.",
    },
    f"{UNGUARDED} UPDATE treasury_entries SET number = 9 WHERE number = 1": {
        "Each book's entries are numbered without a gap."
    },
    "UPDATE treasury_books SET term = 2": {
        "Each book runs in its last term, whose custodian has the money; all others are closed."
    },
    f"{UNGUARDED} UPDATE treasury_terms SET ends_on = begins_on, ended_at = rantau_now(), closing_cash = 0,"
    " closing_bank = 0, last_entry = 1": {"No entry was added to a closed term."},
}


async def broken(database: Database) -> set[str]:
    found = set()
    for invariant in all_invariants():
        async with database.reading() as session:
            if not (await check(session, invariant)).holds:
                found.add(invariant.sentence)
    return found


async def test_damage_to_a_book_is_named(
    server: Postgres, own_database: str, committed: Database, http: httpx.AsyncClient
) -> None:
    kept = await treasury.book(committed, http, opening_bank={"amount": 500, "currency": "EUR"})
    async with committed.transaction() as session:
        await treasury.write(session, kept, treasury.income(1_000))
    sound = await broken(committed)
    assert sound & {sentence for sentences in DAMAGE.values() for sentence in sentences} == set()
    with psycopg.connect(server.owner(own_database)) as owner:
        for damage, sentences in DAMAGE.items():
            owner.execute(damage.encode())
            found = {row.sentence for row in all_invariants() if owner.execute(row.violations.encode()).fetchone()}
            assert sentences <= found - sound, damage
            owner.rollback()
