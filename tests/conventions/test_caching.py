"""What may be kept says so and what it varies by; what is somebody's own is never stored."""

import pytest

from tests.make.access import policy
from tests.make.operations import Operation, operations
from tests.make.world import World

READS = [each for each in operations() if each.method == "GET"]


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
async def test_only_what_everybody_sees_may_be_kept(world: World, operation: Operation) -> None:
    access = policy()[operation.name]
    for role in access.may():
        request = world.request(operation, role, "own")
        caller = await world.caller(role, operation)
        answer = await world.send(request, caller)
        kept = answer.headers["cache-control"]
        if role != "anonymous" and not access.unread:
            assert "no-store" in kept
            continue
        if not kept.startswith("public"):
            assert kept == "no-store"
            continue
        varies = {each.strip().lower() for each in answer.headers["vary"].split(",")}
        assert {"authorization", "accept-language"} <= varies
        again = await world.send(request.with_headers(if_none_match=answer.headers["etag"]), caller)
        assert (again.status_code, again.content) == (304, b"")
