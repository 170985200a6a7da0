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
    async def be_bad(service: Installation, choices: Random) -> None:
        await proxy(service).turn(mode)
        await asyncio.sleep(choices.uniform(1, longest))
        await proxy(service).turn(Mode.OK)

    be_bad.__name__ = f"_{mode.name.lower()}"
    return be_bad


def _to_postgres(service: Installation) -> Proxy:
    return service.to_postgres


def _to_api(service: Installation) -> Proxy:
    return service.to_api


_KINDS: tuple[Fault, ...] = (
    _kill_api,
    _kill_worker,
    _kill_postgres,
    _freeze_postgres,
    _end_sessions,
    _hold_locks,
    _restart_api,
    _network(_to_postgres, Mode.CUT, 5),
    _network(_to_postgres, Mode.HOLE, 8),
    _network(_to_postgres, Mode.LATENCY, 5),
    _network(_to_postgres, Mode.RATE, 5),
    _network(_to_api, Mode.CUT, 5),
    _network(_to_api, Mode.LATENCY, 5),
    _network(_to_api, Mode.RATE, 5),
    _network(_to_api, Mode.LOSE_ANSWERS, 3),
)


async def test_a_storm_loses_and_doubles_nothing(
    service: Installation, trying: Trying, scale: Scale, seed: int
) -> None:
    choices = Random(seed)
    async with trying("F16", f"storm of {_FAULTS} faults, seed {seed}") as trial:
        async with trial.fault():
            for _ in range(scale.amount(_FAULTS)):
                fault = choices.choice(_KINDS)
                print(fault.__name__)  # noqa: T201 - shown where the test fails
                await fault(service, choices)
                await asyncio.sleep(choices.uniform(0, scale.amount(100) / 10))
            missing = scale.amount(_ORDERS) - len(trial.customers.record.receipts)
            await trial.customers.more_receipts(max(missing, 1), seconds=scale.limit(600))
        await trial.recovers(within=5)
        assert trial.felt()
