"""Sign-ins that wait for an identity provider's answer: what belongs to the browser that began, used once.

The cookie of the browser holds a random seed under a seal; state, nonce and verifier are derived from both, so
that nobody who reads the cookie knows them. The key lives as long as the service: after a restart one begins anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from engine.errors import DubanError

LASTS = timedelta(minutes=10)
LONGEST_PATH = 1000  # of the page to go on to: a cookie bears 4,000 bytes


@dataclass(frozen=True, slots=True)
class Pending:
    """One sign-in that was begun; ``where`` is the page to go on to, ``locale`` the language it was begun in."""

    state: str
    nonce: str
    verifier: str
    where: str
    locale: str
    began_at: datetime

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier (PKCE, S256)."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())


class PendingSignIns:
    """Begins sign-ins and takes each one up at most once."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._used: dict[str, datetime] = {}
        self._turn = Lock()

    def begin(self, where: str, locale: str, now: datetime) -> tuple[Pending, str]:
        """A new sign-in, and the cookie by which its browser is known again."""
        where = where if len(where) <= LONGEST_PATH else "/"
        content = [secrets.token_urlsafe(32), int(now.timestamp()), where, locale]
        body = _text(json.dumps(content).encode())
        return self._derived(body), f"{body}.{self._sealed('cookie', body)}"

    def read(self, cookie: str) -> Pending | None:
        """The sign-in of that cookie, if it is one of ours; it may be over, or used."""
        body, _, seal = cookie.partition(".")
        if not hmac.compare_digest(self._sealed("cookie", body).encode(), seal.encode()):
            return None
        return self._derived(body)

    def take(self, cookie: str, state: str, now: datetime) -> Pending:
        """The sign-in that was begun in this browser, which is used up now. Raises DubanError OIDC_STATE."""
        found = self.read(cookie)
        if found is None or not hmac.compare_digest(found.state.encode(), state.encode()):
            raise not_begun()
        if not found.began_at - LASTS < now < found.began_at + LASTS:
            raise not_begun()
        with self._turn:
            self._used = {one: at for one, at in self._used.items() if at + 2 * LASTS > now}
            if found.state in self._used:
                raise not_begun()
            self._used[found.state] = now
        return found

    def _derived(self, body: str) -> Pending:
        _seed, at, where, locale = json.loads(_bytes(body))
        state, nonce, verifier = (self._sealed(what, body) for what in ("state", "nonce", "verifier"))
        return Pending(state, nonce, verifier, where, locale, datetime.fromtimestamp(at, UTC))

    def _sealed(self, what: str, body: str) -> str:
        return _text(hmac.digest(self._key, f"{what}:{body}".encode(), "sha256"))


def not_begun() -> DubanError:
    """The error for an answer that belongs to no sign-in of this browser, or to one that is over or used."""
    return DubanError(
        "OIDC_STATE", "这次登录已经过期或用过，或者不是从这个浏览器开始的：请再点一次登录按钮。"
    )


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
