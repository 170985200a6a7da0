"""`rantau serve`: the API alone."""

import typer

from app.cli.console import opened, read_settings
from app.kernel import server


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Run the API alone, on a migrated database.\n\nExample: `rantau serve`")(serve)


def serve() -> None:
    """Serve the API until SIGTERM or Ctrl-C."""
    settings = read_settings()
    with opened(settings):
        server.serve("app.main:from_environment", host=settings.host, port=settings.port, processes=settings.processes)
