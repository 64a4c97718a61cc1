"""When each post was last reached, without the texts of messages being read.

Revision: 0012, after 0011.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index only."""
    op.create_index("ix_messages_arrived", "messages", ["state", "post_id", "ended_at"])


def downgrade() -> None:
    """The index is gone."""
    op.drop_index("ix_messages_arrived", "messages")
