"""Users: invited with a set-up link, changed, retired. There is always an administrator who can sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from db import runs, tables, users
from db.references import find_unit
from db.session import Database
from db.turns import Matter, take_turn
from db.units import stored_id
from engine.errors import DubanError
from engine.roles import Role
from workflows.links import revoke_links_of
from workflows.setup_links import checked_name, give_password, new_setup_link
from workflows.sign_in import prove

LONGEST_TITLE = 60
LOCALES = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user is to be; ``unit`` by name, of role unit only."""

    title: str
    role: Role
    unit: str = ""
    locale: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class UserLine:
    """What a list says of a user; ``state`` is active, invited (no password or account yet) or retired."""

    id: int
    name: str
    title: str
    role: Role
    unit: str
    locale: str
    state: str
    revision: int
    signed_in_at: datetime | None
    sessions: int


def list_users(session: Session, now: datetime) -> list[UserLine]:
    """All users, those who may come in first."""

    def state(row: tables.User, has_account: bool) -> str:
        return "retired" if not row.is_active else "active" if row.password or has_account else "invited"

    return [
        UserLine(
            stored_id(row.id),
            row.name,
            row.title,
            Role(row.role),
            unit or "",
            row.locale,
            state(row, has_account),
            row.revision,
            latest,
            sessions,
        )
        for row, unit, latest, sessions, has_account in users.listed(session, now)
    ]


def number_of(session: Session, name: str) -> int:
    """The number of the user of that name. Raises DubanError NO_SUCH_USER."""
    row = users.find(session, name)
    if row is None:
        raise _unknown()
    return stored_id(row.id)


def invite_user(database: Database, name: str, wanted: Wanted, now: datetime, who: str) -> str:
    """The token of the new user's set-up link. Raises USER_NAME, USER_TAKEN, USER_TITLE, USER_UNIT, NO_SUCH_UNIT."""
    plain = checked_name(name)
    with database.write() as session:
        take_turn(session, Matter.USER, plain)
        if users.find(session, plain) is not None:
            raise DubanError("USER_TAKEN", f"已有用户“{plain}”：请换一个用户名，或给这个用户新的设置链接。")
        row = tables.User(name=plain, role=wanted.role.value, created_at=now, changed_at=now)
        _take(session, row, wanted)
        session.add(row)
        session.flush()
        runs.record(session, "user_invited", who, now, details=_told(row))
        return new_setup_link(session, stored_id(row.id), now, who)


def change_user(
    database: Database, number: int, wanted: Wanted, revision: int | None, now: datetime, who: str
) -> None:
    """The user is as wanted; with another role or unit every session has ended, and every link
    to the unit's form that the user made from its own page.

    ``revision`` is the one that was shown. Raises USER_CHANGED, LAST_ADMIN and those of ``invite_user``.
    """
    with database.write() as session:
        row = _found(session, number)
        if revision is not None and row.revision != revision:
            raise DubanError("USER_CHANGED", "另一位管理员刚刚改过这个用户：请核对现在的值，再改一次。")
        before = row.role, row.unit_id
        if wanted.role is not Role.ADMIN:
            _check_not_last(session, row)
        _take(session, row, wanted)
        if (row.role, row.unit_id) != before:
            users.end_sign_ins(session, number, "role", now)
            revoke_links_of(session, number, now, who)
        _changed(session, row, "user_changed", now, who)


def retire_user(database: Database, number: int, now: datetime, who: str) -> None:
    """The user cannot come in: no password, no session, no link. Raises NO_SUCH_USER, LAST_ADMIN."""
    with database.write() as session:
        row = _found(session, number)
        if not row.is_active:
            return
        _check_not_last(session, row)
        row.is_active, row.password = False, ""
        users.end_sign_ins(session, number, "retired", now)
        revoke_links_of(session, number, now, who)
        users.end_setup_links(session, number, "revoked", now)
        _changed(session, row, "user_retired", now, who)


def reactivate_user(database: Database, number: int, now: datetime, who: str) -> str:
    """The token of the set-up link by which the user comes in again. Raises DubanError NO_SUCH_USER."""
    with database.write() as session:
        row = _found(session, number)
        row.is_active = True
        _changed(session, row, "user_reactivated", now, who)
        return new_setup_link(session, number, now, who)


def renew_link(database: Database, number: int, now: datetime, who: str) -> str:
    """The token of a new set-up link; the password counts until it is used. Raises NO_SUCH_USER, USER_RETIRED."""
    with database.write() as session:
        row = _found(session, number)
        if not row.is_active:
            raise DubanError("USER_RETIRED", "这个用户已经停用：请先恢复。")
        runs.record(session, "user_link", who, now, details={"user": row.name})
        return new_setup_link(session, number, now, who)


def end_sessions(database: Database, number: int, now: datetime, who: str) -> None:
    """Whoever is signed in as that user is not any more. Raises DubanError NO_SUCH_USER."""
    with database.write() as session:
        row = _found(session, number)
        users.end_sign_ins(session, number, "signed_out", now)
        runs.record(session, "user_sessions_ended", who, now, details={"user": row.name})


def choose_language(database: Database, number: int, locale: str, now: datetime) -> None:
    """Pages speak that language to the user. Raises DubanError USER_LOCALE."""
    with database.write() as session:
        row = _found(session, number)
        row.locale = _locale(locale)
        row.changed_at, row.revision = now, row.revision + 1
        session.add(row)


def change_password(
    database: Database, number: int, present: str, new: str, now: datetime, *, keep: str, address: str
) -> None:
    """The user has the new password, sessions but the one of token ``keep`` have ended.

    Guesses at the present one count as those at the sign-in page. Raises PASSWORD_WRONG, PASSWORD_WEAK, SIGN_IN_LIMIT.
    """
    with database.read() as session:
        name = _found(session, number).name
    proven = prove(database, name, present, address, now)
    with database.write() as session:
        row = _found(session, number)
        if proven is None or row.password != proven[1]:
            raise DubanError("PASSWORD_WRONG", "现在的密码不对：请再输入一次。")
        give_password(session, row, new, now, keep=keep)
        runs.record(session, "user_password", row.title or row.name, now, details={"user": row.name})


def _found(session: Session, number: int) -> tables.User:
    row = users.locked(session, number)
    if row is None:
        raise _unknown()
    return row


def _unknown() -> DubanError:
    return DubanError("NO_SUCH_USER", "没有这个用户：请从用户列表里选。")


def _take(session: Session, row: tables.User, wanted: Wanted) -> None:
    """The row says what is wanted, not yet stored."""
    title, unit = wanted.title.strip(), wanted.unit.strip()
    if len(title) > LONGEST_TITLE or not title.isprintable():
        raise DubanError("USER_TITLE", f"岗位名称不能超过 {LONGEST_TITLE} 个字：请写短一些。")
    if bool(unit) != (wanted.role is Role.UNIT):
        raise DubanError("USER_UNIT", "身份是“单位”时要写明是哪个单位，其他身份不写单位：请改一下。")
    row.unit_id = find_unit(session, unit).id if unit else None
    row.title, row.role, row.locale = title, wanted.role.value, _locale(wanted.locale)


def _locale(text: str) -> str:
    if text not in LOCALES:
        raise DubanError("USER_LOCALE", "没有这种语言：请选中文或英文。")
    return text


def _check_not_last(session: Session, row: tables.User) -> None:
    """Somebody else is an administrator who can sign in, or this one is none. Raises DubanError LAST_ADMIN."""
    able = users.lock_admins(session)
    if able == [row.id]:
        raise DubanError(
            "LAST_ADMIN", "这是唯一能登录的管理员：请先让另一位管理员设置好密码，再停用或改变身份。"
        )


def _changed(session: Session, row: tables.User, what: str, now: datetime, who: str) -> None:
    row.changed_at, row.revision = now, row.revision + 1
    session.add(row)
    runs.record(session, what, who, now, details=_told(row))


def _told(row: tables.User) -> dict[str, str]:
    """What the record says of the user."""
    return {"user": row.name, "title": row.title, "role": row.role, "unit_id": str(row.unit_id or "")}
