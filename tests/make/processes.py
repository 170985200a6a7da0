"""The built service as processes of its own: started, asked, killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

CHECKOUT = Path(__file__).parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def command(
    *words: str, environment: Mapping[str, str], log: Path | None = None, checkout: Path = CHECKOUT
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `rantau …` in a process group of its own, which may `log`; whatever is left of it at the end is killed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RANTAU_")}  # noqa: TID251
    with (log or Path(os.devnull)).open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *words],
            cwd=checkout,
            env=inherited | dict(environment),
            start_new_session=True,
            stdout=written,
            stderr=written,
        )
    try:
        yield process
    finally:
        kill_tree(process)


def tree(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """The process and all that descends from it."""
    try:
        root = psutil.Process(process.pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_tree(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """`kill -9` the process and all that descends from it; gives what was killed."""
    killed = tree(process)
    for each in killed:
        try:
            os.kill(each.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()
    psutil.wait_procs(killed, timeout=10)
    return killed


def wait_until(what: Callable[[], bool], *, seconds: float, why: str) -> float:
    """Wait for something to become true; gives how long it took, fails with `why` when it does not."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, why
        time.sleep(0.05)
    return time.monotonic() - began


def answers(url: str) -> Callable[[], bool]:
    """Whether a GET of `url` succeeds."""

    def asked() -> bool:
        try:
            return httpx.get(url, timeout=2).is_success
        except httpx.HTTPError:
            return False

    return asked
