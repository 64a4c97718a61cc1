"""Two nodes at work at the same moment on one PostgreSQL: each number once, each case and notice once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import select

from db import cases, tables
from db.session import Database
from engine.errors import DubanError
from tests.workflows.office_2024 import Built, Task, at, build
from tests.workflows.test_promises_races import together
from workflows.handle_case import close_case, reply_case, return_reply
from workflows.open_case import Wanted, open_case, open_in
from workflows.report_progress import Filing, report_progress
from workflows.supervise import supervise

MOMENT = at("2024-04-01T10:00")
LATE = at("2024-04-12T10:00")
NUMBERS = [f"{place}.1" for place in range(1, 13)]


@pytest.fixture
def built(nodes: tuple[Database, Database]) -> Built:
    return build(nodes[0], *(Task(no) for no in NUMBERS), policy={"acknowledge": False, "escalate": False})


def opens(node: Database, *numbers: str) -> Callable[[], None]:
    """Opens a case for each; where one stands already, that is that."""

    def act() -> None:
        for no in numbers:
            try:
                open_case(node, no, MOMENT, "督查室", wanted=Wanted("red"))
            except DubanError as error:
                assert error.code == "CASE_STANDS"  # noqa: PT017

    return act


def serials(database: Database) -> list[int]:
    with database.read() as session:
        return sorted(case.serial for case in cases.listed(session))


def climb(database: Database, built: Built) -> None:
    with database.write() as session:
        for key in built.subtasks.values():
            session.add(
                tables.Escalation(
                    plan_id=built.plan_id,
                    subtask_id=key,
                    cause="silent",
                    started_on=date(2024, 3, 8),
                    rungs=[5, 10, 15],
                    level=3,
                )
            )


def test_numbers_taken_at_once_have_neither_gap_nor_double(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes
    together(opens(one, *NUMBERS[:6]), opens(other, *NUMBERS[6:]))
    assert serials(one) == list(range(1, 13))


def test_a_number_that_somebody_gave_up_is_taken_by_the_next(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes

    def opens_and_fails(key: int) -> None:
        with one.write() as session:
            open_in(session, key, MOMENT, "督查室", Wanted("red"))
            raise ZeroDivisionError

    def gives_up() -> None:
        for key in list(built.subtasks.values())[:6]:
            with pytest.raises(ZeroDivisionError):
                opens_and_fails(key)

    together(gives_up, opens(other, *NUMBERS[6:]))
    assert serials(one) == list(range(1, 7))


def test_one_sub_task_gets_one_case_however_many_open_it(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes
    climb(one, built)
    together(
        opens(one, *NUMBERS),
        opens(other, *reversed(NUMBERS)),
    )
    together(lambda: supervise(one, MOMENT), lambda: supervise(other, MOMENT))
    assert serials(one) == list(range(1, 13))


def test_two_nodes_climb_the_last_rung_once(nodes: tuple[Database, Database], built: Built) -> None:
    one, other = nodes
    climb(one, built)
    together(lambda: supervise(one, MOMENT), lambda: supervise(other, MOMENT))
    assert serials(one) == list(range(1, 13))
    with one.read() as session:
        assert {case.subtask_id for case in cases.listed(session)} == set(built.subtasks.values())


def test_a_second_notice_is_given_once(nodes: tuple[Database, Database], built: Built) -> None:
    one, other = nodes
    opens(one, *NUMBERS)()
    together(lambda: supervise(one, LATE), lambda: supervise(other, LATE))
    with one.read() as session:
        assert {case.notices for case in cases.listed(session)} == {2}
        kinds = [entry.kind for entry in session.exec(select(tables.CaseEntry))]
    assert kinds.count("second_notice") == 12


def test_steps_of_people_and_of_the_service_at_once_end_in_one_story(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes
    opens(one, *NUMBERS)()

    def answers() -> None:
        for place in range(1, 13):
            reply_case(other, str(place), "已整改", LATE, "单位")

    def judges() -> None:
        for place in range(1, 13):
            try:
                return_reply(one, str(place), "请补充", LATE, "督查室")
            except DubanError as error:
                assert error.code == "NOT_REPLIED"  # noqa: PT017

    def reports() -> None:
        for no in NUMBERS:
            report_progress(one, Filing(no, "2024-03", ["5台"]), LATE, "单位")

    together(answers, judges, reports, lambda: supervise(other, LATE))
    with one.read() as session:
        found = {case.serial: case for case in cases.listed(session)}
        for case in found.values():
            kinds = [entry.kind for entry in cases.entries(session, case.id or 0)]
            assert kinds.count("reply") == 1
            assert kinds.count("second_notice") == case.notices - 1
            assert case.state == ("open" if "reply_returned" in kinds else "replied")


def test_a_case_is_closed_once(nodes: tuple[Database, Database], built: Built) -> None:
    one, other = nodes
    opens(one, NUMBERS[0])()
    outcomes = []

    def closes(node: Database) -> None:
        try:
            close_case(node, "1", "整改到位", MOMENT, "督查室")
            outcomes.append("closed")
        except DubanError as error:
            outcomes.append(error.code)

    together(lambda: closes(one), lambda: closes(other))
    assert sorted(outcomes) == ["CASE_CLOSED", "closed"]
