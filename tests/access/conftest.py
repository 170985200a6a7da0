"""Runs the test that guards against a mutant, with the guard in its place and without it."""

from contextlib import suppress

import pytest
from _pytest.runner import runtestprotocol

from tests.access.mutation import Mutant

WITH_GUARD = pytest.StashKey[list[pytest.TestReport]]()
WITHOUT_GUARD = pytest.StashKey[list[pytest.TestReport]]()

COLLECTED = pytest.StashKey[dict[str, pytest.Item]]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Remember every test by its id, also those that were not asked for by name."""
    session.stash[COLLECTED] = {item.nodeid: item for item in items}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Before a mutant's own test: run the guarding one twice, as an item of its own, and keep what came of it."""
    mutant = getattr(item, "callspec", None) and item.callspec.params.get("mutant")  # type: ignore[attr-defined]
    if not isinstance(mutant, Mutant):
        return
    guarding = item.session.stash[COLLECTED].get(mutant.guarding_test)
    if guarding is None:
        return
    item.session._setupstate.teardown_exact(guarding)  # noqa: SLF001 - what is left of the test before is not ours
    item.stash[WITH_GUARD] = runtestprotocol(guarding, log=False, nextitem=item)
    with suppress(LookupError), mutant.applied():  # that the list is out of date, a test of its own says
        item.stash[WITHOUT_GUARD] = runtestprotocol(guarding, log=False, nextitem=item)
    guarding.user_properties.clear()  # what a test is told without its guard is not what it is told
