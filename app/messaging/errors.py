"""Messaging's refusals."""

from app.kernel.problems import Problem


class ChannelNotOffered(Problem):
    """The installation has no provider for the channel."""

    status = 422
    code = "channel-not-offered"
    title = "Messages are not sent this way here"
    detail = "Choose another way to be reached. Offered here: {offered}."
