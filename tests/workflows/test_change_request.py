"""Change requests: asked for, previewed, decided once; rows, state, standing and reminders in one transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import col, select

from db import tables
from db.changes import first_deadlines
from db.session import Database
from engine.errors import DubanError
from tests.workflows.drafts import row_counts
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.change_request import (
    Asked,
    approve_change,
    refuse_change,
    request_change,
    withdraw_change,
)
from workflows.preview_change import Effect, approve, preview_approval, preview_request
from workflows.report_progress import Filing, report_progress
from workflows.set_milestones import plan_change, set_milestones
from workflows.sweep import sweep

NOW = "2024-11-22T10:00"  # five working days before 30 November
NEW = date(2024, 12, 20)
ROUNDS = 6
KNOWN = ("deadline_due", "report_due", "report_late")


def extension(subtask: str = "1", **other: Any) -> Asked:
    return replace(Asked(subtask, "extension", "供货推迟", "示政函〔2024〕8号", deadline=NEW), **other)


def asked(database: Database, wish: Asked, moment: str = NOW) -> int:
    return request_change(database, wish, at(moment), "区民政局").id


def code_of(action: Any) -> tuple[str, str]:
    with pytest.raises(DubanError) as caught:
        action()
    return caught.value.code, caught.value.message


def subtask(database: Database, no: str = "1") -> tables.SubTask:
    with database.read() as session:
        return session.exec(select(tables.SubTask).where(tables.SubTask.no == no)).one()


def request(database: Database, key: int) -> tables.ChangeRequest:
    with database.read() as session:
        return session.get_one(tables.ChangeRequest, key)


def events(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.Event).order_by(col(tables.Event.id)))
        return [(row.what, row.who, row.reason) for row in rows if row.what.startswith("change_")]


def running(database: Database, *, moment: str = "2024-10-31T10:00", figure: str = "90台") -> Built:
    """One sub-task that has reported for October, swept on the morning of 22 November."""
    built = build(database, Task("1"))
    report_progress(database, Filing("1", "2024-10", [figure]), at(moment), "区民政局")
    sweep(database, at("2024-11-22T06:00"))
    return built


def known(effect: Effect) -> list[tuple[str, date, bool]]:
    return [(one.rule, one.on, one.waits) for one in effect.coming if one.rule in KNOWN]


def test_a_request_changes_nothing_but_waits(database: Database) -> None:
    running(database)
    key = asked(database, extension())
    row = request(database, key)
    assert (row.state, row.effective_on, row.proposed) == (
        "requested",
        date(2024, 11, 22),
        {"deadline": "2024-12-20"},
    )
    assert row.previous == {
        "revision": 1,
        "state": "in_progress",
        "deadline": None,
        "due_on": "2024-11-30",
    }
    assert (subtask(database).deadline, subtask(database).revision) == (None, 1)
    assert events(database) == [("change_requested", "区民政局", "供货推迟")]


def test_an_approved_extension_moves_the_deadline_and_keeps_the_first_on_record(database: Database) -> None:
    running(database)
    key = asked(database, extension())
    approve_change(database, key, at(NOW), "区政府办公室", "同意")
    row = subtask(database)
    assert (row.deadline, row.revision, row.state) == (NEW, 2, "in_progress")
    decided = request(database, key)
    assert (decided.state, decided.decided_by, decided.decision_reason) == (
        "approved",
        "区政府办公室",
        "同意",
    )
    assert decided.previous["due_on"] == "2024-11-30"
    assert events(database)[1:] == [("change_approved", "区政府办公室", "同意")]
    second = asked(database, extension(deadline=date(2024, 12, 27)), "2024-12-02T10:00")
    approve_change(database, second, at("2024-12-02T10:00"), "区政府办公室")
    with database.read() as session:
        assert first_deadlines(session, [row.id or 0]) == {row.id: date(2024, 11, 30)}


def test_an_extension_tells_which_reminders_end_and_which_come(database: Database) -> None:
    """20 December −20 working days is 22 November: that step waits at once; −10, −5, −1, 0 follow.

    November's report falls due on the 29th, is announced three days before and late from 2 December.
    """
    running(database)
    key = asked(database, extension())
    before = row_counts(database)
    rehearsed = preview_approval(database, key, at(NOW))
    assert row_counts(database) == before
    effect = approve(database, key, at(NOW), "区政府办公室")
    assert [(one.rule, one.nominal_on, one.to, one.reason) for one in effect.ended] == [
        ("deadline_due", date(2024, 11, 22), "区民政局", "date_moved")
    ]
    december = [date(2024, 12, day) for day in (2, 4, 6, 10, 12, 16, 18, 20)]
    assert sorted(known(effect)) == sorted(
        [
            ("deadline_due", date(2024, 11, 22), True),
            *(("deadline_due", date(2024, 12, day), False) for day in (6, 13, 19, 20)),
            ("report_due", date(2024, 11, 26), False),
            ("report_due", date(2024, 11, 29), False),
            *(("report_late", day, False) for day in december),
        ]
    )
    assert effect.told.lines == ("完成时限：2024-11-30 → 2024-12-20",)
    assert (rehearsed.ended, rehearsed.coming, rehearsed.light) == (effect.ended, effect.coming, effect.light)


def test_what_would_be_asked_for_can_be_previewed_before_it_is_stored(database: Database) -> None:
    running(database)
    before = row_counts(database)
    effect = preview_request(database, extension(), at(NOW), "区民政局")
    assert row_counts(database) == before
    assert ("deadline_due", date(2024, 12, 20), False) in known(effect)


def test_a_suspension_ends_all_reminders_and_a_resumption_brings_back_the_state(database: Database) -> None:
    running(database)
    stop = Asked("1", "suspension", "按上级要求暂停", "示疫指〔2024〕2号", effective_on=date(2024, 11, 20))
    effect = approve(database, asked(database, stop), at(NOW), "区政府办公室")
    assert {one.reason for one in effect.ended} == {"suspended"}
    assert (effect.coming, effect.light, subtask(database).state) == ((), "grey", "suspended")
    back = Asked("1", "resumption", "上级同意恢复", "示疫指〔2024〕5号")
    needs = code_of(lambda: asked(database, back, "2024-12-09T10:00"))
    assert needs[0] == "BAD_CHANGE"
    assert "2024-11-30 落在暂停期间" in needs[1]
    key = asked(database, replace(back, deadline=date(2024, 12, 27)), "2024-12-09T10:00")
    resumed = approve(database, key, at("2024-12-09T10:00"), "区政府办公室")
    row = subtask(database)
    assert (row.state, row.deadline) == ("in_progress", date(2024, 12, 27))
    assert ("deadline_due", date(2024, 12, 13), False) in known(resumed)
    assert request(database, key).previous["state"] == "suspended"


def test_a_resumption_names_unmet_milestones_that_fell_inside(database: Database) -> None:
    milestones = {date(2024, 5, 31): "30", date(2024, 6, 28): "50", date(2024, 9, 30): "80"}
    build(database, Task("1", milestones=milestones))
    stop = Asked("1", "suspension", "暂停", "示函〔2024〕1号")
    approve_change(database, asked(database, stop, "2024-06-03T10:00"), at("2024-06-03T10:00"), "区政府办")
    back = Asked("1", "resumption", "恢复", "示函〔2024〕2号")
    told = request_change(database, back, at("2024-09-02T10:00"), "区民政局")
    assert [doubt[:13] for doubt in told.doubts] == ["节点 2024-06-28"]


def test_an_adjustment_names_shares_milestones_and_figures_that_no_longer_fit(database: Database) -> None:
    built = build(database, Task("1", milestones={date(2024, 9, 30): "90"}))
    with database.write() as session:
        indicator = session.exec(select(tables.Indicator)).one()
        unit = session.exec(select(tables.Unit).where(tables.Unit.name == "区民政局")).one()
        session.add(
            tables.Quota(indicator_id=indicator.id or 0, unit_id=unit.id or 0, quantity=indicator.quantity)
        )
    report_progress(database, Filing("1", "2024-03", ["80台"]), at("2024-03-29T10:00"), "区民政局")
    wish = Asked("1", "adjustment", "点位减少", "示函〔2024〕3号", figures=["80台"])
    key = asked(database, wish, "2024-04-01T10:00")
    told = approve_change(database, key, at("2024-04-01T10:00"), "区政府办")
    assert told.lines == ("“设备”：100台 → 80台",)
    assert [
        word
        for doubt in told.doubts
        for word in ("合计是 100台", "节点 2024-09-30", "已填报 80台")
        if word in doubt
    ] == [
        "合计是 100台",
        "节点 2024-09-30",
        "已填报 80台",
    ]
    assert subtask(database).state == "completion_claimed"
    with database.read() as session:
        row = session.exec(select(tables.Indicator)).one()
        assert (row.quantity, row.revision) == (80, 2)
    assert request(database, key).previous["quantities"] == {str(row.id): "100"}
    assert built.plan_id


def test_a_raised_target_takes_back_a_claim_of_completion(database: Database) -> None:
    build(database, Task("1"))
    report_progress(database, Filing("1", "2024-03", ["100台"]), at("2024-03-29T10:00"), "区民政局")
    assert subtask(database).state == "completion_claimed"
    wish = Asked("1", "adjustment", "追加", "示函〔2024〕4号", figures=["120台"])
    approve_change(database, asked(database, wish, "2024-04-01T10:00"), at("2024-04-01T10:00"), "区政府办")
    assert subtask(database).state == "in_progress"


def test_a_termination_is_final(database: Database) -> None:
    running(database)
    wish = Asked("1", "termination", "项目取消", "示函〔2024〕6号")
    effect = approve(database, asked(database, wish), at(NOW), "区政府办")
    row = subtask(database)
    assert (row.state, row.next_check_on, effect.coming) == ("terminated", None, ())
    assert {one.reason for one in effect.ended} == {"terminated"}
    assert code_of(lambda: asked(database, replace(wish, kind="resumption")))[0] == "BAD_CHANGE"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (extension(reason=" "), "NO_REASON"),
        (extension(document=""), "NO_DOCUMENT"),
        (extension(kind="delay"), "BAD_CHANGE"),
        (extension(deadline=None), "BAD_CHANGE"),
        (extension(subtask="9"), "NO_SUCH_SUBTASK"),
        (replace(extension(), kind="adjustment", deadline=None, figures=["80套"]), "UNKNOWN_FIGURE"),
    ],
)
def test_a_request_that_lacks_something_is_refused_and_not_stored(
    database: Database, wish: Asked, code: str
) -> None:
    running(database)
    assert code_of(lambda: asked(database, wish))[0] == code
    with database.read() as session:
        assert session.exec(select(tables.ChangeRequest)).all() == []


def test_two_open_requests_of_one_kind_are_refused_of_two_kinds_not(database: Database) -> None:
    running(database)
    key = asked(database, extension())
    assert code_of(lambda: asked(database, extension()))[0] == "CHANGE_OPEN"
    asked(database, Asked("1", "suspension", "暂停", "示函〔2024〕1号"))
    withdraw_change(database, key, at(NOW), "区民政局")
    asked(database, extension())


def test_a_request_is_decided_once_and_the_second_is_told_by_whom(database: Database) -> None:
    running(database)
    key = asked(database, extension())
    refuse_change(database, key, at(NOW), "区政府办", "工期足够")
    for action in (
        lambda: approve_change(database, key, at(NOW), "区政府办"),
        lambda: refuse_change(database, key, at(NOW), "乙岗", "不同意"),
        lambda: withdraw_change(database, key, at(NOW), "区民政局"),
    ):
        code, message = code_of(action)
        assert (code, "区政府办 于 2024-11-22 未批准，意见：工期足够" in message) == ("CHANGE_DECIDED", True)
    assert subtask(database).deadline is None


@pytest.mark.parametrize(("effective_on", "ahead"), [(date(2024, 11, 22), False), (date(2024, 11, 23), True)])
def test_nothing_is_approved_before_its_day(database: Database, effective_on: date, ahead: bool) -> None:
    running(database)
    key = asked(database, extension(effective_on=effective_on))
    if ahead:
        assert code_of(lambda: approve_change(database, key, at(NOW), "区政府办"))[0] == "CHANGE_AHEAD"
    else:
        approve_change(database, key, at(NOW), "区政府办")
    assert (subtask(database).deadline is None) is ahead


def test_a_request_whose_sub_task_has_changed_since_is_not_approved(database: Database) -> None:
    running(database)
    key = asked(database, extension())
    with database.read() as session:
        change = plan_change(session, "1", ["2024-11=95台"])
    set_milestones(database, change, at(NOW), "督查室")
    code, message = code_of(lambda: approve_change(database, key, at(NOW), "区政府办"))
    assert (code, "版本当时是 1，现在是 2" in message) == ("CHANGE_STALE", True)
    assert (request(database, key).state, subtask(database).deadline) == ("requested", None)


@pytest.mark.parametrize("nobody", ["", "  "])
def test_an_approval_names_its_approver_and_a_refusal_its_reason(database: Database, nobody: str) -> None:
    running(database)
    key = asked(database, extension())
    assert code_of(lambda: approve_change(database, key, at(NOW), nobody))[0] == "NO_APPROVER"
    assert code_of(lambda: refuse_change(database, key, at(NOW), "区政府办", nobody))[0] == "NO_REASON"
    assert code_of(lambda: approve_change(database, 99, at(NOW), "区政府办"))[0] == "NO_SUCH_CHANGE"


def test_a_unit_takes_back_only_its_own_requests(database: Database) -> None:
    running(database)
    with database.read() as session:
        unit_id = session.exec(select(tables.Unit.id).where(tables.Unit.name == "区民政局")).one()
    assert unit_id is not None
    key = asked(database, extension(unit_id=unit_id))
    other = code_of(lambda: withdraw_change(database, key, at(NOW), "别的单位", unit_id=unit_id + 1))
    assert other[0] == "NO_SUCH_CHANGE"
    assert withdraw_change(database, key, at(NOW), "区民政局", unit_id=unit_id).state == "withdrawn"


def test_of_two_who_approve_at_once_the_second_is_told(postgres_database: Database) -> None:
    build(postgres_database, *[Task(str(number)) for number in range(ROUNDS)])
    other = Database(postgres_database.url)
    for number in range(ROUNDS):
        key, barrier = asked(postgres_database, extension(str(number))), Barrier(2)

        def approving(database: Database, who: str, key: int = key, barrier: Barrier = barrier) -> str:
            barrier.wait()
            try:
                approve_change(database, key, at(NOW), who)
            except DubanError as error:
                return error.code
            return "stored"

        with ThreadPoolExecutor(2) as pool:
            ends = [pool.submit(approving, postgres_database, "甲"), pool.submit(approving, other, "乙")]
        assert sorted(end.result() for end in ends) == ["CHANGE_DECIDED", "stored"]
        assert subtask(postgres_database, str(number)).revision == 2
    assert [event[0] for event in events(postgres_database)].count("change_approved") == ROUNDS
    other.close()
