"""What findings and notes on mails are made of, so that they can be said in another language.

Revision: 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Findings keep their inputs; those that are there have none and are shown as they were written."""
    for table in ("findings", "incoming_mails"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("inputs", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """The schema of 0010."""
    for table in ("findings", "incoming_mails"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("inputs")
