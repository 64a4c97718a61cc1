"""Tokens of other systems, which read the API: the figures of everything, or of one unit. Shown once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db import api_tokens, runs, tables
from db.references import find_unit
from db.session import Database
from db.turns import Matter, take_turn
from db.units import stored_id
from engine.errors import DubanError
from engine.roles import Role
from notifications.links import token_hash
from workflows.sign_in import SEEN_EVERY, Person

PREFIX = "duban_"  # by which people and scanners of secrets know what it is
ROLES = (Role.LEADER, Role.UNIT)
LONGEST_NAME = 60
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TokenLine:
    """What a list says of a token; ``state`` is open, expired or revoked."""

    id: int
    name: str
    role: Role
    unit: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    seen_at: datetime | None
    state: str


def create_token(
    database: Database,
    name: str,
    role: Role,
    unit: str,
    last_day: date | None,
    now: datetime,
    who: str,
    *,
    zone: ZoneInfo,
) -> str:
    """The token of a system of that name: it opens the API to the end of ``last_day``, or until it is revoked.

    Raises DubanError TOKEN_NAME, TOKEN_ROLE, TOKEN_DAY, NO_SUCH_UNIT.
    """
    plain = name.strip()
    expires_at = datetime.combine(last_day + DAY, time(), zone) if last_day else None
    if role not in ROLES or bool(unit.strip()) != (role is Role.UNIT):
        raise DubanError(
            "TOKEN_ROLE", "令牌要么看全部，要么看一个单位：请选一种，看一个单位时写明是哪个单位。"
        )
    if expires_at is not None and expires_at <= now:
        raise DubanError("TOKEN_DAY", "有效期已经过去：请选今天或以后的日期，或留空。")
    token = PREFIX + secrets.token_urlsafe(32)
    with database.write() as session:
        take_turn(session, Matter.TOKEN, plain)
        _check_name(session, plain)
        unit_id = find_unit(session, unit.strip()).id if unit.strip() else None
        row = tables.ApiToken(
            name=plain,
            role=role.value,
            unit_id=unit_id,
            token_hash=token_hash(token),
            created_at=now,
            created_by=who,
            expires_at=expires_at,
        )
        session.add(row)
        runs.record(
            session, "token_new", who, now, details={"token": plain, "role": role.value, "unit": unit}
        )
    return token


def revoke_token(database: Database, number: int, now: datetime, who: str) -> str:
    """The name of the token, which opens nothing any more. Raises DubanError NO_SUCH_TOKEN."""
    with database.write() as session:
        row = session.get(tables.ApiToken, number)
        if row is None:
            raise DubanError("NO_SUCH_TOKEN", "没有这个令牌：请从列表里选。")
        if row.revoked_at is None:
            row.revoked_at = now
            session.add(row)
            runs.record(session, "token_revoked", who, now, details={"token": row.name})
        return row.name


def list_tokens(session: Session, now: datetime) -> list[TokenLine]:
    """All tokens, the newest first."""

    def state(row: tables.ApiToken) -> str:
        if row.revoked_at is not None:
            return "revoked"
        return "expired" if row.expires_at is not None and row.expires_at <= now else "open"

    return [
        TokenLine(
            stored_id(row.id),
            row.name,
            Role(row.role),
            unit or "",
            row.created_at,
            row.created_by,
            row.expires_at,
            row.seen_at,
            state(row),
        )
        for row, unit in api_tokens.listed(session)
    ]


def holder_of(session: Session, token: str, now: datetime) -> Person | None:
    """Whose system comes with that token; nobody where it is unknown, too old or revoked."""
    row = api_tokens.open_token(session, token_hash(token), now)
    return Person(0, f"api:{row.name}", f"接口令牌“{row.name}”", Role(row.role), row.unit_id) if row else None


def note_use(database: Database, token: str, now: datetime) -> None:
    """It is known to within a few minutes when the token was last used."""
    with database.read() as session:
        row = api_tokens.open_token(session, token_hash(token), now)
        is_due = row is not None and (row.seen_at is None or row.seen_at + SEEN_EVERY <= now)
    if is_due:
        with database.write() as session:
            api_tokens.see(session, token_hash(token), now)


def _check_name(session: Session, name: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise DubanError("TOKEN_NAME", f"令牌要有名称，不超过 {LONGEST_NAME} 个字：请写明是哪个系统在用。")
    if api_tokens.named(session, name):
        raise DubanError("TOKEN_NAME", f"已有名称是“{name}”的令牌：请换一个名称。")
