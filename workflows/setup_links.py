"""Set-up links: by one of them somebody chooses a password, once; the very first makes the administrator."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session

from db import runs, tables, users
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.roles import Role
from notifications.links import token_hash
from workflows.passwords import check_password, hashed
from workflows.sign_in import begin

LASTS = timedelta(days=2)
FIRST_LASTS = timedelta(hours=1)


def first_link(database: Database, now: datetime) -> str | None:
    """The token of a link that makes the first admin, once; ``None`` where there are users. Older ones end."""
    with database.write() as session:
        if users.count(session):
            return None
        return new_setup_link(session, None, now, "service", FIRST_LASTS)


def new_setup_link(
    session: Session, user_id: int | None, now: datetime, who: str, lasts: timedelta = LASTS
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
        raise _gone()
    user = session.get(tables.User, link.user_id) if link.user_id is not None else None
    if user is not None and not user.is_active:
        raise _gone()
    return user


def set_up(
    database: Database,
    token: str,
    name: str,
    title: str,
    password: str,
    now: datetime,
    address: str = "",
    *,
    replacing: str = "",
) -> str:
    """The password is chosen, the link used up, every other session ended; the token of a new session.

    The session of token ``replacing``, whoever's it was, has ended: the browser has another one now.
    ``name`` and ``title`` are of the first admin only. Raises DubanError SETUP_LINK, USER_NAME, PASSWORD_WEAK.
    """
    with database.write() as session:
        user = meant_by(session, token, now) or _first_admin(name, title, now)
        check_password(password, user.name, user.title)
        session.add(user)
        session.flush()
        if not users.use_setup_link(session, token_hash(token), now):
            raise _gone()
        give_password(session, user, password, now)
        if replacing:
            users.end_token(session, token_hash(replacing), "signed_out", now)
        runs.record(session, "user_set_up", user.title or user.name, now, details={"user": user.name})
        return begin(session, stored_id(user.id), user.password, now, address)


def give_password(
    session: Session, user: tables.User, password: str, now: datetime, *, keep: str | None = None
) -> None:
    """The user has this password; every session but the one of token ``keep`` and every set-up link has ended.

    Raises DubanError PASSWORD_WEAK.
    """
    check_password(password, user.name, user.title)
    user.password = hashed(password)
    user.revision += 1
    user.changed_at = now
    session.add(user)
    kept = token_hash(keep) if keep is not None else None
    users.end_sign_ins(session, stored_id(user.id), "password", now, but=kept)
    users.end_setup_links(session, stored_id(user.id), "superseded", now)


def checked_name(name: str) -> str:
    """The name as it is stored. Raises DubanError USER_NAME."""
    plain = name.strip().lower()
    if not 2 <= len(plain) <= 60 or not plain.isprintable() or any(sign.isspace() for sign in plain):
        raise DubanError("USER_NAME", "用户名需要 2 到 60 个字，中间没有空格：例如 ducha 或 邮箱地址。")
    return plain


def _first_admin(name: str, title: str, now: datetime) -> tables.User:
    return tables.User(
        name=checked_name(name),
        title=title.strip()[:60],
        role=Role.ADMIN.value,
        created_at=now,
        changed_at=now,
    )


def _gone() -> DubanError:
    return DubanError(
        "SETUP_LINK",
        "这个设置链接已经用过或已过期：请向管理员要一个新的；第一次使用时，重新启动服务会印出新的链接。",
    )
