"""Rules are read by everybody and stated by operators."""

import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.activity_rules.models import RuleBasis
from app.activity_rules.schemas import ActivityRuleCreate
from app.identity.models import DiasporaBasis
from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened, Statements
from tests.make.activity_rules import rule, stated
from tests.make.callers import Caller
from tests.make.identity import person

SAMPLE = Path(__file__).parents[2] / "app" / "sample_world" / "content" / "activity_rules.toml"


async def test_an_operator_states_a_rule_that_everybody_reads(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    operator = await person(database, http, operator=True)
    answer = await operator.post("/v1/activity-rules", stated(basis="student", outcome="block"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["version"] == 1
    assert answer.headers["etag"] == '"1"'
    seen = await anyone.get(f"/v1/activity-rules/{made['id']}")
    assert seen.json() == made
    assert seen.headers["cache-control"].startswith("public")
    (event,) = await happened.rows()
    assert event.kind == "ActivityRuleStated"
    assert event.audience == ["public"]
    assert event.facts == {"host_country": "TR", "basis": "student", "activity": "sell_on", "outcome": "block"}


async def test_a_rule_is_replaced_whole_under_its_version(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    operator = await person(database, http, operator=True)
    path = f"/v1/activity-rules/{await rule(database, basis='student')}"
    fields = stated(outcome="allow", legal_ways=[])
    terms = {name: fields[name] for name in ("outcome", "valid_from", "source", "messages", "legal_ways")}
    assert (await operator.put(path, terms)).status_code == 428
    assert (await operator.put(path, terms, match=7)).status_code == 412
    changed = await operator.put(path, terms, match=1)
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == 2
    assert changed.json()["outcome"] == "allow"
    assert changed.json()["basis"] == "student"
    assert await happened.kinds() == ["ActivityRuleStated", "ActivityRuleChanged"]
    assert (await operator.put(f"/v1/activity-rules/{new_id()}", terms, match=1)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"valid_until": "2019-12-31"}, "validity_reversed", "/"),
        ({"messages": {"id": "Tergantung izin."}}, "message_missing", "/"),
        ({"outcome": "block", "legal_ways": []}, "legal_ways_missing", "/"),
        ({"outcome": "perhaps"}, "enum", "/outcome"),
        ({"basis": "tourist"}, "enum", "/basis"),
        ({"host_country": "XX"}, "country_unknown", "/host_country"),
        ({"source": {"title": "A law", "url": "javascript:alert(1)"}}, "string_pattern_mismatch", "/source/url"),
        ({"messages": {"en": " "}}, "text_blank", "/messages/en"),
    ],
)
async def test_a_rule_that_does_not_hang_together_is_refused(
    database: Database, http: httpx.AsyncClient, fields: dict[str, Any], code: str, pointer: str
) -> None:
    operator = await person(database, http, operator=True)
    answer = await operator.post("/v1/activity-rules", stated(**fields))
    assert answer.status_code == 422
    assert [(error["code"], error["pointer"]) for error in answer.json()["errors"]] == [(code, pointer)]


async def test_nobody_but_an_operator_states_rules(database: Database, http: httpx.AsyncClient, anyone: Caller) -> None:
    somebody = await person(database, http)
    assert (await somebody.post("/v1/activity-rules", stated())).status_code == 403
    assert (await anyone.post("/v1/activity-rules", stated())).status_code == 401


async def test_the_list_filters_and_goes_on_in_three_statements(
    database: Database, anyone: Caller, statements: Statements
) -> None:
    wanted = [
        await rule(database, host_country="JP", activity="buy_retail", valid_from="2021-01-01"),
        await rule(database, host_country="JP", valid_from="2022-01-01"),
        await rule(database, host_country="JP", valid_from="2020-01-01", valid_until="2021-12-31"),
    ]
    await rule(database, host_country="SA")
    statements.sent.clear()
    first = (await anyone.get("/v1/activity-rules?host_country=JP&limit=2")).json()
    assert len(statements) <= 3
    second = (await anyone.get(f"/v1/activity-rules?host_country=JP&limit=2&cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [str(each) for each in wanted]
    assert second["next_cursor"] is None
    on = (await anyone.get("/v1/activity-rules?host_country=JP&activity=sell_on&on=2021-12-31")).json()
    assert [item["id"] for item in on["items"]] == [str(wanted[2])]


def test_every_private_basis_can_have_rules() -> None:
    assert {basis.value for basis in RuleBasis} - {basis.value for basis in DiasporaBasis} == {"registered_business"}


def test_the_sample_worlds_rules_are_rules() -> None:
    rows = tomllib.loads(SAMPLE.read_text())["rules"]
    made = [
        ActivityRuleCreate.model_validate(
            {name: row[name] for name in ("host_country", "outcome", "valid_from")}
            | {"basis": basis, "activity": activity, "legal_ways": row.get("legal_ways", [])}
            | {"source": {"title": row["source"]}, "messages": row["message"]}
        )
        for row in rows
        for basis in row["basis"]
        for activity in row["activity"]
    ]
    assert len(made) > len(rows) > 10
