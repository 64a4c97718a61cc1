"""The newest messages and reports first, without all of them being read.

Revision: 0014, after 0013.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Indexes only."""
    op.create_index("ix_messages_time", "messages", ["slot_at", "id"])
    op.create_index("ix_reports_time", "progress_reports", ["received_at"])


def downgrade() -> None:
    """The indexes are gone."""
    op.drop_index("ix_reports_time", "progress_reports")
    op.drop_index("ix_messages_time", "messages")
