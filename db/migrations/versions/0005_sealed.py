"""The record of decisions becomes a chain, and the database itself refuses to change what was decided.

Revision: 0005, after 0004.
"""

from __future__ import annotations

from alembic import op

from db import audit, guards

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Events that are there are sealed in their order; no column changes."""
    audit.seal_older(op.get_bind())
    guards.install(op.get_bind())


def downgrade() -> None:
    """The hashes stay where they are; nothing refuses a change any more."""
    guards.remove(op.get_bind())
