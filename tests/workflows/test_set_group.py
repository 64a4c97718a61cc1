"""Collective units: their members are bound and reminded, by a list that may change."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from db import plans, tables
from db.session import Database
from db.units import load_book
from engine.errors import DubanError
from intake.draft import PlanDraft, SubTaskDraft
from intake.workbook import write_workbook
from tests.workflows.drafts import NOW, prepared, small_plan
from workflows.check_draft import check_draft
from workflows.export_plan import export
from workflows.import_plan import prepare, store
from workflows.revise_plan import compare, revise
from workflows.set_group import set_group
from workflows.undo_import import undo

STREETS = ("东街街道", "西街街道", "南街镇")


def plan_of(**units: list[str]) -> PlanDraft:
    """One sub-task with these units."""
    draft = small_plan()
    draft.projects = draft.projects[:1]
    draft.projects[0].subtasks = [SubTaskDraft("1.1", "清理背街小巷", **units)]  # type: ignore[arg-type]
    return draft


def group(database: Database, *members: str) -> None:
    set_group(database, "各街镇", members, NOW, "tester", new=True)


def bound(database: Database) -> list[tuple[str, str, str | None]]:
    """(unit, role, group) in the order stored."""
    with database.read() as session:
        names = {row.id: row.name for row in session.exec(select(tables.Unit))}
        rows = session.exec(select(tables.Assignment).order_by(col(tables.Assignment.position)))
        return [(names[one.unit_id], one.role, names.get(one.group_id)) for one in rows]


def reminded(database: Database) -> list[str]:
    """The units whose liaison is reminded of the one sub-task."""
    with database.read() as session:
        names = {row.id: row.name for row in session.exec(select(tables.Unit))}
        posts = {row.id: names[row.unit_id] for row in session.exec(select(tables.Post))}
        ids = list(session.exec(select(tables.SubTask.id)))
        return [posts[key] for key in plans.lead_posts(session, [one or 0 for one in ids])[ids[0] or 0]]


@pytest.mark.parametrize(
    ("units", "expected", "told"),
    [
        (
            {"lead_units": ["各街镇"]},
            [(one, "co_lead", "各街镇") for one in STREETS],
            list(STREETS),
        ),
        (
            {"lead_units": ["城管局", "各街镇"]},
            [("城管局", "lead", None), *((one, "co_lead", "各街镇") for one in STREETS)],
            ["城管局", *STREETS],
        ),
        (
            {"lead_units": ["城管局"], "executing_units": ["各街镇"]},
            [("城管局", "lead", None), *((one, "executing", "各街镇") for one in STREETS)],
            ["城管局"],
        ),
        # Who only helps is not reminded: the name stays.
        (
            {"lead_units": ["城管局"], "cooperating_units": ["各街镇"]},
            [("城管局", "lead", None), ("各街镇", "cooperating", None)],
            ["城管局"],
        ),
        # Who is named itself did not come by the group.
        (
            {"lead_units": ["西街街道", "各街镇"]},
            [("西街街道", "lead", None), ("东街街道", "co_lead", "各街镇"), ("南街镇", "co_lead", "各街镇")],
            ["西街街道", "东街街道", "南街镇"],
        ),
        ({"lead_units": ["各部门"]}, [("各部门", "lead", None)], ["各部门"]),  # nobody has said who they are
    ],
)
def test_members_are_bound_in_the_place_of_the_group(
    database: Database,
    units: dict[str, list[str]],
    expected: list[tuple[str, str, str | None]],
    told: list[str],
) -> None:
    group(database, *STREETS)
    plan_id = store(database, prepared(plan_of(**units)), NOW, "tester").plan_id
    assert bound(database) == expected
    assert reminded(database) == told
    subtask = export(database, plan_id).projects[0].subtasks[0]
    assert {"lead_units": subtask.lead_units} | {name: getattr(subtask, name) for name in units} == units | {
        "lead_units": units["lead_units"]
    }


def test_a_changed_list_is_shown_by_the_next_revision_and_taken_back(
    database: Database, tmp_path: Path
) -> None:
    group(database, *STREETS)
    plan_id = store(database, prepared(plan_of(lead_units=["各街镇"])), NOW, "tester").plan_id
    path = tmp_path / "plan.xlsx"
    path.write_bytes(write_workbook(export(database, plan_id)))
    assert compare(database, prepare(database, path)).changes == ()
    set_group(database, "各街镇", ["东街街道", "北街镇"], NOW, "tester", new=True)
    assert bound(database) == [(one, "co_lead", "各街镇") for one in STREETS]
    (change,) = compare(database, prepare(database, path)).changes
    assert (change.path.rpartition(" / ")[2], change.old, change.new) == (
        "各街镇的成员",
        "东街街道、西街街道、南街镇",
        "东街街道、北街镇",
    )
    revised = revise(database, prepare(database, path), NOW + timedelta(days=1), "tester")
    assert reminded(database) == ["东街街道", "北街镇"]
    assert revised.batch_id is not None
    undo(database, revised.batch_id, NOW + timedelta(days=1), "tester")
    assert bound(database) == [(one, "co_lead", "各街镇") for one in STREETS]


def test_what_is_said_of_a_collective_unit_depends_on_its_list(database: Database) -> None:
    draft = plan_of(lead_units=["各街镇"], cooperating_units=["各街道", "相关部门"])

    def said() -> list[tuple[str, str, tuple[str, ...]]]:
        with database.read() as session:
            found = check_draft(draft, load_book(session), {})
        return [(one.quote, one.severity, one.alternatives) for one in found if one.code == "COLLECTIVE_UNIT"]

    assert said() == [("各街镇", "warning", ()), ("各街道", "note", ()), ("相关部门", "note", ())]
    group(database, *STREETS)
    assert said() == [
        ("各街镇", "note", ()),
        ("各街道", "note", ("各街道=各街镇",)),
        ("相关部门", "note", ()),
    ]


@pytest.mark.parametrize(
    ("name", "members", "new", "code"),
    [
        ("各街镇", ("无此街道",), False, "NO_SUCH_UNIT"),
        ("各街镇", ("东街街道", "各街镇"), True, "BAD_GROUP"),
        ("城管局", ("东街街道",), True, "BAD_GROUP"),
    ],
)
def test_a_list_that_cannot_be_is_refused(
    database: Database, name: str, members: tuple[str, ...], new: bool, code: str
) -> None:
    store(database, prepared(plan_of(lead_units=["城管局"])), NOW, "tester")
    with pytest.raises(DubanError) as refused:
        set_group(database, name, members, NOW, "tester", new=new)
    assert refused.value.code == code


def test_groups_within_groups_are_taken_apart_and_no_circle_is_made(database: Database) -> None:
    group(database, "东街街道")
    set_group(database, "各街镇和园区", ["各街镇", "软件园"], NOW, "tester", new=True)
    store(database, prepared(plan_of(lead_units=["各街镇和园区"])), NOW, "tester")
    assert [unit for unit, _, _ in bound(database)] == ["东街街道", "软件园"]
    with pytest.raises(DubanError) as refused:
        set_group(database, "各街镇", ["各街镇和园区"], NOW, "tester")
    assert refused.value.code == "BAD_GROUP"
