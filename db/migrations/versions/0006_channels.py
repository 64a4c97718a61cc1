"""What channels need: how a contact is reached in order, robots, budgets, receipts, set-ups, templates.

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

import db.types
from db import guards

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables, and columns whose defaults say what was true before."""
    _people()
    _settings()
    _messages()
    guards.install(op.get_bind())


def _people() -> None:
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("disputed_at", db.types.UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "contact_channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("failed_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failed_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contact_id", "rank"),
    )
    with op.batch_alter_table("contact_channels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_channels_contact_id"), ["contact_id"], unique=False)
    op.create_table(
        "unit_robots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit_id", "channel"),
    )


def _settings() -> None:
    op.create_table(
        "channel_setups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "template_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("locale", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "locale", "version"),
    )


def _messages() -> None:
    no_text = sa.text("''")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("card", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("parts_done", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column(
                "pages_sha256", sqlmodel.sql.sqltypes.AutoString(), server_default=no_text, nullable=False
            )
        )
        batch_op.add_column(sa.Column("edition", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("bundle", sqlmodel.sql.sqltypes.AutoString(), server_default=no_text, nullable=False)
        )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("bundle", sqlmodel.sql.sqltypes.AutoString(), server_default=no_text, nullable=False)
        )
        batch_op.add_column(sa.Column("part", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(
            sa.Column("ticket", sqlmodel.sql.sqltypes.AutoString(), server_default=no_text, nullable=False)
        )
        batch_op.add_column(sa.Column("is_weak", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", "person", "answer"),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_message_id"), ["message_id"], unique=False)
    op.create_table(
        "spendings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reserved_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("spendings", schema=None) as batch_op:
        batch_op.create_index("ix_spendings_budget", ["budget", "reserved_at"], unique=False)


def downgrade() -> None:
    """The schema of 0005; what channels had stored is gone."""
    op.drop_table("spendings")
    op.drop_table("receipts")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        for column in ("is_weak", "ticket", "part", "bundle"):
            batch_op.drop_column(column)
    with op.batch_alter_table("messages", schema=None) as batch_op:
        for column in ("bundle", "edition", "pages_sha256", "parts_done", "card"):
            batch_op.drop_column(column)
    for table in ("template_versions", "channel_setups", "unit_robots", "contact_channels"):
        op.drop_table(table)
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_column("disputed_at")
    guards.install(op.get_bind())
