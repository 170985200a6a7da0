"""Requests of the bench as clients send them, and an order's course from its draft to its payment."""

from collections.abc import Generator
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import orjson

from app.identity import tokens
from app.kernel.ids import new_id
from bench.callers import Dealing

Answer = dict[str, Any]


class Asked(NamedTuple):
    """One request: of which operation, who asks if it is somebody, and the version it changes where it changes one."""

    operation: str
    method: str
    path: str
    token: str | None
    body: bytes = b""
    match: int | None = None

    def headers(self) -> dict[str, str]:
        """What is sent above the body; commands carry a key of their own."""
        sent: dict[str, str] = {}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.method == "POST":
            sent["Idempotency-Key"] = str(new_id())
        if self.body:
            sent["Content-Type"] = "application/json"
        if self.match is not None:
            sent["If-Match"] = f'"{self.match}"'
        return sent

    def to_bytes(self) -> bytes:
        """The request for a socket."""
        sent = self.headers() | {"Host": "bench", "Content-Length": str(len(self.body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + self.body

    def to_http(self, client: httpx.AsyncClient) -> httpx.Request:
        """The request for a client in this process."""
        return client.build_request(self.method, self.path, headers=self.headers(), content=self.body)


Course = Generator[Asked, Answer, None]


def draft(dealing: Dealing, basket: dict[str, object]) -> Asked:
    """Begin an order."""
    return Asked("draft_order", "POST", "/v1/orders", dealing.reseller, orjson.dumps(basket))


def submit(dealing: Dealing, order: Answer) -> Asked:
    """Place it."""
    return Asked(
        "submit_order", "POST", f"/v1/orders/{order['id']}/submission", dealing.reseller, b"", order["version"]
    )


def accept(dealing: Dealing, order: Answer) -> Asked:
    """Take it on, as the maker."""
    return Asked("accept_order", "POST", f"/v1/orders/{order['id']}/acceptance", dealing.owner, b"{}", order["version"])


def read_payments(dealing: Dealing, order: Answer) -> Asked:
    """Read what is owed for it."""
    return Asked("list_order_payments", "GET", f"/v1/orders/{order['id']}/payments", dealing.reseller)


def pay(dealing: Dealing, payments: Answer) -> Asked:
    """Say that all of it was transferred."""
    owed = payments["obligation"]
    body = orjson.dumps({"amount": owed["amount"], "method": "transfer"})
    return Asked("submit_payment", "POST", f"/v1/obligations/{owed['id']}/payments", dealing.reseller, body)


def confirm(dealing: Dealing, payment: Answer) -> Asked:
    """Say, as the maker, that the money came."""
    return Asked("confirm_payment", "POST", f"/v1/payments/{payment['id']}/confirmation", dealing.owner)


def place(dealing: Dealing, basket: dict[str, object]) -> Course:
    """An order as its buyer makes it: drafted and submitted."""
    order = yield draft(dealing, basket)
    yield submit(dealing, order)


def complete(dealing: Dealing, basket: dict[str, object]) -> Course:
    """An order from its draft to its payment."""
    order = yield draft(dealing, basket)
    order = yield submit(dealing, order)
    order = yield accept(dealing, order)
    payments = yield read_payments(dealing, order)
    payment = yield pay(dealing, payments)
    yield confirm(dealing, payment)


def given(path: str, sent: dict[str, str], body: bytes) -> dict[str, Any]:
    """What a request gives whoever answers it, as the service's statements need it."""
    found = signed_in(sent)
    ids = [UUID(part) for part in path.split("/") if part.count("-") == 4]
    found |= {f"id_{place}": each for place, each in enumerate(ids)}
    if "idempotency-key" in sent:
        found["key"] = sent["idempotency-key"]
        found["fingerprint"] = sha256(b"\0".join((b"POST", path.encode(), body))).digest()
    if "if-match" in sent:
        found["match"] = int(sent["if-match"].strip('"'))
    if body:
        found["body"] = orjson.loads(body)
    return found


def signed_in(sent: dict[str, str]) -> dict[str, Any]:
    """What a request gives to find out who asks; nothing where nobody says who they are."""
    bearer = sent.get("authorization")
    return {} if bearer is None else {"token": tokens.digest(bearer.removeprefix("Bearer "))}
