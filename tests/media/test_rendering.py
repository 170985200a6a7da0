"""Decoding happens elsewhere, and ends with the request that wanted it."""

import asyncio
import os

import pytest

from app.media import rendering
from tests.make.embedded_postgres import children
from tests.make.media import noise, picture


async def test_whoever_gives_up_leaves_no_decoder_behind() -> None:
    before = set(children(os.getpid()))
    wanted = asyncio.create_task(rendering.render(noise((3000, 2000)), "PNG"))
    while not set(children(os.getpid())) - before:  # noqa: ASYNC110 - a process tells nobody that it was born
        await asyncio.sleep(0.01)
    wanted.cancel()
    with pytest.raises(asyncio.CancelledError):
        await wanted
    assert set(children(os.getpid())) <= before


async def test_many_at_once_are_read_in_turn_or_told_that_it_is_busy() -> None:
    wanted = (rendering.render(picture(), "JPEG") for _ in range(6))
    outcomes = await asyncio.gather(*wanted, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {rendering.Picture, rendering.Busy}
    assert rendering.Picture in {type(outcome) for outcome in outcomes}
    assert (await rendering.render(picture(), "JPEG")).width == 64
