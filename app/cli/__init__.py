"""`rantau`: everything an operator does from a terminal; `--help` on any command shows examples."""

from app.cli.commands import app as _app


def main() -> None:
    """Run one command; a failure ends in one sentence that says what to do, and an exit code that is not 0."""
    _app()
