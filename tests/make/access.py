"""The access policy as its file says it."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

COLUMNS = ("own", "other", "missing")
ROLES = (
    "anonymous",
    "person",
    "msme_owner",
    "staff_catalog",
    "staff_orders",
    "staff_finance",
    "other_owner",
    "reseller",
    "operator",
    "api_key",
    "api_key_other_scope",
    "suspended",
    "expired",
)
_STANDS_FOR = {
    "staff_catalog": "msme_staff",
    "staff_orders": "msme_staff",
    "staff_finance": "msme_staff",
    "api_key": "msme_owner",
}
_FILE = Path(__file__).parents[1] / "access_policy.toml"


@dataclass(frozen=True)
class Access:
    """What the policy says of one operation."""

    public: bool = False
    unread: bool = False
    scope: str | None = None
    key: str | None = None
    match: bool = False
    loose: bool = False
    own: int | dict[str, int] = 0
    other: int | dict[str, int] = 404
    missing: int | dict[str, int] = 404
    things: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)

    def expected(self, role: str, column: str) -> int:
        """The status for a role and a column. Raises KeyError where the policy does not say."""
        if self.unread:
            return self._stated("anonymous", column)
        if role == "expired" or (role == "anonymous" and not self.public):
            return 401
        if role == "suspended" or (role == "api_key_other_scope" and self.scope):
            return 403
        return self._stated("api_key" if role == "api_key_other_scope" else role, column)

    def _stated(self, asked: str, column: str) -> int:
        statuses = getattr(self, column)
        if isinstance(statuses, int):
            return statuses
        for name in (asked, _STANDS_FOR.get(asked), "default"):
            if name in statuses:
                return int(statuses[name])
        raise KeyError(f"{asked} in {column}")

    def may(self) -> list[str]:
        """The roles that the policy lets do it with what is their own."""
        return [role for role in ROLES if self.expected(role, "own") < 300]

    def asker(self) -> str:
        """Somebody who gets as far as the operation itself."""
        return next(iter(self.may()), "msme_owner")


@cache
def policy() -> dict[str, Access]:
    """The policy of every operation, by its name."""
    return {name: Access(**entry) for name, entry in tomllib.loads(_FILE.read_text()).items()}
