"""Structured logs: one JSON object a line (coloured text in a terminal), carrying the request id and no secrets."""

import logging
import sys
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from functools import cache
from typing import Any
from uuid import UUID

import orjson
import structlog

from app.kernel.ids import new_id

request_id: ContextVar[UUID] = ContextVar("request_id")
"""The id of the request or job being served; quoted by logs, audit rows, events and problems."""

# One list for good: a logger that has spoken keeps the list it found, so a later configuration fills this one anew.
_processors: list[structlog.typing.Processor] = []

_SECRET_WORDS = ("password", "token", "secret", "authorization", "code", "otp", "cookie", "account_number")


def current_request_id() -> UUID:
    """The id of what is being served; outside of any request or job a new one, kept from then on."""
    found = request_id.get(None)
    if found is None:
        found = new_id()
        request_id.set(found)
    return found


def configure(*, level: str, as_json: bool) -> None:
    """Send every log of ours and of the libraries to standard error in one format.

    Ours do not take the way through the standard library, which would cost a request as much as all the rest.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
        _redact,
        structlog.processors.StackInfoRenderer(),
    ]
    final: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_to_json)]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # the default one shows local variables: secrets too
            )
        ]
    )
    _processors[:] = [*shared, *final]
    structlog.configure(
        processors=_processors,
        logger_factory=_Logger,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("uvicorn.access", "procrastinate", "httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class _Logger:
    """Writes lines to what standard error is by then: a logger lives longer than some streams."""

    def __init__(self, name: str = "rantau") -> None:
        self.name = name

    def write(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")

    debug = info = warning = error = critical = exception = msg = write


def _to_json(event: MutableMapping[str, Any], default: Callable[[Any], Any]) -> str:
    return orjson.dumps(event, default).decode()


def _add_request_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    found = request_id.get(None)
    if found is not None:
        event["request_id"] = str(found)
    return event


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event:
        if _is_secret(key):
            event[key] = "[redacted]"
    return event


@cache
def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET_WORDS)
