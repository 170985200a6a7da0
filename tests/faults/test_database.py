"""PostgreSQL killed, frozen, its sessions ended, its links cut, black-holed, slow or narrow; its seats taken."""

import asyncio
import time

import psycopg
import pytest

from tests.faults.conftest import Trying
from tests.faults.harness.installation import DEADLINE, Installation, until
from tests.faults.harness.proxy import Mode
from tests.faults.harness.trial import Scale


async def test_postgresql_is_killed_and_started_again(service: Installation, trying: Trying) -> None:
    async with trying("F2", "PostgreSQL killed, started again after 2 s") as trial:
        async with trial.fault():
            service.postgres.kill()
            await asyncio.sleep(2)
            await asyncio.to_thread(service.postgres.start)
        await trial.recovers(within=5)
        assert trial.felt()


async def test_all_sessions_are_terminated_again_and_again(service: Installation, trying: Trying, scale: Scale) -> None:
    ended = 0
    async with trying("F3", "all sessions terminated, every 0.5 s") as trial:
        async with trial.fault():
            for _ in range(max(3, scale.amount(10))):
                ended += service.postgres.end_sessions()
                await asyncio.sleep(0.5)
        trial.notes.append(f"{ended} sessions ended")
        await trial.recovers(within=1)
        assert ended
        assert trial.felt()


async def test_the_link_to_postgresql_is_cut(service: Installation, trying: Trying, scale: Scale) -> None:
    async with trying("F4", "link to PostgreSQL cut for 5 s") as trial:
        async with trial.fault():
            await service.to_postgres.turn(Mode.CUT)
            await asyncio.sleep(0.5)
            cut_at = time.monotonic()
            await _alive_but_not_ready(service, scale)
            await asyncio.sleep(scale.amount(45) / 10)
            await service.to_postgres.turn(Mode.OK)
        await trial.recovers(within=1)
        refused = [each for each in trial.felt() if each.at > cut_at]
        assert {each.code for each in refused} == {"unavailable"}, "what cannot begin is not done"
        assert max(each.seconds for each in refused) <= scale.limit(1)


async def test_the_link_to_postgresql_becomes_a_black_hole(service: Installation, trying: Trying, scale: Scale) -> None:
    async with trying("F4", "link to PostgreSQL black-holed for 8 s") as trial:
        async with trial.fault():
            await service.to_postgres.turn(Mode.HOLE)
            await _alive_but_not_ready(service, scale)
            await asyncio.sleep(6 if scale.is_full else DEADLINE)
            await service.to_postgres.turn(Mode.OK)
        await trial.recovers(within=1)
        assert trial.felt()


@pytest.mark.parametrize(
    ("mode", "what"),
    [(Mode.LATENCY, "link to PostgreSQL slow: 30 ms a packet"), (Mode.RATE, "link to PostgreSQL narrow: 64 kB/s")],
)
async def test_the_link_to_postgresql_is_slow(
    service: Installation, trying: Trying, scale: Scale, mode: Mode, what: str
) -> None:
    async with trying("F4", what) as trial:
        held = service.to_postgres.held_seconds
        async with trial.fault():
            await service.to_postgres.turn(mode)
            await trial.customers.more_receipts(scale.amount(320), seconds=scale.limit(60))
            await service.to_postgres.turn(Mode.OK)
        await trial.recovers(within=1)
        held = service.to_postgres.held_seconds - held
        trial.notes.append(f"packets held back for {held:.0f} s in all")
        assert held > 0.05 * scale.amount(320)
        assert trial.noticed() == []


async def test_postgresql_is_frozen(service: Installation, trying: Trying, scale: Scale) -> None:
    async with trying("F5", "every process of PostgreSQL stopped for 7 s") as trial:
        async with trial.fault():
            with service.postgres.frozen():
                await _alive_but_not_ready(service, scale)
                await asyncio.sleep(5 if scale.is_full else DEADLINE)
        await trial.recovers(within=1)
        assert trial.felt()


async def test_somebody_holds_all_locks(service: Installation, trying: Trying, scale: Scale) -> None:
    async with trying("F14", "somebody locks the customers' keys for 6 s") as trial:
        async with trial.fault(), service.postgres.locking("idempotency_keys"):
            await asyncio.sleep(6 if scale.is_full else DEADLINE)
        await trial.recovers(within=2)
        assert trial.felt()


async def test_no_seat_is_left_in_postgresql(service: Installation, trying: Trying, scale: Scale) -> None:
    async with trying("F14", "every connection PostgreSQL allows is taken for 5 s") as trial:
        async with trial.fault():
            taken = await asyncio.to_thread(_take_all_seats, service)
            await asyncio.sleep(4 if scale.is_full else 1)
            for connection in taken:
                connection.close()
        assert taken
        trial.notes.append(f"{len(taken)} seats taken")
        await trial.recovers(within=2)
        assert trial.felt()


async def _alive_but_not_ready(service: Installation, scale: Scale) -> None:
    """The process says that it lives, and within two seconds that it cannot work."""
    await until(lambda: service.says("/livez", 200), seconds=scale.limit(1), why="the process does not say it lives")
    await until(lambda: service.says("/readyz", 503), seconds=scale.limit(2), why="the service says it is ready")


def _take_all_seats(service: Installation) -> list["psycopg.Connection[tuple[str]]"]:
    """End everybody's sessions and take the seats, one after the other, until PostgreSQL has none left to give."""
    service.postgres.end_sessions()
    taken: list[psycopg.Connection[tuple[str]]] = []
    while True:
        try:
            taken.append(psycopg.connect(service.postgres.cluster.url("owner")))
        except psycopg.OperationalError:
            return taken
