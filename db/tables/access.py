"""Tables of who may come in: users, their accounts at an identity provider, sign-ins, set-up links, refused
attempts, tokens of other systems, calendar feeds. Of a secret only its hash is stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, true
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime


class User(SQLModel, table=True):
    """Somebody who signs in: with ``password``, once a set-up link has been used, or by a ``ProviderAccount``."""

    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)  # what is typed to sign in, in lower case
    title: str = ""  # the post, as the record and the pages name the user
    role: str  # admin coordinator leader unit
    unit_id: int | None = Field(default=None, foreign_key="units.id")  # of a user of role unit
    locale: str = "zh-CN"
    password: str = ""  # Argon2id
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    revision: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class ProviderAccount(SQLModel, table=True):
    """By which account at an identity provider a user comes in. An administrator names it; ``subject`` is what the
    provider calls its holder for good, kept at the first sign-in: a name may be given to somebody else later."""

    __tablename__ = "provider_accounts"
    __table_args__ = (UniqueConstraint("issuer", "account"), UniqueConstraint("issuer", "subject"))
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id", unique=True)
    issuer: str
    account: str
    subject: str | None = None
    bound_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


class SignIn(SQLModel, table=True):
    """A session of a user in one browser; open while ``ended_at`` is null and ``expires_at`` ahead."""

    __tablename__ = "sign_ins"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id", index=True)
    token_hash: str = Field(unique=True)
    address: str = ""  # from where it began
    began_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)  # to within a few minutes
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_reason: str = ""  # signed_out password account role retired restored


class SetupLink(SQLModel, table=True):
    """A link by which somebody chooses a password, once; without a user it makes the first admin."""

    __tablename__ = "setup_links"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int | None = Field(default=None, foreign_key="users.id", index=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_reason: str = ""  # used superseded revoked


class SignInFailure(SQLModel, table=True):
    """A refused attempt, counted for the account and for the address; old ones go."""

    __tablename__ = "sign_in_failures"
    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)  # pair:NAME@ADDRESS, address:ADDRESS or account:NAME
    at: datetime = Field(sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """What another system reads the API with: the figures of everything (leader), or of one unit (unit)."""

    __tablename__ = "api_tokens"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: str  # leader unit
    unit_id: int | None = Field(default=None, foreign_key="units.id")
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CalendarFeed(SQLModel, table=True):
    """The secret address of a unit's calendar; its token is derived from ``nonce`` with the key file."""

    __tablename__ = "calendar_feeds"
    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="units.id", index=True)
    nonce: str = Field(unique=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
