"""Serving HTTP: uvicorn with our protocol, in one process or several, and a stop that loses no answer."""

import contextlib
import functools
import os
import resource
import signal
import socket
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

from prometheus_client import multiprocess
from uvicorn.config import Config
from uvicorn.server import Server
from uvicorn.supervisors import Multiprocess

from app.kernel.http_protocol import HttpProtocol, Limits

_GRACE_SECONDS = 10
_CONNECTIONS = 65_536


def serve(
    factory: str | Callable[[], Any], *, host: str, port: int, processes: int = 1, limits: Limits | None = None
) -> None:
    """Serve the application that `factory` (for several processes: its import string) makes, until SIGTERM or SIGINT.

    Then new connections are refused, what is being answered is finished within ten seconds, and this returns. With
    several processes a killed one is replaced, and none outlives this one.
    """
    _allow_many_connections()
    signal.signal(signal.SIGTERM, _ignore)  # uvicorn raises it again when it is done; but asked to stop is no failure
    server_config = config(factory, host=host, port=port, processes=processes, limits=limits)
    if processes == 1:
        with contextlib.suppress(KeyboardInterrupt):
            Server(server_config).run()
        return
    with TemporaryDirectory(prefix="rantau-metrics-") as metrics:
        os.putenv("PROMETHEUS_MULTIPROC_DIR", metrics)  # for the processes started from here, which add up in it
        _Supervisor(server_config, [server_config.bind_socket()], metrics).run()


def config(
    factory: str | Callable[[], Any], *, host: str, port: int, processes: int = 1, limits: Limits | None = None
) -> Config:
    """How uvicorn is told to serve."""
    return Config(
        factory,
        factory=True,
        host=host,
        port=port,
        workers=processes,
        http=functools.partial(HttpProtocol, limits=limits or Limits()),  # type: ignore[arg-type] # called like a type
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # uvicorn would believe whoever connects from this machine
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_notify=1,
        callback_notify=functools.partial(_stop_if_orphaned, os.getpid()) if processes > 1 else None,
    )


class _Supervisor(Multiprocess):
    def __init__(self, config: Config, sockets: list[socket.socket], metrics: str) -> None:
        super().__init__(config, sockets)
        self.metrics = metrics

    def keep_subprocess_alive(self) -> None:
        """Replace the dead, and no longer count what they were working on."""
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            multiprocess.mark_process_dead(pid, self.metrics)  # type: ignore[no-untyped-call]

    def terminate_all(self) -> None:
        """Stop listening first: otherwise the kernel queues connections here which nobody will answer."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


async def _stop_if_orphaned(parent: int) -> None:
    if os.getppid() != parent:
        signal.raise_signal(signal.SIGTERM)


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, _CONNECTIONS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _ignore(*_: object) -> None:
    pass
