"""`python -m app` is `rantau`."""

from app.cli import main

main()
