"""填报表: a unit's tasks of a period as a workbook, and what was typed into it as reports, all or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlmodel import Session

from db import links, plans, tables
from db.calendar import load_calendar
from db.reports import last_reports
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import Indicator, Report, SubTask
from engine.periods import period_target
from intake.report_sheet import Answer, AskedRow, read_report_sheet, write_report_sheet
from workflows.report_progress import Filing, file_report


@dataclass(frozen=True, slots=True)
class Why:
    """What is said of a cell or task: of a cell by a finding's code, of a task by an error's or none."""

    about: str
    code: str
    sentence: str


class WorkbookRefused(DubanError):  # noqa: N818 - it says what happened
    """Nothing of the workbook was stored; ``why`` says it of each cell or task, ``lines`` in Chinese.

    Codes: WORKBOOK_UNREADABLE (cells), WORKBOOK_REFUSED (tasks), WORKBOOK_DOUBTS (to be confirmed).
    """

    def __init__(self, code: str, message: str, why: Sequence[Why]) -> None:
        super().__init__(code, message)
        self.why = tuple(why)
        self.lines = tuple(f"{one.about}：{one.sentence}" for one in why)


@dataclass(frozen=True, slots=True)
class Sender:
    """For whom a workbook is filed: a unit, the period of its link or of the command, and who hands it in."""

    unit_id: int
    period: str
    who: str
    link_id: int | None = None


def unit_workbook(session: Session, unit_id: int, period: str) -> bytes:
    """The workbook of the unit's open tasks, with targets and last figures."""
    unit = session.get_one(tables.Unit, unit_id).name
    return write_report_sheet(unit, period, list(_rows(session, unit_id, period)))


def has_tasks(session: Session, unit_id: int) -> bool:
    """Whether there is anything to fill in."""
    return bool(links.tasks_of(session, unit_id))


def file_workbook(
    database: Database, sender: Sender, path: Path, now: datetime, *, confirmed: bool = False
) -> int:
    """How many tasks were reported; their reports are submitted and settle what they settle, in one transaction.

    Raises WorkbookRefused, DubanError WORKBOOK_OF_OTHERS, WORKBOOK_EMPTY, and those of files. Nothing is stored then.
    """
    read = read_report_sheet(path)
    problems = [
        Why(str(one.where), one.code, one.message) for one in read.findings if one.severity == "error"
    ]
    if problems:
        raise WorkbookRefused(
            "WORKBOOK_UNREADABLE", "填报表里有看不懂的地方，整份没有保存：请改正后再上传。", problems
        )
    if not read.answers:
        raise DubanError("WORKBOOK_EMPTY", "填报表里没有填写内容：请填写“本期累计完成”或“进展说明”后再上传。")
    with database.write() as session:
        _check_owner(session, sender, read.unit, read.period)
        _file_all(session, sender, read.answers, now, confirmed)
    return len(read.answers)


def _check_owner(session: Session, sender: Sender, unit: str, period: str) -> None:
    own = session.get_one(tables.Unit, sender.unit_id).name
    if (unit, period) != (own, sender.period):
        raise DubanError(
            "WORKBOOK_OF_OTHERS",
            f"这份填报表是{unit} {period} 的，不能用于{own} {sender.period}：请下载本单位本期的填报表。",
        )


def _file_all(
    session: Session, sender: Sender, answers: Sequence[Answer], now: datetime, confirmed: bool
) -> None:
    refused: list[Why] = []
    doubts: list[Why] = []
    for answer in answers:
        name = _name(session, answer.subtask_id)
        try:
            filed = file_report(session, _filing(sender, answer), now, sender.who)
        except DubanError as error:
            refused.append(Why(name, error.code, error.message))
        else:
            doubts += [Why(name, "", warning) for warning in filed.warnings]
    if refused:
        raise WorkbookRefused(
            "WORKBOOK_REFUSED", "有任务不能这样填报，整份没有保存：请改正后再上传。", refused
        )
    if doubts and not confirmed:
        raise WorkbookRefused(
            "WORKBOOK_DOUBTS", "有数字需要核对，整份没有保存：确认无误请勾选“已核对”后再上传。", doubts
        )


def _name(session: Session, subtask_id: int) -> str:
    row = session.get(tables.SubTask, subtask_id)
    return row.no if row else f"#{subtask_id}"


def _filing(sender: Sender, answer: Answer) -> Filing:
    return Filing(
        subtask=f"#{answer.subtask_id}",
        period=sender.period,
        text=answer.text,
        quantities=answer.quantities,
        unit_id=sender.unit_id,
        role=answer.role,
        difficulties=answer.difficulties,
        needs_coordination=answer.needs_coordination,
        forecast_on=answer.forecast_on,
        who=sender.who,
        source="workbook",
        link_id=sender.link_id,
        seen=answer.seen,
    )


def _rows(session: Session, unit_id: int, period: str) -> Iterator[AskedRow]:
    owners, led = links.tasks_of(session, unit_id), links.led_by(session, unit_id)
    shared = [key for key in owners if key not in led]
    subtasks = plans.load_subtasks(session, list(led)) | plans.load_shares(session, unit_id, shared)
    last = last_reports(session, list(led), "lead", None) | last_reports(session, shared, "share", unit_id)
    calendar = load_calendar(session)
    for key, plan_id in owners.items():
        role, seen = "lead" if key in led else "share", last.get(key)
        row = AskedRow(key, role, stored_id(seen.id) if seen else 0, subtasks[key].no, subtasks[key].title)
        plan = plans.load_plan(session, plan_id)
        planned = period_target(plan, subtasks[key], calendar, period) if key in led else {}
        yield from _task_rows(row, subtasks[key], unit_id, planned)


def _task_rows(
    row: AskedRow, subtask: SubTask, unit_id: int, planned: Mapping[int, Decimal]
) -> Iterator[AskedRow]:
    """A row for each indicator that the unit answers for; one without where there is none."""
    targets, reports = _own(subtask, unit_id, row.role)
    known = _known(reports)
    asked = [one for one in subtask.indicators if one.id in targets]
    for one in asked:
        yield _with(row, one, targets[one.id], planned.get(one.id), known.get(one.id))
    if not asked:
        yield row


def _own(subtask: SubTask, unit_id: int, role: str) -> tuple[dict[int, Decimal], Sequence[Report]]:
    """The quantities that the unit answers for, by indicator id, and its reports."""
    if role == "lead":
        return {one.id: one.quantity for one in subtask.indicators}, subtask.reports
    share = next((one for one in subtask.shares if one.unit_id == unit_id), None)
    return (dict(share.quotas), share.reports) if share else ({}, ())


def _known(reports: Sequence[Report]) -> dict[int, Decimal]:
    known: dict[int, Decimal] = {}
    for report in reports:
        known.update(report.quantities)
    return known


def _with(
    row: AskedRow, one: Indicator, target: Decimal, planned: Decimal | None, last: Decimal | None
) -> AskedRow:
    return replace(
        row,
        indicator_id=one.id,
        subject=one.subject,
        unit=one.unit,
        target=target,
        planned=planned,
        last=last,
    )
