"""`rantau operator` and `rantau mailbox`, as they are typed."""

from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import app
from app.messaging import mailbox
from app.messaging.outgoing import Channel, OutgoingMessage, Template, render
from tests.conftest import Postgres

pytestmark = pytest.mark.usefixtures("own_logging")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's home."""
    monkeypatch.setenv("RANTAU_HOME", str(tmp_path))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_an_operator_is_added(server: Postgres, own_database: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANTAU_DATABASE_URL", server.owner(own_database))
    monkeypatch.setenv("RANTAU_APP_DATABASE_URL", server.app(own_database))
    for _ in range(2):
        result = run("operator", "add", "Ani@Example.com", "--name", "Ani")
        assert (result.exit_code, result.output) == (0, "ani@example.com is an operator now.\n")
    with psycopg.connect(server.owner(own_database)) as owner:
        found = owner.execute(
            "SELECT display_name, email, is_operator FROM people JOIN person_details ON person_id = id"
        ).fetchall()
    assert found == [("Ani", "ani@example.com", True)]


def test_what_is_no_address_is_refused_before_the_database_is_opened(home: Path) -> None:
    result = run("operator", "add", "0812345678")
    assert result.exit_code == 64
    assert "country code" in result.output


def put(home: Path, address: str, code: str) -> None:
    message = OutgoingMessage(
        channel=Channel.SMS,
        address=address,
        language="en",
        template=Template.CODE,
        parameters={"code": code, "minutes": 10, "purpose": "sign_in"},
        cause=UUID(int=7),
    )
    mailbox.put(home / "mailbox", render(message, sender="Rantau <no-reply@rantau.example>"))


def test_the_mailbox_shows_codes_the_newest_last(home: Path) -> None:
    assert "Nothing has been sent yet" in run("mailbox").output
    put(home, "+6281234567890", "111111")
    put(home, "+905321234567", "222222")
    shown = run("mailbox")
    assert shown.exit_code == 0
    assert 0 < shown.output.index("111111") < shown.output.index("222222")
    assert "sms to +905321234567" in shown.output
    assert "111111" not in run("mailbox", "--to", "+905321234567").output


def test_production_has_no_mailbox(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANTAU_ENVIRONMENT", "production")
    monkeypatch.setenv("RANTAU_SECRET_KEY", "s" * 32)
    monkeypatch.setenv("RANTAU_DATABASE_URL", "postgresql://nowhere.invalid/none")
    result = run("mailbox")
    assert result.exit_code == 78
    assert "no mailbox in production" in result.output
