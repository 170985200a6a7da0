"""Every guard is missed: with it taken out, a test that passes with it fails, because of what it asserts."""

import pytest

from tests.access.conftest import WITH_GUARD, WITHOUT_GUARD
from tests.access.mutation import Mutant, mutants
from tests.make.processes import CHECKOUT

AT_LEAST = 20


def test_there_are_enough() -> None:
    assert len(mutants()) >= AT_LEAST


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_the_text_of_a_guard_is_where_the_list_says(mutant: Mutant) -> None:
    with mutant.applied():
        pass


def test_the_attack_collects_every_guarding_test() -> None:
    recipe = (CHECKOUT / "Makefile").read_text().split("\nattack:")[1].split("\n\n")[0]
    collected = tuple(word for word in recipe.split() if word.startswith("tests/"))
    assert [each.guarding_test for each in mutants() if not each.guarding_test.startswith(collected)] == []


@pytest.mark.attack
@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_guard_that_is_gone_is_missed(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    stash = request.node.stash
    assert WITH_GUARD in stash, f"collect {mutant.guarding_test} too, as `make attack` does"
    by_itself = [str(report.longrepr) for report in stash[WITH_GUARD] if not report.passed]
    assert by_itself == [], "the guarding test fails with the guard in place"
    assert WITHOUT_GUARD in stash, "tests/access/mutants.toml is out of date"
    called = [report for report in stash[WITHOUT_GUARD] if report.when == "call"]
    assert [report.outcome for report in called] == ["failed"], "survived: no test missed the guard"
    reason = called[0].longrepr.reprcrash.message
    assert reason.startswith(("assert", "AssertionError", "Failed: DID NOT RAISE")), reason
