"""Commands about people."""

import asyncio
from typing import Annotated

import typer

from app.cli.console import fail, opened, out
from app.identity import addresses
from app.identity.actions import moderation
from app.installation import Installation


def register(app: typer.Typer) -> None:
    """Add the commands."""
    operators = typer.Typer(help="The platform's operators.", no_args_is_help=True)
    operators.command(
        help="Make somebody an operator, known or not yet; they sign in with a code.\n\n"
        "Example: `rantau operator add ani@example.com --name Ani`"
    )(add)
    app.add_typer(operators, name="operator")


def add(
    address: Annotated[str, typer.Argument(help="Their e-mail address, or number with its country code.")],
    name: Annotated[str, typer.Option(help="What to call them, if they are new.")] = "Operator",
) -> None:
    """Make somebody an operator."""
    known_as = addresses.normalized(address)
    if known_as is None:
        fail(f"{address} is neither an e-mail address nor a phone number with its country code.", code=64)
    with opened() as installation:
        asyncio.run(_appoint(installation, known_as, name))
    out.print(f"{known_as} is an operator now.", highlight=False)


async def _appoint(installation: Installation, address: str, name: str) -> None:
    database = installation.database(pool_size=1)
    try:
        async with database.transaction() as session:
            await moderation.appoint_operator(session, address, name)
    finally:
        await database.close()
