"""A TCP proxy that can be a bad network: cut, black-holed, slow, narrow, or one that loses answers and commits."""

import asyncio
import re
from contextlib import suppress
from enum import Enum, auto
from itertools import cycle
from pathlib import Path
from typing import Self

_PIECE = 16 * 1024
_LATENCY = 0.03  # seconds each piece is kept, in each direction
_RATE = 64 * 1024  # bytes a second, of each connection in each direction
_COMMIT = b"COMMIT\0"
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)

Address = tuple[str, int] | Path


class Mode(Enum):
    """What the network does."""

    OK = auto()
    CUT = auto()
    """Connections are reset, new ones refused."""
    HOLE = auto()
    """Nothing arrives and nobody is told; once it is over, everything does."""
    LATENCY = auto()
    RATE = auto()
    LOSE_ANSWERS = auto()
    """HTTP only: every other answer is kept in `lost_answers` instead of being passed on, and the connection reset."""
    LOSE_COMMITS = auto()
    """PostgreSQL only: who sends COMMIT is cut off, by turns before it arrives and once it is done."""


class Proxy:
    """Forwards a port on loopback to `target`."""

    def __init__(self, target: Address) -> None:
        """Forward nothing yet."""
        self.lost_answers: list[bytes] = []
        self.held_seconds = 0.0
        """How long pieces were held back in all."""
        self.port = 0
        self._is_lost = cycle((True, False))
        self._arrives = cycle((True, False))
        self._target = target
        self._mode = Mode.OK
        self._open = asyncio.Event()
        self._open.set()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._handling: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Reset what is left."""
        await self.turn(Mode.CUT)
        if self._handling:
            await asyncio.wait(self._handling)

    async def turn(self, mode: Mode) -> None:
        """Be this network from now on, for the connections there are and for new ones."""
        self._mode = mode
        if mode is Mode.HOLE:
            self._open.clear()
        else:
            self._open.set()
        if mode is Mode.CUT:
            self._close()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in self._ends:
            end.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handling.add(task)
        self._ends.add(writer)
        try:
            await self._open.wait()
            with suppress(OSError):
                await self._joined(reader, writer)
        finally:
            self._handling.discard(task)
            self._ends.discard(writer)
            writer.close()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(self._target, Path):
            far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        else:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._ends.add(far_writer)
        doomed = asyncio.Event()
        try:
            pumps = [
                asyncio.create_task(self._ask(reader, far_writer, doomed)),
                asyncio.create_task(self._answer(far_reader, writer, doomed)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            self._ends.discard(far_writer)
            far_writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        """Carry what the client says, until either side is gone or it is cut off; `doomed`: cut off at the answer."""
        while piece := await reader.read(_PIECE):
            await self._delay(len(piece))
            if self._mode is Mode.LOSE_COMMITS and _COMMIT in piece:
                doomed.set()
                if not next(self._arrives):
                    return
            writer.write(piece)
            await writer.drain()
        await self._open.wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        """Carry what the server says, as far as it is to arrive."""
        answer = b""
        while piece := await reader.read(_PIECE):
            await self._delay(len(piece))
            if doomed.is_set():
                return
            if self._mode is Mode.LOSE_ANSWERS:
                answer += piece
                if not _is_whole(answer):
                    continue
                if next(self._is_lost):
                    self.lost_answers.append(answer)
                    writer.transport.abort()
                    return
                piece, answer = answer, b""
            writer.write(piece)
            await writer.drain()
        await self._open.wait()

    async def _delay(self, size: int) -> None:
        seconds = {Mode.LATENCY: _LATENCY, Mode.RATE: size / _RATE}.get(self._mode, 0)
        if seconds:
            self.held_seconds += seconds
            await asyncio.sleep(seconds)
        await self._open.wait()


def _is_whole(answer: bytes) -> bool:
    """Whether the bytes hold all of an HTTP answer that says its length."""
    head, end, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return bool(end) and length is not None and len(body) >= int(length[1])
