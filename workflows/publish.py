"""公开: a month's table for the public, target against progress for each item, from what was stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from sqlmodel import Session

from db import runs, tables
from db.plan_rows import PlanRows, load_rows
from db.plans import LEADING
from db.references import find_plan
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import shown_title
from notifications.paper import Cell, Grid, Paper, Writer
from notifications.paper_docx import paper_docx
from notifications.paper_html import paper_html
from notifications.paper_xlsx import paper_xlsx
from notifications.words import clean, day, known_locale, listed, period, quantity, say

WRITERS: dict[str, Writer] = {".xlsx": paper_xlsx, ".docx": paper_docx, ".html": paper_html}
WIDTHS, SIDES = (4, 18, 9, 17, 24), "cllll"
_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_OF_A_MONTH = re.compile(r"\d{1,2}月份?进展情况$")  # ends the title of a plan that came as such a table


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One item of the table; ``reviewed`` is ``None`` where nothing was reported for the month."""

    no: str
    title: str
    lead: str
    target: str
    progress: str
    reviewed: bool | None


@dataclass(frozen=True, slots=True)
class PublicTable:
    """A month's table of a plan, in the plan's order."""

    plan_id: int
    title: str
    source: str
    period: str
    rows: tuple[PublicRow, ...]

    @property
    def without_report(self) -> tuple[str, ...]:
        """The numbers of items that have no report of the month."""
        return tuple(row.no for row in self.rows if row.reviewed is None)

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """The numbers of items whose report nobody has reviewed; the table itself does not tell them."""
        return tuple(row.no for row in self.rows if row.reviewed is False)


def public_table(
    session: Session, plan: str, month: str, *, source: str = "", accepted_only: bool = False
) -> PublicTable:
    """The table of that month: the milestone's words and the report's, as stored.

    The last report of the lead unit counts, submitted or accepted, or accepted alone; what was returned never
    does. Raises DubanError NO_SUCH_PLAN, AMBIGUOUS_PLAN, BAD_PERIOD or NOTHING_TO_PUBLISH.
    """
    if not _PERIOD.fullmatch(month):
        raise DubanError("BAD_PERIOD", f"看不懂月份“{month}”：请写成 2023-03。")
    found = find_plan(session, plan)
    rows = load_rows(session, stored_id(found.id))
    items = tuple(
        _row(rows, project, task, month, accepted_only)
        for project in rows.projects
        for task in rows.subtasks.get(stored_id(project.id), [])
        if task.state != "draft"
    )
    if not any(item.target or item.progress for item in items):
        raise DubanError(
            "NOTHING_TO_PUBLISH", f"{found.title}在 {month} 既没有目标也没有填报：请核对 --period。"
        )
    return PublicTable(stored_id(found.id), found.title, source or found.issuer or "", month, items)


def public_paper(table: PublicTable, published_on: date, locale: str = "zh-CN") -> Paper:
    """The paper of the table, with its date and source; it depends on nothing else."""
    locale = known_locale(locale)
    month = period(table.period, date(int(table.period[:4]), 1, 1), locale)
    none = say(locale, "public.none")
    names = ("no", "task", "lead", "target", "progress")
    return Paper(
        title=say(locale, "public.title", plan=_OF_A_MONTH.sub("", clean(table.title)), month=month),
        subtitle=say(
            locale, "public.subtitle", source=clean(table.source) or none, date=_day(published_on, locale)
        ),
        grids=(
            Grid(
                name=say(locale, "public.sheet"),
                heading=say(locale, "public.heading", n=len(table.rows)),
                heads=tuple(say(locale, f"public.head.{name}", month=month) for name in names),
                rows=tuple(_cells(row, none) for row in table.rows),
                widths=WIDTHS,
                sides=SIDES,
            ),
        ),
        is_wide=True,
        locale=locale,
    )


def _day(on: date, locale: str) -> str:
    """The day with its year and without its weekday."""
    return day(on, date(on.year - 1, 1, 1), locale, weekday=False)


def written(paper: Paper, suffix: str) -> bytes:
    """The paper as a file of that kind. Raises DubanError EXPORT_FORMAT."""
    writer = WRITERS.get(suffix.lower())
    if writer is None:
        raise DubanError("EXPORT_FORMAT", f"不能导出成“{suffix}”文件：请用 .xlsx、.docx 或 .html。")
    return writer(paper)


def record_publication(
    database: Database, table: PublicTable, content: bytes, name: str, now: datetime, who: str
) -> None:
    """It is on record who published which table when, with the file's hash."""
    details = {"period": table.period, "file": name, "sha256": sha256(content).hexdigest()}
    details |= {"items": str(len(table.rows)), "unreviewed": listed(list(table.unreviewed), "zh-CN")}
    with database.write() as session:
        runs.record(session, "publish", who, now, plan_id=table.plan_id, details=details)


def _row(
    rows: PlanRows, project: tables.Project, task: tables.SubTask, month: str, accepted_only: bool
) -> PublicRow:
    key = stored_id(task.id)
    report = _report(rows.reports.get(key, []), month, accepted_only)
    return PublicRow(
        no=task.no,
        title=_title(rows, project, task),
        lead="、".join(dict.fromkeys(_leads(rows, key))),
        target="\n".join(_targets(rows, key, month)),
        progress="" if report is None else report.text or _figures(rows, key, rows.reported, report.id),
        reviewed=None if report is None else report.state == "accepted",
    )


def _title(rows: PlanRows, project: tables.Project, task: tables.SubTask) -> str:
    """The item's words; those of the project before them where it has several items."""
    title = shown_title(task.no, task.title)
    several = len(rows.subtasks.get(stored_id(project.id), [])) > 1
    return f"{project.title}：{title}" if several and project.title not in title else title


def _leads(rows: PlanRows, key: int) -> Iterator[str]:
    """The lead units as the document names them, the first lead first."""
    bound = [one for one in rows.assignments.get(key, []) if one.role in LEADING]
    for one in sorted(bound, key=lambda one: LEADING.index(one.role)):
        yield rows.units[one.group_id or one.unit_id]


def _targets(rows: PlanRows, key: int, month: str) -> Iterator[str]:
    """What the month asks for: the milestones' words, else their figures."""
    for one in rows.milestones.get(key, []):
        if (one.period or f"{one.due_on:%Y-%m}") == month:
            yield one.text or _figures(rows, key, rows.figures, one.id)


def _report(
    reports: Sequence[tables.ProgressReport], month: str, accepted_only: bool
) -> tables.ProgressReport | None:
    """The last word on the month."""
    counted = [
        one for one in reports if one.period == month and (one.state == "accepted" or not accepted_only)
    ]
    return counted[-1] if counted else None


def _figures(
    rows: PlanRows, key: int, figures: Mapping[int, Mapping[int, Decimal]], owner: int | None
) -> str:
    """Cumulative figures in words, where there are no others: 加装电梯41台."""
    told = figures.get(stored_id(owner), {})
    return "、".join(
        f"{one.subject}{quantity(told[stored_id(one.id)], one.unit)}"
        for one in rows.indicators.get(key, [])
        if one.id in told
    )


def _cells(row: PublicRow, none: str) -> tuple[Cell, ...]:
    return tuple(Cell(text or none) for text in (row.no, row.title, row.lead, row.target, row.progress))
