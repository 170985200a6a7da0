"""However statements overlap and whatever is confirmed in whatever order, every line is taken and booked once."""

from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kernel.database import Database
from tests.make import communities, treasury
from tests.make.treasury import bank_csv, called, decide, due_of, lines, upload

DAYS = 6
transfers = st.lists(st.tuples(st.integers(1, DAYS), st.integers(0, 2), st.sampled_from([500, 2_500])), max_size=10)
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("upload"), st.integers(1, DAYS), st.integers(1, DAYS)),
        st.tuples(st.sampled_from(["certain", "one"]), st.integers(0, 9), st.just(0)),
    ),
    max_size=8,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transfers=transfers, deeds=deeds)
async def test_no_line_is_taken_or_booked_twice(
    database: Database,
    http: httpx.AsyncClient,
    transfers: list[tuple[int, int, int]],
    deeds: list[tuple[Any, int, int]],
) -> None:
    kept = await treasury.book(database, http)
    await treasury.profile(kept)
    members = [await communities.member(database, http, kept.of, name) for name in ("Bayu", "Citra", "Dian")]
    call = await called(kept, 2_500, *members)
    dues = [await due_of(member, call) for member in members]

    def statement(first: int, last: int) -> bytes:
        chosen = [each for each in transfers if first <= each[0] <= last]
        return bank_csv(
            *((f"0{day}-03-2026", f"{units // 100},00", dues[who]["reference"], "x") for day, who, units in chosen)
        )

    for deed, number, last in [*deeds, ("upload", 1, DAYS), ("upload", 1, DAYS)]:
        if deed == "upload":
            answer = await upload(kept, statement(number, last))
            assert answer.status_code in {201, 422}, answer.text  # without any row it is no statement
        elif deed == "certain":
            assert (await decide(kept, certain=True)).status_code == 201
        elif waiting := await lines(kept):
            line = waiting[number % len(waiting)]
            due_id = line["proposals"][-1]["due_id"]
            said = {"line_id": line["id"], "due_id": due_id, "duplicate_reason": "Another one."}
            assert (await decide(kept, said)).status_code == 201

    taken, waiting = await lines(kept, "booked"), await lines(kept)
    assert sorted(each["amount"] for each in [*taken, *waiting]) == sorted(units for _, _, units in transfers)
    entries = (await kept.keeper.get(f"{kept.path}/entries", params={"limit": "100"})).json()["items"]
    assert sorted(each["id"] for each in entries) == sorted(each["entry_id"] for each in taken)
    paid = [(await member.get("/v1/me/dues")).json()["items"][0]["paid"] for member in members]
    assert sum(paid) == sum(each["amount"] for each in taken)
    for due, amount in zip(dues, paid, strict=True):
        assert amount == sum(each["bank_change"] for each in entries if each["due_id"] == due["id"])
