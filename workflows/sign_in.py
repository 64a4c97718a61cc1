"""Signing in: a name and a password become a session in the database; set-up links choose a password once.

Rules after OWASP ASVS 5 (V6, V7): Argon2id, at least 12 characters and none of the common ones, no rule about kinds
of characters, limits per account and per address, a new token at each sign-in, sessions that end by
themselves and with the password or the role.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from db import runs, tables, users
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.roles import Role
from notifications.links import token_hash

IDLE = timedelta(hours=8)  # a session nobody uses
LONGEST = timedelta(days=3)  # any session
SEEN_EVERY = timedelta(minutes=5)  # how exactly it is kept when a session was used
LINK_LASTS = timedelta(days=2)
FIRST_LINK_LASTS = timedelta(hours=1)
WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 10, 50  # refused attempts within the window
SHORTEST, LONGEST_PASSWORD = 12, 200


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in; ``who`` is how the record names them."""

    id: int
    name: str
    title: str
    role: Role
    unit_id: int | None = None
    locale: str = "zh-CN"

    @property
    def who(self) -> str:
        """The post, else the name."""
        return self.title or self.name


def sign_in(database: Database, name: str, password: str, address: str, now: datetime) -> str:
    """The token of a new session. Raises DubanError SIGN_IN_REFUSED, SIGN_IN_LIMIT.

    The attempt is counted before the password is looked at, so that attempts at once share one limit.
    """
    subjects = (f"account:{name.strip().lower()[:100]}", f"address:{address}")
    with database.write() as session:
        users.forget_failures(session, now - WINDOW)
        _check_limits(session, subjects, now)
        session.add_all([tables.SignInFailure(subject=subject, at=now) for subject in subjects])
        row = users.find(session, name)
        stored = row.password if row and row.is_active else ""
    if not _is_right(stored, password) or row is None:
        raise DubanError(
            "SIGN_IN_REFUSED", "用户名或密码不对：请再试一次，忘记密码请找管理员要一个设置链接。"
        )
    with database.write() as session:
        users.forget_failures(session, now, subjects[0])
        return _begin(session, stored_id(row.id), stored, now)


def who_is(session: Session, token: str, now: datetime) -> Person | None:
    """Who holds that session; nobody where it has ended, or was not used for long."""
    found = users.open_sign_in(session, token_hash(token), now)
    if found is None or found[0].seen_at + IDLE + SEEN_EVERY <= now:
        return None
    return person(found[1])


def is_to_be_seen(session: Session, token: str, now: datetime) -> bool:
    """Whether it is time to note again that the session is used."""
    found = users.open_sign_in(session, token_hash(token), now)
    return found is not None and found[0].seen_at + SEEN_EVERY <= now


def see(database: Database, token: str, now: datetime) -> None:
    """It is noted that the session is used at this moment."""
    with database.write() as session:
        found = users.open_sign_in(session, token_hash(token), now)
        if found:
            found[0].seen_at = now
            session.add(found[0])


def sign_out(database: Database, token: str, now: datetime) -> None:
    """The session opens nothing any more."""
    with database.write() as session:
        users.end_token(session, token_hash(token), "signed_out", now)


def first_link(database: Database, now: datetime) -> str | None:
    """The token of a link that makes the first admin, once; ``None`` where there are users. Older ones end."""
    with database.write() as session:
        if users.count(session):
            return None
        return new_setup_link(session, None, now, "service", FIRST_LINK_LASTS)


def new_setup_link(
    session: Session, user_id: int | None, now: datetime, who: str, lasts: timedelta = LINK_LASTS
) -> str:
    """The token of a link by which that user chooses a password, once; the user's older ones end."""
    users.end_setup_links(session, user_id, "superseded", now)
    token = secrets.token_urlsafe(32)
    session.add(
        tables.SetupLink(
            user_id=user_id,
            token_hash=token_hash(token),
            created_at=now,
            created_by=who,
            expires_at=now + lasts,
        )
    )
    return token


def meant_by(session: Session, token: str, now: datetime) -> tables.User | None:
    """Whose password the link sets; ``None`` for the first admin. Raises DubanError SETUP_LINK."""
    link = users.open_setup_link(session, token_hash(token), now)
    if link is None or (link.user_id is None and users.count(session)):
        raise DubanError(
            "SETUP_LINK", "这个设置链接已经用过或已过期：请管理员再生成一个（duban users invite）。"
        )
    return session.get(tables.User, link.user_id) if link.user_id is not None else None


def set_up(database: Database, token: str, name: str, title: str, password: str, now: datetime) -> str:
    """The password is chosen, the link used up, every other session ended; the token of a new session.

    ``name`` and ``title`` are of the first admin only. Raises DubanError SETUP_LINK, USER_NAME, PASSWORD_WEAK.
    """
    with database.write() as session:
        user = meant_by(session, token, now)
        if user is None:
            user = tables.User(
                name=checked_name(name),
                title=title.strip(),
                role=Role.ADMIN.value,
                created_at=now,
                changed_at=now,
            )
            session.add(user)
            session.flush()
        set_password(session, user, password, now)
        link = users.open_setup_link(session, token_hash(token), now)
        assert link is not None
        users.end_setup_links(session, link.user_id, "used", now)
        runs.record(session, "user_set_up", user.title or user.name, now, details={"user": user.name})
        return _begin(session, stored_id(user.id), user.password, now)


def set_password(
    session: Session, user: tables.User, password: str, now: datetime, *, keep: str | None = None
) -> None:
    """The user has this password, and every session but the one of token ``keep`` has ended.

    Raises DubanError PASSWORD_WEAK.
    """
    check_password(password, user.name, user.title)
    user.password = hasher().hash(password)
    user.revision += 1
    user.changed_at = now
    session.add(user)
    users.end_sign_ins(
        session, stored_id(user.id), "password", now, but=token_hash(keep) if keep is not None else None
    )


def check_password(password: str, *names: str) -> None:
    """Raises DubanError PASSWORD_WEAK for what is short, repeats itself or says who one is."""
    plain = password.lower()
    if not SHORTEST <= len(password) <= LONGEST_PASSWORD:
        raise DubanError(
            "PASSWORD_WEAK", f"密码需要 {SHORTEST} 到 {LONGEST_PASSWORD} 个字：可以用一句好记的话。"
        )
    if len(set(plain)) < 5 or any(common in plain for common in COMMON) or _is_name(plain, names):
        raise DubanError("PASSWORD_WEAK", "这个密码太容易猜到：请避开常用密码、重复的字和自己的名称。")


def checked_name(name: str) -> str:
    """The name as it is stored. Raises DubanError USER_NAME."""
    plain = name.strip().lower()
    if not 2 <= len(plain) <= 60 or not plain.isprintable() or any(sign.isspace() for sign in plain):
        raise DubanError("USER_NAME", "用户名需要 2 到 60 个字，中间没有空格：例如 ducha 或 邮箱地址。")
    return plain


def person(user: tables.User) -> Person:
    """The user as pages and policy know them."""
    return Person(stored_id(user.id), user.name, user.title, Role(user.role), user.unit_id, user.locale)


@cache
def hasher() -> PasswordHasher:
    """Argon2id with the library's figures, which follow RFC 9106."""
    return PasswordHasher()


COMMON = (
    "password",
    "12345678",
    "87654321",
    "qwerty",
    "11111111",
    "iloveyou",
    "admin123",
    "abcd1234",
    "duban",
)


def _is_name(plain: str, names: tuple[str, ...]) -> bool:
    known = [name.lower() for name in names if len(name) > 3]
    return any(name in plain for name in known)


def _check_limits(session: Session, subjects: tuple[str, str], now: datetime) -> None:
    for subject, most in zip(subjects, (MOST_OF_ACCOUNT, MOST_OF_ADDRESS), strict=True):
        if users.failures(session, subject, now - WINDOW) >= most:
            raise DubanError(
                "SIGN_IN_LIMIT",
                "尝试的次数太多：请过 15 分钟再试，忘记密码请找管理员要一个设置链接。",
                retry=True,
            )


def _is_right(stored: str, password: str) -> bool:
    """Whether the password is the stored one; takes as long where there is none."""
    try:
        return hasher().verify(stored or _nobody(), password[:LONGEST_PASSWORD]) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return hasher().hash(secrets.token_urlsafe(32))


def _begin(session: Session, user_id: int, checked: str, now: datetime) -> str:
    """A new session, unless the password was changed or the user retired since it was checked."""
    user = session.get_one(tables.User, user_id)
    if not user.is_active or user.password != checked:
        raise DubanError(
            "SIGN_IN_REFUSED", "用户名或密码不对：请再试一次，忘记密码请找管理员要一个设置链接。"
        )
    token = secrets.token_urlsafe(32)
    session.add(
        tables.SignIn(
            user_id=user_id,
            token_hash=token_hash(token),
            began_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
        )
    )
    return token
