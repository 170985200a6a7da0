"""The books of the written world's communities, as `content/books.toml` tells them."""

from app.kernel.schema import Schema


class Written(Schema):
    """Something written in a book: what came, went or was moved, in minor units."""

    kind: str
    place: str
    amount: int
    text: str
    days_ago: int


class Call(Schema):
    """A call for contributions; `paid` are those who transferred it, by the day, under their references."""

    title: str
    amount: int
    days_ago: int
    due_in_days: int
    paid: dict[str, int]


class Book(Schema):
    """A community's cash and bank book, which has changed hands; `unknown` is on the bank statement and unexplained."""

    community: str
    currency: str
    custodian: str
    begins_days_ago: int
    opening_cash: int
    opening_bank: int
    call: Call
    entries: list[Written]
    unknown: Written
    incoming: str
    handed_over_days_ago: int
    difference: int
    difference_reason: str
