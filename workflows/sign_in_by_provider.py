"""Signing in by the identity provider of the office: what the browser brings back becomes a session.

Only users whom an administrator has given an account come in; nobody is made by signing in. The account's name
counts once: afterwards its holder is known by what the provider calls them for good.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from db import provider_accounts, runs, tables, users
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from notifications.links import token_hash
from workflows.identity_provider import Identity, IdentityProvider, other_issuer
from workflows.pending_sign_in import not_begun
from workflows.sign_in import KEPT, begin, count_attempt

# The provider's faults and the operator's: nobody's attempts to come in.
NOT_COUNTED = frozenset({"OIDC_UNREACHABLE", "OIDC_HOST", "OIDC_ANSWER", "OIDC_ISSUER", "OIDC_CLIENT"})


class AccountUnknown(DubanError):  # noqa: N818 - it says what happened
    """The provider knows who it is, and no user has that account; ``account`` is what to tell an administrator."""

    def __init__(self, account: str) -> None:
        super().__init__(
            "OIDC_ACCOUNT", "您已通过身份认证，但这个账号还没有开通督办：请把账号告诉管理员，开通后再登录。"
        )
        self.account = account


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brings: its own cookie, and what the provider wrote into the address."""

    cookie: str = field(repr=False)
    state: str = field(repr=False)
    code: str = field(default="", repr=False)
    error: str = ""
    issuer: str = ""


def sign_in_by_provider(
    database: Database,
    provider: IdentityProvider,
    returned: Returned,
    address: str,
    now: datetime,
    *,
    replacing: str = "",
) -> str:
    """The token of a new session; that of token ``replacing`` has ended.

    Raises DubanError OIDC_STATE, OIDC_DENIED, OIDC_REFUSED, OIDC_ACCOUNT, OIDC_CLAIM, OIDC_OTHER_HOLDER,
    OIDC_RETIRED, SIGN_IN_LIMIT and those of ``IdentityProvider.identity``. A refusal counts against the address.
    """
    if not returned.cookie:
        raise not_begun()  # another site may have sent the browser here: that is no attempt of this address
    attempt = count_attempt(database, address, now)
    try:
        identity = _identity(provider, returned, now)
    except DubanError as error:
        if error.code in NOT_COUNTED:
            with database.write() as session:
                users.take_back(session, [attempt])
        raise
    with database.write() as session:
        user = _user_of(session, identity, now)
        users.take_back(session, [attempt])
        users.forget_sign_ins(session, now - KEPT)
        if replacing:
            users.end_token(session, token_hash(replacing), "signed_out", now)
        return begin(session, stored_id(user.id), user.password, now, address)


def _identity(provider: IdentityProvider, returned: Returned, now: datetime) -> Identity:
    pending = provider.pending.take(returned.cookie, returned.state, now)
    if returned.issuer and returned.issuer != provider.settings.issuer:
        raise other_issuer()
    if returned.error == "access_denied":
        raise DubanError(
            "OIDC_DENIED", "身份认证没有同意这次登录（取消了，或没有权限）：请再试，或用密码登录。"
        )
    if returned.error or not returned.code:
        raise DubanError("OIDC_REFUSED", "统一身份认证没有办成这次登录：请再试一次，仍不行请告诉管理员。")
    return provider.identity(returned.code, pending, now)


def _user_of(session: Session, identity: Identity, now: datetime) -> tables.User:
    """The user whose account it is, bound to its holder from now on."""
    user = users.locked(session, _row_of(session, identity).user_id)
    row = _row_of(
        session, identity
    )  # again: an administrator may have taken it away until the user was locked
    if user is None or not user.is_active or row.user_id != user.id:
        raise DubanError("OIDC_RETIRED", "这个账号在督办里已经停用：需要时请联系管理员。")
    if row.subject is None:
        _bind(session, row, user, identity, now)
    return user


def _row_of(session: Session, identity: Identity) -> tables.ProviderAccount:
    """The row of who has come, or of an account of that name that nobody has used yet."""
    row = provider_accounts.of_subject(session, identity.issuer, identity.subject)
    if row is not None:
        return row
    if not identity.account:
        raise DubanError(
            "OIDC_CLAIM", "身份认证没有给出账号名：请管理员核对配置 [oidc] account_claim 和 scopes。"
        )
    row = provider_accounts.of_account(session, identity.issuer, identity.account)
    if row is None:
        raise AccountUnknown(identity.account)
    if row.subject is not None:
        raise DubanError(
            "OIDC_OTHER_HOLDER",
            "这个账号以前是另一个人在用，没有登录：请管理员在用户页清空单点登录账号并保存，再重新填写。",
        )
    return row


def _bind(
    session: Session, row: tables.ProviderAccount, user: tables.User, identity: Identity, now: datetime
) -> None:
    """From now on the account belongs to who has come."""
    row.subject, row.bound_at = identity.subject, now
    session.add(row)
    details = {"user": user.name, "account": row.account}
    runs.record(session, "user_account_bound", user.title or user.name, now, details=details)
