"""The world's ties: met over a code, or asked for and confirmed, and weighed once all of them are there."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Database
from app.sample_world.making.cast import Cast
from app.sample_world.ties import Tie
from app.trust.actions import asking, meeting, weighing
from app.trust.models.requests import TieRequest
from app.trust.models.ties import TieSide
from app.trust.schemas import OwnWord, TieCodeCreate, TieCodeRedeem, TieRequestCreate


async def tie(database: Database, cast: Cast) -> None:
    """Make the ties that are missing, each at its time."""
    async with database.reading() as session:
        tied = (await session.execute(select(TieSide.person_id, TieSide.other_id))).all()
        asks = set(await session.scalars(select(TieRequest.asked_by)))
    for each in cast.world.ties:
        one, other = cast.people[each.one], cast.people[each.other]
        if (one, other) not in tied and not (each.waiting and one in asks):
            async with database.transaction(offset=-timedelta(days=each.days_ago)) as session:
                await (_ask(session, cast, each) if each.occasion is None else _meet(session, cast, each))
    async with database.transaction() as session:
        await weighing.weigh_due(session)


async def _meet(session: AsyncSession, cast: Cast, each: Tie) -> None:
    mine, theirs = _words(each)
    shown = {"kind": each.kind, "occasion": each.occasion} | mine
    code = await meeting.show(session, cast.person(each.one), TieCodeCreate.model_validate(shown))
    scanned = TieCodeRedeem.model_validate({"secret": code.secret} | theirs)
    await meeting.scan(session, cast.person(each.other), scanned)


async def _ask(session: AsyncSession, cast: Cast, each: Tie) -> None:
    mine, theirs = _words(each)
    address = cast.world.person(each.other).addresses[0]
    asked = TieRequestCreate.model_validate({"address": address, "kind": each.kind} | mine)
    request = await asking.ask(session, cast.person(each.one), asked)
    if not each.waiting:
        await asking.confirm(session, cast.person(each.other), request.id, OwnWord.model_validate(theirs))


def _words(each: Tie) -> list[dict[str, object]]:
    """What each of the two says for themselves."""
    said = zip(each.closeness, each.consents, strict=True)
    return [{"closeness": closeness, "consent_to_introduce": consent} for closeness, consent in said]
