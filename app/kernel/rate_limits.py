"""How often who may ask: named quotas, the headers that tell them, and which address a request came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import ceil
from typing import Any

from limits.aio.storage import Storage

from app.kernel.clock import process_time
from app.kernel.problems import TooManyRequests

_IPV6_SITE = 64
"""The bits of an IPv6 address that one customer is given: who has one address there has them all (RFC 6177)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`quota` hits in a window of `window_seconds`, which begins with a key's first hit.

    A fixed window and not a moving one: a counter instead of a list of hits for every key, and `t` tells exactly when
    all of the quota is back. Around the end of a window twice the quota may pass.
    """

    name: str
    quota: int
    window_seconds: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hit came to."""

    policy: Policy
    remaining: int
    reset_seconds: int
    is_allowed: bool


class Limiter:
    """Counts hits in a storage: `SharedCounters`, or one of the library's for several machines."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def hit(self, policy: Policy, key: str) -> Verdict:
        """Count one hit of `key`, refused ones included; exactly `quota` of a window are allowed."""
        name = f"{policy.name}/{policy.quota}/{policy.window_seconds}/{key}"
        count = await self._storage.incr(name, policy.window_seconds)
        left = await self._storage.get_expiry(name) - process_time()
        return Verdict(
            policy,
            remaining=max(policy.quota - count, 0),
            reset_seconds=max(ceil(left), 1),
            is_allowed=count <= policy.quota,
        )


def limit_headers(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` as of draft-ietf-httpapi-ratelimit-headers-10, for answers of any status."""
    verdicts = list(verdicts)
    return {
        "RateLimit": ", ".join(f'"{v.policy.name}";r={v.remaining};t={v.reset_seconds}' for v in verdicts),
        "RateLimit-Policy": ", ".join(
            f'"{v.policy.name}";q={v.policy.quota};w={v.policy.window_seconds}' for v in verdicts
        ),
    }


def refusal(verdict: Verdict) -> TooManyRequests:
    """The 429 of a hit that is not allowed, with `Retry-After`."""
    return TooManyRequests(seconds=verdict.reset_seconds, headers={"Retry-After": str(verdict.reset_seconds)})


def client_address(scope: Mapping[str, Any], trusted: frozenset[IPv4Network | IPv6Network]) -> str:
    """The address a request came from, of IPv6 the /64 it belongs to.

    It is the peer's; behind `trusted` proxies it is the right-most hop of X-Forwarded-For that is not one of them. What
    stands left of that hop the client may have written itself.
    """
    peer = scope["client"][0] if scope.get("client") else ""
    address = _parse(peer)
    hops = _forwarded_for(scope) if trusted else []
    while hops and address and any(address in network for network in trusted):
        forwarded = _parse(hops.pop())
        if not forwarded:
            break
        address = forwarded
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_SITE), strict=False))
    return str(address or peer)


def _forwarded_for(scope: Mapping[str, Any]) -> list[str]:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [hop.strip() for hop in ",".join(values).split(",")]


@lru_cache(10_000)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
