"""A finding is open once; a message counts its own failures apart from those of its channel.

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
OLD_KEY = "findings_code_subject_opened_at_key"
NAMES = {
    "uq": "%(table_name)s_%(column_0_N_name)s_key"
}  # as PostgreSQL names what has no name; SQLite does not


def upgrade() -> None:
    """The old key kept nobody from opening a finding twice at two moments, but from opening it again at one."""
    with op.batch_alter_table("findings", naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint(OLD_KEY, type_="unique")
    op.create_index(
        "uq_findings_open",
        "findings",
        ["code", "subject"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    with op.batch_alter_table("messages") as batch_op:
        batch_op.add_column(sa.Column("failures", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """As before."""
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_column("failures")
    op.drop_index("uq_findings_open", "findings")
    with op.batch_alter_table("findings", naming_convention=NAMES) as batch_op:
        batch_op.create_unique_constraint(OLD_KEY, ["code", "subject", "opened_at"])
