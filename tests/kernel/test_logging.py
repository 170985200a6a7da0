"""The logs of one process, however often it is configured."""

import structlog
from structlog.testing import capture_logs

from app.kernel import logging


def test_a_logger_that_has_spoken_follows_a_later_configuration() -> None:
    log = structlog.get_logger("house")
    logging.configure(level="INFO", as_json=True)
    log.info("first")
    logging.configure(level="INFO", as_json=False)
    with capture_logs() as logs:
        log.info("second")
    assert [entry["event"] for entry in logs] == ["second"]
