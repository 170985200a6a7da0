"""How long an answer takes tells nothing: neither whether an address is known, nor whether a stranger's thing exists.

Known and unknown take turns, which of them first by lot: whatever else the machine does befalls both, and so does what
comes every few requests, as collecting garbage does. Where a round does not settle it, it
is repeated and judged by all that was measured so far, three rounds at most; the bound stays.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_address
from itertools import count
from math import erfc, sqrt
from random import sample
from time import perf_counter

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app.identity import passwords
from app.kernel.database import Database
from app.main import edged
from tests.make import identity, timing
from tests.make.access import policy
from tests.make.operations import Operation, operations
from tests.make.world import World

ROUNDS = 3
TIMES = 200
Ask = Callable[[], Awaitable[None]]
PASSWORD = "correct horse battery"
ATTEMPTS = {
    "sign in": ("/v1/auth/sessions", {"password": "wrong password"}, 401),
    "sign in with a code": ("/v1/auth/sessions", {"code": "000000"}, 401),
    "forgotten": ("/v1/auth/codes", {"purpose": "reset"}, 202),
    "forgotten, with a code": (
        "/v1/auth/password-resets",
        {"code": "000000", "password": "long enough to be one"},
        401,
    ),
    "register": ("/v1/auth/codes", {"purpose": "sign_in"}, 202),
}
STRANGERS = ("other_owner", "person")
HIDDEN = [
    (operation, role)
    for operation in operations()
    for access in [policy()[operation.name]]
    for role in STRANGERS
    if operation.method == "GET" and operation.parameters("path")
    if access.expected(role, "other") == access.expected(role, "missing") == 404
]


async def compared(first: Ask, second: Ask, *, times: int, bound: float) -> tuple[float, float]:
    """How far the medians of the two are apart and the p of their being alike, after as few rounds as settle it."""
    taken: tuple[list[float], list[float]] = [], []
    for _ in range(ROUNDS):
        for _ in range(times):
            for ask, seconds in sample([(first, taken[0]), (second, taken[1])], 2):
                began = perf_counter()
                await ask()
                seconds.append(perf_counter() - began)
        if timing.apart(*taken) <= bound and timing.same_distribution(*taken) > 0.01:
            break
    return timing.apart(*taken), timing.same_distribution(*taken)


def test_the_comparison_tells_apart_what_differs() -> None:
    fast, slow = [1 + number / 1000 for number in range(200)], [1.1 + number / 1000 for number in range(200)]
    assert timing.apart(fast, fast) == 0
    assert timing.same_distribution(fast, fast) > 0.99
    assert timing.apart(fast, slow) > 0.05
    assert timing.same_distribution(fast, slow) < 0.01
    assert timing.same_distribution([1.0], [1.0]) == 1


def test_p_is_that_of_the_pairs_counted_by_hand() -> None:
    first = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    second = [1.15, 0.88, 0.9, 0.74, 1.21]
    assert sum(each > other for each in first for other in second) == 35  # of 50: U, which is 25 where they are alike
    z = (35 - 25 - 0.5) / sqrt(10 * 5 * 16 / 12)
    assert timing.same_distribution(first, second) == pytest.approx(erfc(z / sqrt(2)))
    assert timing.same_distribution(second, first) == pytest.approx(erfc(z / sqrt(2)))


@pytest.fixture
async def crowd(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client each of whose requests comes from an address of its own: what a network may ask for has a bound."""
    number = count(1)
    behind = edged(app)

    async def from_anywhere(scope: Scope, receive: Receive, send: Send) -> None:
        scope["client"] = (str(ip_address("10.0.0.0") + next(number)), 40_000)
        await behind(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(from_anywhere), base_url="http://test") as client:
        yield client


@pytest.mark.attack
@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_an_address_that_is_known_takes_no_other_time(
    crowd: httpx.AsyncClient, database: Database, attempt: str, record_property: Callable[[str, object], None]
) -> None:
    path, shown, status = ATTEMPTS[attempt]
    kept = await passwords.derive_hash(PASSWORD)
    for index in range(TIMES):
        await identity.person(database, crowd, email=f"known@a{index}.example.com", password_hash=kept)

    def asking(name: str) -> Ask:
        indices = count()

        async def ask() -> None:
            address = f"{name}@a{next(indices) % TIMES}.example.com"
            answer = await crowd.post(path, json={"address": address, **shown})
            assert answer.status_code == status, answer.text

        return ask

    apart, p = await compared(asking("known"), asking("other"), times=TIMES, bound=0.05)
    record_property("comparison", f"{attempt}: {apart:.1%}, p = {p:.2f}")
    assert apart <= 0.05, f"{attempt}: medians {apart:.1%} apart, p = {p:.4f}"
    assert p > 0.01, f"{attempt}: medians {apart:.1%} apart, p = {p:.4f}"


@pytest.mark.attack
@pytest.mark.parametrize(("operation", "role"), HIDDEN, ids=lambda value: getattr(value, "name", value))
async def test_what_one_may_not_see_takes_as_long_as_what_is_not_there(
    world: World, operation: Operation, role: str, record_property: Callable[[str, object], None]
) -> None:
    caller = await world.caller(role, operation)

    def asking(column: str) -> Ask:
        async def ask() -> None:
            answer = await world.send(world.request(operation, role, column), caller)
            assert answer.status_code == 404, answer.text

        return ask

    apart, p = await compared(asking("other"), asking("missing"), times=40, bound=0.15)
    record_property("comparison", f"{operation.name}: {apart:.1%}, p = {p:.2f}")
    assert apart <= 0.15, f"medians {apart:.1%} apart, p = {p:.4f}"
