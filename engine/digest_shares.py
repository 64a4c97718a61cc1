"""What a unit executes of sub-tasks that others lead: its own quotas and figures, nobody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.calendar import WorkCalendar
from engine.digest_model import ShareFigure, ShareLine
from engine.model import Light, Plan, Share, Standing, State, SubTask
from engine.rollup import tally

ALL_PERIODS = "9999-12"


def share_line(
    plan: Plan,
    subtask: SubTask,
    standing: Standing,
    cal: WorkCalendar,
    holder: tuple[int, str],
    leads: Sequence[str],
    quotas: Mapping[int, Decimal],
) -> ShareLine | None:
    """The line of the unit ``holder`` (id and name) on the standing's day; ``None`` for what is not issued.

    ``quotas`` are the unit's by indicator id. What it has reported by that day counts, the latest word of each month.
    """
    if subtask.state is State.DRAFT:
        return None
    share = _by_day(subtask, holder[0], standing.on)
    known = tally(subtask.indicators, (share,), ALL_PERIODS).quantities if share else {}
    figures = tuple(
        ShareFigure(one.subject, quotas[one.id], known.get(one.id), one.unit)
        for one in subtask.indicators
        if one.id in quotas
    )
    deadline = subtask.deadline or plan.execute_ends_on
    return ShareLine(
        holder=holder[1],
        subtask_id=subtask.id,
        no=subtask.no,
        title=subtask.title,
        leads=tuple(leads),
        deadline=deadline,
        figures=figures,
        light=_light(standing, figures),
        reason=standing.reasons[0] if standing.light is Light.GREY and standing.reasons else None,
        as_of=max((report.as_of for report in share.reports), default=None) if share else None,
        estimated=cal.is_estimated(deadline),
    )


def _by_day(subtask: SubTask, unit_id: int, on: date) -> Share | None:
    """The unit's share with what it had reported by that day."""
    share = next((one for one in subtask.shares if one.unit_id == unit_id), None)
    if share is None:
        return None
    return replace(share, reports=tuple(one for one in share.reports if one.received_on <= on))


def _light(standing: Standing, figures: Sequence[ShareFigure]) -> Light | None:
    """Done when the unit has reached its quotas or the whole is done; grey while it rests."""
    reached = [one.actual is not None and one.actual >= one.quota for one in figures]
    if standing.light is Light.DONE or (reached and all(reached)):
        return Light.DONE
    return Light.GREY if standing.light is Light.GREY else None
