"""An assignment remembers the collective unit by which it came.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = "assignments_group_id_fkey"


def upgrade() -> None:
    """Assignments that are stored came by no group."""
    with op.batch_alter_table("assignments") as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(KEY, "units", ["group_id"], ["id"])


def downgrade() -> None:
    """As before: the members stay, by which group they came is forgotten."""
    with op.batch_alter_table("assignments") as batch_op:
        batch_op.drop_constraint(KEY, type_="foreignkey")
        batch_op.drop_column("group_id")
