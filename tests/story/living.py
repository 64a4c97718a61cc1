"""Moves the real workflows through virtual days, and tells the oracle the same story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.session import Database
from tests.oracle import Expected, Item, Story
from tests.oracle_days import days
from tests.story.deeds import Deed, event_of, try_to
from tests.workflows.office_2024 import ZONE
from workflows.cycle import run_cycle
from workflows.office import POST_NAMES, Office

TICKS = (time(0, 5), time(9, 10), time(15, 10))  # midnight; every recipient's slot for reminders, for digests
FIRST_DEED = (
    100_000  # reports are numbered by their place among the deeds, those that came with the plan are lower
)
ASK = "ask"  # to ask for a change is no event of the rules, its approval is
Key = tuple[str, str, str, int, str]


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


def story_of(database: Database, plan_id: int, deeds: Sequence[Deed]) -> Story:
    """What the oracle is told: the stored plan as values, who leads, who holds which post, and the deeds."""
    with database.read() as session:
        ids = plans.subtask_ids(session, plan_id)
        subtasks = plans.load_subtasks(session, ids)
        return Story(
            plan=plans.load_plan(session, plan_id),
            subtasks=[subtasks[key] for key in ids],
            units=lead_units(session, ids),
            posts=frozenset(_posts(session).values()),
            coordinators=[_posts(session)[post] for post in plans.coordinator_posts(session)],
            events=[
                event_of(number, deed) for number, deed in enumerate(deeds, FIRST_DEED) if deed.act != ASK
            ],
            same=_same_leaders(session),
        )


def lead_units(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of lead units by sub-task, the lead before co-leads."""
    given, unit = tables.Assignment, tables.Unit
    query = (
        select(col(given.subtask_id), col(unit.name))
        .join(unit, col(unit.id) == col(given.unit_id))
        .where(col(given.role).in_(("lead", "co_lead")))
        .order_by(col(given.role).desc(), col(given.position))
    )
    found: dict[int, list[str]] = {key: [] for key in ids}
    for key, name in session.execute(query):
        found.setdefault(key, []).append(name)
    return found


def _same_leaders(session: Session) -> dict[str, str]:
    """For each leader's post the first one with the same address."""
    post, contact = tables.Post, tables.Contact
    query = select(col(post.id), col(contact.email)).join(contact, col(contact.post_id) == col(post.id))
    names, first, same = _posts(session), dict[str, str](), dict[str, str]()
    for key, email in session.execute(query.where(col(post.kind) == "leader").order_by(col(post.id))):
        same[names[key]] = first.setdefault(email, names[key])
    return same


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


def keys_stored(database: Database, deeds: Sequence[Deed] = ()) -> dict[Key, tables.Reminder]:
    """Every reminder by its key: the recipient as shown, reports and cases as the oracle names them."""
    with database.read() as session:
        names, own = _posts(session), _own_names(session, deeds)
        rows = session.execute(select(tables.Reminder)).scalars()
        return {
            (
                own.get(("obligation", row.obligation), row.obligation),
                row.rule,
                own.get((row.rule.partition("_")[0], row.anchor), row.anchor),
                row.step,
                names[row.post_id],
            ): row
            for row in rows
        }


def _own_names(session: Session, deeds: Sequence[Deed]) -> dict[tuple[str, str], str]:
    """Reports are numbered by their place among the deeds, cases and follow-ups within their sub-task."""
    found: dict[tuple[str, str], str] = {}
    places = {(one.subtask_id, one.at): n for n, one in enumerate(deeds, FIRST_DEED) if one.kind == "report"}
    for report in session.execute(select(tables.ProgressReport)).scalars():
        place = places.get((report.subtask_id, report.received_at))
        found["returned", str(report.id)] = str(place)
    times = Counter[int]()
    for case in session.execute(
        select(tables.SupervisionCase).order_by(col(tables.SupervisionCase.id))
    ).scalars():
        times[case.subtask_id] += 1
        name = f"{case.subtask_id}/{times[case.subtask_id]}"
        found["case", str(case.id)], found["obligation", f"case:{case.id}"] = name, f"case:{name}"
    return found
