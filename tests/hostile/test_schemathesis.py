"""Schemathesis against the running service: every operation, valid and invalid data, links followed, all checks on."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.hostile.harness import schemathesis, service
from tests.hostile.harness.service import Target

ROLES = ("anonymous", "reseller", "msme_owner")
SEEDS = (1, 2, 3)
ENDS_THE_SESSION = "^(end_current_session|end_session|set_password|change_contact)$"
pytestmark = pytest.mark.attack


@pytest.fixture(scope="module")
async def target() -> AsyncIterator[Target]:
    """One service for all seeds of a role."""
    async with service.running() as running:
        yield running


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("role", [pytest.param(role, marks=pytest.mark.xdist_group(role)) for role in ROLES])
async def test_nothing_that_follows_from_the_document_breaks_the_service(
    target: Target, role: str, seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The coverage phase goes through the edges of every schema whatever the seed: one seed of one role is enough."""
    is_first = seed == SEEDS[0] and role == ROLES[-1]
    phases = "examples,coverage,fuzzing,stateful" if is_first else "fuzzing,stateful"
    most = await schemathesis.attack(target, tmp_path, role, seed, phases=phases, examples=8, but=ENDS_THE_SESSION)
    rest = await schemathesis.attack(target, tmp_path, role, seed, phases="fuzzing", examples=8, only=ENDS_THE_SESSION)
    record_property("cases", most.cases + rest.cases)
    assert most.is_clean, most.told
    assert rest.is_clean, rest.told
    assert target.installation.defects() == []
