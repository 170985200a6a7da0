"""What a user would pick instead: Vendure and Medusa, asked for the same works over their public interfaces."""

import random
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.driver import Answer, Deed
from bench.loads import OK, Client, Load, asking, drawn
from bench.services import Running, free_port, started

_LINES = 3
_REQUESTS = {
    "vendure": {"list": "vendure-list.req", "detail": "vendure-detail.req"},
    "medusa": {"list": "medusa-list.req", "detail": "medusa-detail.req", "search": "medusa-search.req"},
}
_COMMANDS = {
    "vendure": ["node", "server.js"],
    "medusa": ["node", "node_modules/.bin/medusa", "start", "-H", "127.0.0.1", "-p", "{port}"],
}
_QUIET = {"NODE_ENV": "production", "VENDURE_DISABLE_TELEMETRY": "true", "MEDUSA_DISABLE_TELEMETRY": "true"}
_TOKEN = b"vendure-auth-token: "


@dataclass(frozen=True, slots=True)
class Peer:
    """One of them as the comparison's scripts have prepared it: where it lies and what they wrote down of its world."""

    name: str
    folder: Path
    known: Mapping[str, Any]

    @property
    def products(self) -> int:
        """How many products it has."""
        return self.known["n"] if self.name == "vendure" else len(self.known["products"])

    @contextmanager
    def started(self, home: Path) -> Iterator[Running]:
        """Run it, one process, with its log under `home`."""
        port = free_port()
        command = [part.format(port=port) for part in _COMMANDS[self.name]]
        environment = _QUIET | {"PORT": str(port)}
        log, folder = home / f"{self.name}.log", self.folder / self.name
        with started(self.name, command, environment, port, log, folder=folder, path="/health") as running:
            yield running

    def clients(self, load: Load, connections: int) -> Sequence[Client]:
        """Clients that ask it for a work; none where it is not asked for it."""
        if load.name == "paid":
            checkout = {"vendure": _check_out_of_vendure, "medusa": _check_out_of_medusa}[self.name]
            return [_buying(checkout, self.known, number) for number in range(connections)]
        listed = _REQUESTS[self.name].get(load.name)
        if listed is None:
            return []
        key = {} if self.name == "vendure" else _key(self.known)
        lines = (self.folder / listed).read_text().splitlines()
        requests = [_request(*line.split("\t", 2), sent=key) for line in lines]
        return [asking(drawn(requests, number), _is_good) for number in range(connections)]


def prepared(folder: Path) -> list[Peer]:
    """The peers under the comparison's root folder."""
    within = folder / "peers"
    return [Peer(name, within, orjson.loads((within / name / "env.json").read_bytes())) for name in _COMMANDS]


def _request(method: str, path: str, body: str, *, sent: Mapping[str, str]) -> bytes:
    content = body.encode()
    told = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(content))} | dict(sent)
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + content


def _is_good(answer: Answer) -> bool:
    """GraphQL reports errors with status 200."""
    return answer.status in OK and b'"errors":[' not in answer.body


def _key(known: Mapping[str, Any]) -> dict[str, str]:
    return {"x-publishable-api-key": known["key"]}


def _buying(
    checkout: Callable[[Mapping[str, Any], random.Random], Deed], known: Mapping[str, Any], seed: int
) -> Client:
    chance = random.Random(seed)
    return lambda: checkout(known, chance)


def _check_out_of_vendure(known: Mapping[str, Any], chance: random.Random) -> Deed:
    """A storefront's seven calls from the first line to a paid order of three lines."""
    chosen = chance.sample(range(1, known["n"] + 1), _LINES)
    items = ",".join(f'{{productVariantId:"{each}",quantity:1}}' for each in chosen)
    lines = f"addItemsToOrder(inputs:[{items}]){{order{{id code}} errorResults{{...on ErrorResult{{message}}}}}}"
    buyer = f'firstName:"A",lastName:"B",emailAddress:"u{chance.randrange(10**9)}@example.com"'
    address = 'fullName:"A B",streetLine1:"Jl 1",city:"Berlin",postalCode:"10115",countryCode:"DE"'
    payment = 'addPaymentToOrder(input:{method:"standard-payment",metadata:{}})'
    result = "{__typename ...on ErrorResult{message}}"
    steps = (
        f"mutation{{m:{lines}}}",
        f"mutation{{m:setCustomerForOrder(input:{{{buyer}}}){result}}}",
        f"mutation{{m:setOrderShippingAddress(input:{{{address}}}){result}}}",
        "{m:eligibleShippingMethods{id name priceWithTax}}",
        f'mutation{{m:setOrderShippingMethod(shippingMethodId:["1"]){result}}}',
        f'mutation{{m:transitionOrderToState(state:"ArrangingPayment"){result}}}',
        f"mutation{{m:{payment}{{__typename ...on Order{{state lines{{quantity}}}} ...on ErrorResult{{message}}}}}}",
    )
    sent: dict[str, str] = {}
    for step in steps:
        answer = yield _request("POST", "/shop-api", orjson.dumps({"query": step}).decode(), sent=sent)
        if not _is_good(answer):
            return False
        at = answer.head.lower().find(_TOKEN)
        if at >= 0 and not sent:
            token = answer.head[at + len(_TOKEN) :].split(b"\r", 1)[0].decode()
            sent = {"Authorization": f"Bearer {token}"}
    order = orjson.loads(answer.body)["data"]["m"]
    return order.get("state") in {"PaymentAuthorized", "PaymentSettled"} and len(order["lines"]) == _LINES


def _check_out_of_medusa(known: Mapping[str, Any], chance: random.Random) -> Deed:
    """Five calls: a cart of three lines, its shipping, its payment, and the order."""
    lines = [{"variant_id": each, "quantity": 1} for each in chance.sample(known["variants"], _LINES)]
    address = {"first_name": "A", "last_name": "B", "address_1": "Jl 1", "city": "Berlin", "postal_code": "10115"}
    address |= {"country_code": "de"}
    email, region = f"u{chance.randrange(10**9)}@example.com", known["region"]
    asked = {"region_id": region, "email": email, "shipping_address": address, "billing_address": address}
    cart = yield from _ask_medusa(known, "/store/carts", asked | {"items": lines})
    if cart is None:
        return False
    cart_id = cart["cart"]["id"]
    shipped = yield from _ask_medusa(known, f"/store/carts/{cart_id}/shipping-methods", {"option_id": known["ship"]})
    owed = yield from _ask_medusa(known, "/store/payment-collections", {"cart_id": cart_id})
    if shipped is None or owed is None:
        return False
    sessions = f"/store/payment-collections/{owed['payment_collection']['id']}/payment-sessions"
    paid = yield from _ask_medusa(known, sessions, {"provider_id": "pp_system_default"})
    done = yield from _ask_medusa(known, f"/store/carts/{cart_id}/complete", {})
    return (
        paid is not None and done is not None and done.get("type") == "order" and len(done["order"]["items"]) == _LINES
    )


def _ask_medusa(
    known: Mapping[str, Any], path: str, body: Mapping[str, Any]
) -> Generator[bytes, Answer, dict[str, Any] | None]:
    """What it answers, None where it refuses."""
    answer = yield _request("POST", path, orjson.dumps(body).decode(), sent=_key(known))
    return orjson.loads(answer.body) if _is_good(answer) else None
