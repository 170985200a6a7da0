"""What is answered to whoever may not do a thing where they live, or not yet."""

from app.kernel.problems import Problem


class ActivityAsk(Problem):
    """No rule allows it and nobody has looked at this party's case yet."""

    status = 409
    code = "activity-ask"
    title = "This has to be settled first"
    detail = (
        "We cannot say yet whether you may do this where you are. Show an operator what allows you to, such as a"
        " permit or a licence. Once that is recorded, do this again."
    )


class ActivityBlocked(Problem):
    """A rule forbids it."""

    status = 409
    code = "activity-blocked"
    title = "This is not allowed where you are"
    detail = "What is open to you instead is listed under legal_ways, and where the rule can be read under source."


class CounterpartNotCleared(Problem):
    """Somebody else's case, of which the caller learns neither outcome nor reason: both would tell the basis."""

    status = 409
    code = "counterpart-not-cleared"
    title = "The other side cannot do this yet"
    detail = (
        "The other side has to settle whether they may do this where they are. Ask them to look it up for themselves."
    )
