"""导出通报: what was frozen becomes a file, the same bytes whenever it is asked for."""

from __future__ import annotations

from sqlmodel import Session

from db import bulletins, tables
from db.evaluations import KINDS as EVALUATIONS
from engine.digest import from_json
from engine.errors import DubanError
from notifications.bulletin_paper import bulletin_paper
from notifications.evaluation_paper import evaluation_paper
from notifications.paper import Paper, Writer
from notifications.paper_docx import paper_docx
from notifications.paper_xlsx import paper_xlsx
from workflows.score_month import content_of_bulletin

WRITERS: dict[str, Writer] = {".xlsx": paper_xlsx, ".docx": paper_docx}


def paper_of(row: tables.Bulletin, locale: str = "zh-CN") -> Paper:
    """The paper of the bulletin, from its frozen content alone. Raises DubanError BULLETIN_KIND."""
    if row.kind in ("digest", "final"):
        return bulletin_paper(from_json(row.content), locale)
    if row.kind in EVALUATIONS:
        return evaluation_paper(content_of_bulletin(row), locale)
    raise DubanError("BULLETIN_KIND", f"通报 {row.id} 不是周报，也不是评估，不能这样导出。")


def export_bulletin(session: Session, number: int, suffix: str, locale: str = "zh-CN") -> bytes:
    """The file of that kind. Raises DubanError NO_SUCH_BULLETIN, BULLETIN_KIND or EXPORT_FORMAT."""
    writer = WRITERS.get(suffix.lower())
    if writer is None:
        raise DubanError("EXPORT_FORMAT", f"不能导出成“{suffix}”文件：请用 .xlsx 或 .docx。")
    return writer(paper_of(bulletins.find(session, number), locale))
