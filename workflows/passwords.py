"""Passwords: which are taken, how they are stored, and whether one is right.

Rules after OWASP ASVS 5, V6.2: Argon2id, 12 to 200 characters taken exactly as typed, no rule about kinds of
characters, none that is common (``common_passwords``), repeats itself or says who one is.
"""

from __future__ import annotations

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import DubanError
from workflows.common_passwords import ALWAYS, left_over

SHORTEST, LONGEST = 12, 200
FEWEST_SIGNS = 5  # different ones
LEAST_LEFT = 6  # signs beside common words, walks along the keyboard, years and days
AT_ONCE = 4  # each takes 64 MB and a core: who asks for many waits
_turns = BoundedSemaphore(AT_ONCE)


def check_password(password: str, *names: str) -> None:
    """Raises DubanError PASSWORD_WEAK for what is short, common, repeats itself or says who one is."""
    plain = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        raise DubanError("PASSWORD_WEAK", f"密码需要 {SHORTEST} 到 {LONGEST} 个字：可以用一句好记的话。")
    if _repeats(plain) or _is_common(plain) or _is_name(plain, names):
        raise DubanError("PASSWORD_WEAK", "这个密码太容易猜到：请避开常用密码、重复的字和自己的名称。")


def hashed(password: str) -> str:
    """What is stored of it."""
    with _turns:
        return _hasher().hash(password)


def is_right(stored: str, password: str) -> bool:
    """Whether the password is the stored one; a hash is computed as well where there is none."""
    known = stored if 0 < len(password) <= LONGEST else ""
    try:
        with _turns:
            return _hasher().verify(known or _nobodys(), password[:LONGEST]) and bool(known)
    except (VerificationError, InvalidHashError):
        return False


def _repeats(plain: str) -> bool:
    """Few different signs, or one piece again and again."""
    return len(set(plain)) < FEWEST_SIGNS or plain in (plain + plain)[1:-1]


def _is_common(plain: str) -> bool:
    return any(one in plain for one in ALWAYS) or len(left_over(plain)) < LEAST_LEFT


def _is_name(plain: str, names: tuple[str, ...]) -> bool:
    return any(name.lower() in plain for name in names if len(name) > 2)


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with the library's figures, which follow RFC 9106."""
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))
