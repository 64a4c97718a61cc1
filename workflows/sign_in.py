"""Signing in: a name and a password become a session in the database.

Rules after OWASP ASVS 5 (V6.3, V7): limits per account and per address, a new token at each sign-in, sessions that
end by themselves and with the password or the role. ``docs/security.md`` says it for operators.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlmodel import Session

from db import tables, users
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.roles import Role
from notifications.links import token_hash
from workflows.passwords import is_right

IDLE = timedelta(hours=8)  # a session nobody uses
LONGEST = timedelta(days=3)  # any session
SEEN_EVERY = timedelta(minutes=5)  # how exactly it is kept when a session was used
KEPT = timedelta(days=90)  # how long a session stays on record
WINDOW = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=30)  # an address from which the account's owner has signed in
# Refused attempts within the window. An account is closed to the address that guesses, so that nobody can lock
# its owner out from elsewhere; in all it bears more, and those are not counted against addresses the owner uses.
MOST_OF_PAIR, MOST_OF_ADDRESS, MOST_OF_ACCOUNT = 10, 50, 100


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in; ``who`` is how the record names them. ``id`` 0 is no user: the demo, another system."""

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


def sign_in(
    database: Database, name: str, password: str, address: str, now: datetime, *, replacing: str = ""
) -> str:
    """The token of a new session; that of token ``replacing`` has ended. Raises SIGN_IN_REFUSED, SIGN_IN_LIMIT."""
    proven = prove(database, name, password, address, now)
    if proven is None:
        raise _refused()
    with database.write() as session:
        users.forget_sign_ins(session, now - KEPT)
        if replacing:
            users.end_token(session, token_hash(replacing), "signed_out", now)
        return begin(session, *proven, now, address)


def prove(
    database: Database, name: str, password: str, address: str, now: datetime
) -> tuple[int, str] | None:
    """The user and the stored password, if that is it; ``None`` if not. Raises SIGN_IN_LIMIT.

    The attempt is counted before the password is looked at, so that attempts at once share one limit.
    """
    subjects = _subjects(name, address)
    with database.write() as session:
        users.forget_failures(session, now - WINDOW)
        row = users.find(session, name, lock=True)
        _check_limits(session, subjects, row, address, now)
        attempt = [tables.SignInFailure(subject=subject, at=now) for subject in subjects]
        session.add_all(attempt)
        session.flush()
        stored = row.password if row and row.is_active else ""
    if not is_right(stored, password) or row is None:
        return None
    with database.write() as session:
        users.take_back(session, [stored_id(one.id) for one in attempt])
        users.forget_failures(session, now, subjects[0])
    return stored_id(row.id), stored


def count_attempt(database: Database, address: str, now: datetime) -> int:
    """The number of an attempt from that address, counted as refused until it is taken back. Raises SIGN_IN_LIMIT."""
    subject = _subjects("", address)[1]
    with database.write() as session:
        users.forget_failures(session, now - WINDOW)
        if users.failures(session, subject, now - WINDOW) >= MOST_OF_ADDRESS:
            raise _too_many()
        attempt = tables.SignInFailure(subject=subject, at=now)
        session.add(attempt)
        session.flush()
        return stored_id(attempt.id)


def who_is(session: Session, token: str, now: datetime) -> Person | None:
    """Who holds that session; nobody where it has ended, or was not used for long."""
    found = users.open_sign_in(session, token_hash(token), now)
    if found is None or is_idle(found[0], now):
        return None
    return person(found[1])


def is_idle(row: tables.SignIn, now: datetime) -> bool:
    """Whether nobody has used the session for so long that it opens nothing any more."""
    return row.seen_at + IDLE + SEEN_EVERY <= now


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


def begin(session: Session, user_id: int, checked: str, now: datetime, address: str = "") -> str:
    """The token of a new session, unless the password was changed or the user retired since it was checked."""
    user = session.get_one(tables.User, user_id)
    if not user.is_active or user.password != checked:
        raise _refused()
    token = secrets.token_urlsafe(32)
    session.add(
        tables.SignIn(
            user_id=user_id,
            token_hash=token_hash(token),
            address=address,
            began_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
        )
    )
    return token


def person(user: tables.User) -> Person:
    """The user as pages and policy know them."""
    return Person(stored_id(user.id), user.name, user.title, Role(user.role), user.unit_id, user.locale)


def _subjects(name: str, address: str) -> tuple[str, str, str]:
    """What an attempt counts for: the account at that address, the address, the account."""
    account, where = name.strip().lower()[:100], _network_of(address)
    return f"pair:{account}@{where}", f"address:{where}", f"account:{account}"


def _network_of(address: str) -> str:
    """The address as limits know it: of IPv6 the network of one site, whose holder has billions of addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:100]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def _check_limits(
    session: Session, subjects: tuple[str, str, str], row: tables.User | None, address: str, now: datetime
) -> None:
    since = now - WINDOW
    pair, where, account = (users.failures(session, subject, since) for subject in subjects)
    is_full = account >= MOST_OF_ACCOUNT and not _is_known(session, row, address, now)
    if pair >= MOST_OF_PAIR or where >= MOST_OF_ADDRESS or is_full:
        raise _too_many()


def _is_known(session: Session, row: tables.User | None, address: str, now: datetime) -> bool:
    """Whether the account's owner has signed in from there of late."""
    return row is not None and users.has_come_from(session, stored_id(row.id), address, now - KNOWN_FOR)


def _too_many() -> DubanError:
    return DubanError(
        "SIGN_IN_LIMIT",
        "尝试的次数太多：请过 15 分钟再试，忘记密码请找管理员要一个设置链接。",
        retry=True,
    )


def _refused() -> DubanError:
    return DubanError("SIGN_IN_REFUSED", "用户名或密码不对：请再试一次，忘记密码请找管理员要一个设置链接。")
