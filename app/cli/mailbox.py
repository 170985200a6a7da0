"""`rantau mailbox`: what would have been sent, where no provider is configured: codes above all."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.panel import Panel

from app.cli.console import fail, out, read_settings
from app.messaging import mailbox
from app.messaging.outgoing import Letter

_SHOWN = 20
_PAUSE = 0.5  # seconds


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "mailbox",
        help="Show development mail and codes, the newest last.\n\n"
        "Example: `rantau mailbox --follow --to +628123456789`",
    )(show)


def show(
    to: Annotated[str | None, typer.Option(help="Only what went to this number or address.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on showing what comes, until Ctrl-C.")] = False,
) -> None:
    """Show the newest letters."""
    settings = read_settings()
    if settings.is_production:
        fail("There is no mailbox in production: what is sent goes to the configured providers.", code=78)
    folder = settings.mailbox
    last = _print(folder, to)
    if not last and not follow:
        out.print("Nothing has been sent yet.")
    while follow:
        time.sleep(_PAUSE)
        last = _print(folder, to, after=last)


def _print(folder: Path, to: str | None, *, after: str = "") -> str:
    """Print what came behind `after`; give the name to go on from."""
    letters = mailbox.read(folder, to=to, after=after)[-_SHOWN:]
    for _, letter in letters:
        out.print(_panel(letter))
    return letters[-1][0] if letters else after


def _panel(letter: Letter) -> Panel:
    return Panel(
        escape(letter.body.strip()),
        title=escape(letter.subject),
        title_align="left",
        subtitle=f"{letter.channel} to {escape(letter.to)}",
        subtitle_align="right",
    )
