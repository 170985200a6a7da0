"""The logs of one process, however often it is configured."""

import io
import sys

import orjson
import pytest
import structlog
from structlog.testing import capture_logs

from app.kernel import logging

pytestmark = pytest.mark.usefixtures("own_logging")


def test_a_logger_that_has_spoken_follows_a_later_configuration() -> None:
    log = structlog.get_logger("house")
    logging.configure(level="INFO", as_json=True)
    log.info("first")
    logging.configure(level="INFO", as_json=False)
    with capture_logs() as logs:
        log.info("second")
    assert [entry["event"] for entry in logs] == ["second"]


def test_a_logger_that_has_spoken_follows_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = structlog.get_logger("house")
    logging.configure(level="INFO", as_json=True)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "stderr", io.StringIO())
        log.info("first")
    log.info("second", password="hidden")
    told = orjson.loads(capsys.readouterr().err)
    assert (told["event"], told["logger"], told["password"]) == ("second", "house", "[redacted]")
