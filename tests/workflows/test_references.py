from __future__ import annotations

import pytest

from db.references import find_plan, find_subtask
from db.session import Database
from engine.errors import DubanError
from intake.draft import SubTaskDraft
from tests.workflows.drafts import NOW, prepared, small_plan, stored
from workflows.import_plan import store


def two_plans(database: Database) -> None:
    stored(database)
    other = small_plan()
    other.document.title = "另一个计划"
    other.projects[1].subtasks.append(SubTaskDraft("2", "河道", ["水务局"]))
    store(database, prepared(other, "1" * 64), NOW, "tester")


@pytest.mark.parametrize(
    ("text", "plan", "found"),
    [("1.1", "1", 1), ("1.1", "2", 4), ("2", None, 7), ("#2", None, 2), ("5", None, 5), (" 2 ", None, 7)],
)
def test_a_number_comes_before_an_id(database: Database, text: str, plan: str | None, found: int) -> None:
    two_plans(database)
    with database.read() as session:
        assert find_subtask(session, text, plan).id == found


@pytest.mark.parametrize(
    ("text", "plan", "code", "hint"),
    [
        ("1.1", None, "AMBIGUOUS_SUBTASK", "--plan"),
        ("9.9", "1", "NO_SUCH_SUBTASK", "1.1"),
        ("#99", None, "NO_SUCH_SUBTASK", "1.1"),
        ("课程", "1", "NO_SUCH_SUBTASK", "1.2"),
        ("#5", "1", "NO_SUCH_SUBTASK", "1.1"),
        ("1.1", "9", "NO_SUCH_PLAN", "另一个计划"),
    ],
)
def test_what_names_no_single_sub_task_is_refused_with_a_hint(
    database: Database, text: str, plan: str | None, code: str, hint: str
) -> None:
    two_plans(database)
    with database.read() as session, pytest.raises(DubanError) as refused:
        find_subtask(session, text, plan)
    assert refused.value.code == code
    assert hint in refused.value.message


@pytest.mark.parametrize(("text", "found"), [("1", 1), ("#2", 2), ("另一个计划", 2), ("示例", 1)])
def test_a_plan_is_named_by_id_or_title(database: Database, text: str, found: int) -> None:
    two_plans(database)
    with database.read() as session:
        assert find_plan(session, text).id == found


@pytest.mark.parametrize(
    ("text", "code"), [(None, "AMBIGUOUS_PLAN"), ("计划", "AMBIGUOUS_PLAN"), ("3", "NO_SUCH_PLAN")]
)
def test_what_names_no_single_plan_is_refused(database: Database, text: str | None, code: str) -> None:
    two_plans(database)
    with database.read() as session, pytest.raises(DubanError) as refused:
        find_plan(session, text)
    assert refused.value.code == code


def test_the_only_plan_needs_no_name(database: Database) -> None:
    stored(database)
    with database.read() as session:
        assert find_plan(session).id == find_subtask(session, "1.1").plan_id


def test_an_empty_database_says_what_to_do_first(database: Database) -> None:
    with database.read() as session:
        with pytest.raises(DubanError, match="duban import"):
            find_plan(session)
        with pytest.raises(DubanError, match="duban import"):
            find_subtask(session, "1.1")
