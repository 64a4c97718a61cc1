"""填报: what a unit says for a period is stored, and what it settles is withdrawn, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session

from db import plans, runs, tables
from db.references import find_subtask, find_unit
from db.reports import add_report, last_report
from db.session import Database
from db.units import stored_id
from engine.doubts import doubts
from engine.errors import DubanError
from engine.model import Indicator, Plan, Reason, State, SubTask
from engine.periods import period_end
from workflows.compare_totals import compare_totals
from workflows.figures import read_figures, shown
from workflows.reporters import may_report
from workflows.review_report import accept_by_policy
from workflows.sweep import judge_and_store

PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
STATUSES = ("done", "over_fulfilled", "in_progress", "lagging", "suspended", "not_started", "unknown")
REPORTABLE = (State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.COMPLETION_CLAIMED)
NEEDS_COORDINATION = "NEEDS_COORDINATION"
LONGEST = 4000  # characters of a text


@dataclass(frozen=True, slots=True)
class Filing:
    """A report as handed in: ``figures`` such as ``26台`` or ``新增=41台``, cumulative.

    ``quantities`` by indicator id stand in place of ``figures`` where they are known already. ``unit`` or
    ``unit_id`` is who reports; with ``role`` ``share`` for its own quota only. ``seen`` is the id of the
    last report that its writer knew of (0: none): a later one is a conflict; ``None`` asks for no such check.
    """

    subtask: str
    period: str
    figures: Sequence[str] = ()
    text: str = ""
    status: str = "in_progress"
    plan: str | None = None
    accepted: bool = False
    quantities: Mapping[int, Decimal] | None = None
    unit: str | None = None
    unit_id: int | None = None
    role: str = "lead"
    difficulties: str = ""
    needs_coordination: bool = False
    forecast_on: date | None = None
    who: str = ""
    source: str = "command"  # command link workbook mail
    link_id: int | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """The stored report, its light afterwards, and what the unit should look at again."""

    report_id: int
    subtask_id: int
    light: str
    warnings: tuple[str, ...]


def report_progress(database: Database, filing: Filing, now: datetime, who: str) -> Filed:
    """The report counts from now on and pending reminders that it settles are withdrawn.

    Raises DubanError: BAD_PERIOD, BAD_STATUS, BAD_FIGURE, UNKNOWN_FIGURE, BAD_TEXT, NOTHING_REPORTED,
    NOT_REPORTABLE, NOT_ITS_TASK, REPORT_CONFLICT, and those of the references. Nothing is stored then.
    """
    with database.write() as session:
        return file_report(session, filing, now, who)


def file_report(session: Session, filing: Filing, now: datetime, who: str) -> Filed:
    """The same within the caller's transaction; what a refusal left half done is the caller's to roll back."""
    _check_words(filing)
    row = find_subtask(session, filing.subtask, filing.plan)
    session.refresh(row, with_for_update=True)
    plan, key = plans.load_plan(session, row.plan_id), stored_id(row.id)
    subtask = plans.load_subtasks(session, [key])[key]
    _check_open(subtask)
    filing = replace(filing, unit_id=_reporter(session, filing, key))
    _check_seen(session, filing, key)
    figures = filing.quantities
    if figures is None:
        figures = read_figures(filing.figures, subtask.indicators)
    found = doubts_about(subtask, filing, figures)
    report_id = _store(session, plan, subtask, filing, figures, now)
    accept_by_policy(session, plan, report_id, now)
    _set_moving(session, row, filing)
    details = {"period": filing.period, "report": report_id}
    sealed = (session.get_one(tables.ProgressReport, report_id),)
    runs.record(session, "report", who, now, plan_id=plan.id, subtask_id=key, details=details, rows=sealed)
    _tell_coordinators(session, plan, subtask, filing, now)
    judge_and_store(session, plan, [subtask.id], now)
    compare_totals(session, subtask.id, now)
    session.expire_all()
    light = session.get_one(tables.SubTask, subtask.id).light
    return Filed(report_id, subtask.id, light, _warnings(found, subtask.indicators))


def doubts_about(
    subtask: SubTask, filing: Filing, figures: Mapping[int, Decimal], titles: Sequence[str] = ()
) -> tuple[Reason, ...]:
    """What the writer should be asked about; ``titles`` are further texts that only repeat the task."""
    reports, targets = subtask.reports, {one.id: one.quantity for one in subtask.indicators}
    if filing.role == "share":
        own = next((one for one in subtask.shares if one.unit_id == filing.unit_id), None)
        reports, targets = (own.reports, dict(own.quotas)) if own else ((), {})
    known: dict[int, Decimal] = {}
    for report in reports:
        known.update(report.quantities)
    promised = (f"{one.subject}{one.quantity.normalize():f}{one.unit}" for one in subtask.indicators)
    asked = [subtask.title, *titles, *promised, *(one.text for one in subtask.milestones if one.text)]
    return doubts(subtask.indicators, targets, known, figures, filing.text, asked)


def coordination_subject(subtask_id: int, unit_id: int | None) -> str:
    """What the finding NEEDS_COORDINATION of a unit's report is about."""
    return f"subtask:{subtask_id}:unit:{unit_id or 0}"


def _check_words(filing: Filing) -> None:
    if not PERIOD.fullmatch(filing.period):
        raise DubanError("BAD_PERIOD", f"看不懂填报期“{filing.period}”：请写成年-月，例如 2024-03。")
    if filing.status not in STATUSES:
        raise DubanError("BAD_STATUS", f"没有状态“{filing.status}”：可选 {'、'.join(STATUSES)}。")
    if max(len(filing.text), len(filing.difficulties)) > LONGEST:
        raise DubanError("BAD_TEXT", f"说明超过了 {LONGEST} 字：请写要点，详情可以作为附件。")
    said = filing.figures or filing.quantities or filing.text.strip() or filing.difficulties.strip()
    if not said and filing.status == "in_progress":
        raise DubanError("NOTHING_REPORTED", "没有填报内容：请填数值或进展说明，或选择其他状态。")


def _check_open(subtask: SubTask) -> None:
    if subtask.state not in REPORTABLE:
        raise DubanError(
            "NOT_REPORTABLE", f"子任务 {subtask.no} 的状态是 {subtask.state.value}，不再接受填报。"
        )


def _reporter(session: Session, filing: Filing, subtask_id: int) -> int | None:
    """The id of the unit that reports, if one is named. Raises NOT_ITS_TASK if the task is not its own."""
    unit_id = stored_id(find_unit(session, filing.unit).id) if filing.unit else filing.unit_id
    if unit_id is None:
        if filing.role == "share":
            raise DubanError("NOT_ITS_TASK", "填报分解量必须写明单位：请用 --unit 指明。")
        return None
    if not may_report(session, subtask_id, unit_id, filing.role):
        name = session.get_one(tables.Unit, unit_id).name
        if filing.role == "share":
            raise DubanError("NOT_ITS_TASK", f"{name}没有这项任务的分解量：请核对任务和单位。")
        raise DubanError(
            "NOT_ITS_TASK", f"{name}不是这项任务的牵头单位：填报分解量请加 --share，否则请核对任务。"
        )
    return unit_id


def _check_seen(session: Session, filing: Filing, subtask_id: int) -> None:
    """Refused where somebody reported after the writer had looked: nobody overwrites what they never saw."""
    if filing.seen is None:
        return
    unit_id = filing.unit_id if filing.role == "share" else None
    last = last_report(session, subtask_id, filing.role, unit_id)
    if last is not None and last.id != filing.seen:
        raise DubanError("REPORT_CONFLICT", "在您填写期间，本单位已有人填报了这项任务：请核对后再提交。")


def _set_moving(session: Session, row: tables.SubTask, filing: Filing) -> None:
    """A lead report sets the work in progress; a share only where a claim of completion is to be judged anew."""
    if filing.role == "lead" or row.state == State.COMPLETION_CLAIMED:
        row.state = State.IN_PROGRESS.value
        session.add(row)
    session.flush()


def _tell_coordinators(session: Session, plan: Plan, subtask: SubTask, filing: Filing, now: datetime) -> None:
    """A finding while the unit's last report asks for coordination."""
    subject = coordination_subject(subtask.id, filing.unit_id)
    runs.close_finding(session, NEEDS_COORDINATION, subject, now)
    if filing.needs_coordination:
        name = session.get_one(tables.Unit, filing.unit_id).name if filing.unit_id else "责任单位"
        named = " ".join(filing.difficulties.split())[:120]
        what = named or "没有写明困难"
        message = f"{name}请求协调 {subtask.no} {subtask.title}：{what}。请在审核时答复，或直接联系该单位。"
        inputs = {
            "case": "" if named else "silent",
            "unit": name if filing.unit_id else "",
            "no": subtask.no,
            "title": subtask.title,
            "what": named,
        }
        runs.open_finding(session, NEEDS_COORDINATION, subject, message, now, plan.id, inputs)


def _warnings(found: Sequence[Reason], indicators: Sequence[Indicator]) -> tuple[str, ...]:
    """The same doubts as sentences of the command line; the figures are stored as given."""
    names = {str(one.id): shown(one) for one in indicators}
    sentences = {
        "figure_falls": "{name}：{value} 低于上次填报的 {before}，请核对是否为累计数。",
        "figure_jumps": "{name}：{value} 超过目标的三倍，请核对单位。",
        "text_repeats": "进展说明只是重复了任务内容，请写实际进展。",
    }
    return tuple(
        sentences[one.code].format(
            name=names.get(one.get("indicator"), ""), value=one.get("value"), before=one.get("before")
        )
        for one in found
    )


def _store(
    session: Session,
    plan: Plan,
    subtask: SubTask,
    filing: Filing,
    figures: Mapping[int, Decimal],
    now: datetime,
) -> int:
    today = now.astimezone(plans.zone_of(plan)).date()
    if filing.period > today.isoformat()[:7]:
        raise DubanError("BAD_PERIOD", f"填报期 {filing.period} 还没有开始：今天是 {today}。")
    return add_report(
        session,
        tables.ProgressReport(
            subtask_id=subtask.id,
            unit_id=filing.unit_id,
            period=filing.period,
            as_of=min(period_end(filing.period), today),  # the period's last day, or that of receipt
            received_at=now,
            state="accepted" if filing.accepted else "submitted",
            status=filing.status,
            text=filing.text.strip(),
            source=filing.source,
            role=filing.role,
            who=filing.who,
            difficulties=filing.difficulties.strip(),
            needs_coordination=filing.needs_coordination,
            forecast_on=filing.forecast_on,
            link_id=filing.link_id,
        ),
        figures,
    )
