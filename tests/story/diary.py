"""The diary of a year as the record tells it: who did what, what went out, what came of it.

``python -m tests.story.diary`` lives through the year of the matrix plan and prints it; with ``2023`` that of
the table of 45 items.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from db.session import Database
from tests.story.diary_words import DETAILS, DONE, RULES
from tests.workflows.office_2024 import ZONE

WEEK = "一二三四五六日"


@dataclass(frozen=True, order=True)
class Entry:
    """A line of a day: ``who`` did ``what``, with ``detail``, to the sub-tasks ``about``, in their ``order``."""

    at: datetime
    who: str
    what: str
    detail: str = ""
    order: int = 0
    about: str = ""


def diary(database: Database) -> list[str]:
    """The whole record, day by day."""
    entries = sorted([*_decisions(database), *_messages(database)])
    lines: list[str] = []
    for day, group in groupby(entries, key=lambda one: one.at.date()):
        lines += ["", f"{day.year}年{day.month}月{day.day}日 星期{WEEK[day.weekday()]}"]
        lines += [f"  {line}" for line in _told(list(group))]
    return lines[1:]


def _told(entries: Sequence[Entry]) -> Iterator[str]:
    """What one does to several sub-tasks at a time is one line."""
    for (at, who, what, detail), group in groupby(
        entries, key=lambda one: (one.at, one.who, one.what, one.detail)
    ):
        about = "、".join(one.about for one in group if one.about)
        line = f"{at:%H:%M}  {who}　{what}" + (f"　{about}" if about else "")
        yield line + (f"　{detail}" if detail else "")


def _decisions(database: Database) -> Iterator[Entry]:
    with database.read() as session:
        query = select(col(tables.SubTask.id), col(tables.SubTask.no))
        numbers = dict(session.execute(query).tuples().all())
        figures = _figures(session)
        for event in session.execute(select(tables.Event).order_by(col(tables.Event.id))).scalars():
            about = " ".join(
                [numbers.get(event.subtask_id or 0, ""), *figures.get(event.details.get("report"), ())]
            )
            at = event.at.astimezone(ZONE).replace(second=0, microsecond=0)
            yield Entry(
                at,
                _who(event),
                DONE.get(event.what, event.what),
                _detail(event),
                event.subtask_id or 0,
                about.strip(),
            )


def _figures(session: Session) -> dict[int, list[str]]:
    """What each report says in figures: 170户."""
    given, named, found = tables.ReportQuantity, tables.Indicator, dict[int, list[str]]()
    query = select(col(given.report_id), col(given.quantity), col(named.unit))
    joined = query.join(named, col(named.id) == col(given.indicator_id)).order_by(col(named.id))
    for report, quantity, unit in session.execute(joined):
        found.setdefault(report, []).append(f"{quantity.normalize():f}{unit}")
    return found


def _who(event: tables.Event) -> str:
    """Whoever decided; what the policy does by itself is done by the service."""
    return "督办" if event.who.startswith("policy:") else event.who


def _detail(event: tables.Event) -> str:
    parts = [
        DETAILS.get(str(event.details[name]), str(event.details[name]))
        for name in ("period", "case", "colour", "kind", "deadline", "reply_due_on")
        if event.details.get(name)
    ]
    return "，".join([*parts, *([f"“{event.reason}”"] if event.reason else [])])


def _messages(database: Database) -> Iterator[Entry]:
    """Reminders one by one; digests and evaluations by how many went out."""
    with database.read() as session:
        query = select(tables.Message).where(col(tables.Message.state) == "accepted")
        messages = list(session.execute(query.order_by(col(tables.Message.id))).scalars())
    for message in messages:
        if message.kind == "reminder":
            at = message.slot_at.astimezone(ZONE).replace(second=0, microsecond=0)
            yield Entry(at, "督办", f"提醒 {message.recipient}", about=_items(message.items))
    rest = [one for one in messages if one.kind != "reminder"]
    for (_day, kind, period), group in groupby(sorted(rest, key=_issue), key=_issue):
        sent = list(group)
        at = sent[0].slot_at.astimezone(ZONE).replace(second=0, microsecond=0)
        yield Entry(at, "督办", f"发出{DONE.get(kind, kind)} {period}", detail=f"共 {len(sent)} 份")


def _issue(message: tables.Message) -> tuple[date, str, str]:
    return message.slot_on, message.kind, message.period or ""


def _items(items: Iterable[dict[str, object]]) -> str:
    return "；".join(
        f"{one['subtask']} {RULES.get(str(one['rule']), one['rule'])}"
        + (f"（第{one['number']}次）" if one["number"] != 1 else "")
        for one in items
    )


def main() -> None:
    """The year is lived in a folder that is thrown away, and printed."""
    from tests.story import full_2023, full_2024
    from tests.story.full_year import live_through

    script = full_2023.SCRIPT if sys.argv[1:] == ["2023"] else full_2024.SCRIPT
    with tempfile.TemporaryDirectory() as folder:
        year = live_through(script, Path(folder))
        print("\n".join(diary(year.stage.database)))
        year.stage.close()


if __name__ == "__main__":
    main()
