"""Tables of what coordinators and operators set up: channels and their secrets, templates of messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Text, UniqueConstraint, true
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, json_field


class ChannelSetup(SQLModel, table=True):
    """A channel that somebody set up. ``secret`` is encrypted with a key outside the database: it can be
    replaced, never read back by people."""

    __tablename__ = "channel_setups"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str  # wecom_robot wecom_app dingtalk_robot dingtalk_work feishu_robot feishu_app webhook gateway apprise
    settings: dict[str, Any] = json_field(default_factory=dict)
    secret: str = Field(default="", sa_type=Text)
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    revision: int = 1
    changed_at: datetime = Field(sa_type=UtcDateTime)


class TemplateVersion(SQLModel, table=True):
    """A coordinators' version of a message's template; the newest counts. Without ``source`` it says that the
    shipped one counts again. Append-only."""

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("kind", "locale", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str  # reminder coordinator digest evaluation confirmation
    locale: str
    version: int
    source: str | None = Field(default=None, sa_type=Text)
    note: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
