"""What is wrong with a row of a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What has to be mended where, in words for whoever has the file."""

    row: int
    column: str
    message: str
