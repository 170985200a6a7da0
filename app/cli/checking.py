"""`rantau check`: the invariants on any database, saying what is wrong and where."""

import asyncio

import typer
from rich.table import Table

from app.cli.console import err, opened, out, progress
from app.installation import Installation
from app.invariants.queries import MOST_NAMED, Finding, all_invariants, check


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "check",
        help="Check what must always be true of the books, the stock and the log.\n\n"
        "Exits with 0 where all of it holds, with 1 where something does not.\n\nExample: `rantau check`",
    )(run)


def run() -> None:
    """Check every invariant."""
    with opened() as installation:
        findings = asyncio.run(_check(installation))
    broken = [finding for finding in findings if not finding.holds]
    for finding in broken:
        _show(finding)
    if broken:
        err.print(f"[bold red]{len(broken)} of {len(findings)} invariants do not hold.[/] Nothing was changed.")
        raise typer.Exit(1)
    out.print(f"[green]All {len(findings)} invariants hold.[/]")


async def _check(installation: Installation) -> list[Finding]:
    database = installation.database(pool_size=1)
    invariants = list(all_invariants())
    findings = []
    with progress() as bar:
        task = bar.add_task("Checking", total=len(invariants))
        for invariant in invariants:
            async with database.reading() as session:
                findings.append(await check(session, invariant))
            bar.advance(task)
    await database.close()
    return findings


def _show(finding: Finding) -> None:
    table = Table(title=f"{finding.invariant.number}  {finding.invariant.sentence}", title_justify="left")
    for name in finding.rows[0]:
        table.add_column(name)
    for row in finding.rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table)
    if len(finding.rows) == MOST_NAMED:
        out.print(f"The first {MOST_NAMED} are shown.")
