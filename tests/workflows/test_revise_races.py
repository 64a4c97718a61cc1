"""A sheet and an editor at the same sub-task at the same moment on one PostgreSQL: one of them is told of the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier

from db.session import Database
from engine.errors import DubanError
from intake.draft import QuantityDraft
from intake.workbook import write_workbook
from tests.workflows.drafts import NOW, stored
from workflows.export_plan import export
from workflows.import_plan import Prepared, prepare
from workflows.milestone_changes import MilestoneChange
from workflows.revise_plan import revise
from workflows.set_milestones import plan_change, set_milestones

ROUNDS = 8


def outcome(barrier: Barrier, action: Callable[[], object]) -> str:
    """``stored``, or the code of the refusal."""
    barrier.wait()
    try:
        action()
    except DubanError as error:
        return error.code
    return "stored"


def edited(database: Database, folder: Path, plan_id: int, done: int) -> Prepared:
    """The plan exported, with another figure for June."""
    draft = export(database, plan_id)
    (june,) = [one for one in draft.projects[0].subtasks[0].milestones if one.period == "2024-06"]
    june.quantities = [QuantityDraft("新建站点", Decimal(done), "个")]
    path = folder / f"{done}.xlsx"
    path.write_bytes(write_workbook(draft))
    return prepare(database, path)


def planned(database: Database, done: str) -> MilestoneChange:
    with database.read() as session:
        return plan_change(session, "1.1", [f"2024-06=新建站点={done}个"])


def test_of_two_who_edit_one_sub_task_at_once_one_is_refused(
    postgres_database: Database, tmp_path: Path
) -> None:
    plan_id = stored(postgres_database).plan_id
    other = Database(postgres_database.url)
    for number in range(ROUNDS):
        sheet = edited(postgres_database, tmp_path, plan_id, 6 + number % 2 * 2)
        change = planned(other, str(7 + number % 2 * 2))
        barrier = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            ends = [
                pool.submit(outcome, barrier, lambda s=sheet: revise(postgres_database, s, NOW, "tester")),  # type: ignore[misc]
                pool.submit(outcome, barrier, lambda c=change: set_milestones(other, c, NOW, "tester")),  # type: ignore[misc]
            ]
        assert sorted(end.result() for end in ends) == ["REVISION_CONFLICT", "stored"]
    other.close()
