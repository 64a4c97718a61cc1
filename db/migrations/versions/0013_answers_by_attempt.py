"""What vendors say of a message that was sent again is no answer to its earlier attempts.

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAMES = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}  # as PostgreSQL names them; SQLite's has none
OLD = ["message_id", "person", "answer"]
NEW = [*OLD, "attempt"]


def upgrade() -> None:
    """Every answer so far is one to its message's last attempt."""
    with op.batch_alter_table("receipts", naming_convention=NAMES) as batch_op:
        batch_op.add_column(sa.Column("attempt", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE receipts SET attempt = (SELECT attempts FROM messages WHERE messages.id = receipts.message_id)"
    )
    with op.batch_alter_table("receipts", naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint("receipts_message_id_person_answer_key", type_="unique")
        batch_op.create_unique_constraint("receipts_message_id_person_answer_attempt_key", NEW)


def downgrade() -> None:
    """The schema of 0012; of the same answer to several attempts the first is kept."""
    op.execute(
        "DELETE FROM receipts WHERE EXISTS (SELECT 1 FROM receipts AS before WHERE before.id < receipts.id "
        "AND before.message_id = receipts.message_id AND before.person = receipts.person "
        "AND before.answer = receipts.answer)"
    )
    with op.batch_alter_table("receipts", naming_convention=NAMES) as batch_op:
        batch_op.drop_constraint("receipts_message_id_person_answer_attempt_key", type_="unique")
        batch_op.create_unique_constraint("receipts_message_id_person_answer_key", OLD)
        batch_op.drop_column("attempt")
