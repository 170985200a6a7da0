"""A shop and its buyers."""

import httpx
import pytest

from app.kernel.database import Database
from tests.make import orders
from tests.make.identity import SignedIn, person
from tests.make.orders import Shop


@pytest.fixture
async def shop(database: Database, http: httpx.AsyncClient) -> Shop:
    """A producer in Blitar with a product in stock."""
    return await orders.shop(database, http)


@pytest.fixture
async def bayu(database: Database, http: httpx.AsyncClient) -> SignedIn:
    """A student in Rotterdam."""
    return await person(database, http, "Bayu", host_country="NL", diaspora_basis="student")


@pytest.fixture
async def stranger(database: Database, http: httpx.AsyncClient) -> SignedIn:
    """Somebody who has no part in anything."""
    return await person(database, http, "Joko")
