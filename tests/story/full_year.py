"""A whole year of a plan as a script: the usual year of a unit, and what is special about some sub-tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from db import plans, tables
from db.session import Database
from db.units import stored_id
from engine.model import Plan, SubTask
from tests.oracle import Story
from tests.oracle_days import last_of_month, offset, report_day
from tests.oracle_progress import expected
from tests.oracle_rules import Case
from tests.story.at_pages import PAGES
from tests.story.deeds import DOINGS, Deed, moment
from tests.story.living import lead_units, story_of
from tests.story.stage import Stage
from workflows.import_contacts import import_contacts
from workflows.import_plan import prepare, store

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTACTS = EXAMPLES / "contacts.xlsx"
OFFICE = "督查室"
AFTERWARDS = ("evaluation", "archive")
Special = Callable[["Desk"], Iterable[Deed]]

# The whole years were written before anything followed an acceptance: it falls due after their last day.
NOT_YET: dict[str, Any] = {"evaluation_due_after": 400, "archive_due_after": 400}


@dataclass(frozen=True)
class Script:
    """What a year is made of.

    ``figures`` are cumulative by period where a unit does not report what the plan asks for (``None``: no
    report). ``late_signers`` sign on ``late_signed_on``, all others on ``signed_on``. ``alone`` are the
    sub-tasks that are accepted on days of their own, all others on ``accepted_on``.
    """

    document: Path
    first: date
    last: date
    signed_on: date
    late_signers: tuple[str, ...]
    late_signed_on: date
    accepted_on: date
    afterwards: tuple[date, date]  # evaluation and archive are settled
    figures: Mapping[str, Mapping[str, int | None]]
    alone: tuple[str, ...]
    afterwards_of: Mapping[str, tuple[date, date]]
    special: Special
    unreviewed: tuple[tuple[str, str], ...] = ()  # reports that are not accepted by routine
    prepare: Callable[[Session, int], None] = field(default=lambda _session, _plan: None)
    last_period: str = "2024-11"


@dataclass
class Year:
    """The stage after the last day, what people did, and what the oracle was told beforehand."""

    stage: Stage
    plan_id: int
    deeds: list[Deed]
    story: Story


def live_through(script: Script, folder: Path) -> Year:
    """The plan is issued, followed for a year and closed; everything about it is in the folder."""
    database = Database(f"sqlite:///{folder / 'year.sqlite3'}")
    database.migrate()
    year = open_year(script, database)
    year.stage.play(script.first, script.last, year.deeds)
    return year


def open_year(script: Script, database: Database) -> Year:
    """The plan is stored with its contacts; nothing has happened yet."""
    now = moment(script.first, "17:00")
    plan_id = store(database, prepare(database, script.document), now, OFFICE).plan_id
    import_contacts(database, CONTACTS, now, OFFICE)
    with database.write() as session:
        session.get_one(tables.Plan, plan_id).policy = NOT_YET
        script.prepare(session, plan_id)
        _appoint(session, plan_id)
    deeds = deeds_of(script, database, plan_id)
    story = story_of(database, plan_id, deeds)
    return Year(Stage(database, now, units=story.units, pages=PAGES), plan_id, deeds, story)


def _appoint(session: Session, plan_id: int) -> None:
    """Every lead unit has a head and a leader in charge who can be reached."""
    leads = lead_units(session, plans.subtask_ids(session, plan_id)).values()
    names = {name for units in leads for name in units}
    for unit in session.exec(select(tables.Unit).where(col(tables.Unit.name).in_(names))).all():
        for kind in ("head", "leader"):
            post = tables.Post(unit_id=stored_id(unit.id), kind=kind)
            session.add(post)
            session.flush()
            address = f"{kind}{unit.id}@example.org"
            session.add(tables.Contact(post_id=stored_id(post.id), email=address))


def deeds_of(script: Script, database: Database, plan_id: int) -> list[Deed]:
    """Everything that people do about the plan's sub-tasks, in order."""
    with database.read() as session:
        plan = plans.load_plan(session, plan_id)
        subtasks = plans.load_subtasks(session, plans.subtask_ids(session, plan_id))
        units = lead_units(session, list(subtasks))
    found = [deed for key, one in subtasks.items() for deed in _usual(script, plan, one, units[key])]
    found = [deed for deed in found if deed.kind in DOINGS]
    desk = Desk({one.no: one for one in subtasks.values()})
    return sorted([*found, *script.special(desk)], key=lambda deed: deed.at)


def _usual(script: Script, plan: Plan, subtask: SubTask, units: list[str]) -> Iterator[Deed]:
    """Signing, a report each month and its acceptance, the acceptance of the whole and what remains after it."""
    for unit in (
        () if Case(plan, subtask).completed_since() else units
    ):  # what came in complete is not signed for
        is_late = unit in script.late_signers
        signed = moment(script.late_signed_on, "14:00") if is_late else moment(script.signed_on, "10:30")
        yield Deed(signed, subtask.id, act="sign", unit=unit)
    known = max((report.period for report in subtask.reports), default="")
    for period in Case(plan, subtask).owed_periods:
        figures = _figures(script, plan, subtask, period)
        if figures is not None and known < period <= script.last_period:
            due = report_day(period)
            is_last = period == script.last_period and not subtask.indicators
            status = "done" if is_last else "in_progress"
            yield Deed(moment(due, "16:00"), subtask.id, period, figures, status)
            if (subtask.no, period) not in script.unreviewed:
                yield Deed(moment(offset(due, 2), "10:00"), subtask.id, act="pass")
    if subtask.no not in script.alone:
        yield Deed(moment(script.accepted_on, "15:00"), subtask.id)
    done = script.afterwards_of.get(subtask.no, script.afterwards)
    for kind, day in zip(AFTERWARDS, done, strict=True):
        yield Deed(moment(day, "14:30"), subtask.id, act="follow_up", change=kind)


def _figures(
    script: Script, plan: Plan, subtask: SubTask, period: str
) -> tuple[tuple[int, Decimal], ...] | None:
    case, end = Case(plan, subtask), last_of_month(*map(int, period.split("-")))
    said = script.figures.get(subtask.no, {})
    if period in said:
        figure = said[period]
        return None if figure is None else ((subtask.indicators[0].id, Decimal(figure)),)
    known = {key: value for report in subtask.reports for key, value in report.quantities.items()}
    asked = {one.id: Decimal(int(expected(case, one, end))) for one in subtask.indicators}
    return tuple((key, max(value, known.get(key, value))) for key, value in asked.items())


@dataclass(frozen=True)
class Desk:
    """Makes deeds about sub-tasks by their numbers."""

    numbers: Mapping[str, SubTask]

    def deed(self, no: str, day: date, clock: str, act: str, **given: object) -> Deed:
        return replace(Deed(moment(day, clock), self.numbers[no].id, act=act), **given)  # type: ignore[arg-type]

    def report(self, no: str, day: date, clock: str, period: str, figure: int) -> Deed:
        figures = ((self.numbers[no].indicators[0].id, Decimal(figure)),)
        return Deed(moment(day, clock), self.numbers[no].id, period, figures)
