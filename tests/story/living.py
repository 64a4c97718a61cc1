"""Moves the real workflows through virtual days, and tells the oracle the same story."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.session import Database
from engine.errors import DubanError
from engine.model import Report
from tests.oracle import Event, Expected, Item, Story
from tests.oracle_rules import days, last_of_month
from tests.workflows.office_2024 import ZONE
from workflows.accept_subtask import accept_subtask
from workflows.cycle import run_cycle
from workflows.office import POST_NAMES, Office
from workflows.report_progress import Filing, report_progress

TICKS = (time(0, 5), time(9, 10), time(15, 10))  # midnight; every recipient's slot for reminders, for digests
Key = tuple[str, str, str, int, str]


@dataclass(frozen=True)
class Deed:
    """What people do at a moment: hand in figures by indicator id for a period, or (no period) accept."""

    at: datetime
    subtask_id: int
    period: str = ""
    figures: tuple[tuple[int, Decimal], ...] = ()
    status: str = "in_progress"

    @property
    def accepts(self) -> bool:
        return not self.period


def live(
    database: Database,
    office: Office,
    span: tuple[date, date],
    deeds: Iterable[Deed],
    *,
    is_up: Callable[[datetime], bool] = lambda _: True,
    ticks: Callable[[date], Sequence[time]] = lambda _: TICKS,
    clock: Callable[[datetime], datetime] = lambda now: now,
) -> None:
    """Every day of the span has been lived: ticks while the service is up, deeds at their moments.

    A deed is done whether the service is up or not, as by the command line; a tick follows it if it is.
    ``clock`` is what the service takes the time to be.
    """
    by_day: dict[date, list[Deed]] = {}
    for deed in deeds:
        by_day.setdefault(deed.at.date(), []).append(deed)
    for day in days(*span):
        moments: list[tuple[datetime, Deed | None]] = [
            (datetime.combine(day, tick, ZONE), None) for tick in ticks(day)
        ]
        moments += [(deed.at, deed) for deed in by_day.get(day, ())]
        for now, due in sorted(moments, key=lambda one: one[0]):
            if due:
                try_to(database, due)
            if is_up(now):
                run_cycle(database, office, clock(now))


def try_to(database: Database, deed: Deed) -> None:
    """The deed is done, or refused because the sub-task is accepted already."""
    try:
        do(database, deed)
    except DubanError as error:
        if error.code not in ("NOT_REPORTABLE", "ALREADY_ACCEPTED"):
            raise


def do(database: Database, deed: Deed) -> None:
    """The deed through the same workflow as the command line's."""
    if deed.accepts:
        accept_subtask(database, f"#{deed.subtask_id}", deed.at, "test", reason="现场核实")
        return
    filing = Filing(
        f"#{deed.subtask_id}",
        deed.period,
        text="按计划推进",
        status=deed.status,
        quantities=dict(deed.figures),
    )
    report_progress(database, filing, deed.at, "test")


def story_of(database: Database, plan_id: int, deeds: Sequence[Deed]) -> Story:
    """What the oracle is told: the stored plan as values, who leads, and the deeds."""
    with database.read() as session:
        ids = plans.subtask_ids(session, plan_id)
        subtasks = plans.load_subtasks(session, ids)
        leads = plans.lead_posts(session, ids)
        names = _posts(session)
        return Story(
            plan=plans.load_plan(session, plan_id),
            subtasks=[subtasks[key] for key in ids],
            leads={key: [names[post] for post in leads.get(key, ())] for key in ids},
            coordinators=[names[post] for post in plans.coordinator_posts(session)],
            events=[_event(number, deed) for number, deed in enumerate(deeds, 1)],
        )


def _event(number: int, deed: Deed) -> Event:
    if deed.accepts:
        return Event(deed.at, deed.subtask_id)
    year, month = map(int, deed.period.split("-"))
    day = deed.at.date()
    as_of = min(last_of_month(year, month), day)
    report = Report(number, deed.period, as_of, day, status=deed.status, quantities=dict(deed.figures))
    return Event(deed.at, deed.subtask_id, report)


def _posts(session: Session) -> Mapping[int, str]:
    """Every post as messages show it: unit and post."""
    post, unit = tables.Post, tables.Unit
    query = select(col(post.id), col(unit.name), col(post.kind)).join(unit, col(unit.id) == col(post.unit_id))
    return {key: f"{name} {POST_NAMES[kind]}" for key, name, kind in session.execute(query)}


def sent(database: Database) -> list[tables.Message]:
    """The messages that the far end has, in the order of their slots."""
    with database.read() as session:
        message = tables.Message
        query = select(message).where(col(message.state) == "accepted")
        return list(session.execute(query.order_by(col(message.slot_at), col(message.id))).scalars())


def told(message: tables.Message) -> Expected:
    """A reminder message in the oracle's words."""
    items = (
        Item(item["subtask"], item["rule"], date.fromisoformat(item["nominal_on"]), item["number"])
        for item in message.items
    )
    return Expected(message.recipient, message.slot_on, tuple(sorted(items)))


def keys_stored(database: Database) -> dict[Key, tables.Reminder]:
    """Every reminder by its key, the recipient as shown."""
    with database.read() as session:
        names = _posts(session)
        rows = session.execute(select(tables.Reminder)).scalars()
        return {(row.obligation, row.rule, row.anchor, row.step, names[row.post_id]): row for row in rows}


def moment(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE)
