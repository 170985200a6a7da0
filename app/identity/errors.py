"""Identity's refusals."""

from app.kernel.problems import Problem


class Suspended(Problem):
    """An operator suspended the person."""

    status = 403
    code = "suspended"
    title = "This account is suspended"
    detail = "Write to the operators to learn why and to have it looked at again."
