"""`rantau sample-world`, where it is not for."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import app


@pytest.mark.usefixtures("own_logging")
def test_there_is_no_sample_world_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "HOME": str(tmp_path),
        "ENVIRONMENT": "production",
        "SECRET_KEY": "x" * 32,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    }.items():
        monkeypatch.setenv(f"RANTAU_{name}", value)
    result = CliRunner().invoke(app, ["sample-world"])
    assert result.exit_code == 78
    assert "password that everybody knows" in result.output
