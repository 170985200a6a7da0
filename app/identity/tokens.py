"""Opaque bearer tokens: 256 random bits, a readable prefix, and the digest that is kept instead of them."""

import hashlib
import secrets

ACCESS_PREFIX = "rat_"
REFRESH_PREFIX = "rrt_"
API_KEY_PREFIX = "rak_"


def new_token(prefix: str) -> str:
    """Make a token of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 of the token: enough, since a token is not guessable."""
    return hashlib.sha256(token.encode()).digest()
