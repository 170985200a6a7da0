"""Refusals and failures as RFC 9457 problems, and the ones every operation shares.

A domain states its own in `errors.py`: a subclass with a status, a stable code and sentences that say what to do next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import orjson

from app.kernel.messages import translate

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field at fault: a JSON pointer (or a parameter's name behind `#`), a stable code and a message id."""

    pointer: str
    code: str
    message: str
    parameters: Mapping[str, object] = field(default_factory=dict)


class Problem(Exception):
    """What a caller is told instead of an answer.

    `title` and `detail` are message ids; keyword arguments fill the detail's parameters. `extensions` become further
    members of the body, `headers` further headers of the answer. Where the refusal itself `leaves_trace` (a failed
    sign-in, a stolen token that ends its session), the transaction it is raised in is committed all the same.
    """

    leaves_trace: ClassVar[bool] = False
    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    detail: ClassVar[str]

    def __init__(
        self,
        *,
        errors: Sequence[FieldError] = (),
        extensions: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **parameters: object,
    ) -> None:
        """Keep what `render` needs; nothing is translated before the reader's language is known."""
        super().__init__(self.code, parameters)
        self.errors = tuple(errors)
        self.extensions = dict(extensions or {})
        self.headers = dict(headers or {})
        self.parameters = parameters


def render(problem: Problem, *, language: str, request_id: UUID) -> bytes:
    """Write the problem+json body in the reader's language."""
    body: dict[str, Any] = {
        "type": f"urn:rantau:problem:{problem.code}",
        "title": translate(problem.title, language),
        "status": problem.status,
        "detail": translate(problem.detail, language, **problem.parameters),
        "instance": f"urn:uuid:{request_id}",
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = [
            {
                "pointer": error.pointer,
                "code": error.code,
                "message": translate(error.message, language, **error.parameters),
            }
            for error in problem.errors
        ]
    return orjson.dumps(body | problem.extensions, default=str)


class BadRequest(Problem):
    """The request could not be read at all."""

    status = 400
    code = "bad-request"
    title = "The request could not be read"
    detail = "Send a well-formed request: one UTF-8 JSON document without repeated keys, under a JSON content type."


class CursorInvalid(Problem):
    """A page cursor that was not given out for this list, or too long ago."""

    status = 400
    code = "cursor-invalid"
    title = "This page can no longer be continued"
    detail = "Start again from the first page: a cursor is good for 24 hours, for the same filters and the same person."


class IdempotencyKeyMissing(Problem):
    """A required Idempotency-Key was not sent, or is not one."""

    status = 400
    code = "idempotency-key-missing"
    title = "An Idempotency-Key is needed"
    detail = "Send an Idempotency-Key header of 1 to 255 visible ASCII characters, new for each deed, kept on a retry."


class NotAuthenticated(Problem):
    """No valid session or key was shown."""

    status = 401
    code = "not-authenticated"
    title = "Sign in first"
    detail = "Send a valid session token or API key as a bearer token."


class Forbidden(Problem):
    """The caller sees the thing but may not do this with it."""

    status = 403
    code = "forbidden"
    title = "You may not do this"
    detail = (
        "Your role does not allow this. Ask an owner of the organization or community to do it or to give you the role."
    )


class ScopeMissing(Problem):
    """The API key was not given this scope."""

    status = 403
    code = "scope-missing"
    title = "This API key may not do this"
    detail = "The key lacks the scope {scope}. Make a key that has it."


class OriginNotAllowed(Problem):
    """A page of another site asks to call."""

    status = 403
    code = "origin-not-allowed"
    title = "Pages of this site may not call"
    detail = "Ask the operator to add your site to the allowed origins, and send only documented headers."


class NotFound(Problem):
    """There is no such thing, or the caller may not see it: the two look alike."""

    status = 404
    code = "not-found"
    title = "Not found"
    detail = "There is nothing here that you may see. Check the address."


class MethodNotAllowed(Problem):
    """The path exists, the method does not."""

    status = 405
    code = "method-not-allowed"
    title = "This method is not offered here"
    detail = "The Allow header lists the methods that are."


class RequestTimeout(Problem):
    """The client did not send its request in time."""

    status = 408
    code = "request-timeout"
    title = "The request did not arrive in time"
    detail = "Nothing was changed. Send it again over a better connection."


class Conflict(Problem):
    """The deed contradicts the state of things."""

    status = 409
    code = "conflict"
    title = "This contradicts the present state"
    detail = "Read it again and decide anew."


class StateConflict(Problem):
    """The deed is not possible in the state the thing is in."""

    status = 409
    code = "state-conflict"
    title = "Not possible in this state"
    detail = "It is {state} now, and this can be done only while it is {allowed}. Read it again and decide anew."


class RequestInProgress(Problem):
    """Another request with the same Idempotency-Key is still running."""

    status = 409
    code = "request-in-progress"
    title = "The same request is still running"
    detail = "Wait a moment and send it again with the same Idempotency-Key."


class LengthRequired(Problem):
    """The body's length cannot be known."""

    status = 411
    code = "length-required"
    title = "The length of the body is missing"
    detail = "Send a Content-Length header or a chunked body."


class VersionMismatch(Problem):
    """The thing has changed since the caller read it."""

    status = 412
    code = "version-mismatch"
    title = "It has changed meanwhile"
    detail = "Version {current} is the present one. Read it, apply your change to it and send that."


class PayloadTooLarge(Problem):
    """The body is larger than this operation takes."""

    status = 413
    code = "payload-too-large"
    title = "Too large"
    detail = "Send at most {limit} bytes."


class UriTooLong(Problem):
    """The address is longer than the server reads."""

    status = 414
    code = "uri-too-long"
    title = "The address is too long"
    detail = "Send fewer or shorter query parameters."


class UnsupportedMediaType(Problem):
    """The body's type is not one this operation reads."""

    status = 415
    code = "unsupported-media-type"
    title = "This type of content is not read here"
    detail = "Send application/json in UTF-8, not compressed, or the type that this operation documents."


class Invalid(Problem):
    """The request was read, but what it says is not acceptable; `errors` name the fields."""

    status = 422
    code = "invalid"
    title = "Some fields need mending"
    detail = "Mend the fields listed under errors and send it again."


class IdempotencyKeyReused(Problem):
    """The key was used for another request before."""

    status = 422
    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used for something else"
    detail = "A key belongs to one request with one body. Take a new key for a new deed."


class MatchRequired(Problem):
    """The change must say which version it was made to."""

    status = 428
    code = "match-required"
    title = "Say which version you are changing"
    detail = 'Send the version you read as If-Match, for example If-Match: "3".'


class TooManyRequests(Problem):
    """The caller has used up what it may ask for a while."""

    status = 429
    code = "too-many-requests"
    title = "Too many requests"
    detail = "Wait {seconds} seconds and try again."


class HeadersTooLarge(Problem):
    """The headers are larger than the server reads."""

    status = 431
    code = "headers-too-large"
    title = "The headers are too large"
    detail = "Send fewer or shorter headers."


class InternalError(Problem):
    """A defect of ours."""

    status = 500
    code = "internal-error"
    title = "Something broke on our side"
    detail = "Nothing was changed. Try again; if it stays, tell us the request id."


class Unavailable(Problem):
    """Something we stand on does not answer just now."""

    status = 503
    code = "unavailable"
    title = "Not available just now"
    detail = "Nothing was changed. Try again in a few seconds, with the same Idempotency-Key."

    def __init__(self, *, retry_after: int = 2) -> None:
        """Tell the caller to come back after `retry_after` seconds."""
        super().__init__(headers={"Retry-After": str(retry_after)})


class DeadlineExceeded(Unavailable):
    """The answer would have come too late."""

    code = "deadline-exceeded"
    title = "This took too long"
    detail = "It was given up; whether it was done is not known. Send it again with the same Idempotency-Key."


class OutcomeUnknown(Unavailable):
    """The connection was lost between the COMMIT and the database's answer to it."""

    code = "outcome-unknown"
    title = "Perhaps done, perhaps not"
    detail = (
        "Whether it was done is not known: the connection was lost at the last step. Send it again with the same "
        "Idempotency-Key: it is done once, and you get the true answer. Without a key, read first what became of it."
    )
