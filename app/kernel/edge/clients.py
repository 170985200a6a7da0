"""Where a request comes from."""

from typing import Annotated

from fastapi import Depends, Request

from app.kernel.rate_limits import client_address
from app.kernel.settings import Settings


async def read_network(request: Request) -> str:
    """The address that budgets are kept for: the client's, or the /64 it belongs to."""
    settings: Settings = request.app.state.settings
    return client_address(request.scope, frozenset(settings.trusted_proxies))


ClientNetwork = Annotated[str, Depends(read_network)]
