"""Nothing is left out of what Schemathesis asks (`make attack`)."""

import tomllib

from tests.hostile.harness.schemathesis import CONFIGURATION, EXCLUSIONS


def test_no_operation_is_excused_from_a_check() -> None:
    assert EXCLUSIONS.read_text() == ""


def test_the_configuration_only_says_which_refusals_are_expected() -> None:
    stated = tomllib.loads(CONFIGURATION.read_text())
    assert set(stated) == {"checks"}
    for check in stated["checks"].values():
        assert set(check) == {"expected-statuses"}
        assert [status for status in check["expected-statuses"] if status.startswith("5")] == []
