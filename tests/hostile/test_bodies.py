"""Bodies that are not what they say: refused before anything is done, and before too much is read."""

import gzip
import json

import pytest

from tests.make.answers import problem
from tests.make.operations import Operation, operations
from tests.make.world import World

MEBIBYTE = 1024 * 1024
TYPED = {"content-type": "application/json"}
SPOILED: dict[str, tuple[bytes, dict[str, str], int]] = {
    "empty": (b"", TYPED, 422),
    "truncated": (b'{"a":', TYPED, 400),
    "two documents": (b"{}{}", TYPED, 400),
    "a comment": (b"{/**/}", TYPED, 400),
    "a trailing comma": (b'{"a":1,}', TYPED, 400),
    "single quotes": (b"{'a':1}", TYPED, 400),
    "a repeated key": (b'{"a":1,"a":1}', TYPED, 400),
    "a repeated key, written otherwise": (b'{"a":1,"\\u0061":1}', TYPED, 400),
    "a repeated key inside": (b'{"a":[{"b":1,"b":2}]}', TYPED, 400),
    "NaN": (b'{"a":NaN}', TYPED, 400),
    "a number too long": (b'{"a":1' + b"0" * 5000 + b"}", TYPED, 400),
    "a byte order mark": (b"\xef\xbb\xbf{}", TYPED, 400),
    "UTF-16": ("{}".encode("utf-16"), TYPED, 400),
    "UTF-16 without a mark": ("{}".encode("utf-16-le"), TYPED, 400),
    "UTF-32": ("{}".encode("utf-32"), TYPED, 400),
    "Latin-1": ('{"a":"é"}'.encode("latin-1"), TYPED, 400),
    "overlong UTF-8": (b'{"a":"\xc0\xaf"}', TYPED, 400),
    "a surrogate in UTF-8": (b'{"a":"\xed\xa0\x80"}', TYPED, 400),
    "a NUL": (b"{}\x00", TYPED, 400),
    "arrays without end": (b"[" * 100_000, TYPED, 400),
    "objects without end": (b'{"a":' * 100_000, TYPED, 400),
    "deep": (b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", TYPED, 422),
    "an array": (b"[]", TYPED, 422),
    "a text": (b'"{}"', TYPED, 422),
    "null": (b"null", TYPED, 422),
    "a hundred thousand members": (json.dumps(dict.fromkeys(map(str, range(60_000)), 0)).encode(), TYPED, 422),
    "larger than the cap": (b'{"a":"' + b"x" * MEBIBYTE + b'"}', TYPED, 413),
    "20 MB": (b" " * 20 * MEBIBYTE, TYPED, 413),
    "no type": (b"{}", {"content-type": ""}, 415),
    "text": (b"{}", {"content-type": "text/plain"}, 415),
    "a form": (b"a=1", {"content-type": "application/x-www-form-urlencoded"}, 415),
    "XML": (b"<a/>", {"content-type": "application/xml"}, 415),
    "merge patch": (b"{}", {"content-type": "application/merge-patch+json"}, 415),
    "compressed": (gzip.compress(b"{}"), TYPED | {"content-encoding": "gzip"}, 415),
    "a bomb": (gzip.compress(b" " * 10 * MEBIBYTE), TYPED | {"content-encoding": "gzip"}, 415),
}
WITH_BODY = [each for each in operations() if each.body() is not None]


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.name)
async def test_a_body_that_is_none_is_refused(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    wrong = []
    for name, (content, headers, status) in SPOILED.items():
        async with world.undone():
            spoiled = request.with_headers(**headers)
            answer = await world.send(spoiled, caller, content)
        if answer.status_code != status:
            wrong.append(f"{name}: {answer.status_code} instead of {status}: {answer.text[:200]}")
        else:
            problem(answer)
    assert wrong == []
