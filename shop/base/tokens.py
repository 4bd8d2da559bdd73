"""Secrets that travel: random tokens kept only as hashes, and small values signed with the house's key."""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

KEY_BYTES = 32  # the fewest of the house's key
LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"  # none that is read as another, and no vowel to spell a word with


def fresh_token() -> str:
    """A new random secret for a link or a cookie, 192 bits, safe in an address."""
    return secrets.token_urlsafe(24)


def fresh_name(length: int) -> str:
    """So many random letters and digits to be read out and typed; a name, and no secret."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def kept_key(text: bytes) -> bytes | None:
    """The house's key in the bytes of its file; None where they hold none that can be used."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return key if len(key) >= KEY_BYTES else None


def token_hash(token: str) -> str:
    """What is stored of a token. A plain hash will do: the token has too many bits to be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


class Signer:
    """Signs small values for cookies, each for one purpose, so that one cookie can never stand for another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def signed(self, purpose: str, value: Any) -> str:
        """`value` as JSON with its signature, as a text for a cookie."""
        body = (
            base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
            .decode()
            .rstrip("=")
        )
        return f"{body}.{self._signature(purpose, body)}"

    def opened(self, purpose: str, text: str) -> Any | None:
        """The value, or None when the text was not signed here for this purpose."""
        body, _, signature = text.partition(".")
        if not text.isascii() or not hmac.compare_digest(signature, self._signature(purpose, body)):
            return None
        return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))

    def derived(self, purpose: str) -> str:
        """A key of its own for another part of the house (the demo till signs its events with one)."""
        return hmac.new(self._key, f"derive:{purpose}".encode(), hashlib.sha256).hexdigest()

    def _signature(self, purpose: str, body: str) -> str:
        digest = hmac.new(self._key, f"{purpose}:{body}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
