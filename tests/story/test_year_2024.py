"""From the issued document to mails in a real SMTP server: a virtual March to December of 2024.

Seven sub-tasks were worked out by hand before anything ran (hand_2024); an oracle that shares no rule with
the engine agrees with the hand on those and with the service on all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from notifications.email import EmailChannel, EmailSettings, Security
from tests import databases
from tests.oracle import SLOT, Story, Telling, digest_days, tell
from tests.oracle_days import is_working, last_of_month, offset
from tests.oracle_deeds import Reported
from tests.oracle_progress import expected, latest_figure
from tests.oracle_rules import Case
from tests.servers import MailServer, ReceivedMail
from tests.story.hand_2024 import SAID
from tests.story.living import TICKS, Key, keys_stored, live, sent, story_of, told
from tests.story.mails import Card, cards, day_of, text_of
from tests.story.year_2024 import FIRST, LAST, ON_PLAN, Year, open_year
from tests.workflows.office_2024 import mail_office

# The third working day after the last one of each month, on which its reports fall due.
EVALUATED = {offset(last_of_month(2024, month), 3): f"2024-{month:02d}" for month in range(3, 12)}


@dataclass
class Lived:
    """The year as it was told by the oracle, stored by the service and received by mail."""

    database: Database
    year: Year
    story: Story
    telling: Telling
    mails: list[ReceivedMail]
    sent: list[tables.Message]
    stored: Mapping[Key, tables.Reminder]

    @property
    def reminders(self) -> list[tables.Message]:
        return [message for message in self.sent if message.kind == "reminder"]

    @cached_property
    def mail_by_id(self) -> dict[str, ReceivedMail]:
        found = {str(one.message["Message-ID"]): one for one in self.mails}
        assert len(found) == len(self.mails)
        return found


@pytest.fixture(scope="module")
def lived(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("year")
    database = databases.sqlite_copy(sqlite_template, folder)
    year = open_year(database, folder)
    story = story_of(database, year.plan_id, year.deeds)
    telling = tell(story, FIRST, LAST)
    with MailServer() as server:
        settings = EmailSettings(host=server.host, port=server.port, security=Security.NONE)
        ticks = _ticks(story)
        live(database, mail_office(EmailChannel(settings)), (FIRST, LAST), year.deeds, ticks=ticks)
        stored = keys_stored(database)
        yield Lived(database, year, story, telling, server.messages, sent(database), stored)
    database.close()


def _ticks(story: Story) -> Callable[[date], Sequence[time]]:
    """The slot of every day; midnight before a report that comes earlier than that; the afternoon of digests
    and of evaluations."""
    early = {event.at.date() for event in story.events if event.at.time() < SLOT}
    digests = {*digest_days(story.plan, FIRST, LAST), *EVALUATED}
    midnight, slot, afternoon = TICKS

    def ticks(day: date) -> list[time]:
        return [*[midnight] * (day in early), slot, *[afternoon] * (day in digests)]

    return ticks


@pytest.mark.parametrize("number", SAID)
def test_the_oracle_agrees_with_the_hand(lived: Lived, number: str) -> None:
    found = [
        (item.rule, message.on, item.number, item.nominal_on)
        for message in lived.telling.messages
        for item in message.items
        if item.subtask == number
    ]
    assert sorted(found) == sorted((rule, day, times, day) for rule, day, times in SAID[number])


@pytest.mark.parametrize("number", SAID)
def test_the_mails_say_what_was_worked_out_by_hand(lived: Lived, number: str) -> None:
    found = [
        (card.rule, day_of(mail), card.number)
        for mail in lived.mails
        for card in cards(mail)
        if card.no == number
    ]
    assert sorted(found) == sorted(SAID[number])


def test_the_service_sends_what_the_oracle_tells_to_everybody_and_nothing_else(lived: Lived) -> None:
    assert len(lived.telling.messages) > 500
    assert {told(message) for message in lived.reminders} == set(lived.telling.messages)
    assert len(lived.reminders) == len(lived.telling.messages)


def test_every_obligation_that_the_oracle_tells_has_exactly_one_end(lived: Lived) -> None:
    stored = lived.stored
    assert set(stored) == set(lived.telling.keys)
    assert {key: row.nominal_on for key, row in stored.items()} == lived.telling.keys
    ends = {row.state for row in stored.values()}
    assert ends <= {"accepted", "withdrawn", "superseded"}
    assert all(row.ended_at for row in stored.values())
    assert all(row.ended_reason for row in stored.values() if row.state != "accepted")


def test_every_message_is_one_mail_to_its_recipient_on_its_day_within_the_window(lived: Lived) -> None:
    assert len(lived.mails) == len(lived.sent)
    for message in lived.sent:
        mail = lived.mail_by_id[message.rfc_message_id]
        unit = message.recipient.split()[0]
        assert mail.recipients == (lived.year.addresses[unit],)
        assert day_of(mail) == message.slot_on
        assert is_working(message.slot_on)


def test_every_lead_unit_and_the_coordinators_are_told_each_months_evaluation(lived: Lived) -> None:
    evaluations = [one for one in lived.sent if one.kind == "evaluation"]
    readers = {one.recipient for one in lived.sent if one.kind == "digest"}
    told_on = {(name, on, period) for name in readers for on, period in EVALUATED.items() if on <= LAST}
    assert {(one.recipient, one.slot_on, one.period) for one in evaluations} == told_on
    assert len(evaluations) == len(told_on)


def test_every_mail_names_its_tasks_with_number_and_figures(lived: Lived) -> None:
    titles = {one.no: one.title for one in lived.story.subtasks}
    for message in lived.reminders:
        mail = lived.mail_by_id[message.rfc_message_id]
        said = cards(mail)
        wanted = sorted((item.subtask, item.rule, item.number) for item in told(message).items)
        assert sorted((card.no, card.rule, card.number) for card in said) == wanted
        assert message.recipient in text_of(mail)
        for card in said:
            assert card.title == titles[card.no]
            _check_figures(lived, card, message)


def _check_figures(lived: Lived, card: Card, message: tables.Message) -> None:
    """Of tasks with one indicator: what is reported so far, and what the plan asks for by then."""
    subtask = next(one for one in lived.story.subtasks if one.no == card.no)
    if len(subtask.indicators) > 1:
        return
    (indicator,) = subtask.indicators
    seen = [
        event.what.report
        for event in lived.story.events
        if event.subtask_id == subtask.id
        and isinstance(event.what, Reported)
        and event.at < message.created_at
    ]
    known = latest_figure(seen, indicator.id)
    assert card.figure("已报") == (Decimal(int(known[0])) if known else None)
    by = message.slot_on
    if card.rule in ("report_due", "report_late"):
        anchor = next(
            key[2]
            for key, row in lived.stored.items()
            if row.message_id == message.id and row.subtask_id == subtask.id and row.rule == card.rule
        )
        by = last_of_month(*map(int, anchor.split("-")))
    asked = int(expected(Case(lived.story.plan, subtask), indicator, by))
    assert card.figure("按计划应达") == asked


@pytest.mark.parametrize("number", ON_PLAN)
def test_units_on_plan_hear_of_nothing_but_what_is_coming_up(lived: Lived, number: str) -> None:
    leads = {one.no: f"{lived.story.units[one.id][0]} 联络员" for one in lived.story.subtasks}
    heard = {item["rule"] for one in lived.reminders if one.recipient == leads[number] for item in one.items}
    assert heard == {"report_due", "deadline_due"}


def test_december_is_the_gap_fill_phase(lived: Lived) -> None:
    months = {(item["rule"], one.slot_on.month) for one in lived.reminders for item in one.items}
    assert {month for rule, month in months if rule == "gap_fill"} == {12}
    assert ("lagging", 12) not in months
    assert ("overdue", 12) not in months


def test_both_readings_of_the_deadline_were_offered(lived: Lived) -> None:
    with lived.database.read() as session:
        (batch,) = session.exec(select(tables.ImportBatch)).all()
    offered = [one["alternatives"] for one in batch.findings if one["code"] == "AMBIGUOUS_DEADLINE"]
    assert offered == [["2024-11-30", "2024-10-31"]]


def test_digests_reach_every_lead_unit_and_the_coordinators_at_the_end_of_each_week(lived: Lived) -> None:
    leads = {f"{name} 联络员" for names in lived.story.units.values() for name in names}
    everybody = leads | {*lived.story.coordinators}
    wanted = {(name, day) for name in everybody for day in digest_days(lived.story.plan, FIRST, LAST)}
    digests = [message for message in lived.sent if message.kind == "digest"]
    assert {(message.recipient, message.slot_on) for message in digests} == wanted
    assert (
        len(digests) == len(wanted) == 9 * 48
    )  # 44 weeks; 27.12 ends one of them, 25 26 30 31.12 come on top
    for message in digests:
        day, subject = message.slot_on, lived.mail_by_id[message.rfc_message_id].message["Subject"]
        is_daily = day >= date(2024, 12, 25) and day != date(2024, 12, 27)
        assert (f"（{day.month}月{day.day}日）" if is_daily else f"第{day.isocalendar().week}周") in subject


@pytest.mark.parametrize(
    ("week", "day"),
    [
        (9, "2024-03-01"),  # an ordinary Friday
        (14, "2024-04-07"),  # 清明: the make-up Sunday ends the week
        (17, "2024-04-28"),  # the make-up Sunday before 五一
        (18, "2024-04-30"),  # the week of 五一: a Tuesday
        (19, "2024-05-11"),  # a make-up Saturday
        (23, "2024-06-07"),
        (37, "2024-09-14"),  # the make-up Saturday before 中秋
        (39, "2024-09-29"),  # the make-up Sunday before 国庆
        (40, "2024-09-30"),  # the week of 国庆: a Monday
        (41, "2024-10-12"),
    ],
)
def test_the_digest_leaves_on_the_last_working_day_of_the_week(lived: Lived, week: int, day: str) -> None:
    found = {
        one.slot_on for one in lived.sent if one.kind == "digest" and one.slot_on.isocalendar().week == week
    }
    assert found == {date.fromisoformat(day)}


def test_nobody_gets_two_reminder_messages_on_one_day(lived: Lived) -> None:
    pairs: list[tuple[str, date]] = [(one.recipient, one.slot_on) for one in lived.reminders]
    assert len(pairs) == len(set(pairs))


def test_the_second_life_of_a_day_adds_nothing(lived: Lived) -> None:
    before = len(lived.mails)
    with MailServer() as server:
        settings = EmailSettings(host=server.host, port=server.port, security=Security.NONE)
        live(lived.database, mail_office(EmailChannel(settings)), (LAST, LAST), [])
        assert server.messages == []
    assert len(lived.mails) == before
