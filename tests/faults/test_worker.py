"""The worker killed with work in its hands: every letter is sent, and what is sent again says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import Message
from random import Random
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.domain_events import CodeRequested
from app.identity.models import Challenge
from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from tests.faults.conftest import Trying
from tests.faults.harness.installation import Installation, until
from tests.faults.harness.trial import Scale
from tests.make import mail
from tests.make.mail import MailServer
from tests.make.processes import kill_tree

_SHARES = b"""
SELECT count(*) FROM procrastinate_jobs AS job JOIN domain_events AS event ON event.event_id::text = args->>'event_id'
WHERE event.aggregate_id::text || '@example.org' = ANY(%s) GROUP BY worker_id ORDER BY 1
"""
_DOING = b"""
SELECT args->>'event_id' FROM procrastinate_jobs AS job
JOIN domain_events AS event ON event.event_id::text = args->>'event_id'
WHERE job.status = 'doing' AND event.aggregate_id::text || '@example.org' = ANY(%s)
"""
_TAKEN_OVER_WITHIN = timedelta(seconds=30)


class SlowMailServer(MailServer):
    """Takes 300 ms for each letter."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> Any:  # noqa: N802 - aiosmtpd's name
        """Take it, slowly."""
        await asyncio.sleep(0.3)
        return await super().handle_DATA(server, session, envelope)

    async def takes_one_more(self) -> None:
        """Wait for the next letter."""
        before = len(self.received)
        await until(lambda: len(self.received) > before, seconds=60, why="nothing is delivered")


async def test_a_killed_worker_loses_nothing(service: Installation, trying: Trying, scale: Scale, seed: int) -> None:
    moments = Random(seed)
    times = scale.amount(10)
    async with trying("F7", f"worker killed with jobs in its hands, {times} times") as trial, _mail(service) as server:
        async with service.database() as database:
            asked = await _ask_for_codes(database, scale.amount(400))
        in_hand: set[str] = set()
        async with trial.fault():
            for _ in range(times):
                await server.takes_one_more()
                await asyncio.sleep(moments.uniform(0, 1))
                service.kill_worker()
                in_hand |= (last_in_hand := _in_hand(service, asked))
                killed_at = service.postgres.rows(b"SELECT now()")[0][0]
                assert not asked <= _addresses(server), "not felt: all was delivered before the kill"
                service.start_worker(RANTAU_SMTP_URL=server.url)
            trial.notes.append(f"{len(in_hand)} jobs in hand")
        await until(lambda: _addresses(server) >= asked, seconds=scale.limit(60), why="not all was delivered")
        await until(lambda: not _in_hand(service, asked), seconds=30, why="there are still jobs")
    assert in_hand, "not felt: no killed worker had a job in hand"
    taken_over = service.postgres.rows(
        b"SELECT max(completed_at) FROM event_deliveries WHERE event_id::text = ANY(%s)", list(last_in_hand)
    )[0][0]
    assert taken_over is None or taken_over - killed_at <= _TAKEN_OVER_WITHIN * scale.limit(1)
    sent = [letter["Message-ID"] for letter in _letters(server, asked)]
    assert len(set(sent)) == len(asked), "a repeat has the Message-ID of the first"
    assert len(sent) <= len(asked) + len(in_hand)


async def test_two_workers_do_nothing_twice(service: Installation, trying: Trying, scale: Scale) -> None:
    async with trying("C8", "two workers on one database") as trial, _mail(service) as server:
        first, second = service.worker, service.start("worker", environment={"RANTAU_SMTP_URL": server.url})
        async with trial.fault():
            async with service.database() as database:
                asked = await _ask_for_codes(database, scale.amount(400))
            await until(lambda: _addresses(server) >= asked, seconds=scale.limit(60), why="not all was delivered")
            await until(lambda: not _in_hand(service, asked), seconds=30, why="there are still jobs")
        await trial.recovers(within=1)
        assert (first.poll(), second.poll()) == (None, None)
        shares = [share for (share,) in service.postgres.rows(_SHARES, sorted(asked))]
        kill_tree(second)
        sent = len(_letters(server, asked))
        trial.notes.append(f"{sent} letters for {len(asked)} events, {' and '.join(map(str, shares))}")
    assert sent == len(asked), "a letter was sent twice"
    assert len(shares) == 2, "not felt: one worker did it all"


@asynccontextmanager
async def _mail(service: Installation) -> AsyncIterator[SlowMailServer]:
    """Have the worker send its mail to a slow server for the length of the block."""
    async with mail.serving(SlowMailServer()) as server:
        service.kill_worker()
        service.start_worker(RANTAU_SMTP_URL=server.url)
        yield server
        service.kill_worker()
        service.start_worker()


async def _ask_for_codes(database: Database, number: int) -> set[str]:
    """Publish requests for codes, each to an address of its own; gives the addresses."""
    asked = {f"{new_id()}@example.org" for _ in range(number)}
    async with database.transaction() as session:
        expires_at = await clock.now(session) + timedelta(minutes=10)
        for address in sorted(asked):
            challenge = Challenge(
                id=UUID(address.partition("@")[0]),
                purpose="sign_in",
                channel="email",
                address=address,
                language="id",
                expires_at=expires_at,
            )
            session.add(challenge)
            publish(session, challenge, CodeRequested(purpose="sign_in"), actor=SYSTEM)
    return asked


def _addresses(server: MailServer) -> set[str]:
    return {str(letter["To"]) for letter in server.received}


def _letters(server: MailServer, asked: set[str]) -> list[Message]:
    """What was sent to these: what the stage's own people are told may still be on its way."""
    return [letter for letter in server.received if str(letter["To"]) in asked]


def _in_hand(service: Installation, asked: set[str]) -> set[str]:
    """The events about these addresses whose delivery a worker has begun."""
    return {event_id for (event_id,) in service.postgres.rows(_DOING, sorted(asked))}
