"""The access policy knows every operation, and says of it what the OpenAPI document says."""

import pytest

from app.identity.scopes import SCOPES
from tests.make.access import COLUMNS, ROLES, policy
from tests.make.operations import Operation, operations


def test_every_operation_is_in_the_policy() -> None:
    assert [each.name for each in operations() if each.name not in policy()] == []


def test_every_entry_of_the_policy_is_an_operation() -> None:
    assert sorted(set(policy()) - {each.name for each in operations()}) == []


def test_every_scope_is_a_known_one() -> None:
    assert {access.scope for access in policy().values()} - {None} <= set(SCOPES)


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_the_document_says_what_the_policy_says(operation: Operation) -> None:
    access = policy()[operation.name]
    key = access.key or ("accepted" if operation.method == "POST" else "none")
    assert {
        "public": operation.is_public,
        "unread": operation.is_unread,
        "scopes": operation.scopes,
        "key": operation.key,
        "match": operation.needs_match,
    } == {
        "public": access.public,
        "unread": access.unread,
        "scopes": [access.scope] if access.scope else [],
        "key": key,
        "match": access.match,
    }


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_no_cell_is_left_open(operation: Operation) -> None:
    access = policy()[operation.name]
    for column in COLUMNS:
        for role in ROLES:
            assert access.expected(role, column) in range(200, 500)


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_the_document_knows_every_status_of_the_policy(operation: Operation) -> None:
    access = policy()[operation.name]
    stated = {str(access.expected(role, column)) for role in ROLES for column in COLUMNS}
    if not operation.parameters("path") and "$" not in str(access.body) + str(access.query):
        stated -= {"404"}  # of nothing in particular
    assert stated - set(operation.described["responses"]) == set()
