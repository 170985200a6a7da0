"""`rantau sample-world`: a written world to try things out in, and whom to try them out as."""

import asyncio
import time
from typing import Final

import typer
from rich.table import Table

from app.cli.console import fail, opened, out, progress, read_settings
from app.cli.first_requests import first_requests
from app.installation import Installation
from app.sample_world import content
from app.sample_world.making import world
from app.sample_world.making.people import PASSWORD

_ACCOUNTS: Final = {
    "dewi-anggraini": "resells keripik and batik in Istanbul",
    "siti-rahayu": "makes keripik in Blitar: owns Keripik Bu Siti",
    "wahyu-kurniawan": "looks after Bu Siti's catalog and orders",
    "bayu-nugroho": "studies in Rotterdam and buys for himself",
    "rini-astuti": "works in Jeddah, where she may buy but not sell",
    "ningsih-prameswari": "runs the platform: an operator",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "sample-world",
        help="Make the sample world: producers, goods, agreements and orders in every state. In development only.\n\n"
        "It completes what is missing and changes nothing else.\n\nExample: `rantau sample-world`",
    )(run)


def run() -> None:
    """Make what is missing of the world."""
    settings = read_settings()
    if settings.is_production:
        fail("The sample world is for development: its people have a password that everybody knows.", code=78)
    with opened(settings) as installation:
        make(installation)
        introduce(installation)


def make(installation: Installation) -> None:
    """Make what is missing of the world, telling how far it is."""
    began = time.monotonic()
    asyncio.run(_make(installation))
    out.print(f"The sample world is there, after {time.monotonic() - began:.0f} s.", highlight=False)


def introduce(installation: Installation) -> None:
    """Say as whom one can sign in, and what to ask first; nothing where this is no sample world."""
    requests = asyncio.run(_first_requests(installation))
    if not requests:
        return
    table = Table(title=f"Sample accounts, all with the password {PASSWORD}", title_justify="left")
    for name in ("Sign in as", "Name", "Who"):
        table.add_column(name)
    people = content.read()
    for slug, who in _ACCOUNTS.items():
        person = people.person(slug)
        table.add_row(person.addresses[0], person.name, who)
    out.print(table)
    out.print("First requests, as the reseller in Istanbul:\n", highlight=False)
    for request in requests:
        out.print(request, markup=False, highlight=False, soft_wrap=True)


async def _make(installation: Installation) -> None:
    database = installation.database(pool_size=2)
    try:
        with progress() as bar:
            task = bar.add_task("Sample world", total=world.pieces(content.read()))
            await world.make(database, lambda what, more: bar.update(task, description=what, advance=more))
    finally:
        await database.close()


async def _first_requests(installation: Installation) -> list[str]:
    database = installation.database(pool_size=1)
    try:
        async with database.reading() as session:
            return await first_requests(session, installation.settings.address)
    finally:
        await database.close()
