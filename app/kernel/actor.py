"""Who is asking: a person (perhaps through an API key), nobody, or the system itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The caller of an operation, as identity's guard found them.

    `scopes` is what the credential may be used for (None: everything the person may do); `only_party` confines an
    API key to one organization. A person's own party has the person's id.
    """

    person_id: UUID | None = None
    is_operator: bool = False
    is_system: bool = False
    scopes: frozenset[str] | None = None
    only_party: UUID | None = None
    session_id: UUID | None = None
    api_key_id: UUID | None = None
    authenticated_at: datetime | None = None
    language: str = "en"

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return self.person_id is None and not self.is_system

    @property
    def caller(self) -> str:
        """A stable name for limits, cursors and idempotency: the credential's holder."""
        if self.api_key_id is not None:
            return f"key:{self.api_key_id}"
        return f"person:{self.person_id}" if self.person_id else "anonymous"


ANONYMOUS = Actor()
SYSTEM = Actor(is_system=True)
"""Timers and reactions to events: sees everything, is nobody."""
