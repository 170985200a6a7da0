"""A message before it is sent: to whom, in what language, from which template; and the letter it becomes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.kernel.messages import negotiate

TEMPLATES = Path(__file__).parent / "templates"


class Channel(StrEnum):
    """A way to reach somebody."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Template(StrEnum):
    """What is told: a file of this name for each language, its first line the subject of an e-mail."""

    CODE = "code"
    SECURITY_NOTICE = "security_notice"
    PAYOUT_ACCOUNT_NOTICE = "payout_account_notice"
    HANDOVER = "handover"
    COMMUNITY_INVITATION = "community_invitation"
    MEMBERSHIP_CONFIRMATION = "membership_confirmation"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message to one address; `cause` is the event it tells about, `language` any BCP 47 tag."""

    channel: Channel
    address: str = field(repr=False)
    language: str
    template: Template
    parameters: Mapping[str, str | int] = field(repr=False)
    cause: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A rendered message; only e-mail has use for the subject.

    The Message-ID is the same for the same event and recipient, so that a repetition is recognised as one.
    """

    message_id: str
    channel: str
    to: str
    language: str
    subject: str
    body: str


class Undeliverable(Exception):
    """The other side refused a letter for good: sending it again is useless."""


def render(message: OutgoingMessage, *, sender: str) -> Letter:
    """Write the message in the nearest language there is. Raises jinja2.UndefinedError where a parameter is missing."""
    language = negotiate(message.language)
    template = _environment().get_template(f"{language}/{message.template}.txt")
    parameters = {name: " ".join(str(value).split()) for name, value in message.parameters.items()}  # each on one line
    subject, _, body = template.render(parameters).partition("\n")
    key = hashlib.sha256(f"{message.cause} {message.template} {message.address}".encode()).hexdigest()[:32]
    return Letter(
        message_id=f"<{key}@{parseaddr(sender)[1].rpartition('@')[2]}>",
        channel=message.channel,
        to=message.address,
        language=language,
        subject=subject.strip(),
        body=body.strip() + "\n",
    )


@cache
def _environment() -> Environment:
    # Plain text: there is nothing to escape, and "&" in a name must stay as it is.
    return Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False)  # noqa: S701
