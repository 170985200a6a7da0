"""The bench runs, and its reference says and answers what the service does; how fast, no test asks."""

import asyncio
from collections.abc import Iterator

import pytest

from bench import sameness
from bench.__main__ import QUICK, SMALL
from bench.measuring import OURS, REFERENCE, Measured, measure
from bench.world import World
from tests.conftest import Postgres

COPIES = 3


@pytest.fixture(scope="module")
def world(server: Postgres, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of sixty products."""
    with server.database(template=template) as name:
        home = tmp_path_factory.mktemp("bench")
        made = World(home, SMALL.products * COPIES, server.app(name), server.owner(name))
        asyncio.run(made.fill(SMALL, made.owner_url))
        yield made


def test_a_world_of_copies_is_valid(world: World) -> None:
    assert asyncio.run(world.violations()) == []


def test_both_services_say_and_answer_the_same(world: World) -> None:
    assert sameness.differences(world) == []


def test_every_load_runs_against_both(world: World) -> None:
    measured = Measured()
    for found in measure([world], QUICK):
        measured.add(found)
    assert [(row.load, row.service) for row in measured.rows] == [
        (load.name, service) for load in QUICK.loads for service in (OURS, REFERENCE)
    ]
    assert {row.failures for row in measured.rows} == {0}
    assert all(row.processor_seconds > 0 for row in measured.rows if row.load == "list")
    assert not measured.violations
