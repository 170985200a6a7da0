"""The OpenAPI document: valid, whole, and the one that is committed."""

from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis

from app.kernel.edge import document as described
from app.kernel.problems import PROBLEM_JSON
from tests.make.operations import Operation, application, document, operations, resolve

COMMITTED = Path(__file__).parents[2] / "openapi" / "rantau.json"
every_operation = pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)


def test_the_committed_document_is_current() -> None:
    current = COMMITTED.exists() and COMMITTED.read_text() == described.render(application())
    assert current, "The API has changed. Run `make openapi`, look at the difference and commit openapi/rantau.json."


def test_it_is_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document()).validate()
    for schema in document()["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [each.described["operationId"] for each in operations()]
    assert len(names) == len(set(names))


@every_operation
def test_an_operation_says_what_it_is(operation: Operation) -> None:
    assert operation.described["summary"]
    assert operation.described["description"].endswith((".", ")", "`"))
    assert operation.described["tags"]


@every_operation
def test_an_operation_says_how_it_refuses(operation: Operation) -> None:
    responses = {status: resolve(each) for status, each in operation.described["responses"].items()}
    refusals = {status: each for status, each in responses.items() if status >= "4"}
    assert {"429", "503"} <= set(refusals)
    assert operation.is_unread or {"401", "403"} <= set(refusals)
    for each in refusals.values():
        assert each["content"] == {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
