"""A storm: twenty faults drawn by lot, one after the other, while customers buy."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from tests.faults.conftest import Trying
from tests.faults.harness.installation import Installation
from tests.faults.harness.proxy import Mode, Proxy
from tests.faults.harness.trial import Scale

Fault = Callable[[Installation, Random], Awaitable[None]]

_ORDERS = 5_000
_FAULTS = 20


async def _kill_api(service: Installation, _: Random) -> None:
    service.kill_api_processes()


async def _kill_worker(service: Installation, choices: Random) -> None:
    service.kill_worker()
    await asyncio.sleep(choices.uniform(0, 2))
    service.start_worker()


async def _kill_postgres(service: Installation, choices: Random) -> None:
    service.postgres.kill()
    await asyncio.sleep(choices.uniform(0, 3))
    await asyncio.to_thread(service.postgres.start)


async def _freeze_postgres(service: Installation, choices: Random) -> None:
    with service.postgres.frozen():
        await asyncio.sleep(choices.uniform(1, 7))


async def _end_sessions(service: Installation, choices: Random) -> None:
    for _ in range(choices.randint(1, 10)):
        service.postgres.end_sessions()
        await asyncio.sleep(0.5)


async def _hold_locks(service: Installation, choices: Random) -> None:
    async with service.postgres.locking("idempotency_keys"):
        await asyncio.sleep(choices.uniform(1, 6))


async def _restart_api(service: Installation, choices: Random) -> None:
    await service.stop_api()
    await asyncio.sleep(choices.uniform(0, 1))
    await service.start_api()


def _network(proxy: Callable[[Installation], Proxy], mode: Mode, longest: float) -> Fault:
    async def behave(service: Installation, choices: Random) -> None:
        await proxy(service).turn(mode)
        await asyncio.sleep(choices.uniform(1, longest))
        await proxy(service).turn(Mode.OK)

    return behave


def _to_postgres(service: Installation) -> Proxy:
    return service.to_postgres


def _to_api(service: Installation) -> Proxy:
    return service.to_api


_KINDS: dict[str, Fault] = {
    "API killed": _kill_api,
    "worker killed": _kill_worker,
    "PostgreSQL killed": _kill_postgres,
    "PostgreSQL frozen": _freeze_postgres,
    "sessions ended": _end_sessions,
    "keys locked": _hold_locks,
    "API restarted": _restart_api,
    "database cut": _network(_to_postgres, Mode.CUT, 5),
    "database a hole": _network(_to_postgres, Mode.HOLE, 8),
    "database slow": _network(_to_postgres, Mode.LATENCY, 5),
    "database narrow": _network(_to_postgres, Mode.RATE, 5),
    "commits lost": _network(_to_postgres, Mode.LOSE_COMMITS, 3),
    "API cut": _network(_to_api, Mode.CUT, 5),
    "API slow": _network(_to_api, Mode.LATENCY, 5),
    "API narrow": _network(_to_api, Mode.RATE, 5),
    "answers lost": _network(_to_api, Mode.LOSE_ANSWERS, 3),
}

# One of these begins every storm: two drawn by lot can be such that no customer has to ask again.
_NOTICED = ("API killed", "PostgreSQL killed", "database cut", "API cut", "answers lost")


async def test_a_storm_loses_and_doubles_nothing(
    service: Installation, trying: Trying, scale: Scale, seed: int
) -> None:
    choices = Random(seed)
    number, orders = scale.amount(_FAULTS), scale.amount(_ORDERS)
    async with trying("F16", f"storm of {number} faults drawn by lot") as trial:
        async with trial.fault():
            for name in (choices.choice(_NOTICED), *choices.choices([*_KINDS], k=number - 1)):
                print(name)  # noqa: T201 - shown where the test fails
                with trial.marked(name):
                    await _KINDS[name](service, choices)
                # The orders are shared out between the faults, and somewhere within a share the next one comes.
                await trial.customers.more_receipts(choices.randint(1, 2 * orders // number), seconds=600)
            missing = orders - len(trial.customers.record.receipts)
            await trial.customers.more_receipts(max(missing, 1), seconds=1200)
        await trial.recovers(within=5)
        assert trial.felt()
