"""填报: what a unit says for a period is stored, and what it settles is withdrawn, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlmodel import Session

from db import plans, runs, tables
from db.references import find_subtask
from db.reports import add_report
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import Indicator, Plan, State, SubTask
from engine.periods import period_end
from intake.numerals import SCALES
from workflows.compare_totals import compare_totals
from workflows.sweep import judge_and_store

PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
FIGURE = re.compile(
    r"(?:(?P<subject>.+?)[=＝:：])?\s*(?P<number>[-+]?[\d.,，]+)\s*(?P<scale>[万亿]?)\s*(?P<unit>\S*)"
)
STATUSES = ("done", "over_fulfilled", "in_progress", "lagging", "suspended", "not_started", "unknown")
REPORTABLE = (State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.COMPLETION_CLAIMED)


@dataclass(frozen=True, slots=True)
class Filing:
    """A report as handed in: ``figures`` such as ``26台`` or ``新增=41台``, cumulative.

    ``quantities`` by indicator id stand in place of ``figures`` where they are known already.
    """

    subtask: str
    period: str
    figures: Sequence[str] = ()
    text: str = ""
    status: str = "in_progress"
    plan: str | None = None
    accepted: bool = False
    quantities: Mapping[int, Decimal] | None = None
    unit_id: int | None = None
    source: str = "command"  # command link workbook mail


@dataclass(frozen=True, slots=True)
class Filed:
    """The stored report, its light afterwards, and what the unit should look at again."""

    report_id: int
    subtask_id: int
    light: str
    warnings: tuple[str, ...]


def report_progress(database: Database, filing: Filing, now: datetime, who: str) -> Filed:
    """The report counts from now on and pending reminders that it settles are withdrawn.

    Raises DubanError: BAD_PERIOD, BAD_STATUS, BAD_FIGURE, UNKNOWN_FIGURE, NOTHING_REPORTED,
    NOT_REPORTABLE, and those of the reference to the sub-task. Nothing is stored then.
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
    figures = filing.quantities
    if figures is None:
        figures = read_figures(filing.figures, subtask.indicators)
    warnings = _warnings(subtask, figures)
    report_id = _store(session, plan, subtask, filing, figures, now)
    row.state = State.IN_PROGRESS.value
    session.add(row)
    session.flush()
    details = {"period": filing.period, "report": report_id}
    sealed = (session.get_one(tables.ProgressReport, report_id),)
    runs.record(session, "report", who, now, plan_id=plan.id, subtask_id=key, details=details, rows=sealed)
    judge_and_store(session, plan, [subtask.id], now)
    compare_totals(session, subtask.id, now)
    session.expire_all()
    return Filed(report_id, subtask.id, session.get_one(tables.SubTask, subtask.id).light, warnings)


def read_figures(texts: Sequence[str], indicators: Sequence[Indicator]) -> dict[int, Decimal]:
    """Cumulative quantities by indicator id; each text names its indicator by subject or unit, or is the only one."""
    figures: dict[int, Decimal] = {}
    for text in texts:
        match = FIGURE.fullmatch(text.strip())
        if match is None:
            raise DubanError("BAD_FIGURE", f"看不懂数值“{text}”：请写成 26台、1.2万名，或 指标名称=26台。")
        indicator = _named(text, match["subject"], match["unit"], indicators)
        if indicator.id in figures:
            raise DubanError("BAD_FIGURE", f"指标“{_shown(indicator)}”填了两次：请只保留一个数值。")
        figures[indicator.id] = _quantity(text, match["number"], match["scale"])
    return figures


def _check_words(filing: Filing) -> None:
    if not PERIOD.fullmatch(filing.period):
        raise DubanError("BAD_PERIOD", f"看不懂填报期“{filing.period}”：请写成年-月，例如 2024-03。")
    if filing.status not in STATUSES:
        raise DubanError("BAD_STATUS", f"没有状态“{filing.status}”：可选 {'、'.join(STATUSES)}。")
    if not (filing.figures or filing.quantities or filing.text) and filing.status == "in_progress":
        raise DubanError(
            "NOTHING_REPORTED", "没有填报内容：请用 --set 填数值，或用 --text 说明，或用 --status 选状态。"
        )


def _check_open(subtask: SubTask) -> None:
    if subtask.state not in REPORTABLE:
        raise DubanError(
            "NOT_REPORTABLE", f"子任务 {subtask.no} 的状态是 {subtask.state.value}，不再接受填报。"
        )


def _named(text: str, subject: str | None, unit: str, indicators: Sequence[Indicator]) -> Indicator:
    if subject:
        fitting = [one for one in indicators if subject.strip() in one.subject]
    else:
        fitting = [one for one in indicators if unit in ("", one.unit)] or _only(indicators, unit)
    if len(fitting) == 1:
        return fitting[0]
    choices = "、".join(_shown(one) for one in indicators) or "（没有数量指标）"
    problem = "对应多个指标" if fitting else "没有对应的指标"
    raise DubanError("UNKNOWN_FIGURE", f"数值“{text}”{problem}：请写成 指标名称=数值，指标有 {choices}。")


def _only(indicators: Sequence[Indicator], unit: str) -> list[Indicator]:
    """People are counted in 人 and 名 alike."""
    people = {"人", "名", "人次", "位"}
    return [one for one in indicators if {one.unit, unit} <= people]


def _quantity(text: str, number: str, scale: str) -> Decimal:
    try:
        value = Decimal(number.replace(",", "").replace("，", "")) * SCALES[scale]
    except InvalidOperation:
        raise DubanError("BAD_FIGURE", f"看不懂数值“{text}”：请写成 26台 或 1.2万名。") from None
    if value < 0:
        raise DubanError("BAD_FIGURE", f"数值“{text}”是负数：填报的是年初以来的累计数，不能小于零。")
    return value


def _shown(indicator: Indicator) -> str:
    return f"{indicator.subject}（{indicator.quantity:f}{indicator.unit}）"


def _warnings(subtask: SubTask, figures: Mapping[int, Decimal]) -> tuple[str, ...]:
    """Figures that a person should look at once more; they are stored as given."""
    known: dict[int, Decimal] = {}
    for report in subtask.reports:
        known.update(report.quantities)
    names = {one.id: one for one in subtask.indicators}
    warnings = []
    for key, value in figures.items():
        indicator = names[key]
        if value < known.get(key, Decimal(0)):
            warnings.append(
                f"{_shown(indicator)}：{value:f} 低于上次填报的 {known[key]:f}，请核对是否为累计数。"
            )
        if indicator.quantity and value > indicator.quantity * 3:
            warnings.append(f"{_shown(indicator)}：{value:f} 超过目标的三倍，请核对单位。")
    return tuple(warnings)


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
            source=filing.source,
            period=filing.period,
            as_of=_as_of(filing.period, today),
            received_at=now,
            state="accepted" if filing.accepted else "submitted",
            status=filing.status,
            text=filing.text,
        ),
        figures,
    )


def _as_of(period: str, today: date) -> date:
    """The figures stand for the period's last day, or for the day of receipt if that is earlier."""
    return min(period_end(period), today)
