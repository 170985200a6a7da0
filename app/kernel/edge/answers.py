"""Every exception as a problem: ours, the framework's, validation's and the database's."""

from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.kernel import problems
from app.kernel.edge.validation import field_errors
from app.kernel.logging import current_request_id
from app.kernel.messages import negotiate

_log = structlog.get_logger("edge")

# Connection lost, operator intervention, serialization, deadlock, lock timeout, out of resources, statement timeout.
_TRANSIENT = ("08", "57", "40", "55P03", "53", "25P03")
_UNIQUE = "23505"

_BY_STATUS: dict[int, type[problems.Problem]] = {
    400: problems.BadRequest,
    401: problems.NotAuthenticated,
    403: problems.Forbidden,
    404: problems.NotFound,
    405: problems.MethodNotAllowed,
    413: problems.PayloadTooLarge,
    415: problems.UnsupportedMediaType,
}


def answer(request: Request, problem: problems.Problem) -> Response:
    """Render the problem in the reader's language."""
    language = negotiate(request.headers.get("accept-language"))
    body = problems.render(problem, language=language, request_id=current_request_id())
    headers = {"Cache-Control": "no-store", "Content-Language": language} | problem.headers
    return Response(body, problem.status, headers, media_type=problems.PROBLEM_JSON)


def install(app: FastAPI) -> None:
    """Answer every exception an operation may leave with a problem."""
    app.add_exception_handler(problems.Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(ClientDisconnect, _left)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(psycopg.Error, _driver)
    app.add_exception_handler(PoolTimeout, _exhausted)
    app.add_exception_handler(ConnectionError, _exhausted)
    app.add_exception_handler(Exception, _defect)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, problems.Problem)  # noqa: S101 - registered for this type
    return answer(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return answer(request, problems.Invalid(errors=field_errors(error.errors())))


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    kind = _BY_STATUS.get(error.status_code, problems.BadRequest)
    parameters: dict[str, Any] = {"limit": 0} if kind is problems.PayloadTooLarge else {}
    return answer(request, kind(headers=error.headers, **parameters))


async def _left(request: Request, _: Exception) -> Response:
    """Nobody reads it: it is for the log and the counters, where who hangs up in mid-sentence is no defect of ours."""
    return answer(request, problems.RequestTimeout())


async def _database(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)  # noqa: S101
    return _unanswered(request, error, error.orig, is_lost=error.connection_invalidated)


async def _driver(request: Request, error: Exception) -> Response:
    """What a read without a session leaves: the driver's error as it is."""
    return _unanswered(request, error, error, is_lost=False)


def _unanswered(request: Request, error: Exception, cause: BaseException | None, *, is_lost: bool) -> Response:
    state = getattr(cause, "sqlstate", None)
    if state == _UNIQUE:
        return answer(request, problems.Conflict())
    if is_lost or state is None or state.startswith(_TRANSIENT):
        _log.warning("database unavailable", sqlstate=state, error=type(cause).__name__)
        return answer(request, problems.Unavailable())
    raise error


async def _exhausted(request: Request, error: Exception) -> Response:
    _log.warning("database unavailable", error=type(error).__name__)
    return answer(request, problems.Unavailable())


async def _defect(request: Request, _: Exception) -> Response:
    """Starlette raises it on, so that it is logged by the exchange."""
    return answer(request, problems.InternalError())
