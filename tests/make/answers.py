"""What every answer owes its reader, asserted while it is read."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx

from app.kernel.problems import PROBLEM_JSON, Problem

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
GIVEN_AWAY = re.compile(r"Traceback|psycopg|sqlalchemy|site-packages|\bSELECT\b.*\bFROM\b|/app/|pydantic", re.DOTALL)


@cache
def codes() -> frozenset[str]:
    """The code of every problem there is."""

    def below(kind: type[Problem]) -> Iterator[type[Problem]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    return frozenset(each.code for each in below(Problem))


def problem(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """The problem an answer carries, which is one and, where given, of one of these statuses."""
    assert not statuses or answer.status_code in statuses, f"{answer.status_code}: {answer.text[:500]}"
    assert answer.status_code >= 400
    assert answer.headers["content-type"] == PROBLEM_JSON
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["code"] in codes()
    assert KEBAB.fullmatch(body["code"])
    assert body["type"] == f"urn:rantau:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    assert "{" not in body["title"] + body["detail"]
    assert body["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert not GIVEN_AWAY.search(answer.text)
    if body["code"] == "invalid":
        assert body["errors"]
    for error in body.get("errors", ()):
        assert {"pointer", "code", "message"} <= set(error)
        assert "{" not in error["message"] or "{min" not in error["message"]
        assert error["pointer"] == "" or error["pointer"][0] in "/#"
    return body
