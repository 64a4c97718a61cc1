"""日历订阅: what stands in a unit's calendar, with ids that stay; addresses that open one unit's alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from db import tables
from db.session import Database
from engine.errors import DubanError
from tests.workflows.office_2024 import LINKS, Built, Task, at, build
from workflows.calendar_feed import FeedRefused, calendar_of, feed_address, new_feed, open_feed, revoke_feed
from workflows.open_case import open_case

NOW = at("2024-05-06T10:00")
DOMAIN = "duban.example.org"
TASKS = (
    Task("1.1", deadline=date(2024, 10, 31), milestones={date(2024, 6, 28): "40", date(2024, 9, 30): "封顶"}),
    Task("1.2", quotas={"甲街道": "60"}),
    Task("2.1", lead="区教育局", milestones={date(2024, 7, 31): "招标"}),
    Task("2.2", state="suspended"),
)


@pytest.fixture
def built(database: Database) -> Built:
    return build(database, *TASKS, emails={"区民政局": "mz@example.org"})


def _unit(database: Database, built: Built, name: str = "区民政局") -> int:
    with database.read() as session:
        return session.get_one(tables.Post, built.posts[name]).unit_id


def _calendar(database: Database, unit_id: int, now: datetime = NOW) -> Any:
    with database.read() as session:
        return Calendar.from_ical(calendar_of(session, unit_id, DOMAIN, now).content)


def _days(database: Database, unit_id: int, now: datetime = NOW) -> dict[str, tuple[date, str]]:
    """Day and title by the part of the id before the at sign."""
    return {
        str(event["uid"]).split("@")[0]: (event.decoded("dtstart"), str(event["summary"]))
        for event in _calendar(database, unit_id, now).walk("VEVENT")
    }


def test_a_unit_finds_its_deadlines_milestones_and_report_days(database: Database, built: Built) -> None:
    unit_id, first = _unit(database, built), built.subtasks["1.1"]
    days = _days(database, unit_id)
    with database.read() as session:
        marks = list(session.exec(select(tables.Milestone).order_by(col(tables.Milestone.due_on))))
    assert days[f"deadline-{first}"] == (date(2024, 10, 31), "期限：1.1 任务1.1")
    assert days[f"deadline-{built.subtasks['1.2']}"][0] == date(2024, 11, 30)  # the end of the phase
    assert days[f"milestone-{marks[0].id}"] == (date(2024, 6, 28), "节点：1.1 任务1.1（40台）")
    assert days[f"milestone-{marks[2].id}"] == (date(2024, 9, 30), "节点：1.1 任务1.1（封顶）")
    # 31 May is a Friday; 31 August a Saturday, so the report for August is due on Friday 30
    assert days[f"report-{unit_id}-2024-05"] == (date(2024, 5, 31), "报送5月进展（2项）")
    assert days[f"report-{unit_id}-2024-08"][0] == date(2024, 8, 30)


def test_nothing_of_another_unit_or_of_what_is_at_rest_is_in_it(database: Database, built: Built) -> None:
    text = str(_days(database, _unit(database, built)))
    assert "2.1" not in text
    assert "2.2" not in text
    other = [title for _, title in _days(database, _unit(database, built, "区教育局")).values()]
    assert [title for title in other if "任务" in title] == ["节点：2.1 任务2.1（招标）", "期限：2.1 任务2.1"]


def test_a_street_is_not_told_the_figures_of_the_whole(database: Database) -> None:
    built = build(
        database, Task("1", quotas={"甲街道": "60"}, milestones={date(2024, 6, 28): "40"}, quantity="100")
    )
    titles = {title for _, title in _days(database, _unit(database, built, "甲街道")).values()}
    assert "节点：1 任务1" in titles
    assert not any("40" in title for title in titles)


def test_a_case_that_waits_for_an_answer_is_in_it_until_it_is_answered(
    database: Database, built: Built
) -> None:
    unit_id = _unit(database, built)
    case = open_case(database, "1.1", NOW, "督查室")
    on, title = _days(database, unit_id)[f"case-{case.id}"]
    assert on == case.reply_due_on
    assert title == "答复督办单 督办〔2024〕1号"
    with database.write() as session:
        session.get_one(tables.SupervisionCase, case.id).state = "replied"
    assert f"case-{case.id}" not in _days(database, unit_id)


@pytest.mark.parametrize(("days", "is_there"), [(183, True), (184, False)])
def test_it_goes_back_half_a_year(database: Database, built: Built, days: int, is_there: bool) -> None:
    deadline = at("2024-10-31T12:00")
    found = _days(database, _unit(database, built), deadline + timedelta(days=days))
    assert (f"deadline-{built.subtasks['1.1']}" in found) is is_there


def test_every_entry_is_a_whole_day_without_an_alarm_and_the_calendar_says_when_to_come_back(
    database: Database, built: Built
) -> None:
    calendar = _calendar(database, _unit(database, built))
    assert str(calendar["x-wr-calname"]) == "督办 · 区民政局"
    assert calendar.decoded("refresh-interval") == timedelta(hours=12)
    assert calendar["refresh-interval"].params["VALUE"] == "DURATION"
    assert not calendar.walk("VALARM")
    events = calendar.walk("VEVENT")
    assert len({str(event["uid"]) for event in events}) == len(events) > 8
    for event in events:
        assert type(event.decoded("dtstart")) is date
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        assert event.decoded("dtstamp").tzinfo is not None


def test_the_same_days_are_the_same_bytes_and_a_change_raises_its_sequence_alone(
    database: Database, built: Built
) -> None:
    unit_id, key = _unit(database, built), built.subtasks["1.1"]
    with database.read() as session:
        before = calendar_of(session, unit_id, DOMAIN, NOW)
        assert calendar_of(session, unit_id, DOMAIN, NOW + timedelta(hours=5)) == before
    with database.write() as session:
        row = session.get_one(tables.SubTask, key)
        row.deadline, row.revision = date(2024, 11, 15), row.revision + 1
    with database.read() as session:
        assert calendar_of(session, unit_id, DOMAIN, NOW).tag != before.tag
    events = {str(event["uid"]): event for event in _calendar(database, unit_id).walk("VEVENT")}
    assert events[f"deadline-{key}@{DOMAIN}"]["sequence"] == 1
    assert events[f"deadline-{key}@{DOMAIN}"].decoded("dtstart") == date(2024, 11, 15)
    assert events[f"deadline-{built.subtasks['1.2']}@{DOMAIN}"]["sequence"] == 0


def test_what_people_wrote_stays_text(database: Database) -> None:
    nasty = "验收\r\nBEGIN:VALARM\n;,\\"
    built = build(database, Task("1", quantity=None, milestones={date(2024, 6, 28): nasty}))
    calendar = _calendar(database, _unit(database, built))
    assert not calendar.walk("VALARM")
    assert any("验收" in str(event["summary"]) for event in calendar.walk("VEVENT"))


def test_an_address_opens_the_calendar_of_its_unit_until_it_is_changed_or_revoked(
    database: Database, built: Built
) -> None:
    unit_id = _unit(database, built)
    first = new_feed(database, LINKS, unit_id, NOW, "区民政局")
    with database.read() as session:
        assert feed_address(session, LINKS, unit_id) == first
        assert open_feed(session, _token(first)) == unit_id
        assert feed_address(session, LINKS, _unit(database, built, "区教育局")) is None
    second = new_feed(database, LINKS, unit_id, NOW, "区民政局")
    assert second != first
    with database.read() as session:
        assert open_feed(session, _token(second)) == unit_id
        with pytest.raises(FeedRefused) as gone:
            open_feed(session, _token(first))
        assert gone.value.is_revoked
        with pytest.raises(FeedRefused) as unknown:
            open_feed(session, "A" * 43)
        assert not unknown.value.is_revoked
    assert revoke_feed(database, unit_id, NOW, "区民政局")
    assert not revoke_feed(database, unit_id, NOW, "区民政局")
    with database.read() as session:
        assert feed_address(session, LINKS, unit_id) is None
        events = [row.what for row in session.exec(select(tables.Event).order_by(col(tables.Event.id)))]
        assert events == ["calendar_new", "calendar_new", "calendar_revoked"]


def test_the_secret_is_nowhere_in_the_database(database: Database, built: Built) -> None:
    token = _token(new_feed(database, LINKS, _unit(database, built), NOW, "test"))
    with database.read() as session:
        row = session.exec(select(tables.CalendarFeed)).one()
        events = list(session.exec(select(tables.Event)))
    assert token not in f"{row} {events}"


@pytest.mark.parametrize(("has_links", "code"), [(False, "NO_LINKS"), (True, "NO_SUCH_UNIT")])
def test_what_cannot_be_made_is_refused(database: Database, has_links: bool, code: str) -> None:
    with pytest.raises(DubanError) as refused:
        new_feed(database, LINKS if has_links else None, 999, NOW, "test")
    assert refused.value.code == code


def _token(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".ics")
