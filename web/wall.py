"""挂图作战 as cells: projects × months, the whole plan as one curve, units with their shares. Values in, cells out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from engine.calendar import WorkCalendar
from engine.facts import Facts
from engine.history import MonthStanding
from engine.model import Indicator, Light, Milestone, Reason, Report, State, SubTask
from engine.months import month_end, month_of, period_name
from engine.share_lights import ShareCell, share_cells
from engine.standing import standing_of
from web.chart import Chart, charts_of
from workflows.look_back import Line, Picture

NOTHING, HUNDRED = Decimal(0), Decimal(100)
ORDER = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY)
WHOLE = 1  # the id of the one indicator of the whole plan


@dataclass(frozen=True, slots=True)
class Filter:
    """Which sub-tasks are shown; what is empty filters nothing."""

    leader: str = ""
    unit: int | None = None
    light: str = ""
    project: str = ""

    def takes(self, line: Line) -> bool:
        """Whether the sub-task is among them."""
        card = line.card
        return (
            (not self.leader or self.leader in card.leaders)
            and (self.unit is None or self.unit in card.lead_ids)
            and (not self.light or line.now.light == self.light)
            and (not self.project or self.project == card.project_no)
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A project or sub-task in a month: whole percents, capped at 100; a month to come has no light."""

    light: Light | None
    percent: int | None
    expected: int | None
    reason: Reason | None = None
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the heat map; ``subtask_id`` where it stands for one sub-task, ``project`` where for several."""

    no: str
    title: str
    leads: tuple[str, ...]
    number: int
    cells: tuple[Cell, ...]
    now: Cell
    subtask_id: int | None = None
    project: str = ""


def chosen(picture: Picture, wanted: Filter) -> list[Line]:
    """The sub-tasks that are shown, in the document's order."""
    return [line for line in picture.lines.values() if wanted.takes(line)]


def counts(lines: Iterable[Line]) -> dict[Light, int]:
    """How many sub-tasks have which light now, the worst first."""
    counted = dict.fromkeys(ORDER, 0)
    for line in lines:
        counted[line.now.light or Light.GREY] += 1
    return counted


def by_project(lines: Sequence[Line]) -> list[list[Line]]:
    """The sub-tasks of each project, in the document's order."""
    grouped: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        grouped.setdefault((line.card.project_no, line.card.project_title), []).append(line)
    return list(grouped.values())


def project_row(lines: Sequence[Line], present: int) -> Row:
    """A project with its sub-tasks taken together."""
    card = lines[0].card
    leads = tuple(dict.fromkeys(name for line in lines for name in line.card.leads))
    columns = zip(*(line.standings for line in lines), strict=True)
    cells = tuple(together(standings, place == present) for place, standings in enumerate(columns))
    only = card.subtask_id if len(lines) == 1 else None
    now = together([line.now for line in lines])
    return Row(card.project_no, card.project_title, leads, len(lines), cells, now, only, card.project_no)


def task_row(line: Line, present: int) -> Row:
    """A single sub-task."""
    card = line.card
    cells = tuple(together((stood,), place == present) for place, stood in enumerate(line.standings))
    return Row(card.no, card.title, card.leads, 1, cells, together((line.now,)), card.subtask_id)


def together(standings: Sequence[MonthStanding], is_now: bool = False) -> Cell:
    """Several sub-tasks as one cell: the mean of what can be measured, each up to 100 %, and the worst light."""
    lights = [stood.light for stood in standings if stood.light is not None]
    light = worst(lights) if lights else None
    reason = next((stood.reason for stood in standings if stood.light is light), None) if light else None
    percent = mean([stood.percent for stood in standings])
    return Cell(light, percent, mean([stood.expected_percent for stood in standings]), reason, is_now)


def worst(lights: Sequence[Light]) -> Light:
    """Red before yellow; done only if all are, except those that rest or have not begun with others running."""
    for light in (Light.RED, Light.YELLOW, Light.GREEN):
        if light in lights:
            return light
    if Light.DONE not in lights:
        return Light.GREY
    return Light.DONE if Light.GREY not in lights else Light.GREEN


def mean(values: Iterable[Decimal | None]) -> int | None:
    """The mean of the values that are there, each up to 100, in whole percent, rounded down."""
    known = [value if value < HUNDRED else HUNDRED for value in values if value is not None]
    return int((sum(known, NOTHING) / len(known)).to_integral_value(ROUND_FLOOR)) if known else None


def whole_curve(picture: Picture, lines: Sequence[Line], calendar: WorkCalendar) -> Chart | None:
    """The sub-tasks shown as one curve in percent: what the plan asks, what was reached, where the pace leads."""
    columns = [together(standings) for standings in zip(*(line.standings for line in lines), strict=True)]
    asked = [(month, cell.expected) for month, cell in zip(picture.months, columns, strict=True)]
    milestones = tuple(
        Milestone(month, _day_of(month, picture), quantities={WHOLE: Decimal(expected)})
        for month, expected in asked
        if expected is not None
    )
    reached = [
        _reached(month, cell.percent, picture)
        for month, cell in zip(picture.months, columns, strict=True)
        if cell.light is not None and cell.percent is not None
    ]
    if not milestones:
        return None
    whole = SubTask(
        id=0,
        no="",
        title="",
        state=State.IN_PROGRESS,
        indicators=(Indicator(WHOLE, "", HUNDRED, "%"),),
        milestones=milestones,
        reports=tuple(reached),
    )
    return next(iter(charts_of(picture.plan, whole, calendar, picture.on)), None)


def _reached(month: int, percent: int, picture: Picture) -> Report:
    day = _day_of(month, picture)
    return Report(month, period_name(month), day, day, quantities={WHOLE: Decimal(percent)})


def _day_of(month: int, picture: Picture) -> date:
    """The day for which a month's figures stand: its last one, of the present month the day shown."""
    return picture.on if month == month_of(picture.on) else month_end(month)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """An indicator that is shared out; ``cells`` run parallel to the units, ``None`` where a unit has no share.

    ``whole`` is what is known of all of it: the lead unit's figure, or the sum of the shares.
    """

    subtask_id: int
    no: str
    title: str
    unit: str
    cells: tuple[ShareCell | None, ...]
    whole: ShareCell
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Tasks × units: names of the units, and the rows."""

    units: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


def matrix(facts: Sequence[Facts], names: Mapping[int, str]) -> Matrix:
    """The shares of these sub-tasks; ``names`` are the units' by id, in the order of the columns."""
    found = [
        (one, indicator, cells)
        for one in facts
        for indicator in one.subtask.indicators
        if (cells := share_cells(one, indicator))
    ]
    held = {unit for _, _, cells in found for unit in cells}
    columns = [unit for unit in names if unit in held]
    return Matrix(
        tuple(names[unit] for unit in columns),
        tuple(_matrix_row(*row, columns) for row in found),
    )


def is_one_page(rows: int, shares: int) -> bool:
    """Whether both tables and the curve fit one sheet or screen, side by side."""
    return rows <= 12 and shares <= 24


def _matrix_row(
    facts: Facts, indicator: Indicator, cells: Mapping[int, ShareCell], columns: Sequence[int]
) -> MatrixRow:
    subtask, standing, known = facts.subtask, standing_of(facts), facts.ledger.known.get(indicator.id)
    is_one_of_several = len(subtask.indicators) > 1 and indicator.subject
    return MatrixRow(
        subtask.id,
        subtask.no,
        f"{subtask.title}·{indicator.subject}" if is_one_of_several else subtask.title,
        indicator.unit,
        tuple(cells.get(unit) for unit in columns),
        ShareCell(known.quantity if known else None, indicator.quantity, standing.light),
        standing.reasons[0] if standing.reasons else None,
    )
