"""填报: what the holder of a link hands in, with its files, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from db.session import Database
from workflows.attachments import attach, kept_in
from workflows.links import open_link
from workflows.report_progress import Filed, Filing, file_report


def report_by_link(
    database: Database,
    token: str,
    filing: Filing,
    files: Sequence[tuple[str, bytes]],
    folder: Path,
    now: datetime,
) -> Filed:
    """The report counts from now on and its files are kept; unit and period are the link's, whatever was sent.

    Raises LinkRefused where the link has ended meanwhile, and what ``report_progress`` and
    ``attachments.checked`` raise. Nothing is stored then, no file either.
    """
    with kept_in(folder, files) as kept, database.write() as session:
        holder = open_link(session, token, now)
        own = replace(
            filing,
            period=holder.period,
            unit=None,
            unit_id=holder.unit_id,
            who=holder.who,
            source="link",
            link_id=holder.link_id,
        )
        filed = file_report(session, own, now, holder.who)
        attach(session, "report", filed.report_id, kept, now, holder.who)
        return filed
