"""A real server in a thread, for tests that talk to it over real sockets."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from starlette.types import ASGIApp
from uvicorn.server import Server

from app.kernel import server
from app.kernel.http_protocol import Limits


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(application: ASGIApp, limits: Limits | None = None) -> Iterator[Server]:
    """Serve `application` on a free port of this machine for the length of the block."""
    running = Server(server.config(lambda: application, host="127.0.0.1", port=free_port(), limits=limits))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield running
    finally:
        running.should_exit = True
        thread.join()
