"""What the rules are told of the loop after the reminder."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from db import plans
from db.session import Database
from tests.workflows.office_2024 import Task, at, build
from workflows.report_progress import Filing, report_progress
from workflows.review_report import accept_reports


def test_an_accepted_report_is_a_real_action_of_its_own_sub_task_on_the_day_of_review(
    database: Database,
) -> None:
    built = build(database, Task("1"), Task("2"))
    filing = Filing("2", "2024-03", text="按计划推进", quantities={2: Decimal(8)})
    filed = report_progress(database, filing, at("2024-03-29T16:00"), "test")
    assert filed.report_id == 1  # the number of the other sub-task
    accept_reports(database, [filed.report_id], at("2024-04-02T10:00"), "test")
    with database.read() as session:
        subtasks = plans.load_subtasks(session, list(built.subtasks.values()))
    assert subtasks[built.subtasks["1"]].actions == ()
    assert subtasks[built.subtasks["2"]].actions == (date(2024, 4, 2),)
