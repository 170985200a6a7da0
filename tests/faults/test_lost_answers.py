"""Answers lost after the commit, on their way to the customer or to the service: whoever asks again hears the truth."""

from tests.faults.conftest import Trying
from tests.faults.harness.installation import Installation, until
from tests.faults.harness.proxy import Mode
from tests.faults.harness.trial import Scale


async def test_a_lost_answer_is_replayed_byte_for_byte(service: Installation, trying: Trying, scale: Scale) -> None:
    lost = service.to_api.lost_answers
    lost.clear()
    async with trying("F9", "every other answer lost after the commit") as trial:
        async with trial.fault():
            await service.to_api.turn(Mode.LOSE_ANSWERS)
            await until(lambda: len(lost) >= scale.amount(200), seconds=scale.limit(30), why="too few were lost")
            await service.to_api.turn(Mode.OK)
        trial.notes.append(f"{len(lost)} answers lost")
        await trial.recovers(within=1)
        assert len(trial.felt()) >= len(lost)
    bodies = {answer.partition(b"\r\n\r\n")[2] for answer in lost if answer.startswith(b"HTTP/1.1 201 ")}
    assert bodies
    assert trial.customers.record.replayed >= len(bodies)
    assert bodies <= trial.customers.record.acknowledgements


async def test_a_commit_whose_answer_is_lost_is_told_as_perhaps_done(
    service: Installation, trying: Trying, scale: Scale
) -> None:
    async with trying("F9", "link to PostgreSQL cut in the middle of COMMIT") as trial:
        record = trial.customers.record
        async with trial.fault():
            await service.to_postgres.turn(Mode.LOSE_COMMITS)
            await until(lambda: record.outcomes_unknown >= scale.amount(200), seconds=60, why="too few were lost")
            await service.to_postgres.turn(Mode.OK)
        await trial.recovers(within=1)
        trial.notes.append(f"{record.outcomes_unknown} told as perhaps done, {record.replayed} deeds found done")
    assert 0 < record.replayed < record.outcomes_unknown, "not felt: all were done, or none"
