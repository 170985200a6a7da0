"""What the files of the written world say of ties between its people; days are counted back from the day it is made."""

from pydantic import Field

from app.kernel.schema import Schema


class Tie(Schema):
    """What two people are to each other: met where `occasion` says, or asked for by `one`; `waiting` for a yes.

    `closeness` and `consents` are what each of the two says, in that order.
    """

    one: str
    other: str
    kind: str = "knows"
    days_ago: int
    occasion: str | None = None
    closeness: list[int | None] = Field(default=[None, None])
    consents: list[str] = Field(default=["ask_me", "ask_me"])
    waiting: bool = False
