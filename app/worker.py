"""The second process: numbers events, delivers them to the domains' reactions, runs what is timed."""

import asyncio
import contextlib
import random
import signal
from collections.abc import Awaitable, Callable, Collection
from importlib import import_module
from pathlib import Path
from uuid import UUID

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy

from app.installation import Installation
from app.kernel import jobs
from app.kernel.database import Database, libpq_url

_SEQUENCER_PAUSE = 0.1
_TAKEOVER_PAUSE = 5
_QUEUE_PAUSE = 1
_HEARTBEAT = 5
_STALLED_AFTER = 15  # seconds without a heartbeat: a killed worker's jobs run again well within 30 s
_CONCURRENCY = 4
_GRACE = 10  # seconds that jobs under way are given at the end
_RETRY = RetryStrategy(max_attempts=30, linear_wait=5)

_log = structlog.get_logger("worker")


def load() -> None:
    """Import every domain's jobs, so that their reactions and sweeps are registered."""
    for folder in sorted(Path(__file__).parent.iterdir()):
        if (folder / "jobs.py").exists() or (folder / "jobs").is_dir():
            import_module(f"app.{folder.name}.jobs")


async def run(installation: Installation) -> None:
    """Work until SIGINT or SIGTERM; jobs under way get ten seconds to finish."""
    load()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = installation.database(pool_size=_CONCURRENCY + 3)
    queue = _queue(database, installation.app_url)
    async with queue.open_async():
        deeds = {
            "sequencer": (_SEQUENCER_PAUSE, lambda: _number(database)),
            "takeover": (_TAKEOVER_PAUSE, lambda: _take_over(queue)),
            "queue": (_QUEUE_PAUSE, lambda: _work_off(queue)),
        } | {name: (every, _sweep_of(database, name)) for name, (every, _) in jobs.REGISTRY.sweeps.items()}
        tasks = [asyncio.create_task(_repeat(stop, name, *deed)) for name, deed in deeds.items()]
        _log.info("worker ready", reactions=len(jobs.REGISTRY.by_kind), sweeps=len(jobs.REGISTRY.sweeps))
        await stop.wait()
        await _end(tasks)
    await database.close()


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel the tasks until they are over: the queue overlooks a cancellation while it is still starting."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_GRACE + 1)


def _queue(database: Database, app_url: str) -> App:
    queue = App(connector=PsycopgConnector(conninfo=libpq_url(app_url), min_size=1, max_size=_CONCURRENCY + 2))

    @queue.task(name="deliver", queue="events", retry=_RETRY)
    async def deliver(event_id: str, handler: str) -> None:
        await jobs.deliver(database, UUID(event_id), handler)

    return queue


async def _repeat(stop: asyncio.Event, name: str, pause: float, deed: Callable[[], Awaitable[None]]) -> None:
    """Do it again and again; a failure (a database that restarts, say) is logged and tried again."""
    while not stop.is_set():
        try:
            await deed()
        except Exception as error:  # noqa: BLE001 - the loop outlives whatever it meets
            _log.warning("chore failed", chore=name, error=repr(error))
            await asyncio.sleep(1)
        await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311 - so that two workers do not march in step


async def _work_off(queue: App) -> None:
    """Run jobs; returns or raises when the queue gives up, which it does for good at one lost statement of its own."""
    await queue.run_worker_async(
        concurrency=_CONCURRENCY,
        install_signal_handlers=False,
        shutdown_graceful_timeout=_GRACE,
        update_heartbeat_interval=_HEARTBEAT,
        stalled_worker_timeout=_STALLED_AFTER,
        fetch_job_polling_interval=1,
    )


async def _number(database: Database) -> None:
    async with database.transaction() as session:
        await jobs.enqueue(session, await jobs.dispatch(session))


async def _take_over(queue: App) -> None:
    for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER):
        _log.warning("job taken over", job=job.id)
        with contextlib.suppress(LookupError):
            await queue.job_manager.retry_job(job)


def _sweep_of(database: Database, name: str) -> Callable[[], Awaitable[None]]:
    async def deed() -> None:
        await jobs.sweep(database, name)

    return deed
