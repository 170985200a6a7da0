"""Trust's refusals."""

from app.kernel.problems import Problem


class TieExists(Problem):
    """Two people have one tie of a kind."""

    status = 409
    code = "tie-exists"
    title = "You have this tie already"
    detail = "You two are this to each other. Ask for another kind of tie, or change what you say of the one you have."


class TieCodeInvalid(Problem):
    """A code that is wrong, too old or used up; it is not told which."""

    status = 404
    code = "tie-code-invalid"
    title = "This code is no longer good"
    detail = "It is wrong, too old or used up. Ask for a new one to be shown to you."


class OwnTieCode(Problem):
    """Nobody is tied to themselves."""

    status = 409
    code = "own-tie-code"
    title = "This is your own code"
    detail = "Show it to somebody else: whoever scans it is tied to you."
