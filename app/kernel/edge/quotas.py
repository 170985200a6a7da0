"""How often an address or a caller may ask: counted on every operation, told on every answer."""

from dataclasses import dataclass

from fastapi import FastAPI, Request

from app.kernel.actor import Actor
from app.kernel.asgi import add_header
from app.kernel.rate_limits import Limiter, Policy, client_address, limit_headers, refusal
from app.kernel.settings import Settings

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Quotas:
    """What one minute allows: to an address whose requests show no valid credential, and to a credential."""

    limiter: Limiter
    address: Policy
    caller: Policy


def install(app: FastAPI, settings: Settings, limiter: Limiter) -> None:
    """Count with `limiter` from now on."""
    app.state.quotas = Quotas(
        limiter,
        address=Policy("address", settings.requests_a_minute_of_address, _MINUTE),
        caller=Policy("caller", settings.requests_a_minute_of_caller, _MINUTE),
    )


async def count_address(request: Request) -> None:
    """Count a request without a valid credential, a made-up one included. Raises TooManyRequests."""
    settings: Settings = request.app.state.settings
    quotas: Quotas = request.app.state.quotas
    address = client_address(request.scope, frozenset(settings.trusted_proxies))
    await _count(request, quotas.limiter, quotas.address, address)


async def count_caller(request: Request, actor: Actor) -> None:
    """Count a request of somebody we know. Raises TooManyRequests."""
    quotas: Quotas = request.app.state.quotas
    await _count(request, quotas.limiter, quotas.caller, actor.caller)


async def _count(request: Request, limiter: Limiter, policy: Policy, key: str) -> None:
    verdict = await limiter.hit(policy, key)
    for name, value in limit_headers([verdict]).items():
        add_header(request.scope, name, value)
    if not verdict.is_allowed:
        raise refusal(verdict)
