"""Quotas hold exactly, over processes too, say so truthfully, and cannot be dodged by a header."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import given

from app.kernel.problems import render
from app.kernel.rate_limits import Limiter, Policy, client_address, limit_headers, refusal
from app.kernel.shared_counters import SharedCounters

ROOT = Path(__file__).parents[2]
SIGN_IN = Policy("sign-in", quota=5, window_seconds=900)
BRIEF = Policy("brief", quota=2, window_seconds=1)


@pytest.fixture
def counters(tmp_path: Path) -> Iterator[SharedCounters]:
    counters = SharedCounters(tmp_path / "counters")
    yield counters
    counters.close()


@pytest.fixture
def limiter(counters: SharedCounters) -> Limiter:
    return Limiter(counters)


async def test_exactly_the_quota_is_allowed_and_what_remains_only_falls(limiter: Limiter) -> None:
    verdicts = [await limiter.hit(SIGN_IN, "ani") for _ in range(8)]
    assert [verdict.is_allowed for verdict in verdicts] == [True] * 5 + [False] * 3
    assert [verdict.remaining for verdict in verdicts] == [4, 3, 2, 1, 0, 0, 0, 0]
    resets = [verdict.reset_seconds for verdict in verdicts]
    assert resets == sorted(resets, reverse=True)
    assert 890 < resets[-1] <= 900


async def test_keys_and_policies_count_apart(limiter: Limiter) -> None:
    await limiter.hit(SIGN_IN, "ani")
    assert (await limiter.hit(SIGN_IN, "budi")).remaining == 4
    assert (await limiter.hit(BRIEF, "ani")).remaining == 1


async def test_the_window_heals(limiter: Limiter) -> None:
    for _ in range(3):
        verdict = await limiter.hit(BRIEF, "ani")
    assert not verdict.is_allowed
    await asyncio.sleep(verdict.reset_seconds)
    assert (await limiter.hit(BRIEF, "ani")).is_allowed


async def test_the_headers_are_structured_fields(limiter: Limiter) -> None:
    verdicts = [await limiter.hit(SIGN_IN, "ani"), await limiter.hit(BRIEF, "ani")]
    assert limit_headers(verdicts) == {
        "RateLimit": '"sign-in";r=4;t=900, "brief";r=1;t=1',
        "RateLimit-Policy": '"sign-in";q=5;w=900, "brief";q=2;w=1',
    }


async def test_a_refusal_says_when_to_come_back(limiter: Limiter) -> None:
    for _ in range(6):
        verdict = await limiter.hit(SIGN_IN, "ani")
    problem = refusal(verdict)
    assert (problem.status, problem.headers) == (429, {"Retry-After": "900"})
    assert b"900" in render(problem, language="en", request_id=UUID(int=0))


def test_several_processes_share_one_quota(tmp_path: Path) -> None:
    program = """
import asyncio, sys
from pathlib import Path
from app.kernel.rate_limits import Limiter, Policy
from app.kernel.shared_counters import SharedCounters
async def main():
    limiter = Limiter(SharedCounters(Path(sys.argv[1])))
    print("ready", flush=True)
    sys.stdin.readline()
    verdicts = [await limiter.hit(Policy("shared", quota=3000, window_seconds=900), "ani") for _ in range(2000)]
    print(sum(verdict.is_allowed for verdict in verdicts))
asyncio.run(main())
"""
    command = [sys.executable, "-c", program, str(tmp_path / "counters")]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    allowed = [int(process.communicate(timeout=20)[0]) for process in processes]
    assert sum(allowed) == 3000


async def test_the_first_to_open_the_table_finds_it_empty_and_the_next_as_it_is(tmp_path: Path) -> None:
    first = SharedCounters(tmp_path / "counters")
    await first.incr("ani", 900)
    second = SharedCounters(tmp_path / "counters")
    assert await second.incr("ani", 900) == 2
    first.close()
    second.close()
    third = SharedCounters(tmp_path / "counters")
    assert await third.get("ani") == 0
    third.close()


async def test_made_up_keys_cost_no_memory_and_reset_nobody(tmp_path: Path) -> None:
    path = tmp_path / "counters"
    counters = SharedCounters(path)
    size = path.stat().st_size
    for _ in range(4):
        await counters.incr("ani", 900)
    for number in range(100_000):
        await counters.incr(f"made up {number}", 60)
    assert path.stat().st_size == size < 2**21
    assert await counters.incr("ani", 900) >= 5
    counters.close()


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([60, 900]), st.integers(1, 5)), max_size=200))
def test_a_full_table_never_counts_too_little(tmp_path_factory: pytest.TempPathFactory, hits: list[Any]) -> None:
    counters = SharedCounters(tmp_path_factory.mktemp("table") / "counters", sets=1)
    exact: Counter[str] = Counter()

    async def count() -> None:
        for number, window, amount in hits:
            key = f"{number}/{window}"
            exact[key] += amount
            assert await counters.incr(key, window, amount) >= exact[key]

    asyncio.run(count())
    counters.close()


async def test_the_table_knows_no_key(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path / "counters")
    await counters.incr("ani@example.org", 900)
    assert b"ani" not in (tmp_path / "counters").read_bytes()
    counters.close()


async def test_a_key_or_all_can_be_forgotten(counters: SharedCounters) -> None:
    for key in ("ani", "budi", "citra"):
        await counters.incr(key, 900)
    await counters.clear("ani")
    assert [await counters.get(key) for key in ("ani", "budi")] == [0, 1]
    await counters.reset()
    assert await counters.get("citra") == 0


PROXIES = frozenset({ip_network("10.0.0.0/8"), ip_network("fd00::/8")})


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("203.0.113.7", [], frozenset(), "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], frozenset(), "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.1"], frozenset(), "127.0.0.1"),
        ("203.0.113.7", ["198.51.100.1"], PROXIES, "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7"], PROXIES, "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.7"], PROXIES, "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.7, 10.0.0.2"], PROXIES, "203.0.113.7"),
        ("10.0.0.1", ["10.9.9.9, 203.0.113.7"], PROXIES, "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1, garbage"], PROXIES, "10.0.0.1"),
        ("10.0.0.1", [""], PROXIES, "10.0.0.1"),
        ("10.0.0.1", [], PROXIES, "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], PROXIES, "10.0.0.3"),
        ("fd00::1", ["2001:db8:1:2:3:4:5:6"], PROXIES, "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", [], frozenset(), "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], frozenset(), "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", [], frozenset(), "203.0.113.7"),
        ("::ffff:10.0.0.1", ["203.0.113.7"], PROXIES, "203.0.113.7"),
    ],
)
def test_the_address_is_one_the_client_cannot_choose(
    peer: str, forwarded: list[str], trusted: frozenset[Any], address: str
) -> None:
    headers = [(b"host", b"a"), *((b"x-forwarded-for", value.encode()) for value in forwarded)]
    assert client_address({"client": (peer, 40_000), "headers": headers}, trusted) == address


def test_a_connection_without_an_address_has_one_name() -> None:
    assert client_address({"client": None, "headers": []}, PROXIES) == ""
