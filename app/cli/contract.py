"""`rantau openapi`: the contract with those who call the API."""

import sys

import typer

from app.cli.console import read_settings
from app.main import reference


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Print the OpenAPI document.\n\nExample: `rantau openapi > openapi/rantau.json`")(openapi)


def openapi() -> None:
    """Print the API's document; needs no database."""
    sys.stdout.write(reference(read_settings()))
