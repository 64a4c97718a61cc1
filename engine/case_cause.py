"""What a supervision case rests on, frozen on the day it is opened: the standing in plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.cases import deadline_of
from engine.model import Light, Plan, Reason, Standing, SubTask


@dataclass(frozen=True, slots=True)
class CauseFigure:
    """One promise on that day; ``expected`` and ``actual`` are cumulative, ``actual`` ``None`` if never reported."""

    subject: str
    unit: str
    comparator: str
    target: Decimal
    expected: Decimal
    actual: Decimal | None


@dataclass(frozen=True, slots=True)
class Cause:
    """The sub-task's words, its deadline, and how it stood on ``on``; worst reason first."""

    plan: str
    no: str
    title: str
    on: date
    deadline: date
    light: Light
    behind: int = 0
    as_of: date | None = None
    since: date | None = None
    figures: tuple[CauseFigure, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def of(cls, plan: Plan, subtask: SubTask, standing: Standing) -> Cause:
        """The cause as of the standing's day."""
        figures = tuple(
            CauseFigure(
                one.indicator.subject,
                one.indicator.unit,
                one.indicator.comparator,
                one.indicator.quantity,
                one.expected,
                one.actual,
            )
            for one in standing.indicators
        )
        return cls(
            plan=plan.title,
            no=subtask.no,
            title=subtask.title,
            on=standing.on,
            deadline=deadline_of(plan, subtask),
            light=standing.light,
            behind=standing.behind,
            as_of=standing.as_of,
            since=standing.lagging_since,
            figures=figures,
            reasons=standing.reasons,
        )

    def frozen(self) -> dict[str, Any]:
        """Plain JSON: dates as ISO text, figures as digits."""
        values = asdict(self)
        values["figures"] = [
            {name: _plain(value) for name, value in one.items()} for one in values["figures"]
        ]
        values["reasons"] = [[reason.code, [list(pair) for pair in reason.inputs]] for reason in self.reasons]
        return {name: _plain(value) for name, value in values.items()}

    @classmethod
    def thawed(cls, values: Mapping[str, Any]) -> Cause:
        """The cause that :meth:`frozen` gave."""
        return cls(
            plan=values["plan"],
            no=values["no"],
            title=values["title"],
            on=date.fromisoformat(values["on"]),
            deadline=date.fromisoformat(values["deadline"]),
            light=Light(values["light"]),
            behind=values["behind"],
            as_of=_day(values["as_of"]),
            since=_day(values["since"]),
            figures=tuple(_figure(one) for one in values["figures"]),
            reasons=tuple(Reason(code, tuple((a, b) for a, b in pairs)) for code, pairs in values["reasons"]),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _figure(values: Mapping[str, Any]) -> CauseFigure:
    actual = values["actual"]
    return CauseFigure(
        values["subject"],
        values["unit"],
        values["comparator"],
        Decimal(values["target"]),
        Decimal(values["expected"]),
        None if actual is None else Decimal(actual),
    )
