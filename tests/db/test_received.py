"""What units handed in reaches the rules: the lead unit's reports, and complete shares added up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import event
from sqlmodel import select

from db import plans, tables
from db.reports import add_report, reported_figures
from db.session import Database
from db.units import stored_id
from engine.model import SubTask
from tests.workflows.office_2024 import Built, Task, at, build

NORTH, SOUTH = "北街街道", "南街街道"
SHARED = Task("1", quantity="100", quotas={NORTH: "60", SOUTH: "40"})


def file(
    database: Database,
    built: Built,
    quantity: int,
    unit: str | None = None,
    period: str = "2024-03",
    moment: str = "2024-03-28T10:00",
    state: str = "submitted",
    no: str = "1",
) -> int:
    """A report is stored: of the unit's share, or without a unit of the whole."""
    with database.write() as session:
        indicator = session.exec(
            select(tables.Indicator).where(tables.Indicator.subtask_id == built.subtasks[no])
        ).one()
        named = session.exec(select(tables.Unit).where(tables.Unit.name == unit)).first()
        return add_report(
            session,
            tables.ProgressReport(
                subtask_id=built.subtasks[no],
                unit_id=named.id if named else None,
                role="share" if unit else "lead",
                period=period,
                as_of=date.fromisoformat(moment[:10]),
                received_at=at(moment),
                state=state,
                status="in_progress",
            ),
            {stored_id(indicator.id): Decimal(quantity)},
        )


def loaded(database: Database, built: Built, no: str = "1") -> SubTask:
    with database.read() as session:
        return plans.load_subtasks(session, [built.subtasks[no]])[built.subtasks[no]]


def figures(task: SubTask) -> list[tuple[str, Decimal]]:
    (indicator,) = task.indicators
    return [(one.period, one.quantities[indicator.id]) for one in task.reports]


def test_a_share_is_no_report_of_the_whole(database: Database) -> None:
    built = build(database, SHARED)
    file(database, built, 20, NORTH)
    task = loaded(database, built)
    assert task.reports == ()
    assert [len(one.reports) for one in task.shares] == [1, 0]


def test_complete_shares_are_one_report_under_the_id_of_the_last(database: Database) -> None:
    built = build(database, SHARED)
    file(database, built, 20, NORTH)
    last = file(database, built, 7, SOUTH, moment="2024-03-29T10:00")
    task = loaded(database, built)
    assert figures(task) == [("2024-03", Decimal(27))]
    assert (task.reports[0].id, task.reports[0].received_on) == (last, date(2024, 3, 29))


def test_a_share_sent_back_does_not_count(database: Database) -> None:
    built = build(database, SHARED)
    file(database, built, 20, NORTH)
    file(database, built, 7, SOUTH, state="returned")
    assert loaded(database, built).reports == ()


def test_quotas_are_known_before_anybody_reports(database: Database) -> None:
    built = build(database, SHARED, Task("2"))
    shares = loaded(database, built).shares
    assert [list(one.quotas.values()) for one in shares] == [[Decimal(60)], [Decimal(40)]]
    assert loaded(database, built, "2").shares == ()


def test_the_lead_unit_speaks_for_the_whole_where_nothing_is_shared_out(database: Database) -> None:
    built = build(database, Task("1"))
    file(database, built, 12)
    assert figures(loaded(database, built)) == [("2024-03", Decimal(12))]


def test_figures_of_reports_are_found_by_their_ids(database: Database) -> None:
    built = build(database, SHARED)
    one, other = file(database, built, 20, NORTH), file(database, built, 7, SOUTH)
    with database.read() as session:
        found = reported_figures(session, [one, other])
    assert [list(found[key].values()) for key in (one, other)] == [[Decimal(20)], [Decimal(7)]]


def test_a_units_share_alone_is_what_the_whole_says_of_it(database: Database) -> None:
    built = build(database, SHARED, Task("2"), Task("3", quotas={SOUTH: "5"}))
    file(database, built, 20, NORTH)
    file(database, built, 7, SOUTH)
    file(database, built, 9, SOUTH, state="returned", moment="2024-03-29T10:00")
    file(database, built, 50, moment="2024-03-29T10:00")
    ids = list(built.subtasks.values())
    with database.read() as session:
        unit_id = session.get_one(tables.Post, built.posts[SOUTH]).unit_id
        parts, whole = plans.load_shares(session, unit_id, ids), plans.load_subtasks(session, ids)
    for key in ids:
        own = tuple(share for share in whole[key].shares if share.unit_id == unit_id)
        assert (parts[key].shares, parts[key].reports) == (own, ())
        assert parts[key].indicators == whole[key].indicators
    assert [len(parts[key].shares) for key in ids] == [1, 0, 1]


def test_many_sub_tasks_take_as_many_queries_as_one(database: Database) -> None:
    built = build(database, SHARED, *(Task(str(number), quotas={NORTH: "5"}) for number in range(2, 30)))
    file(database, built, 20, NORTH)
    assert (
        _queries(database, [built.subtasks["1"]]) == _queries(database, list(built.subtasks.values())) <= 16
    )


def _queries(database: Database, ids: list[int]) -> int:
    with database.read() as session:
        seen: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *found: seen.append(found[2]))
        plans.load_subtasks(session, ids)
        return len(seen)
