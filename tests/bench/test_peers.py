"""What the peers are asked for, and when their answer counts."""

from pathlib import Path

import pytest

from bench.driver import Answer
from bench.loads import LOADS
from bench.peers import Peer

WORKS = {load.name: load for load in LOADS}


@pytest.fixture
def vendure(tmp_path: Path) -> Peer:
    (tmp_path / "vendure-list.req").write_text('POST\t/shop-api\t{"query":"{search{é}}"}\n')
    return Peer("vendure", tmp_path, {"n": 3})


def finished(peer: Peer, work: str, *answers: Answer) -> bool:
    """Whether a deed succeeds that gets these answers."""
    deed = peer.clients(WORKS[work], 1)[0]()
    next(deed)
    *earlier, last = answers
    for answer in earlier:
        deed.send(answer)
    with pytest.raises(StopIteration) as done:
        deed.send(last)
    return bool(done.value.value)


def test_a_listed_request_is_sent_with_its_length_in_bytes(vendure: Peer) -> None:
    head, body = next(vendure.clients(WORKS["list"], 1)[0]()).split(b"\r\n\r\n")
    assert head.startswith(b"POST /shop-api HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert body.decode() == '{"query":"{search{é}}"}'


def test_an_error_that_graphql_reports_with_status_200_is_a_failure(vendure: Peer) -> None:
    assert finished(vendure, "list", Answer(200, b"", b'{"data":{}}'))
    assert not finished(vendure, "list", Answer(200, b"", b'{"errors":[{"message":"no"}]}'))
    assert not finished(vendure, "list", Answer(500, b"", b'{"data":{}}'))


@pytest.mark.parametrize(("state", "counts"), [("PaymentSettled", True), ("ArrangingPayment", False)])
def test_a_checkout_counts_once_the_order_of_three_lines_is_paid(vendure: Peer, state: str, *, counts: bool) -> None:
    step = Answer(200, b"Vendure-Auth-Token: abc\r", b'{"data":{"m":{}}}')
    order = b'{"data":{"m":{"state":"%s","lines":[{},{},{}]}}}' % state.encode()
    assert finished(vendure, "paid", *[step] * 6, Answer(200, b"", order)) is counts


def test_the_session_of_a_checkout_is_kept(vendure: Peer) -> None:
    deed = vendure.clients(WORKS["paid"], 1)[0]()
    next(deed)
    assert b"Authorization: Bearer abc\r\n" in deed.send(Answer(200, b"vendure-auth-token: abc\r", b"{}"))


def test_what_a_peer_is_not_asked_for_has_no_clients(vendure: Peer) -> None:
    assert [name for name in WORKS if name not in {"list", "detail", "paid"} and vendure.clients(WORKS[name], 1)] == []
