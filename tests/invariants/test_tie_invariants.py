"""`rantau check` names what is wrong with ties, on a database where people met and dealt with each other."""

import httpx
import psycopg

from app.invariants.queries import all_invariants
from app.kernel.database import Database
from tests.conftest import InlineWorker, Postgres
from tests.make import ties
from tests.make.identity import person

DAMAGE = {
    """
    DROP INDEX uq_ties_open;
    INSERT INTO ties (id, version, low_id, high_id, kind, origin, confirmed_at)
    SELECT gen_random_uuid(), 1, low_id, high_id, kind, origin, confirmed_at FROM ties LIMIT 1
    """: "Two people have one tie of a kind that has not ended.",
    "DELETE FROM tie_sides WHERE id IN (SELECT id FROM tie_sides LIMIT 1)": (
        "Each tie has two sides, one for each of its two people."
    ),
    "UPDATE tie_sides SET other_id = (SELECT id FROM people WHERE id NOT IN (SELECT person_id FROM tie_sides))": (
        "Each tie has two sides, one for each of its two people."
    ),
    "UPDATE tie_requests SET kind = 'family'": (
        "A confirmed request is answered by a tie of its own kind that whoever asked is in."
    ),
    "DELETE FROM tie_strengths": (
        "There is a strength for each side of those who are tied, for nobody else, and it is from 0 to 0.99."
    ),
    "UPDATE ties SET ended_at = confirmed_at, ended_by = low_id": (
        "There is a strength for each side of those who are tied, for nobody else, and it is from 0 to 0.99."
    ),
    """
    INSERT INTO tie_acts (id, low_id, high_id, kind, at, source_id)
    SELECT gen_random_uuid(), least(one.id, other.id), greatest(one.id, other.id), 'meeting', rantau_now(), one.id
    FROM people AS one, tie_sides AS side, people AS other
    WHERE one.id NOT IN (SELECT person_id FROM tie_sides) AND other.id = side.person_id LIMIT 1
    """: "What two people did is written down of those alone who are or were tied.",
}


async def test_damage_to_a_tie_is_named(
    server: Postgres, own_database: str, committed: Database, http: httpx.AsyncClient
) -> None:
    ayu, bayu = await person(committed, http), await person(committed, http)
    await person(committed, http)
    request = await ties.requested(committed, ayu, bayu)
    await ties.confirmed(committed, request, bayu)
    await ties.met(committed, ayu, bayu)
    worker = InlineWorker(committed)
    await worker.drain()
    await worker.sweep("trust.jobs.weigh")
    with psycopg.connect(server.owner(own_database)) as owner:
        sound = violated(owner)
        assert sound & set(DAMAGE.values()) == set()
        owner.commit()
        for damage, sentence in DAMAGE.items():
            owner.execute(damage.encode())
            assert sentence in violated(owner) - sound, damage
            owner.rollback()


def violated(owner: psycopg.Connection) -> set[str]:
    return {row.sentence for row in all_invariants() if owner.execute(row.violations.encode()).fetchone()}
