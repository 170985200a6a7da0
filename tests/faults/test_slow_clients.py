"""Clients who begin and never end, send or read a byte now and then, or stay silent: nobody else waits for them."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from statistics import quantiles

from tests.faults.conftest import Trying
from tests.faults.harness.customers import Attempt
from tests.faults.harness.installation import Installation
from tests.faults.harness.trial import Scale

_CLOSED_WITHIN = 15  # seconds
_MEGABYTE = 2**20
_HEAD_BY_HALF = b"GET /livez HTTP/1.1\r\nHost: rantau.example\r\nAccept: "
_SILENT = b"GET /livez HTTP/1.1\r\nHost: rantau.example\r\n\r\n"
_BODY_BY_HALF = b"POST /v1/orders HTTP/1.1\r\nHost: rantau.example\r\nContent-Length: 100000\r\n\r\n"


async def test_slow_clients_are_let_go_and_keep_nobody_waiting(
    service: Installation, trying: Trying, scale: Scale
) -> None:
    async with trying("F12", "300 requests by half, 20 slow bodies, 2,000 silent connections") as trial:
        with _many_files():
            memory = _memory(service)
            async with (
                trial.fault(),
                _connections(service, scale.amount(2_000), _SILENT),
                _connections(service, 20 if scale.is_full else 0, _BODY_BY_HALF) as trickling,
                _connections(service, scale.amount(300), _HEAD_BY_HALF) as halves,
            ):
                began = time.monotonic()
                trickles = [asyncio.create_task(_trickle(*each)) for each in trickling]
                await asyncio.wait_for(
                    asyncio.gather(*(_until_closed(reader) for reader, _ in halves)), scale.limit(_CLOSED_WITHIN)
                )
                assert time.monotonic() - began > 5, "not felt: nobody was waited for"
                grown = _memory(service) - memory
                await asyncio.wait_for(asyncio.gather(*trickles), scale.limit(40))
            await trial.recovers(within=1)
        attempts = trial.customers.record.attempts
        calm = [each for each in attempts if each.until < trial.began]
        beside = trial.customers.record.during(trial.began, trial.ended)
        slower = _slowest_hundredth(beside) / _slowest_hundredth(calm)
        trial.notes += [f"{len(halves)} closed, {grown / _MEGABYTE:.0f} MiB, slowest hundredth {slower:.1f} times"]
        assert trial.noticed() == []
        assert grown < 100 * _MEGABYTE
        assert slower <= scale.limit(2)


@contextmanager
def _many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _memory(service: Installation) -> int:
    return sum(process.memory_info().rss for process in service.api_processes())


@asynccontextmanager
async def _connections(
    service: Installation, number: int, beginning: bytes
) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    """So many connections past the proxy, on each of which only a `beginning` was sent."""
    opened = []
    for _ in range(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(beginning)
        opened.append((reader, writer))
    yield opened
    for _, writer in opened:
        writer.transport.abort()


async def _until_closed(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(_MEGABYTE):
            pass
    except ConnectionError:
        return


async def _trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send a byte a second until nobody listens any more."""
    closed = asyncio.create_task(_until_closed(reader))
    while not closed.done():
        writer.write(b"a")
        await asyncio.sleep(1)


def _slowest_hundredth(attempts: list[Attempt]) -> float:
    return quantiles([each.seconds for each in attempts], n=100)[-1]
