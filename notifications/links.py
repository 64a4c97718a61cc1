"""Report links: a token is derived from a random nonce with a key that no database holds.

A message is stored with a placeholder in the place of its link; the link is filled in when the message
leaves or is shown, so that nobody who reads the database can open a unit's form.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SCHEME = "duban-link:"
ENTRANCE = "/r/"
MISSING = "about:blank"  # in the place of a link while no base URL is configured


@dataclass(frozen=True, slots=True)
class Links:
    """``base_url`` is where units reach the pages, without a slash at its end; ``key`` is secret."""

    base_url: str
    key: bytes = field(repr=False)

    def token(self, nonce: str) -> str:
        """The secret part of the nonce's link: 256 bits that nobody guesses without the key."""
        digest = hmac.new(self.key, nonce.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def url(self, nonce: str) -> str:
        """The address that opens the nonce's link."""
        return f"{self.base_url}{ENTRANCE}{self.token(nonce)}"

    @property
    def host(self) -> str:
        """Host and port of the base URL, as browsers name them in ``Origin``."""
        return urlsplit(self.base_url).netloc


def token_hash(token: str) -> str:
    """What is stored of a token: enough to find its row, not enough to open anything."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def placeholder(nonce: str) -> str:
    """What stands in a stored message in the place of the nonce's link."""
    return SCHEME + nonce


def fill(text: str, nonce: str, links: Links | None) -> str:
    """The text with the nonce's link in it."""
    return text.replace(placeholder(nonce), links.url(nonce) if links else MISSING)
