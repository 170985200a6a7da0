"""The two services as processes of their own, started as they would be in earnest, and how much they take."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from bench.world import World

CHECKOUT = Path(__file__).parents[1]
_READY_SECONDS = 60
_NO_QUOTA = str(10**9)


class Footprint(NamedTuple):
    """Memory in MiB: pages that processes share counted for each of them (`rss`), and counted once (`pss`)."""

    rss: float
    pss: float


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers."""

    name: str
    port: int
    ready_seconds: float
    process: "subprocess.Popen[bytes]"

    def footprint(self) -> Footprint:
        """The memory of its processes together, just now."""
        taken = [each.memory_full_info() for each in _tree(self.process)]
        return Footprint(sum(each.rss for each in taken) / 2**20, sum(each.pss for each in taken) / 2**20)

    def processor_seconds(self) -> float:
        """The processor time that its processes have taken since they began."""
        return sum(taken.user + taken.system for taken in (each.cpu_times() for each in _tree(self.process)))


@contextmanager
def ours(world: World, processes: int) -> Iterator[Running]:
    """The service as built, in production, with quotas that nobody reaches."""
    port = free_port()
    environment = settings(world) | {"RANTAU_PORT": str(port), "RANTAU_PROCESSES": str(processes)}
    log = world.home / "ours.log"
    with started("ours", [sys.executable, "-m", "app", "serve"], environment, port, log) as running:
        yield running


@contextmanager
def reference(world: World, processes: int) -> Iterator[Running]:
    """The reference, under the same server."""
    port = free_port()
    environment = settings(world) | {"RANTAU_BENCH_DATABASE": world.app_url}
    served = ["--factory", "bench.reference:from_environment", "--port", str(port), "--workers", str(processes)]
    quiet = ["--no-access-log", "--log-level", "warning"]
    command, log = [sys.executable, "-m", "uvicorn", *served, *quiet], world.home / "reference.log"
    with started("reference", command, environment, port, log) as running:
        yield running


def settings(world: World) -> dict[str, str]:
    """What both are told."""
    return {
        "RANTAU_ENVIRONMENT": "production",
        "RANTAU_HOME": str(world.settings.home),
        "RANTAU_SECRET_KEY": world.settings.secret_key.get_secret_value(),
        "RANTAU_DATABASE_URL": world.owner_url,
        "RANTAU_APP_DATABASE_URL": world.app_url,
        "RANTAU_REQUESTS_A_MINUTE_OF_ADDRESS": _NO_QUOTA,
        "RANTAU_REQUESTS_A_MINUTE_OF_CALLER": _NO_QUOTA,
    }


@contextmanager
def started(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    port: int,
    log: Path,
    *,
    folder: Path = CHECKOUT,
    path: str = "/readyz",
) -> Iterator[Running]:
    """Run a command until the block ends, which begins once it answers at the path; it says the rest into the log.

    Raises RuntimeError where it does not get ready within a minute.
    """
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("RANTAU_")}  # noqa: TID251
    began = perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=inherited | dict(environment), stdout=output, stderr=output)
    try:
        _wait(f"http://127.0.0.1:{port}{path}", process, log)
        yield Running(name, port, perf_counter() - began, process)
    finally:
        family = _tree(process)
        process.terminate()
        _, alive = psutil.wait_procs(family, timeout=15)
        for each in alive:
            each.kill()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = perf_counter() + _READY_SECONDS
    while perf_counter() < ends and process.poll() is None:
        with suppress(URLError, ConnectionError), urlopen(url, timeout=2):  # noqa: S310 - of this machine
            return
        sleep(0.01)
    message = f"the service did not get ready; {log} ends with\n{log.read_text()[-2000:]}"
    raise RuntimeError(message)


def _tree(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(process.pid)
        return [root, *root.children(recursive=True)]
    return []


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
