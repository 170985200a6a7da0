"""Identifiers: UUIDv7, made here so that the schema needs no extension, and short codes people can read out."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code survives being read aloud or copied by hand."""


def new_id() -> UUID:
    """Make a UUIDv7: unique, and later ones sort after earlier ones."""
    return uuid7()


def new_code(length: int = 8) -> str:
    """Make an unguessable code of `length` Crockford characters, 5 bits each."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))
