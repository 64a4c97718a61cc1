"""Plans, sub-tasks and reports for the tests of the rules, with as few words as possible."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.calendar import WorkCalendar
from engine.model import Indicator, Milestone, Phase, Plan, Report, State, SubTask
from engine.policy import Policy

CAL = WorkCalendar()
QUIET = Policy(escalate=False)  # what climbs has its own tests


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) > 5 else f"2024-{text}")


def a_plan(issued: str = "03-01", policy: Policy | None = None, gap: bool = True) -> Plan:
    execute = Phase("execute", day(issued), day("11-30"))
    gap_fill = Phase("gap_fill", day("12-01"), day("12-31"))
    phases = (execute, gap_fill) if gap else (execute,)
    return Plan(1, "年度民生实事", 2024, day(issued), phases, policy or QUIET)


def an_indicator(quantity: object = 100, unit: str = "台", **other: str) -> Indicator:
    return Indicator(1, "加装电梯", Decimal(str(quantity)), unit, **other)


def a_report(period: str, received: str, quantity: object | None = None, **other: object) -> Report:
    """A report for ``MM``; its figures stand for the month's end, or the day of receipt if earlier."""
    received_on = day(received)
    month = f"2024-{period}"
    end = date(2024, int(period) + 1, 1).toordinal() - 1 if period != "12" else day("12-31").toordinal()
    as_of = min(date.fromordinal(end), received_on)
    values: dict[str, object] = {"as_of": as_of, "status": "in_progress", "accepted": True}
    values["quantities"] = {} if quantity is None else {1: Decimal(str(quantity))}
    values |= other
    return Report(int(received_on.toordinal()), month, received_on=received_on, **values)  # type: ignore[arg-type]


def a_task(*reports: Report, **other: object) -> SubTask:
    values: dict[str, object] = {"state": State.ISSUED, "indicators": (an_indicator(),)}
    values |= other
    ordered = tuple(sorted(reports, key=lambda report: report.received_on))
    return SubTask(7, "1-1", "老旧小区加装电梯", reports=ordered, **values)  # type: ignore[arg-type]


def a_milestone(due: str, quantity: object | None = None, number: int = 1, text: str = "") -> Milestone:
    quantities = {} if quantity is None else {1: Decimal(str(quantity))}
    return Milestone(number, day(due), text, Decimal(1), quantities)
