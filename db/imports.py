"""Import batches: which file made which rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from engine.errors import DubanError


def stored_batch_of(session: Session, sha256: str) -> tables.ImportBatch | None:
    """The batch that brought the very same file, unless it was undone."""
    batch = tables.ImportBatch
    query = select(batch).where(col(batch.sha256) == sha256, col(batch.state) == "stored")
    return session.execute(query.order_by(col(batch.id).desc())).scalars().first()


def find_batch(session: Session, batch_id: int) -> tables.ImportBatch:
    """The batch of that id. Raises DubanError NO_SUCH_BATCH."""
    found = session.get(tables.ImportBatch, batch_id)
    if found is not None:
        return found
    known = ", ".join(str(batch.id) for batch in batches(session)[:8])
    hint = f"现有批次：{known}" if known else "还没有导入过文件"
    raise DubanError("NO_SUCH_BATCH", f"没有导入批次 {batch_id}：{hint}。")


def batches(session: Session) -> list[tables.ImportBatch]:
    """All batches, the newest first."""
    batch = tables.ImportBatch
    return list(session.execute(select(batch).order_by(col(batch.id).desc())).scalars())


def plan_of_batch(batch: tables.ImportBatch) -> int | None:
    """The plan that the batch made or revised."""
    return next((change["plan"] for change in _changes(batch) if "plan" in change), None)


def later_batches(session: Session, batch: tables.ImportBatch) -> list[tables.ImportBatch]:
    """Batches on the same plan that came after this one and stand, the newest first."""
    plan_id = plan_of_batch(batch)
    return [
        other
        for other in batches(session)
        if (other.id or 0) > (batch.id or 0) and other.state == "stored" and plan_of_batch(other) == plan_id
    ]


def _changes(batch: tables.ImportBatch) -> list[dict[str, Any]]:
    return batch.changes
