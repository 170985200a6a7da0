"""The treasury's refusals."""

from app.kernel.problems import Problem


class BookExists(Problem):
    """A community has one book in a currency."""

    status = 409
    code = "book-exists"
    title = "There is a book in this currency"
    detail = "Go on in the book that is there, or open one in another currency."


class TermClosed(Problem):
    """The day lies in a term that was handed over."""

    status = 409
    code = "term-closed"
    title = "This day lies in a term that was handed over"
    detail = (
        "Nothing is added to a closed term. Book it with a day from {begins_on} on, and say in the text what it is of."
    )


class EntryNotReversible(Problem):
    """A reversal is not reversed."""

    status = 409
    code = "entry-not-reversible"
    title = "A reversal cannot be reversed"
    detail = "Write the entry again as it should have been."


class EntryReversed(Problem):
    """An entry is reversed once."""

    status = 409
    code = "entry-reversed"
    title = "This entry was reversed before"
    detail = "It counts no more. Read the book again, and write the entry as it should have been."


class LooksLikeDuplicate(Problem):
    """The same receipt, or the same reference, amount and day, is in the book already."""

    status = 409
    code = "looks-like-duplicate"
    title = "This seems to be in the book already"
    detail = (
        "The same receipt, or the same reference, amount and day, was shown before: see `duplicates`. If it is another "
        "payment all the same, repeat it with `duplicate_reason`; otherwise leave it out."
    )


class HandoverPending(Problem):
    """A book is handed over by one count at a time."""

    status = 409
    code = "handover-pending"
    title = "A hand-over is waiting for signatures"
    detail = "Have it signed, or withdraw it before you count anew."


class BookMovedOn(Problem):
    """Something was written since the money was counted."""

    status = 409
    code = "book-moved-on"
    title = "Something was written since the money was counted"
    detail = "The count no longer fits the book. Withdraw the hand-over, count again and prepare a new one."
