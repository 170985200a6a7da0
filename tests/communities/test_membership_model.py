"""The ways a membership's state may go: those that are written down, and no others."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.communities.errors import Banned
from app.communities.models.memberships import BELONGING, Membership, Status
from app.kernel.ids import new_id
from app.kernel.problems import StateConflict

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DEEDS: dict[str, Callable[[Membership], None]] = {
    "ask": lambda membership: membership.ask(NOW),
    "invite": lambda membership: membership.invite(new_id(), NOW, NOW + timedelta(days=1)),
    "join": lambda membership: membership.join(NOW),
    "decline": lambda membership: membership.decline(NOW),
    "expire": lambda membership: membership.expire(NOW),
    "suspend": lambda membership: membership.suspend(NOW, "Spam."),
    "reinstate": lambda membership: membership.reinstate(),
    "leave": lambda membership: membership.leave(NOW),
    "remove": lambda membership: membership.remove(NOW, None),
    "ban": lambda membership: membership.ban(NOW, None),
    "lift_ban": lambda membership: membership.lift_ban(),
}
OUTSIDE: set[str | None] = {None, "declined", "expired", "left", "removed"}
LEADS_TO: dict[str, tuple[set[str | None], str]] = {
    "ask": (OUTSIDE, "requested"),
    "invite": (OUTSIDE, "invited"),
    "join": ({"requested", "invited"}, "active"),
    "decline": ({"requested", "invited"}, "declined"),
    "expire": ({"invited"}, "expired"),
    "suspend": ({"active"}, "suspended"),
    "reinstate": ({"suspended"}, "active"),
    "leave": ({"active", "suspended"}, "left"),
    "remove": ({"active", "suspended"}, "removed"),
    "ban": ({"active", "suspended"}, "banned"),
    "lift_ban": ({"banned"}, "removed"),
}


@given(st.lists(st.sampled_from(sorted(DEEDS)), max_size=40))
def test_every_deed_leads_where_it_is_written_and_nowhere_else(deeds: list[str]) -> None:
    membership = Membership.of(new_id(), new_id())
    for deed in deeds:
        before = membership.status
        possible, target = LEADS_TO[deed]
        if before in possible:
            DEEDS[deed](membership)
            assert membership.status == target
        else:
            with pytest.raises((StateConflict, Banned)):
                DEEDS[deed](membership)
            assert membership.status == before
        assert (membership.status == "invited") == (membership.invited_until is not None)
        assert membership.status not in BELONGING or membership.joined_at is not None


def test_an_owner_who_is_no_member_any_more_owns_nothing() -> None:
    for deed in ("leave", "remove", "ban"):
        owner = Membership.founder(new_id(), new_id(), NOW)
        assert (owner.status, owner.is_owner) == (Status.ACTIVE, True)
        DEEDS[deed](owner)
        assert not owner.is_owner
