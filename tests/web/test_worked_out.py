"""What takes long is worked out beside the pages, and never shown once something has changed."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from db.session import Database
from tests.web.running import pages
from tests.workflows.office_2024 import Task, at, build
from web.previewed import SMALL
from web.worked_out import KEPT, Waits, WorkedOut


class Slow:
    """Work that ends when it is let go, and knows how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.let_go = threading.Event()

    def __call__(self) -> str:
        self.begun += 1
        self.let_go.wait()
        return f"result {self.begun}"


def settled(previews: WorkedOut, key: str, work: Slow) -> str | Waits:
    """The answer once no worker is left that could bring another."""
    work.let_go.set()
    answer = previews.ask(key, work)
    while answer == Waits():
        answer = previews.ask(key, work)
    return answer


def test_a_page_does_not_wait_and_the_next_look_has_the_result() -> None:
    previews, work = WorkedOut(), Slow()
    assert previews.ask("monday", work) == Waits()
    assert settled(previews, "monday", work) == "result 1"
    assert previews.ask("monday", work) == "result 1"
    assert work.begun == 1


def test_while_one_is_worked_out_nothing_else_is() -> None:
    previews, work, other = WorkedOut(), Slow(), Slow()
    assert previews.ask("monday", work) == Waits()
    assert previews.ask("tuesday", other) == Waits()
    assert other.begun == 0
    assert settled(previews, "monday", work) == "result 1"


def test_another_state_has_a_result_of_its_own() -> None:
    previews, work = WorkedOut(), Slow()
    assert settled(previews, "before", work) == "result 1"
    assert settled(previews, "after", work) == "result 2"


def test_what_broke_off_is_told_once_and_then_tried_again() -> None:
    previews, broken = WorkedOut(), iter([ValueError("broken")])

    def work() -> str:
        for error in broken:
            raise error
        return "result"

    answers = [previews.ask("monday", work)]
    while answers[-1] != "result":
        answers.append(previews.ask("monday", work))
    assert answers.count(Waits(failed=True)) == 1


def test_only_the_last_results_are_kept() -> None:
    previews, work = WorkedOut(), Slow()
    for number in range(KEPT + 1):
        assert settled(previews, f"key {number}", work) == f"result {number + 1}"
    assert settled(previews, "key 0", work) == f"result {KEPT + 2}"


VALUES = "/settings/templates/digest/zh-CN/values"


@pytest.mark.parametrize("path", ["/bulletins/next", "/evaluations/preview", "/bulletins/publish", VALUES])
def test_a_preview_of_a_large_plan_comes_by_itself(database: Database, path: str) -> None:
    milestones = {date(2024, 3, 31): "50"}
    build(database, *(Task(str(number), milestones=milestones) for number in range(SMALL + 1)))
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE plans SET followed_from = '2024-02-28 00:00:00.000000'")
    with pages(database, at("2024-04-10T10:00")) as client:
        shown = client.get(path)
        while "load delay:1s" in shown.text:
            shown = client.get(path)
        assert shown.status_code == 200
        assert "区民政局" in shown.text
