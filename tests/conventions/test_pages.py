"""Lists come in pages that neither skip nor repeat, behind cursors good for one list, one caller and one day."""

from dataclasses import replace

import orjson
import pytest

from app.kernel.settings import Settings
from app.kernel.signing import Signer
from tests.make.answers import problem
from tests.make.operations import Operation, operations
from tests.make.world import World

LISTS = [each for each in operations() if each.is_list]
NO_LIMITS = ("0", "-1", "101", "10000000000000000000", "x", "1.5", "", "٣", "1e2")
lists = pytest.mark.parametrize("operation", LISTS, ids=lambda operation: operation.name)


@lists
async def test_a_limit_is_one_to_a_hundred(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    for limit in NO_LIMITS:
        request.query["limit"] = limit
        told = problem(await world.send(request, caller), 422)
        assert [each["pointer"] for each in told["errors"]] == ["#query/limit"]


@lists
async def test_a_cursor_we_did_not_give_out_is_refused(world: World, operation: Operation, settings: Settings) -> None:
    request, caller = await world.somebody(operation)
    foreign = Signer(settings.secret_key, "page cursor").sign(orjson.dumps(["another list", 2**40, 0, [["v", 1]]]))
    for cursor in ("x", "....", "A" * 40, foreign, foreign[:-2], Signer(settings.secret_key, "link").sign(b"[]")):
        request.query["cursor"] = cursor
        answer = await world.send(request, caller)
        assert problem(answer, 400)["code"] == "cursor-invalid"


@lists
async def test_small_pages_are_the_list_and_their_cursors_are_bound(
    world: World, operation: Operation, settings: Settings
) -> None:
    request, caller = await world.somebody(operation)
    signer = Signer(settings.secret_key, "page cursor")
    whole = (await world.send(request, caller)).json()
    assert set(whole) == {"items", "next_cursor"}
    found: list[object] = []
    request.query["limit"] = 1
    for number in range(1, 1 + min(3, len(whole["items"]))):
        page = (await world.send(request, caller)).json()
        found += page["items"]
        assert found == whole["items"][:number]
        cursor = request.query["cursor"] = page["next_cursor"]
        if cursor is None:
            assert found == whole["items"]
            break
        bound_to, _, *rest = orjson.loads(signer.read(cursor) or b"")
        stale = signer.sign(orjson.dumps([bound_to, 0, *rest]))
        forged = Signer(settings.secret_key, "link").sign(signer.read(cursor) or b"")
        for changed in ({"cursor": stale}, {"cursor": forged}, {"q": "another filter"}):
            answer = await world.send(replace(request, query=request.query | changed), caller)
            assert problem(answer, 400)["code"] == "cursor-invalid"
