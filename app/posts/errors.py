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
