"""Opaque bearer tokens: 256 bits, a readable prefix, and the digest that is kept instead of them."""

import base64
import hashlib
import secrets

from app.kernel.signing import Signer

ACCESS_PREFIX = "rat_"
REFRESH_PREFIX = "rrt_"
API_KEY_PREFIX = "rak_"


def new_token(prefix: str) -> str:
    """Make a token of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 of the token: enough, since a token is not guessable."""
    return hashlib.sha256(token.encode()).digest()


def successor(signer: Signer, prefix: str, token: str) -> str:
    """The one token of this kind that follows a refresh token: whoever shows that one again is given the same.

    It follows from the token and our secret, so that neither the token nor what we keep is enough to foretell it.
    """
    derived = signer.derive(prefix.encode() + token.encode())
    return prefix + base64.urlsafe_b64encode(derived).rstrip(b"=").decode()
