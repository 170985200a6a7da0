"""The seed of what is chosen by chance, and the count of what was sent."""

import pytest


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The seed that the run's header prints; repeat a run with `-p randomly --randomly-seed=…`."""
    given = pytestconfig.getoption("randomly_seed", 1)
    return given if isinstance(given, int) else 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many hostile requests were answered."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, ())]
    counted = [int(str(n)) for each in reports for name, n in each.user_properties if name == "hostile requests"]
    if counted:
        terminalreporter.write_line(f"{sum(counted)} hostile requests to {len(counted)} operations")
