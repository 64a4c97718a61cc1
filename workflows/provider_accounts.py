"""Accounts at the identity provider: given and taken by an administrator on the page of a user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from db import provider_accounts, runs, tables, users
from db.session import Database
from db.turns import Matter, take_turn
from engine.errors import DubanError

LONGEST = 255


@dataclass(frozen=True, slots=True)
class AccountLine:
    """By which account a user comes in (empty: by none), and since when its holder is known."""

    account: str = ""
    bound_at: datetime | None = None


def account_of(session: Session, number: int, issuer: str) -> AccountLine:
    """The user's account at that provider."""
    row = provider_accounts.of_user(session, number, issuer)
    return AccountLine(row.account, row.bound_at) if row else AccountLine()


def give_account(
    database: Database, number: int, issuer: str, account: str, revision: int, now: datetime, who: str
) -> None:
    """The user comes in by that account, or by none if it is empty; whoever was signed in as the user is not.

    ``revision`` is the one that was shown. Raises DubanError NO_SUCH_USER, USER_CHANGED, OIDC_ACCOUNT_NAME,
    OIDC_ACCOUNT_TAKEN.
    """
    account = account.strip()
    if len(account) > LONGEST or not account.isprintable():
        raise DubanError(
            "OIDC_ACCOUNT_NAME", f"单点登录账号不能超过 {LONGEST} 个字，也不能换行：请再输入一次。"
        )
    with database.write() as session:
        user = users.locked(session, number)
        if user is None:
            raise DubanError("NO_SUCH_USER", "没有这个用户：请从用户列表里选。")
        if user.revision != revision:
            raise DubanError("USER_CHANGED", "另一位管理员刚刚改过这个用户：请核对现在的值，再改一次。")
        if account_of(session, number, issuer).account == account:
            return
        take_turn(session, Matter.ACCOUNT, f"{issuer} {account}")
        _check_free(session, issuer, account, number)
        provider_accounts.remove(session, number)
        if account:
            session.add(
                tables.ProviderAccount(
                    user_id=number, issuer=issuer, account=account, created_at=now, created_by=who
                )
            )
        users.end_sign_ins(session, number, "account", now)
        user.changed_at, user.revision = now, user.revision + 1
        session.add(user)
        runs.record(session, "user_account", who, now, details={"user": user.name, "account": account})


def _check_free(session: Session, issuer: str, account: str, number: int) -> None:
    row = provider_accounts.of_account(session, issuer, account) if account else None
    if row is not None and row.user_id != number:
        holder = session.get_one(tables.User, row.user_id).name
        raise DubanError(
            "OIDC_ACCOUNT_TAKEN", f"用户“{holder}”已经在用这个账号：请先清空那里的单点登录账号。"
        )
