"""The driver counts what succeeded and what did not, and reads answers however they are cut."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from bench.driver import Deed, Figures, drive

SECONDS = 0.2


@pytest.fixture
def port() -> Iterator[int]:
    """A server that answers in two pieces, to every other request 500."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]


def _serve(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client:
        number = 0
        while client.recv(1000):
            number += 1
            status = b"200 OK" if number % 2 else b"500 Oh"
            client.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Le")
            client.sendall(b"ngth: 5\r\n\r\nhe")
            client.sendall(b"llo")


def _answer_late(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client:
        client.recv(1000)
        time.sleep(SECONDS)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


def _hang_up(listener: socket.socket) -> None:
    client, _ = listener.accept()
    client.close()


def deed() -> Deed:
    answer = yield b"GET / HTTP/1.1\r\n\r\n"
    assert answer.body == b"hello"
    return answer.status == 200


def test_failures_are_counted_apart(port: int) -> None:
    figures = drive(port, [deed], SECONDS)
    assert figures.deeds > 0
    assert figures.failed.keys() == {500}
    assert figures.deeds - figures.failed[500] in {0, 1}
    assert figures.seconds >= SECONDS


def test_what_was_begun_is_finished_and_counts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer_late, args=(listener,), daemon=True).start()
        figures = drive(listener.getsockname()[1], [deed], SECONDS / 10)
    assert (figures.deeds, figures.failed) == (1, {})
    assert figures.seconds >= SECONDS


def test_a_server_that_hangs_up_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_hang_up, args=(listener,), daemon=True).start()
        with pytest.raises(ConnectionError):
            drive(listener.getsockname()[1], [deed], SECONDS)


def test_percentiles_are_of_the_times_taken() -> None:
    figures = Figures(2.0, Counter(), [number / 1024 for number in range(100, 0, -1)])
    assert (figures.rate, figures.percentile(50), figures.percentile(99)) == (50.0, 50 / 1024, 99 / 1024)
