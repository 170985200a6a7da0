"""Pages of a list that changes while it is read: nothing twice, nothing left out that was there all the time."""

from collections.abc import Callable
from random import Random

import pytest

from app.identity import tokens
from app.identity.models import ApiKey
from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.make import identity
from tests.make.callers import Caller
from tests.make.identity import SignedIn


async def add_keys(database: Database, ani: SignedIn, number: int) -> list[str]:
    """Make as many rows of a list as one likes: the API keys of a person."""
    rows = [
        ApiKey(
            id=new_id(),
            version=1,
            party_id=ani.id,
            created_by=ani.id,
            name="paging",
            prefix="rak_",
            digest=tokens.digest(str(new_id())),
            scopes=["orders:read"],
        )
        for _ in range(number)
    ]
    async with database.transaction() as session:
        session.add_all(rows)
    return [str(row.id) for row in rows]


@pytest.mark.parametrize("rows", [200, pytest.param(10_000, marks=pytest.mark.attack)])
async def test_a_reader_misses_nothing_and_sees_nothing_twice(
    database: Database, anyone: Caller, rows: int, seed: int, record_property: Callable[[str, object], None]
) -> None:
    chance = Random(f"{seed} {rows}")
    ani = await identity.person(database, anyone.http)
    there = await add_keys(database, ani, rows)
    seen: list[str] = []
    gone: set[str] = set()
    query: dict[str, object] = {"limit": chance.choice([7, 50]) if rows < 1000 else 100}
    while True:
        page = (await ani.get("/v1/api-keys", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
        await add_keys(database, ani, chance.randint(0, 3))
        for key in chance.sample(there, chance.randint(0, 2)):
            if key not in gone:
                assert (await ani.delete(f"/v1/api-keys/{key}")).status_code == 204
                gone.add(key)
    record_property("rows", len(seen))
    assert len(seen) == len(set(seen))
    assert set(there) - set(seen) <= gone
    assert gone, "not felt: nothing was taken away while the list was read"
