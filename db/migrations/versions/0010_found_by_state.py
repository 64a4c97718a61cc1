"""What pages of large plans look for: bulletins and reports by their state, messages by their day.

Revision: 0010, after 0009.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Indexes only."""
    op.create_index("ix_bulletins_state", "bulletins", ["plan_id", "state", "kind", "on"])
    op.create_index("ix_messages_day", "messages", ["plan_id", "slot_on", "state"])
    op.create_index("ix_reports_period", "progress_reports", ["subtask_id", "period", "state"])
    op.create_index("ix_reports_state", "progress_reports", ["state", "subtask_id"])


def downgrade() -> None:
    """The indexes are gone."""
    op.drop_index("ix_reports_state", "progress_reports")
    op.drop_index("ix_reports_period", "progress_reports")
    op.drop_index("ix_messages_day", "messages")
    op.drop_index("ix_bulletins_state", "bulletins")
