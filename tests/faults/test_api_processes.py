"""The API's processes killed, or asked to stop, while customers buy."""

import asyncio
import signal
import time

from tests.faults.conftest import Trying
from tests.faults.harness.customers import CUSTOMERS
from tests.faults.harness.installation import API_PROCESSES, Installation, until
from tests.faults.harness.trial import Scale, is_done_or_late


async def test_all_api_processes_are_killed(service: Installation, trying: Trying, scale: Scale) -> None:
    async with trying("F1", "all API processes killed, 3 times") as trial:
        for _ in range(3):
            async with trial.fault():
                killed = service.kill_api_processes()
            await trial.recovers(within=3)
            assert len(killed) == API_PROCESSES
            assert [each for each in trial.felt() if each.status is None], "not felt: no request was cut off"
            await until(
                lambda: len(service.api_processes()) == API_PROCESSES, seconds=scale.limit(12), why="no new processes"
            )
            assert not {process.pid for process in service.api_processes()} & set(killed)


async def test_a_stop_finishes_what_is_being_answered(service: Installation, trying: Trying, scale: Scale) -> None:
    times = max(2, scale.amount(5))
    async with trying("F13", f"SIGTERM to the API with all customers waiting, started again, {times} times") as trial:
        for _ in range(times):
            async with trial.fault():
                async with service.postgres.locking("idempotency_keys"):
                    await asyncio.sleep(0.5)
                    stopped_at = time.monotonic()
                    service.api.send_signal(signal.SIGTERM)
                    await asyncio.sleep(0.5)
                code = await asyncio.to_thread(service.api.wait, scale.limit(15))
                await service.start_api()
            await trial.recovers(within=5)
            assert code == 0
            waiting = trial.customers.record.during(stopped_at - 0.2, stopped_at)
            assert len(waiting) == CUSTOMERS
            assert all(map(is_done_or_late, waiting))
            assert [each for each in trial.felt() if each.at > stopped_at], "not felt: nobody came while it was down"
