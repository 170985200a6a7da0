"""The development mailbox: what would have been sent, one file a letter, for `rantau mailbox` and the tests."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from app.kernel.ids import new_id
from app.messaging.outgoing import Letter


def put(folder: Path, letter: Letter) -> None:
    """Add a letter, readable by its owner alone; a reader sees it whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{new_id()}.json"
    unfinished = file.with_suffix(".part")
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
        json.dump(asdict(letter), stream, ensure_ascii=False, indent=2)
    unfinished.replace(file)


def read(folder: Path, *, to: str | None = None, after: str = "") -> list[tuple[str, Letter]]:
    """The letters, oldest first, each with its name; `after` gives only those that came behind that name."""
    files = sorted(file for file in folder.glob("*.json") if file.name > after)
    letters = [(file.name, Letter(**json.loads(file.read_text()))) for file in files]
    return [(name, letter) for name, letter in letters if to is None or letter.to == to]
