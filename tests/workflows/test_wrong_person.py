"""发错人了: by an answer, to its end: nobody writes there, nothing is lost, a coordinator settles it."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import runs, tables
from db.session import Database
from db.ways import Way
from engine.errors import DubanError
from notifications.reply import Reply
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Built, Task, at, build
from tests.workflows.routes import RememberingRobot, give_robot, give_ways, office_with, open_now
from tests.workflows.test_main_flow import endings, messages, turn
from workflows.collect_replies import take_reply
from workflows.fall_back import mark_failed
from workflows.office import Office, recipient_of
from workflows.wrong_person import confirm_contact, dispute, holder_meant, retry_unit

UNIT, MAIL = "区民政局", "mz@example.org"
MORNING, NOON, NEXT = "2024-03-26T09:30", at("2024-03-26T12:00"), "2024-03-29T09:30"


@pytest.fixture
def mail() -> RememberingChannel:
    return RememberingChannel()


@pytest.fixture
def office(mail: RememberingChannel) -> Office:
    return office_with(mail, RememberingRobot("民政局群"))


@pytest.fixture
def built(database: Database, office: Office) -> Built:
    """A unit has been reminded of two tasks."""
    built = build(database, Task("1"), Task("2", unit="户"), emails={UNIT: MAIL}, coordinator=None)
    turn(database, office, MORNING)
    return built


def answer(database: Database, office: Office, text: str, sender: str = MAIL, number: int = 1) -> str:
    reminder = messages(database)[0].rfc_message_id
    reply = Reply(f"<{number}@example.org>", sender, "Re:", (reminder,), text, automatic=False)
    return take_reply(database, office, reply, NOON)


def counted(database: Database, table: type[tables.ProgressReport] | type[tables.Event]) -> int:
    with database.read() as session:
        return len(session.exec(select(table)).all())


def reached(database: Database, office: Office, built: Built) -> str | None:
    with database.read() as session:
        found = recipient_of(session, office, built.posts[UNIT])
    return found.channel if found else None


@pytest.mark.parametrize(
    ("text", "is_disputed", "reports", "confirmed"),
    [
        ("发错人了，请联系李四", True, 0, False),
        ("I am no longer the liaison.", True, 0, False),
        ("发错了", True, 0, False),
        ("1 完成26台\n另外，我不是联络员了，以后请发给李四。", True, 1, False),  # figures count all the same
        ("发错了\n1 完成26台", False, 1, True),  # a slip of their own
        ("1 完成26台", False, 1, True),
        ("没有发错人\n1 完成26台", False, 1, True),
        ("收到", False, 0, False),
    ],
)
def test_an_answer_from_the_registered_address_can_say_so(
    database: Database,
    office: Office,
    built: Built,
    text: str,
    is_disputed: bool,
    reports: int,
    confirmed: bool,
) -> None:
    answer(database, office, text)
    assert [code for code, _ in open_now(database)] == ["WRONG_PERSON"] * is_disputed
    assert reached(database, office, built) == (None if is_disputed else "email")
    assert counted(database, tables.ProgressReport) == reports
    assert [one.kind for one in messages(database)].count("confirmation") == confirmed
    with database.read() as session:
        said = [(row.what, row.who) for row in session.exec(select(tables.Event))]
    assert (("wrong_person", MAIL) in said) == is_disputed


def test_a_stranger_cannot_say_so_and_a_repeat_adds_nothing(
    database: Database, office: Office, built: Built
) -> None:
    assert answer(database, office, "发错人了", sender="stranger@example.org") == "refused"
    assert reached(database, office, built) == "email"
    assert answer(database, office, "发错人了", number=2) == "stored"
    before = counted(database, tables.Event)
    assert answer(database, office, "发错人了", number=3) == "stored"
    assert (counted(database, tables.Event), len(open_now(database))) == (before, 2)


def test_what_is_owed_waits_until_a_coordinator_confirms(
    database: Database, office: Office, mail: RememberingChannel, built: Built
) -> None:
    answer(database, office, "发错人了")
    sent = len(mail.sent)
    turn(database, office, NEXT)
    assert len(mail.sent) == sent
    assert ("report_due", "pending", "") in endings(database)
    assert [code for code, _ in open_now(database)] == ["WRONG_PERSON", "NO_CONTACT"]
    assert confirm_contact(database, UNIT, "联络员", at(NEXT), "tester") == 1
    turn(database, office, NEXT)
    assert [one.to_address for one in mail.sent[sent:]] == [MAIL]
    assert open_now(database) == []
    assert "pending" not in {state for _, state, _ in endings(database)}


def test_meanwhile_the_group_is_told(
    database: Database, office: Office, mail: RememberingChannel, built: Built
) -> None:
    give_robot(database, UNIT, "民政局群")
    answer(database, office, "发错人了")
    turn(database, office, NEXT)
    last = messages(database)[-1]
    assert (last.channel, last.contact_id, last.state) == ("民政局群", None, "accepted")


@pytest.mark.parametrize(
    ("unit", "post", "code"),
    [
        (UNIT, "联络员", "NOT_DISPUTED"),
        (UNIT, "局长", "NO_SUCH_POST"),
        ("区体育局", "联络员", "NO_SUCH_UNIT"),
    ],
)
def test_there_must_be_something_to_confirm(
    database: Database, built: Built, unit: str, post: str, code: str
) -> None:
    with pytest.raises(DubanError) as refused:
        confirm_contact(database, unit, post, NOON, "tester")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("sender", "message", "meant"),
    [
        ("second@example.org", True, "second@example.org"),  # who writes means themselves
        ("SECOND@example.org", False, "second@example.org"),
        ("", True, MAIL),  # by link: whom its message went to
        ("", False, "second@example.org"),  # a link that a coordinator handed over: who came last
    ],
)
def test_whom_it_is_about(database: Database, built: Built, sender: str, message: bool, meant: str) -> None:
    with database.write() as session:
        session.add(tables.Contact(post_id=built.posts[UNIT], email="second@example.org"))
    with database.read() as session:
        number = messages(database)[0].id if message else None
        found = holder_meant(session, built.posts[UNIT], number, sender)
        assert found is not None
        assert found.email == meant


def test_whoever_has_left_is_no_longer_disputed(database: Database, built: Built) -> None:
    with database.write() as session:
        contact = session.exec(select(tables.Contact)).one()
        contact.ended_at = NOON
        session.add(contact)
        assert not dispute(session, contact, MAIL, "邮件回复", NOON)
    with database.read() as session:
        assert holder_meant(session, built.posts[UNIT], messages(database)[0].id) is None


def test_a_unit_is_tried_again_on_record(database: Database, office: Office, built: Built) -> None:
    contact = give_ways(database, built.posts[UNIT], ("民政局群", ""), ("email", MAIL))
    with database.write() as session:
        assert mark_failed(session, office, contact, Way("民政局群"), "revoked", NOON)
    assert retry_unit(database, UNIT, NOON, "tester") == 1
    assert reached(database, office, built) == "民政局群"
    assert retry_unit(database, UNIT, NOON, "tester") == 0
    with database.read() as session:
        assert [row.what for row in session.exec(select(tables.Event))] == ["retry_contacts"]
        assert runs.open_findings(session) == []
