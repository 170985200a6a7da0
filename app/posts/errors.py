"""Refusals of posts."""

from app.kernel.problems import Problem


class CommentsClosed(Problem):
    """The post takes no comments any more."""

    status = 409
    code = "comments-closed"
    title = "This post takes no more comments"
    detail = "Its author or a moderator has closed it. Write a post of your own if there is more to say."


class PostNeverDone(Problem):
    """Only offers and requests run out or are done."""

    status = 409
    code = "post-never-done"
    title = "Only offers and requests are ever done"
    detail = "Leave out `until` and `is_done` here, or write an offer or a request."


class PublicPostsOff(Problem):
    """The community shows no posts outside."""

    status = 409
    code = "public-posts-off"
    title = "This community shows its posts to members only"
    detail = "Write it for members. Public posts need a public community whose officers have allowed them."


class NotAQuestion(Problem):
    """Only questions have answers."""

    status = 409
    code = "not-a-question"
    title = "Only a question has an answer"
    detail = "Name a comment as the answer where the post is a question."


class ReportedAlready(Problem):
    """One reports a thing once while it waits."""

    status = 409
    code = "reported-already"
    title = "You have reported this already"
    detail = "It waits for a moderator. You see in your reports what becomes of it."


class CaseClaimed(Problem):
    """Another moderator is at it."""

    status = 409
    code = "case-claimed"
    title = "Another moderator is at this"
    detail = "Leave it to them, or come back a day after they took it."


class CaseDecidedAlready(Problem):
    """Somebody was faster."""

    status = 409
    code = "case-decided"
    title = "This was decided meanwhile"
    detail = "Read it again: what was decided stands until its author appeals."


class ConflictOfInterest(Problem):
    """Nobody decides about themselves, nor what they have reported."""

    status = 403
    code = "conflict-of-interest"
    title = "You are a party to this"
    detail = "Leave it to another moderator: it is about you, or you have reported it."


class SecondOpinionNeeded(Problem):
    """An appeal is for somebody else than whoever decided."""

    status = 403
    code = "second-opinion-needed"
    title = "An appeal is decided by somebody else"
    detail = "Leave it to another moderator. Only an owner decides twice, where nobody else may decide."


class NothingToAppeal(Problem):
    """Nothing was decided against the author."""

    status = 409
    code = "nothing-to-appeal"
    title = "There is nothing to appeal"
    detail = "Nothing was decided against what you wrote."


class AppealTooLate(Problem):
    """The time to appeal is over."""

    status = 409
    code = "appeal-too-late"
    title = "The time to appeal is over"
    detail = "One appeals within 30 days. Talk to the moderators of the community."


class LevelTooLow(Problem):
    """A post is more than its author's level allows."""

    status = 409
    code = "level-too-low"
    title = "This is more than you may post yet"
    detail = "As {level} you have {most} {what} here. Send less, or see under posting what is missing for more."

    def __init__(self, what: str, most: int, level: str) -> None:
        """Tell what is too much, how much one has, and on which level."""
        told = {"what": what, "most": most, "level": level}
        super().__init__(extensions=told, what=what, most=most, level=level)
