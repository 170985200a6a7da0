"""The command line: a table of contents that imports what is asked for, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import CONTENTS, app

ROOT = Path(__file__).parents[2]


def shown(*words: str) -> str:
    """What a command prints, on one line and without frames."""
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert result.exit_code == 0, result.output
    return re.sub(r"[\s│]+", " ", result.output)


@pytest.mark.parametrize(("name", "summary"), [(name, entry.summary) for name, entry in CONTENTS.items()])
def test_a_command_is_listed_by_what_it_says_itself(name: str, summary: str) -> None:
    assert f"{name} {summary}" in shown()
    assert f"rantau {name}" in shown(name)
    assert summary in shown(name)


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(app, ["wroker"])
    assert result.exit_code == 2
    assert "Did you mean 'worker'?" in result.output


def imported(program: str) -> set[str]:
    """Everything that a process has imported when it has done this."""
    command = [sys.executable, "-c", f"import sys; {program}; print(*sys.modules)"]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    ("program", "needed", "unneeded"),
    [
        ("import app.cli.commands", "typer", {"app.kernel", "sqlalchemy", "fastapi", "alembic"}),
        (
            "import app.cli.running",
            "app.installation",
            {"app.identity", "app.main", "app.worker", "fastapi", "alembic"},
        ),
        ("import app.cli.serving", "uvicorn", {"app.worker", "app.sample_world", "alembic", "procrastinate"}),
        (
            "import app.cli.working; app.worker.load()",
            "app.identity.jobs",
            {"app.api", "fastapi", "uvicorn", "alembic"},
        ),
        ("import app.main", "app.orders.routes", {"app.cli", "app.worker", "app.sample_world", "alembic"}),
    ],
)
def test_a_process_imports_only_what_it_is_there_for(program: str, needed: str, unneeded: set[str]) -> None:
    found = imported(program)
    assert needed in found
    assert found & unneeded == set()
