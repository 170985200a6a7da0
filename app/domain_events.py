"""The catalogue of what can happen: one list of frozen dataclasses of ids, also the webhook catalogue.

A field is an id, a frozen amount, a market or a code; never a name, a number to call or anything else personal.
Events whose `exported` is False stay inside the installation.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

from app.kernel.event_log import DomainEvent

_event = dataclass(frozen=True, slots=True, kw_only=True)

# --- identity ---------------------------------------------------------------------------------------------------------


@_event
class CodeRequested(DomainEvent):
    """Somebody asked for a one-time code; the job that sends it makes it."""

    aggregate: ClassVar[str] = "challenge"
    change: ClassVar[Literal["upsert", "delete", "none"]] = "none"
    exported: ClassVar[bool] = False

    purpose: str


@_event
class PersonRegistered(DomainEvent):
    """A person proved a phone number or e-mail address for the first time."""

    aggregate: ClassVar[str] = "person"


@_event
class ProfileChanged(DomainEvent):
    """A person changed their profile; what changed is personal and not said here."""

    aggregate: ClassVar[str] = "person"


@_event
class PersonSuspended(DomainEvent):
    """An operator suspended a person."""

    aggregate: ClassVar[str] = "person"


@_event
class PersonReinstated(DomainEvent):
    """An operator lifted a suspension."""

    aggregate: ClassVar[str] = "person"


@_event
class PasswordChanged(DomainEvent):
    """A person set, changed or reset their password; their other sessions ended."""

    aggregate: ClassVar[str] = "person"
    exported: ClassVar[bool] = False


@_event
class ApiKeyCreated(DomainEvent):
    """A key for another program was made."""

    aggregate: ClassVar[str] = "api_key"
    exported: ClassVar[bool] = False

    party_id: UUID


@_event
class ApiKeyRevoked(DomainEvent):
    """A key stopped working."""

    aggregate: ClassVar[str] = "api_key"
    exported: ClassVar[bool] = False

    party_id: UUID
