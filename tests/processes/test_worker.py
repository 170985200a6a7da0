"""The worker as a process: every event is delivered, also when it is killed in the middle."""

import asyncio
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from app.domain_events import CodeRequested
from app.identity.models import Challenge
from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.messaging import mailbox
from tests.conftest import Postgres
from tests.make.processes import command, kill_tree, wait_until

REQUESTS = 400


async def ask_for_codes(database: Database) -> None:
    """Publish requests for codes, each to an address of its own."""
    for _ in range(REQUESTS // 20):
        async with database.transaction() as session:
            expires_at = await clock.now(session) + timedelta(minutes=10)
            for _ in range(20):
                code_id = new_id()
                challenge = Challenge(
                    id=code_id,
                    purpose="sign_in",
                    channel="email",
                    address=f"{code_id}@example.org",
                    language="id",
                    expires_at=expires_at,
                )
                session.add(challenge)
                publish(session, challenge, CodeRequested(purpose="sign_in"), actor=SYSTEM)


@pytest.fixture
def environment(server: Postgres, own_database: str, tmp_path: Path) -> dict[str, str]:
    return {
        "RANTAU_DATABASE_URL": server.owner(own_database),
        "RANTAU_APP_DATABASE_URL": server.app(own_database),
        "RANTAU_HOME": str(tmp_path),
    }


async def test_a_killed_worker_loses_nothing(
    server: Postgres, own_database: str, committed: Database, environment: dict[str, str], tmp_path: Path
) -> None:
    await ask_for_codes(committed)

    def counted(sql: bytes) -> int:
        with psycopg.connect(server.owner(own_database)) as connection:
            row = connection.execute(sql).fetchone()
        assert row is not None
        return int(row[0])

    def letters() -> set[str]:
        return {letter.to for _, letter in mailbox.read(tmp_path / "mailbox")}

    def deliver(*, until: int) -> None:
        with command("worker", environment=environment) as process:
            wait_until(lambda: len(letters()) >= until, seconds=60, why="the worker delivers nothing")
            kill_tree(process)

    await asyncio.to_thread(deliver, until=20)
    in_hand = counted(b"SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
    assert in_hand > 0, "not felt: the killed worker had no job in hand"
    assert len(letters()) < REQUESTS, "not felt: all was delivered before the kill"
    await asyncio.to_thread(deliver, until=REQUESTS)
    assert len(letters()) == REQUESTS
    assert counted(b"SELECT count(*) FROM domain_events WHERE position IS NULL") == 0
    assert counted(b"SELECT count(*) FROM event_deliveries") == REQUESTS
    sent = [letter.message_id for _, letter in mailbox.read(tmp_path / "mailbox")]
    assert len(set(sent)) == REQUESTS, "a repeat has the Message-ID of the first"
    assert len(sent) <= REQUESTS + in_hand
