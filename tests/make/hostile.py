"""What people, programs and attackers send in place of a value."""

import json
from typing import Any

TEXTS: tuple[str, ...] = (
    "",
    " ",
    "\t",
    "\n",
    "\r\nSet-Cookie: a=b",
    "a\x00b",
    "\x7f",
    "\x85",
    "\u202etxt.exe",
    "\u2066a",
    "\u200d",
    "\ufeff",
    "\ufffe",
    "\U0010ffff",
    "e\u0301",
    "a" + "\u0301" * 10_000,
    "x" * 201,
    "x" * 10_001,
    "x" * 1_000_000,
    "’\"'`; -- /* */",
    "' OR '1'='1",
    "%' OR 1=1 --",
    "1; DROP TABLE parties",
    "\\",
    "%",
    "%%%s%n%x",
    "_",
    "${jndi:ldap://127.0.0.1/a}",
    "{{7*7}}",
    "{0.__class__}",
    "{name}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "..%2f..%2f",
    "%00",
    "%0d%0a",
    "=1+1",
    "@SUM(1)",
    "true",
    "null",
    "undefined",
    "NaN",
    "None",
    "0",
    "1",
    "-1",
    "01",
    "1.0",
    "1,5",
    "0x10",
    "1_000",
    "٣",
    "１",
    "1e3",
    "9" * 5000,
    "id",
    "ID",
    "idr",
    "XXX",
    "ZZ",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "{0193f2a0-0000-7000-8000-000000000000}",
    "urn:uuid:0193f2a0-0000-7000-8000-000000000000",
    "0193f2a0000070008000000000000000",
    "0000-01-01",
    "0001-01-01",
    "10000-01-01",
    "2026-02-29",
    "2026-13-01",
    "2026-11-24T25:00:00Z",
    "2026-11-24T10:30:00",
    "2026-11-24T10:30:00+99:00",
    "2026-11-24T23:59:60Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1764000000",
    "+6281200000001",
    "siti@example.org\n",
    "javascript:alert(1)",
    "http://169.254.169.254/",
)
"""Values of a text field."""
ADDRESSABLE = tuple(text for text in TEXTS if len(text) <= 10_000)
"""Values of a parameter or a header; the server cuts off longer ones (tests/kernel/test_server.py)."""

_NUMBERS = (
    "0 1 -1 -0 -0.0 1.0 1.5 0.1 1e2 1e-400 1e999 -1e999 NaN Infinity -Infinity 2147483647 2147483648 -2147483649 "
    "9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775809 "
    "1000000000000 1000000000001 1000000000000001"
)
_OTHERS = (
    'null true false [] [null] [[]] [1] {} {"a":1} {"":""} {"__proto__":{}} {"amount":1} [{}] '
    '"\\ud800" "\\udfff\\ud800" "\\u0000" "\\ud83d\\ude00"'
)
_STRANGE: tuple[str, ...] = (
    *_NUMBERS.split(),
    *_OTHERS.split(),
    "1" + "0" * 400,
    "1" + "0" * 5000,
    "[" + ",".join(["1"] * 10_001) + "]",
    "[" * 900 + "]" * 900,
)
_WORDED = tuple(json.dumps(each) for each in TEXTS)


def json_texts(schema: dict[str, Any]) -> tuple[str, ...]:
    """Values of a field of a body, as they are written; where no text is allowed, some texts stand for all."""
    takes_text = '"string"' in json.dumps(schema) or "$ref" in json.dumps(schema)
    return (*_STRANGE, *(_WORDED if takes_text else _WORDED[::5]))


def bounds(schema: dict[str, Any]) -> list[str]:
    """The values just outside and just inside what a schema allows, as they are written."""
    found: list[Any] = []
    for word, step in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 0), ("exclusiveMaximum", 0)):
        if word in schema:
            found += [int(schema[word]) + step, int(schema[word])]
    if "maxLength" in schema:
        found += ["x" * (schema["maxLength"] + 1), "x" * schema["maxLength"], "é" * schema["maxLength"]]
    if "maxItems" in schema:
        found.append([None] * (schema["maxItems"] + 1))
    return [json.dumps(each) for each in found]
