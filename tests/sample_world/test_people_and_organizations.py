"""The world's people, organizations and activity rules are whole: references hold, texts are bilingual."""

import re
import tomllib
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

CONTENT = Path(__file__).parents[2] / "app" / "sample_world" / "content"
BASES = {"citizen_abroad", "descendant", "spouse", "student", "worker", "returnee", "friend"}
ACTIVITIES = {"sell_on", "commission", "consignment", "buy_retail", "recommend_unpaid", "order_for_group"}
SELLING = {"sell_on", "commission", "consignment"}


def read(name: str) -> dict[str, Any]:
    with (CONTENT / name).open("rb") as file:
        return tomllib.load(file)


PEOPLE: dict[str, dict[str, Any]] = {person["slug"]: person for person in read("people.toml")["people"]}
ORGANIZATIONS: list[dict[str, Any]] = read("organizations.toml")["organizations"]
RULES: list[dict[str, Any]] = read("activity_rules.toml")["rules"]
OUTCOMES = {
    (rule["host_country"], basis, activity): rule["outcome"]
    for rule in RULES
    for basis in rule["basis"]
    for activity in rule["activity"]
}


@pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE)
def test_a_person_can_be_reached_without_reaching_anyone_real(person: dict[str, Any]) -> None:
    phone, email = person.get("phone"), person.get("email")
    assert phone or email
    assert phone is None or phonenumbers.is_valid_number(phonenumbers.parse(phone))
    assert email is None or email.endswith((".example", "@example.org"))


@pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE)
def test_a_person_lives_where_the_last_residence_says(person: dict[str, Any]) -> None:
    present = person["residence"][-1]
    assert (present["country"], present["city"]) == (person["host_country"], person["city"])
    assert "until" not in present
    for earlier, later in zip(person["residence"], person["residence"][1:], strict=False):
        assert earlier["from"] < earlier["until"] <= later["from"]
    assert person.get("diaspora_basis", "returnee") in BASES
    assert person["languages"]


def test_phones_and_addresses_belong_to_one_person_each() -> None:
    for field in ("phone", "email"):
        held = [person[field] for person in PEOPLE.values() if field in person]
        assert len(held) == len(set(held))
    assert len(PEOPLE) == len(read("people.toml")["people"])


def test_there_are_twelve_organizations_from_nine_provinces_or_more() -> None:
    assert len({organization["slug"] for organization in ORGANIZATIONS}) == len(ORGANIZATIONS) == 12
    assert len({organization["province"]["code"] for organization in ORGANIZATIONS}) >= 9
    verification = [organization["verification"] for organization in ORGANIZATIONS]
    assert sorted(verification) == ["submitted", "unverified"] + ["verified"] * 10


@pytest.mark.parametrize("organization", ORGANIZATIONS, ids=lambda each: each["slug"])
def test_an_organization_is_owned_staffed_and_payable(organization: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d{13}", organization["business_number"])
    assert re.fullmatch(r"ID-[A-Z]{2}", organization["province"]["code"])
    assert re.fullmatch(r"\d{5}", organization["location"]["postal_code"])
    assert all(organization["description"][language] for language in ("id", "en"))
    assert {organization["owner"], *(member["person"] for member in organization["staff"])} <= set(PEOPLE)
    assert {role for member in organization["staff"] for role in member["roles"]} <= {"catalog", "orders", "finance"}
    currencies = [account["currency"] for account in organization["payout_accounts"]]
    assert currencies[0] == "IDR"
    assert len(currencies) == len(set(currencies))
    assert set(currencies) <= {"IDR", "EUR", "TRY", "USD"}


@pytest.mark.parametrize(
    "rule", RULES, ids=lambda rule: f"{rule['host_country']}-{rule['basis'][0]}-{rule['activity'][0]}"
)
def test_an_activity_rule_is_sourced_and_a_block_names_the_legal_ways(rule: dict[str, Any]) -> None:
    assert set(rule["basis"]) <= BASES
    assert set(rule["activity"]) <= ACTIVITIES
    assert rule["outcome"] in {"allow", "warn", "block", "ask"}
    assert len(rule["source"]) > 20
    assert all(rule["message"][language] for language in ("id", "en"))
    assert ("legal_ways" in rule) == (rule["outcome"] == "block")


def test_no_two_activity_rules_answer_the_same_question() -> None:
    assert len(OUTCOMES) == sum(len(rule["basis"]) * len(rule["activity"]) for rule in RULES)


def test_everyone_abroad_may_buy_and_only_the_worker_in_jeddah_may_not_trade() -> None:
    abroad = [person for person in PEOPLE.values() if person["host_country"] != "ID"]
    for person in abroad:
        assert OUTCOMES[person["host_country"], person["diaspora_basis"], "buy_retail"] == "allow"
    blocked = {
        person["slug"]
        for person in abroad
        if OUTCOMES.get((person["host_country"], person["diaspora_basis"], "sell_on")) == "block"
    }
    assert blocked == {"rini-astuti"}


def test_a_combination_is_left_without_a_row_so_that_it_is_asked() -> None:
    assert ("SA", "worker", "order_for_group") not in OUTCOMES
    assert not any(OUTCOMES.get(("TR", "friend", activity)) for activity in SELLING)
