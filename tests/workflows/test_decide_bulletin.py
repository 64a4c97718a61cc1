"""Bulletins that wait for a coordinator: approved, withdrawn, held for one unit, or replaced by the next week's."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from db import bulletins, runs, tables
from db.session import Database
from engine.errors import DubanError
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Task, at, build
from tests.workflows.test_main_flow import EMAILS, messages, turn
from tests.workflows.test_promises_sending import findings
from workflows.decide_bulletin import approve, hold, withdraw
from workflows.deliver import deliver
from workflows.office import Office
from workflows.send_digest import send_digest
from workflows.simulate import rehearse
from workflows.status import status_of

FRIDAY, NEXT = "2024-03-29T15:00", "2024-04-07T15:00"  # 7 April is a make-up Sunday
HELD = {"digest_hold": True}


@pytest.fixture
def held(database: Database, office: Office) -> Database:
    """Two units' digests of the week of 29 March wait, the coordinators' own has left."""
    build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS, policy=HELD)
    turn(database, office, "2024-03-01T07:00")
    send_digest(database, office, at(FRIDAY))
    deliver(database, office, at("2024-03-29T15:30"))
    return database


def digests(database: Database) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in messages(database):
        if one.kind == "digest":
            found.setdefault(one.recipient.split()[0], []).append((one.state, one.ended_reason))
    return found


def states(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return sorted((row.period, row.state) for row in session.exec(select(tables.Bulletin)))


def told(database: Database) -> list[str]:
    """What was decided, by whom, why."""
    with database.read() as session:
        events = session.exec(select(tables.Event).order_by(col(tables.Event.id)))
        return [f"{row.what} {row.who} {row.reason}".strip() for row in events]


def test_a_held_digest_is_sent_to_nobody_but_the_coordinators_who_are_told_so(
    held: Database, channel: RememberingChannel
) -> None:
    assert digests(held) == {
        "区民政局": [("held", "")],
        "区教育局": [("held", "")],
        "督查室": [("accepted", "")],
    }
    assert states(held) == [("2024-W13", "held")]
    assert ("DIGEST_HELD", "bulletin:1") in findings(held)
    (sent,) = [one for one in channel.sent if "周报" in one.subject]
    assert sent.to_address == "duty@example.org"
    assert "2 封消息待批准" in sent.text
    with held.read() as session:
        assert status_of(session).messages["held"] == 2


def test_reminders_are_never_held(database: Database, office: Office, channel: RememberingChannel) -> None:
    build(database, Task("1"), emails=EMAILS, policy=HELD)
    turn(database, office, "2024-03-26T09:30")
    assert [one.to_address for one in channel.sent] == [EMAILS["区民政局"]]


def test_what_is_approved_leaves_unchanged_and_the_finding_is_settled(
    held: Database, office: Office, channel: RememberingChannel
) -> None:
    frozen = {one.recipient: one.text for one in messages(held)}
    done = approve(held, 1, at("2024-03-29T16:00"), "督查室")
    assert (done.messages, done.leaves_at) == (2, at("2024-03-29T16:00"))
    deliver(held, office, at("2024-03-29T16:00"))
    assert digests(held) == {key: [("accepted", "")] for key in ["区民政局", "区教育局", "督查室"]}
    assert {one.recipient: one.text for one in messages(held)} == frozen
    assert states(held) == [("2024-W13", "published")]
    assert findings(held) == []
    assert told(held)[-1] == "bulletin_approve 督查室"


@pytest.mark.parametrize(
    ("approved", "leaves"),
    [
        ("2024-03-29T17:59", "2024-03-29T17:59"),
        ("2024-03-29T18:00", "2024-04-01T08:30"),
        ("2024-03-30T11:00", "2024-04-01T08:30"),
    ],
)
def test_what_is_approved_late_waits_for_the_window(
    held: Database, office: Office, approved: str, leaves: str
) -> None:
    assert approve(held, 1, at(approved), "督查室").leaves_at == at(leaves)
    deliver(held, office, at(approved))
    assert (digests(held)["区民政局"] == [("accepted", "")]) is (approved == leaves)
    deliver(held, office, at(leaves))
    assert digests(held)["区民政局"] == [("accepted", "")]


def test_what_is_withdrawn_is_never_sent_and_the_reason_is_on_record(
    held: Database, office: Office, channel: RememberingChannel
) -> None:
    sent = len(channel.sent)
    assert withdraw(held, 1, at("2024-03-29T16:00"), "督查室", "数据有误").messages == 2
    deliver(held, office, at("2024-04-01T09:00"))
    assert len(channel.sent) == sent
    assert digests(held)["区民政局"] == [("withdrawn", "bulletin_withdrawn")]
    assert states(held) == [("2024-W13", "withdrawn")]
    assert findings(held) == []
    assert told(held)[-1] == "bulletin_withdraw 督查室 数据有误"


def test_the_next_weeks_digest_replaces_one_that_nobody_approved(held: Database, office: Office) -> None:
    send_digest(held, office, at(NEXT))
    assert digests(held)["区民政局"] == [("superseded", "replaced_by_newer_digest"), ("held", "")]
    assert states(held) == [("2024-W13", "superseded"), ("2024-W14", "held")]
    assert findings(held) == [("DIGEST_HELD", "bulletin:2")]


def test_ranks_and_changes_are_told_against_the_last_bulletin_that_was_published(
    held: Database, office: Office
) -> None:
    send_digest(held, office, at(NEXT))
    approve(held, 2, at("2024-04-07T15:01"), "督查室")
    send_digest(held, office, at("2024-04-12T15:00"))
    with held.read() as session:
        firsts = [row.content["is_first"] for row in reversed(bulletins.listed(session))]
    assert firsts == [True, True, False]


def test_one_units_message_stays_when_the_rest_is_approved_and_leaves_when_it_is_named(
    held: Database, office: Office
) -> None:
    hold(held, 1, at("2024-03-29T15:40"), "督查室", "核对数字", unit="区教育局")
    assert approve(held, 1, at("2024-03-29T16:00"), "督查室").messages == 1
    deliver(held, office, at("2024-03-29T16:00"))
    assert digests(held)["区民政局"] == [("accepted", "")]
    assert digests(held)["区教育局"] == [("held", "held_apart")]
    assert ("DIGEST_HELD", "bulletin:1") in findings(held)
    approve(held, 1, at("2024-03-29T16:10"), "督查室", unit="区教育局")
    deliver(held, office, at("2024-03-29T16:10"))
    assert digests(held)["区教育局"] == [("accepted", "")]
    assert findings(held) == []


def test_a_message_held_apart_is_replaced_by_the_next_week_too(held: Database, office: Office) -> None:
    hold(held, 1, at("2024-03-29T15:40"), "督查室", unit="区教育局")
    approve(held, 1, at("2024-03-29T16:00"), "督查室")
    deliver(held, office, at("2024-03-29T16:00"))
    send_digest(held, office, at(NEXT))
    assert digests(held)["区教育局"] == [("superseded", "replaced_by_newer_digest"), ("held", "")]
    assert states(held) == [("2024-W13", "published"), ("2024-W14", "held")]
    assert findings(held) == [("DIGEST_HELD", "bulletin:2")]


def test_an_automatic_digest_can_be_held_until_it_has_left(database: Database, office: Office) -> None:
    build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS)
    turn(database, office, "2024-03-01T07:00")
    send_digest(database, office, at(FRIDAY))
    assert hold(database, 1, at(FRIDAY), "督查室").messages == 3
    deliver(database, office, at("2024-03-29T15:30"))
    assert {state for state, _ in digests(database)["区民政局"]} == {"held"}
    approve(database, 1, at("2024-03-29T16:00"), "督查室")
    deliver(database, office, at("2024-03-29T16:00"))
    assert refused(hold, database, 1, at("2024-03-29T16:30"), "督查室") == "NOTHING_HELD"


def test_a_bulletin_is_decided_once(held: Database) -> None:
    now = at("2024-03-29T16:00")
    assert refused(approve, held, 9, now, "督查室") == "NO_SUCH_BULLETIN"
    assert refused(withdraw, held, 1, now, "督查室", " ") == "NO_REASON"
    assert refused(approve, held, 1, now, "督查室", unit="无此单位") == "NO_SUCH_UNIT"
    assert refused(approve, held, 1, now, "督查室", unit="区教育局") == "BULLETIN_HELD"
    approve(held, 1, now, "督查室")
    assert refused(approve, held, 1, now, "督查室") == "BULLETIN_DECIDED"
    assert refused(withdraw, held, 1, now, "督查室", "迟了") == "BULLETIN_DECIDED"
    assert refused(approve, held, 1, now, "督查室", unit="区教育局") == "NOTHING_HELD"
    assert [one.split()[0] for one in told(held)] == ["bulletin_approve"], "nothing else was stored"


def test_a_rehearsal_says_which_messages_would_wait_for_approval(database: Database, office: Office) -> None:
    build(database, Task("1"), emails=EMAILS, policy=HELD)
    zone = at(FRIDAY).tzinfo
    lines = rehearse(database, office, at(FRIDAY).date(), at(FRIDAY).date(), zone=zone)  # type: ignore[arg-type]
    shown = {(line["kind"], line["recipient"].split()[0]): line.get("held", False) for line in lines}
    assert shown[("digest", "区民政局")] is True
    assert shown[("digest", "督查室")] is False
    assert not any(is_held for (kind, _), is_held in shown.items() if kind == "reminder")


def test_the_hash_is_of_the_content_as_it_is_stored(held: Database) -> None:
    with held.read() as session:
        row = bulletins.find(session, 1)
        assert row.sha256 == runs.content_hash(row.content)
        assert len(row.sha256) == 64
        assert row.sha256 != runs.content_hash({**row.content, "phase": "gap_fill"})


def refused(action: object, *args: object, **options: object) -> str:
    with pytest.raises(DubanError) as error:
        action(*args, **options)  # type: ignore[operator]
    return error.value.code
