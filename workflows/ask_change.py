"""代单位提出变更: a coordinator writes down what a unit asks for, with its papers, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from db.session import Database
from workflows.attachments import attach, kept_in
from workflows.change_request import Asked, Told, file_request


def ask_change(
    database: Database,
    asked: Asked,
    files: Sequence[tuple[str, bytes]],
    folder: Path,
    now: datetime,
    who: str,
) -> Told:
    """The request waits for an approver and its files are kept.

    Raises what ``request_change`` and ``attachments.checked`` raise. Nothing is stored then, no file either.
    """
    with kept_in(folder, files) as kept, database.write() as session:
        told = file_request(session, asked, now, who)
        attach(session, "change", told.id, kept, now, who)
        return told
