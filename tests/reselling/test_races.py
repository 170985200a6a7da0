"""Two proposals at once, with real commits: an exclusive territory goes to one of them."""

import asyncio
from uuid import UUID

from app.kernel.actor import Actor
from app.kernel.database import Database
from app.reselling import actions
from app.reselling.errors import TerritoryTaken
from app.reselling.schemas import TermsCreate
from tests.make import organizations, reselling
from tests.make.callers import Caller
from tests.make.identity import person


async def test_of_eight_exclusive_territories_proposed_at_once_one_is(committed: Database, anyone: Caller) -> None:
    await reselling.may_sell_on(committed)
    msme = await organizations.msme(committed, anyone.http)
    exclusive = TermsCreate.model_validate(reselling.terms(is_exclusive=True))
    asked = [
        await reselling.requested(
            committed, msme, await person(committed, anyone.http, host_country="TR", diaspora_basis="spouse")
        )
        for _ in range(8)
    ]

    async def accept(agreement_id: UUID) -> bool:
        try:
            async with committed.transaction() as session:
                await actions.accept(session, Actor(person_id=msme.owner.id), agreement_id, 1, exclusive)
        except TerritoryTaken:
            return False
        return True

    assert sum(await asyncio.gather(*(accept(agreement_id) for agreement_id in asked))) == 1
