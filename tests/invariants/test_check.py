"""`rantau check` holds on a sound database and names what is wrong on a broken one."""

import psycopg
import pytest

from app.invariants.queries import all_invariants, check
from app.kernel.database import Database
from tests.conftest import Postgres


async def broken(database: Database) -> dict[str, int]:
    found = {}
    for invariant in all_invariants():
        async with database.reading() as session:
            finding = await check(session, invariant)
        if not finding.holds:
            found[invariant.sentence] = len(finding.rows)
    return found


async def test_an_empty_database_is_sound(database: Database) -> None:
    assert len(list(all_invariants())) > 8
    assert await broken(database) == {}


PERSON = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'person') RETURNING id)
INSERT INTO people (id, version, is_operator, time_zone) SELECT id, 1, false, 'UTC' FROM party
"""
ACCOUNT = """
WITH party AS (INSERT INTO parties VALUES (gen_random_uuid(), 'person') RETURNING id)
INSERT INTO ledger_accounts (id, party_id, currency, kind, balance) SELECT id, id, 'IDR', 'payable', 5 FROM party
"""
EMPTY_TRANSACTION = """
ALTER TABLE ledger_transactions DISABLE TRIGGER USER;
INSERT INTO ledger_transactions (id, source_type, source_id, event, memo)
VALUES (gen_random_uuid(), 'order', gen_random_uuid(), 'accepted', 'x')
"""


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (PERSON, "Each row of people is at the version that its last event told."),
        (ACCOUNT, "Each account's stored balance is the sum of its entries."),
        (EMPTY_TRANSACTION, "Each ledger transaction has entries."),
    ],
)
async def test_damage_is_named(
    server: Postgres, own_database: str, committed: Database, damage: str, sentence: str
) -> None:
    with psycopg.connect(server.owner(own_database)) as owner:
        owner.execute(damage.encode())
    assert await broken(committed) == {sentence: 1}
