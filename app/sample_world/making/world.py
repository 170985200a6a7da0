"""Making all of it, in the order in which things need each other; what is there already stays as it is."""

from collections.abc import Callable
from dataclasses import replace

from app.kernel import clock
from app.kernel.database import Database
from app.sample_world import content
from app.sample_world.content import World
from app.sample_world.making import (
    agreements,
    communities,
    orders,
    organizations,
    people,
    rules,
    shelves,
    ties,
    treasuries,
)
from app.sample_world.making.cast import Cast

Told = Callable[[str, int], None]
"""Hears what is being made, and how many pieces more of the world are there now."""


def pieces(world: World) -> int:
    """How many pieces `make` tells of."""
    goods = sum(len(shelf.products) for shelf in world.shelves)
    others = (
        world.people,
        world.rules,
        world.organizations,
        world.communities,
        world.books,
        world.ties,
        world.agreements,
        world.orders,
    )
    return goods + sum(len(parts) for parts in others)


async def make(database: Database, told: Told) -> Cast:
    """Make what is missing of the world, in transactions each of which leaves whole things behind.

    A second run changes nothing, and one that was cut short is completed by the next. Raises RuntimeError in
    production, where no clock is moved.
    """
    world = content.read()
    async with database.reading() as session:
        cast = Cast(world, await clock.now(session))
    told("People", 0)
    cast = replace(cast, people=await people.register(database, cast))
    told("Activity rules", len(world.people))
    await rules.state(database, cast)
    await rules.settle(database, cast)
    told("Producers", len(world.rules))
    cast = replace(cast, organizations=await organizations.found(database, cast))
    told("Communities", len(world.organizations))
    await communities.found(database, cast)
    told("Books", len(world.communities))
    await treasuries.keep(database, cast)
    told("Ties", len(world.books))
    await ties.tie(database, cast)
    told("Products", len(world.ties))
    for shelf in world.shelves:
        await shelves.fill(database, cast, shelf)
        told("Products", len(shelf.products))
    told("Agreements", 0)
    concluded = await agreements.conclude(database, cast)
    told("Orders", len(world.agreements))
    for order in world.orders:
        await orders.place(database, cast, concluded, order)
        told("Orders", 1)
    return cast
