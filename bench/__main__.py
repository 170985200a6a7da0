"""`python -m bench`: measure, go through it quickly, and record what the reference says."""

import shlex
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.kernel import logging
from bench import report, scenarios, world
from bench.loads import LOADS
from bench.measuring import Measured, Plan, measure
from bench.peers import Peer, prepared
from bench.seed import Size

SMALL = Size(makers=2, products_of_each=10, resellers=2, orders=2)
QUICK = Plan(processes=[1], connections=[2], loads=LOADS, rounds=1, seconds=0.2, starts=0, soak=0)
_HOME = Path(".rantau-bench")
_PEERS = "Root folder in which the comparison's setup.sh has put Vendure and Medusa; their PostgreSQL must be running."
RECORDED = Path(__file__).with_name("recorded.py")
cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help=__doc__,
)

Home = Annotated[
    Path, typer.Option(envvar="RANTAU_BENCH_HOME", help="Where the bench keeps its PostgreSQL and its worlds.")
]
Sizes = Annotated[list[int], typer.Option(help="Sizes of worlds in products, multiples of 1,000.")]
Processes = Annotated[list[int], typer.Option(help="API processes.")]
Connections = Annotated[list[int], typer.Option(help="Clients at once.")]
Only = Annotated[list[str], typer.Option(help="Works to measure; all of them where none is named.")]


@cli.command()
def run(  # noqa: PLR0913, PLR0917 - each is an option
    home: Home = _HOME,
    products: Sizes = [10_000, 1_000_000],  # noqa: B006 - typer reads them
    processes: Processes = [1, 2],  # noqa: B006
    connections: Connections = [16, 64],  # noqa: B006
    only: Only = [],  # noqa: B006
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of A B.")] = 3,
    seconds: Annotated[float, typer.Option(min=0.1, help="Length of one turn.")] = 5.0,
    soak: Annotated[float, typer.Option(help="Minutes of load after which memory is looked at.")] = 10.0,
    peers: Annotated[Path | None, typer.Option(envvar="RANTAU_BENCH_PEERS", help=_PEERS)] = None,
    into: Annotated[Path, typer.Option(help="Folder of the results.")] = report.HERE,
) -> None:
    """Measure ours and the reference in turn; write RESULTS.md, results.json and results.svg, and README's table.

    The first size, number of processes and number of connections are measured with every work. Larger worlds follow
    with one number of processes; more processes with what reads; more connections with a list and an order.

    Example: `python -m bench run --products 10000 --processes 1 --connections 16 --only list --only detail`

    All of it takes about forty minutes and 8 GB of disk. The worlds are kept for the next run.
    """
    loads = [load for load in LOADS if not only or load.name in only]
    plan = Plan(processes, connections, loads, rounds, seconds, soak=soak * 60)
    before = report.busy()
    measured = _gather(home, products, Size(), plan, [] if peers is None else prepared(peers))
    beside = f"other work that took {before:.0f} % of its processors before and {report.busy():.0f} % after"
    where = report.Circumstances.now(shlex.join(["python", "-m", "bench", *_named(sys.argv[1:])]), beside)
    report.keep(into, measured, where)
    report.tell(into, report.README if into == report.HERE else None)
    if measured.violations:
        raise typer.Exit(1)


@cli.command()
def tell(into: Annotated[Path, typer.Option(help="Folder of the results.")] = report.HERE) -> None:
    """Write the page, the picture and README's table anew from results.json: after a reason was written down.

    Example: `$EDITOR bench/unreached.toml && python -m bench tell`
    """
    report.tell(into, report.README if into == report.HERE else None)


@cli.command()
def smoke(home: Home = _HOME) -> None:
    """Go through everything in seconds, on twenty products: that it runs, not how fast.

    Example: `RANTAU_BENCH_HOME=/var/tmp/bench python -m bench smoke`
    """
    if _gather(home, [SMALL.products], SMALL, QUICK).violations:
        raise typer.Exit(1)


@cli.command()
def record(home: Home = _HOME) -> None:
    """Write down anew what ours says to PostgreSQL, for the reference to say: after a change of any statement.

    Example: `python -m bench record && git diff bench/recorded.py`
    """
    logging.configure(level="ERROR", as_json=False)
    with world.opened(home, SMALL.products * 3, SMALL) as here:
        RECORDED.write_text(scenarios.written(here))


def _gather(home: Path, sizes: Sequence[int], size: Size, plan: Plan, peers: Sequence[Peer] = ()) -> Measured:
    """Measure, and say each finding as it comes."""
    console = Console(highlight=False)
    measured = Measured()
    with ExitStack() as held:
        worlds = [held.enter_context(world.opened(home, products, size)) for products in sizes]
        for found in measure(worlds, plan, peers):
            measured.add(found)
            console.print(report.line(found), soft_wrap=True)
    return measured


def _named(arguments: Sequence[str]) -> list[str]:
    """The command's arguments without the folders of one machine."""
    return [argument if Path(argument).name == argument else "FOLDER" for argument in arguments]


if __name__ == "__main__":
    cli()
