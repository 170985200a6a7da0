"""Short signed texts: what we gave out and will recognise again (cursors, links)."""

import base64
import binascii
import hashlib
import hmac

from pydantic import SecretStr

_DIGEST_BYTES = 16


class Signer:
    """Signs bytes for one purpose with a key derived from the installation's secret."""

    def __init__(self, secret: SecretStr, purpose: str) -> None:
        """Derive the purpose's own key, so that a text signed for one purpose is worthless for another."""
        self._key = hmac.digest(secret.get_secret_value().encode(), purpose.encode(), hashlib.sha256)

    def sign(self, content: bytes) -> str:
        """Give `content` and its signature as URL-safe text."""
        return base64.urlsafe_b64encode(self._digest(content) + content).rstrip(b"=").decode()

    def read(self, text: str) -> bytes | None:
        """Give back the content that was signed, or None where it was not signed here."""
        try:
            signed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        digest, content = signed[:_DIGEST_BYTES], signed[_DIGEST_BYTES:]
        return content if hmac.compare_digest(digest, self._digest(content)) else None

    def derive(self, content: bytes) -> bytes:
        """Give 32 bytes that follow from `content` and that nobody without the secret can foretell."""
        return hmac.digest(self._key, b"derived " + content, hashlib.sha256)

    def _digest(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, hashlib.sha256)[:_DIGEST_BYTES]
