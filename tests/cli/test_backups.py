"""`rantau backup` and `rantau restore`, as they are typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import app
from tests.conftest import Postgres

pytestmark = pytest.mark.usefixtures("own_logging")


def run(monkeypatch: pytest.MonkeyPatch, server: Postgres, database: str, home: Path, *words: str | Path) -> Result:
    monkeypatch.setenv("RANTAU_HOME", str(home))
    monkeypatch.setenv("RANTAU_DATABASE_URL", server.owner(database))
    monkeypatch.setenv("RANTAU_APP_DATABASE_URL", server.app(database))
    return CliRunner().invoke(app, [str(word) for word in words])


def test_what_was_backed_up_is_restored_and_sound(
    server: Postgres, own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rantau.tar"
    result = run(monkeypatch, server, own_database, tmp_path, "backup", file)
    assert (result.exit_code, " rows of " in result.output) == (0, True), result.output
    with server.database() as empty:
        result = run(monkeypatch, server, empty, tmp_path, "restore", file)
        assert (result.exit_code, "Now run `rantau check`." in result.output) == (0, True), result.output
        assert run(monkeypatch, server, empty, tmp_path, "check").exit_code == 0
        result = run(monkeypatch, server, empty, tmp_path, "restore", file)
        assert (result.exit_code, "The database is not empty" in result.output) == (1, True), result.output


def test_a_place_that_cannot_be_written_to_is_named(
    server: Postgres, own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(monkeypatch, server, own_database, tmp_path, "backup", tmp_path / "nowhere" / "rantau.tar")
    assert result.exit_code == 1
    assert "cannot be written" in result.output
