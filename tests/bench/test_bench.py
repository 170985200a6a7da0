"""The bench runs, and its reference says and answers what the service does; how fast, no test asks."""

import asyncio
from collections.abc import Iterator

import pytest

from bench import sameness
from bench.__main__ import QUICK, SMALL
from bench.measuring import Cell, measure
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
    found = list(measure(world, QUICK))
    cells = [each for each in found if isinstance(each, Cell)]
    assert [cell.load for cell in cells] == [load.name for load in QUICK.loads]
    assert {cell.ours.failures + cell.reference.failures for cell in cells} == {0}
    assert not [each for each in found if isinstance(each, str)]
