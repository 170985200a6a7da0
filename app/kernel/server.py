"""Serving HTTP: uvicorn with our protocol, in one process or several, and a stop that loses no answer."""

import contextlib
import functools
import gc
import multiprocessing
import os
import resource
import signal
import socket
from collections.abc import Callable
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.server import Server
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import SIGNALS, Process

from app.kernel.http_protocol import HttpProtocol, Limits

_GRACE_SECONDS = 10
_CONNECTIONS = 65_536


def serve(
    factory: str | Callable[[], Any], *, host: str, port: int, processes: int = 1, limits: Limits | None = None
) -> None:
    """Serve the application that `factory` (for several processes: its import string) makes, until SIGTERM or SIGINT.

    Then new connections are refused, what is being answered is finished within ten seconds, and this returns. Several
    processes are forked from this one, which has imported the application and has neither threads nor connections; a
    killed one is replaced, and none outlives this one.
    """
    _allow_many_connections()
    signal.signal(signal.SIGTERM, _ignore)  # uvicorn raises it again when it is done; but asked to stop is no failure
    server_config = config(factory, host=host, port=port, processes=processes, limits=limits)
    if processes == 1:
        with contextlib.suppress(KeyboardInterrupt):
            _Server(server_config).run()
        return
    with TemporaryDirectory(prefix="rantau-metrics-") as metrics:
        # Read when the library is imported, here and now: the processes add up in it.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics  # noqa: TID251 - no setting of ours
        import_module(str(factory).partition(":")[0])
        gc.freeze()  # a collection in a process would otherwise write to, and so copy, every page it shares
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


class _Server(Server):
    """Takes what it has loaded out of the collector's sight: to go through all of it keeps everybody waiting."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        gc.collect()
        gc.freeze()
        await super().startup(sockets)


class _Forked(Process):
    """A process that begins with all that this one has imported: at once, and on pages that they share."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.process = multiprocessing.get_context("fork").Process(target=self._serve, args=(sockets,))  # type: ignore[assignment]

    def _serve(self, sockets: list[socket.socket]) -> None:
        for number in SIGNALS:  # those of the first process stand in a queue of its own
            signal.signal(number, signal.SIG_DFL)
        self._server = _Server(self.config)
        self.target(sockets)


class _Supervisor(Multiprocess):
    def __init__(self, config: Config, sockets: list[socket.socket], metrics: str) -> None:
        super().__init__(config, sockets)
        self.metrics = metrics

    def init_processes(self) -> None:
        """Start all of them."""
        self.processes = [self._started() for _ in range(self.processes_num)]

    def keep_subprocess_alive(self) -> None:
        """Replace the dead and the hung, and no longer count what they were working on."""
        for index, process in enumerate(self.processes):
            if self.should_exit.is_set() or process.is_alive(self.config.timeout_worker_healthcheck):
                continue
            process.kill()
            process.join()
            self._forget(process)
            if process.exitcode == STARTUP_FAILURE:  # so would be every other
                self.should_exit.set()
                return
            self.processes[index] = self._started()

    def _started(self) -> Process:
        process = _Forked(self.config, self.sockets)
        process.start()
        return process

    def _forget(self, process: Process) -> None:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - after its folder is named

        mark_process_dead(process.pid, self.metrics)  # type: ignore[no-untyped-call]

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
