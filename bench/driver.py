"""Asks a server as much as it can answer: raw sockets kept alive, one process, every answer read and judged."""

import selectors
import socket
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from time import perf_counter
from typing import NamedTuple

_MOST_READ = 1 << 20
_PATIENCE_SECONDS = 120
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Answer(NamedTuple):
    """What came back to one request."""

    status: int
    head: bytes
    body: bytes


Deed = Generator[bytes, Answer, bool]
"""Something a client does: yields its requests one by one, gets each answer, returns whether it succeeded."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a server did within a span of time: how long each deed took, and what status ended those that failed."""

    seconds: float
    failed: Counter[int]
    latencies: Sequence[float]

    @property
    def deeds(self) -> int:
        """How many deeds succeeded."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Deeds that succeeded in a second."""
        return self.deeds / self.seconds

    def percentile(self, percent: float) -> float:
        """The time in seconds within which so many of the deeds were done (nearest rank); 0 where none was."""
        ordered = sorted(self.latencies)
        return ordered[max(ceil(len(ordered) * percent / 100) - 1, 0)] if ordered else 0.0


def drive(port: int, clients: Sequence[Callable[[], Deed]], seconds: float) -> Figures:
    """Have every client do deed after deed over a connection of its own for so long; what is then begun is finished.

    The time it takes to finish counts, so that a slow server is credited with all it does and leaves nothing to do to
    whoever is measured next. A client gives a new deed each time it is called. Raises ConnectionError when the server
    hangs up, TimeoutError when it answers nobody for two minutes.
    """
    with ExitStack() as held:
        selector = held.enter_context(selectors.DefaultSelector())
        connections = [_Connection(held.enter_context(_connected(port)), client) for client in clients]
        began = perf_counter()
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.begin(began)
        ends = began + seconds
        while selector.get_map():
            ready = selector.select(_PATIENCE_SECONDS)
            if not ready:
                raise TimeoutError(f"no answer for {_PATIENCE_SECONDS} seconds")
            for key, _ in ready:
                if not key.data.read(ends):
                    selector.unregister(key.fileobj)
        took = perf_counter() - began
    latencies = [each for connection in connections for each in connection.latencies]
    return Figures(took, sum((connection.failed for connection in connections), Counter()), latencies)


def _connected(port: int) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port))
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


class _Connection:
    """One client: its deed, the part of the answer that has come, and the times it took."""

    __slots__ = ("began", "client", "deed", "failed", "latencies", "received", "socket", "whole")

    def __init__(self, connected: socket.socket, client: Callable[[], Deed]) -> None:
        self.socket = connected
        self.client = client
        self.latencies: list[float] = []
        self.failed = Counter[int]()
        self.received = b""
        self.whole = 0

    def begin(self, now: float) -> None:
        """Start the next deed."""
        self.began = now
        self.deed = self.client()
        self.socket.sendall(next(self.deed))

    def read(self, ends: float) -> bool:
        """Take what has come and, once the answer is whole, go on with the deed; False once there is nothing to do.

        After the time `ends` no deed is begun.
        """
        piece = self.socket.recv(_MOST_READ)
        if not piece:
            message = f"the server hung up after {self.received[:200]!r}"
            raise ConnectionError(message)
        self.received = self.received + piece if self.received else piece
        if not self.whole:
            self.whole = _whole(self.received)
        if self.whole and len(self.received) >= self.whole:
            answer = _parsed(self.received)
            self.received, self.whole = b"", 0
            return self._go_on(answer, ends)
        return True

    def _go_on(self, answer: Answer, ends: float) -> bool:
        try:
            self.socket.sendall(self.deed.send(answer))
        except StopIteration as done:
            now = perf_counter()
            if done.value:
                self.latencies.append(now - self.began)
            else:
                self.failed[answer.status] += 1
            if now >= ends:
                return False
            self.begin(now)
        return True


def _whole(received: bytes) -> int:
    """How many bytes the answer has, 0 while its head is not whole. Raises ConnectionError where it does not say."""
    end = received.find(_END_OF_HEAD)
    if end < 0:
        return 0
    head = received[:end].lower()
    at = head.find(_LENGTH)
    if at < 0:
        message = f"an answer without a length: {head!r}"
        raise ConnectionError(message)
    return end + len(_END_OF_HEAD) + int(head[at + len(_LENGTH) :].split(b"\r", 1)[0])


def _parsed(received: bytes) -> Answer:
    end = received.find(_END_OF_HEAD)
    return Answer(int(received[9:12]), received[:end], received[end + len(_END_OF_HEAD) :])
