"""Of what could not be delivered: that somebody has dealt with it, who, and how.

Revision: 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

import db.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was given up and is shown no longer, or before something arrived at its post, counts as settled by that."""
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_at", db.types.UtcDateTime(timezone=True), nullable=True))
        for name in ("settled_by", "settled_reason"):
            batch_op.add_column(
                sa.Column(
                    name,
                    sqlmodel.sql.sqltypes.AutoString(),
                    server_default=sa.text("''"),
                    nullable=False,
                )
            )
    op.execute(
        "UPDATE messages SET settled_at = ended_at, settled_reason = 'arrived_since' "
        "WHERE state = 'given_up' AND (NOT EXISTS (SELECT 1 FROM findings WHERE code = 'MESSAGE_GIVEN_UP' "
        "AND subject = 'post:' || CAST(messages.post_id AS VARCHAR) AND closed_at IS NULL) "
        "OR EXISTS (SELECT 1 FROM messages AS later WHERE later.post_id = messages.post_id "
        "AND later.state = 'accepted' AND later.kind <> 'group' AND later.ended_at > messages.ended_at))"
    )


def downgrade() -> None:
    """The schema of 0007."""
    with op.batch_alter_table("messages", schema=None) as batch_op:
        for name in ("settled_reason", "settled_by", "settled_at"):
            batch_op.drop_column(name)
