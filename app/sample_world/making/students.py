"""The world's student groups: whose they are, who proved what, the periods they confirm in, and officers' terms."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.actions import periods, proofs, students, terms
from app.communities.models.communities import Community as Row
from app.communities.models.communities import Role
from app.communities.models.students import MemberClass, StudentGroup
from app.communities.schemas.students import PeriodOpen, ProofGive, StudentGroupSet
from app.communities.schemas.terms import TermPropose
from app.identity.actions.proving import Proof
from app.identity.models import Purpose
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.reference.models import University
from app.sample_world.content import Community
from app.sample_world.making.cast import Cast
from app.sample_world.student_groups import OfficerTerm, StudentPeriod, StudentProof
from app.sample_world.student_groups import StudentGroup as Written

_MADE_DAYS_AGO = 378


async def gather(database: Database, cast: Cast, ids: dict[str, UUID]) -> None:
    """Make those communities student groups that are none yet, each whole, when all chapters have their parents."""
    async with database.reading() as session:
        made = set(await session.scalars(select(StudentGroup.community_id)))
        universities = dict((await session.execute(select(University.name, University.id))).all())
    for community in cast.world.communities:
        if community.students is not None and ids[community.slug] not in made:
            async with database.transaction(offset=-timedelta(days=_MADE_DAYS_AGO)) as session:
                making = _Making(session, cast, community, ids[community.slug], universities)
                await making.whole(community.students)


class _Making:
    """One student group in the making; the clock of its transaction goes where the days of the content say."""

    def __init__(
        self, session: AsyncSession, cast: Cast, community: Community, row_id: UUID, universities: dict[str, UUID]
    ) -> None:
        self.session = session
        self.cast = cast
        self.row_id = row_id
        self.owner = cast.person(community.owner)
        self.universities = universities

    async def whole(self, written: Written) -> None:
        """Make all of it, the deeds of one kind in the order of their days."""
        university_id = None if written.university is None else self.universities[written.university]
        asked = StudentGroupSet.model_validate({"scope": written.scope, "university_id": university_id})
        await students.make(self.session, self.owner, self.row_id, asked)
        for proof in written.proofs:
            await self._at(-proof.days_ago)
            await self._prove(proof)
        await self._at(-9)
        for slug, member_class in written.classes.items():
            await students.choose(self.session, self.cast.person(slug), self.row_id, MemberClass(member_class))
        for period in written.periods:
            await self._confirm(period, written.classes)
        for term in written.terms:
            await self._term(term)

    async def _prove(self, written: StudentProof) -> None:
        if written.address is not None:
            shown = Proof(
                purpose=Purpose.UNIVERSITY,
                person_id=None,
                address=written.address,
                is_right=True,
                challenge_id=None,
                has_password=False,
                paid=[],
            )
            await proofs.prove(self.session, self.cast.person(written.person), shown)
            return
        given = {
            "university_id": self.universities[written.university or ""],
            "valid_until": self._day(written.until_days or 0),
            "note": written.note,
        }
        person_id = self.cast.people[written.person]
        await proofs.give(self.session, self.owner, self.row_id, person_id, ProofGive.model_validate(given))

    async def _confirm(self, written: StudentPeriod, classes: dict[str, str]) -> None:
        await self._at(written.from_days)
        days = {"starts_on": written.from_days, "ends_on": written.until_days, "confirm_by": written.confirm_days}
        asked = PeriodOpen.model_validate({name: self._day(away) for name, away in days.items()})
        opened = await periods.open_period(self.session, self.owner, self.row_id, asked)
        await self._at(-8)
        for slug in written.confirmed_by:
            member_class = MemberClass(classes[slug])
            await periods.confirm(self.session, self.cast.person(slug), self.row_id, opened.id, member_class)

    async def _term(self, written: OfficerTerm) -> None:
        await self._at(-(written.accepted_days_ago or 1))
        held = select(Role.name, Role.id).where(Role.community_id == self.row_id)
        roles = dict((await self.session.execute(held)).all())
        seats = [{"person_id": self.cast.people[seat.person], "role_id": roles[seat.role]} for seat in written.seats]
        asked = TermPropose.model_validate(
            {
                "starts_on": self._day(written.from_days),
                "ends_on": self._day(written.until_days),
                "lead_id": self.cast.people[written.lead],
                "seats": seats,
            }
        )
        proposed = await terms.propose(self.session, self.owner, self.row_id, asked)
        if written.accepted_days_ago is not None:
            lead: Actor = self.cast.person(written.lead)
            await terms.accept(self.session, lead, self.row_id, proposed.id)
            await self._at(written.from_days)
            await terms.settle(self.session, await self.session.get_one(Row, self.row_id))

    async def _at(self, days: int) -> None:
        await clock.shift(self.session, timedelta(days=days))

    def _day(self, days: int) -> str:
        return (self.cast.began_at + timedelta(days=days)).date().isoformat()
