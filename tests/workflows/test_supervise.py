"""Supervision cases 督办单 from opening to closing; the days are counted in the calendar of 2024 beside the tests.

Working days around Qingming 2024: 1, 2, 3 April, then 7 (a Sunday that is worked), 8, 9, 10, 11, 12 April.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from db import cases, runs, tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.handle_case import close_case, reply_case
from workflows.open_case import Wanted, open_case
from workflows.report_progress import Filing, report_progress
from workflows.supervise import supervise

QUIET = {"acknowledge": False, "escalate": False}
LONG = Task("1.1", "200", lead="区住建局", co_lead="区民政局")
MAY = Task("1.2", "50", lead="区教育局", deadline=date(2024, 5, 31))
NEAR = Task("1.3", None, lead="区民政局", deadline=date(2024, 3, 20))
OPENED = "2024-04-01T10:00"  # yellow: the report for March fell due on Friday 29 March


def office(database: Database, *more: Task, **policy: Any) -> Built:
    return build(database, LONG, MAY, NEAR, *more, policy=QUIET | policy)


def stored(database: Database, table: Any = tables.SupervisionCase) -> Sequence[Any]:
    with database.read() as session:
        return list(session.exec(select(table).order_by(col(table.id))))


def kinds(database: Database) -> list[str]:
    return [entry.kind for entry in stored(database, tables.CaseEntry)]


def events(database: Database) -> list[str]:
    return [one.what for one in stored(database, tables.Event) if one.what.startswith("case_")]


def climbs(database: Database, built: Built, no: str = "1.1", level: int = 3, **values: Any) -> int:
    """An escalation of the sub-task that began on 8 March: 15 working days later is 29 March."""
    with database.write() as session:
        row = tables.Escalation(
            plan_id=built.plan_id,
            subtask_id=built.subtasks[no],
            cause="silent",
            started_on=values.pop("started_on", date(2024, 3, 8)),
            rungs=[5, 10, 15],
            level=level,
            **values,
        )
        session.add(row)
        session.flush()
        return stored_id(row.id)


def change(database: Database, table: Any, key: int, **values: Any) -> None:
    with database.write() as session:
        session.execute(update(table).where(col(table.id) == key).values(**values))


def refused(code: str) -> Any:
    return pytest.raises(DubanError, check=lambda error: error.code == code)


# Opening by hand


def test_a_case_has_its_number_colour_unit_demand_and_day(database: Database) -> None:
    built = office(database)
    report_progress(database, Filing("1.1", "2024-03", ["10台"]), at("2024-03-28T10:00"), "test")
    case = open_case(database, "1.1", at("2024-04-12T10:00"), "督查室")
    assert cases.number_of(case) == "督办〔2024〕1号"
    assert (case.colour, case.state, case.notices) == ("yellow", "open", 1)
    assert case.subtask_id == built.subtasks["1.1"]
    assert case.reply_due_on == date(2024, 4, 19)
    with database.read() as session:
        assert cases.unit_names(session, [case]) == {case.unit_id: "区住建局"}
    # 200 by 30 November from 28 February, 276 days: the 11th is asked for on the 16th day, 15 March; to
    # 28 March are 9 working days (18-22, 25-28), behind since the first report fell due; 31.9 on day 44
    assert case.demand == (
        "《年度任务》中“任务1.1”应于2024年11月30日前完成设备200台。"
        "截至2024年3月28日，设备累计完成10台（序时进度至2024年4月12日应达31台）。"
        "自2024年3月29日起落后序时进度，现落后9个工作日。"
        "请查明原因，明确整改措施、责任人和完成时间，于2024年4月19日前书面回复。"
    )
    assert case.cause["light"] == "yellow"
    assert case.cause["behind"] == 9
    assert kinds(database) == ["opened"]
    assert events(database) == ["case_open"]


@pytest.mark.parametrize(
    ("no", "moment", "colour"),
    [
        ("1.3", "2024-03-05T10:00", None),  # 20 March is 11 working days away
        ("1.3", "2024-03-06T10:00", "blue"),  # 10
        ("1.3", "2024-03-20T10:00", "blue"),
        ("1.3", "2024-03-28T10:00", "blue"),  # passed, but judged only when the report of March falls due
        ("1.3", "2024-03-29T10:00", "red"),
        ("1.1", "2024-03-29T10:00", None),
        ("1.1", OPENED, "yellow"),  # the report of March is late
        ("1.2", "2024-05-31T10:00", "yellow"),
        ("1.2", "2024-06-03T10:00", "red"),
    ],
)
def test_the_colour_follows_from_the_standing(
    sqlite_database: Database, no: str, moment: str, colour: str | None
) -> None:
    office(sqlite_database)
    if colour:
        assert open_case(sqlite_database, no, at(moment), "督查室").colour == colour
        return
    with refused("CASE_COLOUR"):
        open_case(sqlite_database, no, at(moment), "督查室")
    assert stored(sqlite_database) == []


def test_a_green_sub_task_gets_a_case_whose_colour_and_words_somebody_chose(database: Database) -> None:
    office(database)
    wanted = Wanted("blue", " 请于本周内专题汇报。 ", "区民政局", date(2024, 3, 8))
    case = open_case(database, "1.1", at("2024-03-05T10:00"), "督查室", wanted=wanted)
    assert (case.colour, case.demand, case.reply_due_on) == ("blue", "请于本周内专题汇报。", date(2024, 3, 8))
    with database.read() as session:
        assert list(cases.unit_names(session, [case]).values()) == ["区民政局"]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted("purple"), "CASE_COLOUR"),
        (Wanted("red", unit="区教育局"), "CASE_UNIT"),  # leads another task
        (Wanted("red", unit="没有的局"), "CASE_UNIT"),
        (Wanted("red", "  "), "CASE_TEXT"),
        (Wanted("red", "字" * 5001), "CASE_TEXT"),
        (Wanted("red", reply_due_on=date(2024, 3, 31)), "CASE_DUE"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_and_takes_no_number(
    sqlite_database: Database, wanted: Wanted, code: str
) -> None:
    office(sqlite_database)
    with refused(code):
        open_case(sqlite_database, "1.1", at(OPENED), "督查室", wanted=wanted)
    assert stored(sqlite_database) == stored(sqlite_database, tables.Event) == []
    assert open_case(sqlite_database, "1.1", at(OPENED), "督查室").serial == 1


def test_the_reply_may_be_due_on_the_day_itself(sqlite_database: Database) -> None:
    office(sqlite_database)
    wanted = Wanted(reply_due_on=date(2024, 4, 1))
    case = open_case(sqlite_database, "1.1", at(OPENED), "督查室", wanted=wanted)
    assert case.reply_due_on == date(2024, 4, 1)


@pytest.mark.parametrize("state", ["draft", "suspended", "terminated", "accepted", "closed", "archived"])
def test_what_rests_or_is_finished_gets_no_case(sqlite_database: Database, state: str) -> None:
    office(sqlite_database, Task("2.1", state=state))
    with refused("NOT_SUPERVISABLE"):
        open_case(sqlite_database, "2.1", at(OPENED), "督查室", wanted=Wanted("red"))


def test_a_sub_task_has_one_standing_case_at_most(database: Database) -> None:
    office(database)
    open_case(database, "1.1", at(OPENED), "督查室")
    with refused("CASE_STANDS"):
        open_case(database, "1.1", at(OPENED), "督查室")
    reply_case(database, "1", "已整改", at(OPENED), "区住建局")
    with refused("CASE_STANDS"):
        open_case(database, "1.1", at(OPENED), "督查室")
    close_case(database, "1", "整改到位", at(OPENED), "督查室")
    assert open_case(database, "1.1", at(OPENED), "督查室").serial == 2


# Numbers


def test_numbers_run_through_all_plans_and_begin_anew_each_year(database: Database) -> None:
    built = office(database)
    with database.write() as session:
        other = tables.Plan(title="另一个计划", year=2024)
        session.add(other)
        session.flush()
    change(database, tables.SubTask, built.subtasks["1.3"], plan_id=other.id)
    opened = [
        open_case(database, no, at(moment), "督查室", wanted=Wanted("red"))
        for no, moment in (
            ("1.1", "2024-12-30T10:00"),
            ("1.3", "2024-12-31T23:59"),  # Beijing time, still 2024
            ("1.2", "2025-01-01T00:00"),
        )
    ]
    assert [cases.number_of(case) for case in opened] == [
        "督办〔2024〕1号",
        "督办〔2024〕2号",
        "督办〔2025〕1号",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("督办〔2024〕1号", "督办〔2024〕1号"),
        ("督办[2024]2号", "督办〔2024〕2号"),
        ("2024-2", "督办〔2024〕2号"),
        (" 2 ", "督办〔2024〕2号"),
        ("2025年第1号", "督办〔2025〕1号"),
        ("#3", "督办〔2025〕1号"),
        ("1", "AMBIGUOUS_CASE"),
        ("2024-3", "NO_SUCH_CASE"),
        ("#9", "NO_SUCH_CASE"),
        ("", "NO_SUCH_CASE"),
        ("一", "NO_SUCH_CASE"),
        ("9" * 400, "NO_SUCH_CASE"),
    ],
)
def test_a_case_is_found_by_what_people_write(sqlite_database: Database, text: str, found: str) -> None:
    office(sqlite_database)
    for no, moment in (("1.1", OPENED), ("1.2", OPENED), ("1.3", "2025-01-02T10:00")):
        open_case(sqlite_database, no, at(moment), "督查室", wanted=Wanted("red"))
    with sqlite_database.read() as session:
        if found.startswith("督办"):
            assert cases.number_of(cases.find(session, text)) == found
            return
        with refused(found):
            cases.find(session, text)


# Opened by the ladder


def test_the_last_rung_opens_one_case(database: Database) -> None:
    built = office(database)
    climb = climbs(database, built)
    climbs(database, built, "1.2", level=2)
    assert supervise(database, at(OPENED)).opened == 1
    assert supervise(database, at("2024-04-02T10:00")).opened == 0
    (case,) = stored(database)
    assert (case.escalation_id, case.opened_by, case.colour) == (climb, "policy:auto_open_case", "yellow")


@pytest.mark.parametrize("state", ["suspended", "terminated", "accepted", "closed", "draft"])
def test_the_ladder_opens_nothing_for_what_rests_or_is_finished(
    sqlite_database: Database, state: str
) -> None:
    built = office(sqlite_database, Task("2.1", state=state))
    climbs(sqlite_database, built, "2.1")
    assert supervise(sqlite_database, at(OPENED)).opened == 0


@pytest.mark.parametrize("ended_on", [None, date(2024, 4, 1)])
def test_an_escalation_that_has_ended_opens_nothing(sqlite_database: Database, ended_on: date | None) -> None:
    built = office(sqlite_database)
    climbs(sqlite_database, built, ended_on=ended_on)
    assert supervise(sqlite_database, at(OPENED)).opened == (ended_on is None)


@pytest.mark.parametrize(
    ("closed", "opened"),
    [
        ("2024-03-28T18:00", 1),  # the case before belongs to an earlier climb
        ("2024-03-29T09:00", 0),  # it stood when the last rung was reached, on 29 March
    ],
)
def test_a_case_that_stood_when_the_last_rung_was_reached_was_that_rung(
    sqlite_database: Database, closed: str, opened: int
) -> None:
    built = office(sqlite_database)
    open_case(sqlite_database, "1.1", at("2024-03-20T10:00"), "督查室", wanted=Wanted("blue"))
    key = climbs(sqlite_database, built)
    assert supervise(sqlite_database, at("2024-03-27T10:00")).opened == 0
    close_case(sqlite_database, "1", "另行处理", at(closed), "督查室")
    change(sqlite_database, tables.Escalation, key, ended_on=None)  # the judgement knows no such climb
    assert supervise(sqlite_database, at(OPENED)).opened == opened


def test_where_the_policy_says_so_a_coordinator_is_asked_instead(database: Database) -> None:
    built = office(database, auto_open_case=False)
    key = climbs(database, built)
    for _ in range(2):
        assert supervise(database, at(OPENED)).opened == 0
    with database.read() as session:
        (finding,) = runs.open_findings(session)
    assert (finding.code, finding.subject) == ("CASE_TO_OPEN", f"subtask:{built.subtasks['1.1']}")
    assert "duban case open 1.1" in finding.message
    change(database, tables.Escalation, key, ended_on=date(2024, 4, 2))
    supervise(database, at("2024-04-02T10:00"))
    with database.read() as session:
        assert runs.open_findings(session) == []


def test_a_case_opened_by_hand_settles_the_question(sqlite_database: Database) -> None:
    built = office(sqlite_database, auto_open_case=False)
    climbs(sqlite_database, built)
    supervise(sqlite_database, at(OPENED))
    open_case(sqlite_database, "1.1", at(OPENED), "督查室")
    supervise(sqlite_database, at(OPENED))
    with sqlite_database.read() as session:
        assert runs.open_findings(session) == []


def test_a_sub_task_without_lead_is_shown_and_the_others_get_their_cases(sqlite_database: Database) -> None:
    built = office(sqlite_database, Task("2.1", lead=""))
    climbs(sqlite_database, built, "2.1")
    climbs(sqlite_database, built, "1.1")
    assert supervise(sqlite_database, at(OPENED)).opened == 1
    with sqlite_database.read() as session:
        (finding,) = runs.open_findings(session)
    assert "没有牵头单位" in finding.message
