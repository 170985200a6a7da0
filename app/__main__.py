"""`python -m app` is `rantau`."""

from app.cli.commands import main

main()
