"""What the vendor says later of accepted messages: read, unread and climbing, refused and going another way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from db import receipts, runs, tables
from db.session import Database
from db.units import stored_id
from engine.policy import DEFAULT
from engine.unread import is_to_be_asked
from notifications.channel import Answer, Envelope, Receipt, Traits, Verdict
from notifications.dingtalk_work import DingTalkWork
from notifications.kinds import ChannelConfig, Network
from tests.channels import RememberingChannel
from tests.channels_contract.fake import Clock
from tests.vendors.dingtalk import DingTalkServer, WorkOffice
from tests.workflows.office_2024 import ZONE, Built, Task, at, build
from tests.workflows.routes import RememberingApp, give_ways, office_with, open_now
from workflows.collect_receipts import LAST, collect_receipts
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office, recipient_of
from workflows.sweep import sweep

UNIT, MAIL = "区民政局", "mz@example.org"
CHANNEL = "钉钉"
MORNING = "2024-03-26T09:30"  # three working days before the March report falls due


@pytest.fixture
def clock() -> Clock:
    return Clock(at(MORNING))


@pytest.fixture
def vendor(clock: Clock) -> Iterator[DingTalkServer]:
    with DingTalkServer(clock) as server:
        yield server


@pytest.fixture
def mail() -> RememberingChannel:
    return RememberingChannel()


@pytest.fixture
def office(vendor: DingTalkServer, clock: Clock, mail: RememberingChannel) -> Office:
    values = {"base_url": vendor.url, "app_key": WorkOffice.key, "agent_id": str(WorkOffice.agent)}
    config = ChannelConfig(CHANNEL, values, {"app_secret": WorkOffice.secret})
    work = DingTalkWork(config, Network(clock, hosts=(vendor.host,)))
    plain = office_with(mail)
    return replace(plain, channels={**plain.channels, CHANNEL: work})


@pytest.fixture
def built(database: Database) -> Built:
    return build(database, Task("1"), emails={UNIT: MAIL})


def at_moment(database: Database, office: Office, clock: Clock, moment: str) -> None:
    """Everything that the service does at that moment."""
    clock.now = at(moment)
    collect_receipts(database, office, clock.now)
    sweep(database, clock.now)
    compose(database, office, clock.now)
    deliver(database, office, clock.now)


def answers(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.Receipt).order_by(col(tables.Receipt.id)))
        return [(row.person, row.answer) for row in rows]


def messages(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.Message).order_by(col(tables.Message.id)))
        return [(row.channel, row.state, row.ended_reason) for row in rows]


def climbed(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.Reminder).where(tables.Reminder.rule == "unread"))
        return [(row.state, row.ended_reason) for row in rows]


def give_head(database: Database, unit: str, address: str) -> None:
    with database.write() as session:
        row = session.exec(select(tables.Unit).where(tables.Unit.name == unit)).one()
        post = tables.Post(unit_id=stored_id(row.id), kind="head")
        session.add(post)
        session.flush()
        session.add(tables.Contact(post_id=stored_id(post.id), title="局长", email=address))


def read_all(vendor: DingTalkServer, person: str = "liaison01") -> None:
    for task in vendor.work.tasks.values():
        task.read.add(person)


def test_who_has_read_is_on_record_once_and_is_asked_for_no_more(
    database: Database, built: Built, office: Office, vendor: DingTalkServer, clock: Clock
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "liaison01"))
    at_moment(database, office, clock, MORNING)
    at_moment(database, office, clock, "2024-03-26T09:59")
    assert answers(database) == [], "it is too early to ask"
    at_moment(database, office, clock, "2024-03-26T10:01")
    assert answers(database) == [("liaison01", "unread")]
    read_all(vendor)
    at_moment(database, office, clock, "2024-03-26T13:31")
    assert answers(database) == [("liaison01", "unread"), ("liaison01", "read")]
    asked = len(vendor.requests)
    at_moment(database, office, clock, "2024-03-27T08:31")
    assert len(vendor.requests) == asked


def test_what_lies_unread_is_told_to_the_head_the_next_morning(
    database: Database,
    built: Built,
    office: Office,
    vendor: DingTalkServer,
    clock: Clock,
    mail: RememberingChannel,
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "liaison01"))
    give_head(database, UNIT, "head@example.org")
    for moment in (MORNING, "2024-03-26T10:01", "2024-03-26T17:59", "2024-03-27T08:31"):
        at_moment(database, office, clock, moment)
    assert mail.sent == []
    at_moment(database, office, clock, "2024-03-27T09:31")
    (told,) = mail.sent
    assert told.to_address == "head@example.org"
    assert "3月26日发给贵单位联络员的提醒，过了8个工作小时仍未打开。" in told.text
    assert "超过规定的工作小时没有人打开" in told.text
    for moment in ("2024-03-28T09:31", "2024-04-02T09:31"):
        at_moment(database, office, clock, moment)
    assert [one.text.count("3月26日发给") for one in mail.sent] == [1] + [0] * (len(mail.sent) - 1)


def test_what_is_read_in_time_climbs_nowhere(
    database: Database,
    built: Built,
    office: Office,
    vendor: DingTalkServer,
    clock: Clock,
    mail: RememberingChannel,
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "liaison01"))
    give_head(database, UNIT, "head@example.org")
    at_moment(database, office, clock, MORNING)
    at_moment(database, office, clock, "2024-03-26T10:01")
    read_all(vendor)
    for moment in ("2024-03-27T08:31", "2024-03-27T09:31"):
        at_moment(database, office, clock, moment)
    assert mail.sent == []
    assert climbed(database) == []


def test_what_is_read_before_the_head_is_told_is_withdrawn(
    database: Database,
    built: Built,
    office: Office,
    clock: Clock,
    mail: RememberingChannel,
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "liaison01"))
    give_head(database, UNIT, "head@example.org")
    for moment in (MORNING, "2024-03-26T10:01", "2024-03-27T08:31"):
        at_moment(database, office, clock, moment)
    assert climbed(database) == [("pending", "")]
    with database.write() as session:
        assert receipts.add(session, 1, [("liaison01", "read", "")], clock.now) == 1
        assert receipts.add(session, 1, [("liaison01", "read", "")], clock.now) == 0
    at_moment(database, office, clock, "2024-03-27T09:31")
    assert climbed(database) == [("withdrawn", "read")]
    assert mail.sent == []


def test_what_did_not_arrive_after_all_goes_by_the_next_channel(
    database: Database, built: Built, office: Office, clock: Clock, mail: RememberingChannel
) -> None:
    contact = give_ways(database, built.posts[UNIT], (CHANNEL, "gone"), ("email", MAIL))
    at_moment(database, office, clock, MORNING)
    assert messages(database) == [(CHANNEL, "accepted", "")]
    at_moment(database, office, clock, "2024-03-26T10:01")
    assert answers(database) == [("gone", "refused")]
    assert messages(database) == [(CHANNEL, "superseded", "other_channel"), ("email", "accepted", "")]
    assert [one.to_address for one in mail.sent] == [MAIL]
    assert open_now(database) == [("CHANNEL_FALLBACK", f"contact:{contact}:{CHANNEL}")]
    with database.read() as session:
        states = session.exec(select(tables.Reminder.state)).all()
    assert list(states) == ["accepted"]


def test_without_another_channel_it_is_given_up_and_shown(
    database: Database, built: Built, office: Office, clock: Clock, mail: RememberingChannel
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "gone"))
    for moment in (MORNING, "2024-03-26T10:01", "2024-03-26T10:11"):
        at_moment(database, office, clock, moment)
    assert messages(database) == [(CHANNEL, "given_up", "recipient_refused")]
    assert [code for code, _ in open_now(database)] == ["MESSAGE_GIVEN_UP"]
    with database.read() as session:
        states = session.exec(select(tables.Reminder.state)).all()
    assert list(states) == ["given_up"]


NEXT_ROUNDS = ("2024-03-26T10:01", "2024-03-26T10:02", "2024-03-26T10:40", "2024-03-26T10:41")


@pytest.mark.parametrize("why", ["143105", "failed"])
def test_what_the_vendor_kept_back_once_is_owed_again_by_the_same_way(
    database: Database, built: Built, office: Office, vendor: DingTalkServer, clock: Clock, why: str
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "liaison01"))
    at_moment(database, office, clock, MORNING)
    for task in vendor.work.tasks.values():
        task.refused["liaison01"] = why
    for moment in NEXT_ROUNDS:
        at_moment(database, office, clock, moment)
    assert messages(database) == [(CHANNEL, "superseded", "not_delivered"), (CHANNEL, "accepted", "")]
    assert len(vendor.work.texts_to("liaison01")) == 1
    assert open_now(database) == []


@pytest.mark.parametrize("has_mail", [True, False])
def test_what_the_vendor_keeps_back_again_goes_by_the_next_way_or_is_shown_and_nobody_is_lost(
    database: Database, built: Built, office: Office, vendor: DingTalkServer, clock: Clock, has_mail: bool
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "liaison01"), *[("email", MAIL)] * has_mail)
    for moment in (MORNING, *NEXT_ROUNDS, "2024-03-26T13:31", "2024-03-26T13:32"):
        at_moment(database, office, clock, moment)
        for task in vendor.work.tasks.values():
            task.refused["liaison01"] = "143105"
    second = (CHANNEL, "superseded", "other_channel") if has_mail else (CHANNEL, "given_up", "not_delivered")
    by_mail = [("email", "accepted", "")] * has_mail
    assert messages(database) == [(CHANNEL, "superseded", "not_delivered"), second, *by_mail]
    shown = "CHANNEL_FALLBACK" if has_mail else "MESSAGE_GIVEN_UP"
    assert [code for code, _ in open_now(database)] == [shown]
    with database.read() as session:
        assert recipient_of(session, office, built.posts[UNIT]) is not None
        ways = session.exec(select(tables.ContactChannel)).all()
        left = [one.failed_code for one in sorted(ways, key=lambda one: one.rank)]
    assert left == (["not_delivered", ""] if has_mail else [""])


def test_of_several_people_those_who_got_nothing_are_shown(
    database: Database, built: Built, office: Office, clock: Clock
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "liaison01,gone"))
    at_moment(database, office, clock, MORNING)
    at_moment(database, office, clock, "2024-03-26T10:01")
    assert messages(database) == [(CHANNEL, "accepted", "")]
    assert [code for code, _ in open_now(database)] == ["RECEIPT_REFUSED"]


def test_a_vendor_that_is_away_is_left_until_it_answers(
    database: Database, built: Built, office: Office, vendor: DingTalkServer, clock: Clock
) -> None:
    give_ways(database, built.posts[UNIT], (CHANNEL, "liaison01"))
    at_moment(database, office, clock, MORNING)
    vendor.work.tasks.clear()
    clock.now = at("2024-03-26T10:01")
    assert collect_receipts(database, office, clock.now).answers == {"silent": 1}
    assert messages(database) == [(CHANNEL, "accepted", "")]


class Telling(RememberingApp):
    """An application that tells of each message who has read it, except of those in ``lost``."""

    traits = Traits(has_receipts=True)

    def __init__(self) -> None:
        super().__init__(CHANNEL)
        self.asked: list[str] = []
        self.lost: set[str] = set()

    def send(self, envelope: Envelope) -> Verdict:
        super().send(envelope)
        return Verdict.accepted(ticket=envelope.to_address)

    def receipts(self, ticket: str) -> tuple[Receipt, ...] | None:
        self.asked.append(ticket)
        return None if ticket in self.lost else (Receipt(ticket, Answer.UNREAD),)


@pytest.fixture
def told(database: Database) -> Telling:
    """Messages to eight units, accepted in the morning; of the oldest four nobody can say anything."""
    tasks = [Task(f"{number}", lead=f"单位{number}") for number in range(1, 9)]
    built = build(database, *tasks, emails={task.lead: MAIL for task in tasks})
    for number in range(1, 9):
        give_ways(database, built.posts[f"单位{number}"], (CHANNEL, f"t{number}"))
    app, moment = Telling(), at(MORNING)
    app.lost = {"t1", "t2", "t3", "t4"}
    sweep(database, moment)
    compose(database, office_with(RememberingChannel(), app), moment)
    deliver(database, office_with(RememberingChannel(), app), moment)
    assert len(app.sent) == 8
    return app


def test_messages_of_which_nobody_can_say_anything_do_not_keep_others_from_being_asked_about(
    database: Database, told: Telling
) -> None:
    office = office_with(RememberingChannel(), told)
    for minute in ("00", "10", "20"):
        collect_receipts(database, office, at(f"2024-03-26T10:{minute}"))
    assert told.asked == [f"t{number}" for number in range(1, 9)], "each once for its moment"
    told.asked.clear()
    for minute in ("30", "40", "50"):
        collect_receipts(database, office, at(f"2024-03-26T13:{minute}"))
    assert told.asked == [f"t{number}" for number in range(1, 9)]


def test_a_round_ends_where_those_who_were_left_have_answered_by_themselves(
    database: Database, told: Telling
) -> None:
    office = office_with(RememberingChannel(), told)
    collect_receipts(database, office, at("2024-03-26T10:00"))
    with database.write() as session:
        for key in range(4, 9):
            receipts.add(session, key, [(f"t{key}", "read", "")], at("2024-03-26T10:05"))
    collect_receipts(database, office, at("2024-03-26T10:10"))
    told.asked.clear()
    collect_receipts(database, office, at("2024-03-26T13:30"))
    assert told.asked == ["t1", "t2", "t3"]


def test_a_call_that_fails_outright_is_not_repeated_before_the_others_had_their_turn(
    database: Database, told: Telling
) -> None:
    office = office_with(RememberingChannel(), told)

    def broken() -> None:
        if told.asked == ["t1", "t2"]:
            raise OSError

    with pytest.raises(OSError):
        collect_receipts(database, office, at("2024-03-26T10:00"), pause=broken)
    collect_receipts(database, office, at("2024-03-26T10:10"))
    assert told.asked[:4] == ["t1", "t2", "t3", "t4"]


@pytest.mark.parametrize(("ahead", "number"), [(timedelta(days=1), 0), (timedelta(days=1, seconds=1), 3)])
def test_a_mark_of_a_clock_that_was_far_ahead_is_none(
    database: Database, told: Telling, ahead: timedelta, number: int
) -> None:
    now = at("2024-03-26T10:00")
    with database.write() as session:
        runs.mark(session, LAST + CHANNEL, (now + ahead).isoformat(), now + ahead)
    collect_receipts(database, office_with(RememberingChannel(), told), now)
    assert len(told.asked) == number


def test_an_office_without_such_channels_asks_nobody(database: Database, built: Built, clock: Clock) -> None:
    assert collect_receipts(database, office_with(RememberingChannel()), clock.now).answers == {}


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        ("03-26T09:30", "03-26T09:59", False),
        ("03-26T09:30", "03-26T10:00", True),
        ("03-26T10:00", "03-26T13:29", False),
        ("03-26T13:29", "03-26T13:30", True),
        ("03-26T13:30", "03-27T08:29", False),
        ("03-27T08:29", "03-27T08:30", True),
        ("04-04T08:30", "04-05T08:30", True),
        ("04-05T08:30", "04-30T08:30", False),  # ten days and no more
    ],
)
def test_people_are_asked_about_twice_and_then_once_a_day(last: str, now: str, is_due: bool) -> None:
    sent, before, moment = at(MORNING), at(f"2024-{last}"), at(f"2024-{now}")
    assert is_to_be_asked(DEFAULT, sent, before, moment, ZONE) == is_due
    assert not is_to_be_asked(replace(DEFAULT, receipt_days=0), sent, before, moment, ZONE)


def test_the_number_of_questions_about_one_message_is_bounded() -> None:
    sent, asked = at(MORNING), 0
    last: datetime = sent
    for _ in range(20 * 144):
        now = last + timedelta(minutes=10)
        asked += is_to_be_asked(DEFAULT, sent, last, now, ZONE)
        last = now
    assert asked == 2 + DEFAULT.receipt_days
