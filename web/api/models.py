"""What the API answers with. Names are stable; quantities are strings, days ISO dates, moments UTC with a Z."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

Quantity = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, mode="serialization"),
]
Moment = Annotated[
    datetime,
    PlainSerializer(lambda value: f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class Model(BaseModel):
    """Nothing beside the fields that are named."""

    model_config = ConfigDict(extra="forbid")


class Answer(Model):
    """Every answer says for which moment it holds."""

    as_of: Moment


class Page(Answer):
    """A part of a list; ``next`` is what ``after`` has to be for the following part, null at the end."""

    next: int | None = None


class Problem(Model):
    """Why there is no answer: a code that does not change, and a sentence for people."""

    code: str
    message: str


class Unit(Model):
    """A unit by its id and name."""

    id: int
    name: str


class Plan(Model):
    """A year's programme."""

    id: int
    title: str
    number: str | None
    issuer: str | None
    year: int
    issued_on: date | None
    starts_on: date
    ends_on: date
    state: str = Field(description="active, closed")


class Plans(Answer):
    """All plans, closed ones too."""

    items: list[Plan]


class Project(Model):
    """A numbered line of a plan with its sub-tasks taken together: mean share, worst light."""

    id: int
    plan_id: int
    no: str
    title: str
    leaders: list[str]
    lead_units: list[Unit]
    subtasks: int
    light: str | None
    percent: int | None
    expected_percent: int | None


class Projects(Page):
    """Projects by id."""

    items: list[Project]


class Reason(Model):
    """Why a light is what it is: a code with its inputs."""

    code: str
    inputs: dict[str, str]


class SubTask(Model):
    """A sub-task with where it stands."""

    id: int
    plan_id: int
    project_no: str
    no: str
    title: str
    lead_units: list[Unit]
    light: str = Field(description="grey, green, yellow, red, done")
    percent: Quantity | None
    expected_percent: Quantity | None
    reason: Reason | None


class SubTasks(Page):
    """Sub-tasks by id."""

    items: list[SubTask]


class IndicatorFigure(Model):
    """What is promised, what the plan asks for by now, and what was reported."""

    id: int
    subject: str
    quantity: Quantity
    measure: str
    comparator: str
    kind: str
    expected: Quantity
    actual: Quantity | None
    behind_days: int
    met: bool


class IndicatorQuantity(Model):
    """A cumulative figure of an indicator."""

    indicator_id: int
    quantity: Quantity


class MilestoneFigure(Model):
    """What must be reached by a day."""

    id: int
    due_on: date
    text: str
    quantities: list[IndicatorQuantity]
    met: bool


class ForecastFigure(Model):
    """When it will be complete at its present pace; without a day it never will, or nothing is known."""

    on: date | None
    late: bool
    reason: Reason


class StandingFigure(Model):
    """Where a sub-task stands on a day."""

    on: date
    light: str
    reasons: list[Reason]
    behind_days: int
    percent: Quantity | None
    expected_percent: Quantity | None
    figures_as_of: date | None
    unreviewed: bool
    completed: bool
    late_period: str | None


class Responsible(Model):
    """A unit with its role: lead, co_lead, cooperating, executing."""

    unit: Unit
    role: str


class ShareFigure(Model):
    """A unit's share of an indicator and what it reported of it."""

    unit: Unit
    indicator_id: int
    quota: Quantity
    done: Quantity | None
    light: str


class SubTaskDetail(Answer):
    """Everything about one sub-task that figures can say."""

    id: int
    plan_id: int
    project_no: str
    project_title: str
    no: str
    title: str
    state: str
    starts_on: date
    deadline: date
    units: list[Responsible]
    indicators: list[IndicatorFigure]
    milestones: list[MilestoneFigure]
    shares: list[ShareFigure]
    standing: StandingFigure
    forecast: ForecastFigure | None


class UnitStanding(Model):
    """A lead unit: its sub-tasks by light, its place in the last bulletin and the places gained since the one before."""

    unit: Unit
    red: int
    yellow: int
    green: int
    done: int
    grey: int
    rank: int | None
    rank_change: int | None


class Standings(Answer):
    """晾晒: the lead units of a plan, those with more red lights first."""

    plan_id: int
    items: list[UnitStanding]


class MonthCell(Model):
    """A month: the light and share at its end, or what the plan asks for in months to come."""

    period: str
    light: str | None
    percent: int | None
    expected_percent: int | None


class WallRow(Model):
    """A project by month; ``subtask_id`` where it is a single sub-task."""

    no: str
    title: str
    lead_units: list[str]
    subtasks: int
    subtask_id: int | None
    months: list[MonthCell]


class WallShareCell(Model):
    """A unit's share in the matrix."""

    unit: str
    quota: Quantity
    done: Quantity | None
    light: str


class WallShareRow(Model):
    """An indicator that is shared out among units."""

    subtask_id: int
    no: str
    title: str
    measure: str
    quantity: Quantity
    actual: Quantity | None
    cells: list[WallShareCell]


class LightCounts(Model):
    """How many sub-tasks have which light."""

    red: int
    yellow: int
    green: int
    done: int
    grey: int


class Wall(Answer):
    """挂图作战: counts, projects by month, tasks by unit; ``sheets`` counts the parts of the latter."""

    plan_id: int
    present_period: str
    counts: LightCounts
    overall: list[MonthCell]
    rows: list[WallRow]
    shares: list[WallShareRow]
    sheet: int
    sheets: int


class Bulletin(Model):
    """A frozen picture; ``sha256`` is of its content as canonical JSON."""

    id: int
    plan_id: int
    kind: str = Field(description="digest, final, evaluation, year")
    period: str
    on: date
    state: str = Field(description="held, published, withdrawn, superseded")
    created_at: Moment
    sha256: str


class Bulletins(Page):
    """Bulletins by id."""

    items: list[Bulletin]


class BulletinDetail(Answer):
    """A bulletin with what was frozen in it."""

    bulletin: Bulletin
    content: dict[str, Any]


class Case(Model):
    """督办单: a formal demand with its number and the day for the reply."""

    id: int
    number: str
    colour: str
    state: str = Field(description="open, replied, closed, withdrawn")
    plan_id: int
    subtask_id: int
    subtask_no: str
    unit: Unit
    opened_on: date
    reply_due_on: date
    replied_on: date | None
    closed_on: date | None
    is_late: bool


class Cases(Page):
    """Supervision cases by id."""

    items: list[Case]


class FindingCount(Model):
    """How many open findings of a code there are."""

    code: str
    number: int


class Health(Answer):
    """How the installation is doing; ``messages`` and ``reminders`` are counted by state."""

    last_sweep_at: Moment | None
    next_message_at: Moment | None
    findings: list[FindingCount]
    messages: dict[str, int]
    reminders: dict[str, int]
