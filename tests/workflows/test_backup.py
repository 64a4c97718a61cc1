"""A backup is the whole of one moment; a restored office says nothing until somebody has decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlmodel import col, select

from db import dump, hold, runs, tables
from db.audit_check import verify
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.roles import Role
from tests.channels import RememberingChannel
from tests.databases import PostgresServer
from tests.workflows.office_2024 import ZONE, Task, at, build
from tests.workflows.test_main_flow import EMAILS, messages, reminders
from workflows.api_tokens import create_token
from workflows.attachments import attach, kept_in
from workflows.backup import back_up
from workflows.cycle import run_cycle
from workflows.manage_users import Wanted, invite_user
from workflows.office import Office
from workflows.release import due_since, release
from workflows.report_progress import Filing, report_progress
from workflows.restore import restore
from workflows.setup_links import first_link, set_up
from workflows.sign_in import sign_in

QUIET = {"acknowledge": False, "escalate": False}
NIGHT = at("2024-03-27T02:00")
RESTORED_AT = at("2024-03-29T17:00")


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, of either kind."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            database = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
            stack.callback(database.close)
        else:
            server: PostgresServer = request.getfixturevalue("postgres")
            database = stack.enter_context(server.database(empty=True))
        yield database


def rows(database: Database) -> dict[str, list[str]]:
    """Every row of every table as lines, but what a restore is to add."""
    added = {"marks", "findings", "events", "report_links"}
    with database.read() as session:
        return {
            table.name: list(dump.lines(session, table))
            for table in dump.tables_in_order()
            if table.name not in added
        }


def lived_in(database: Database, office: Office, files: Path | None = None) -> None:
    """Two units, one reminded, one that has reported 26 of 100 with a file; a link handed out."""
    built = build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS, policy=QUIET)
    report_progress(
        database, Filing("2", "2024-03", ["26台"], "设备到场"), at("2024-03-25T10:00"), "区教育局"
    )
    turn(database, office, "2024-03-26T09:30")
    with database.write() as session:
        unit = session.exec(select(tables.Unit.id).where(tables.Unit.name == "区民政局")).one()
        session.add(
            tables.ReportLink(
                token_hash="h",
                nonce="n",
                post_id=built.posts["区民政局"],
                unit_id=stored_id(unit),
                period="2024-03",
                created_at=NIGHT,
                expires_at=RESTORED_AT,
            )
        )
        if files:
            with kept_in(files, [("照片.png", b"\x89PNG\r\n\x1a\n")]) as kept:
                attach(session, "report", 1, kept, NIGHT, "区教育局")


def turn(database: Database, office: Office, moment: str) -> None:
    run_cycle(database, office, at(moment))


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(DubanError) as refused:
        work()
    return refused.value.code


def test_a_restored_database_holds_every_row_whatever_it_came_from(
    database: Database, fresh: Database, office: Office, tmp_path: Path
) -> None:
    lived_in(database, office, tmp_path / "files")
    made = back_up(database, tmp_path / "b.zip", NIGHT, files=tmp_path / "files")
    done = restore(fresh, tmp_path / "b.zip", RESTORED_AT, "督查室", files=tmp_path / "again")
    assert rows(fresh) == rows(database)
    assert (made.files, done.files, done.links_ended, done.made_at) == (1, 1, 1, NIGHT)
    (name,) = [path.name for path in (tmp_path / "again").iterdir()]
    assert (tmp_path / "again" / name).read_bytes() == b"\x89PNG\r\n\x1a\n"
    assert not (tmp_path / "b.zip.part").exists()
    with fresh.write() as session:  # ids go on after those that are there
        session.add(tables.Unit(name="区水务局"))
    with fresh.read() as session:
        found = verify(session)
        last = session.exec(select(tables.Event).order_by(tables.Event.id.desc())).first()  # type: ignore[union-attr]
        link = session.exec(select(tables.ReportLink)).one()
    assert (found.breaks, found.head.segment, found.head.sequence) == ([], 2, 1)
    assert last is not None
    assert (last.what, last.who) == ("restore", "督查室")
    assert (link.ended_at, link.ended_reason) == (RESTORED_AT, "restored")
    assert fresh.revision()[0] == fresh.revision()[1]


def test_a_restored_database_lets_nobody_in_who_was_let_in_before(
    database: Database, fresh: Database, tmp_path: Path
) -> None:
    build(database, Task("1.1"))
    set_up(database, first_link(database, NIGHT) or "", "ducha", "督查室", "correct horse battery", NIGHT)
    invite_user(database, "wang", Wanted("", Role.LEADER), NIGHT, "test")
    create_token(database, "大屏", Role.LEADER, "", None, NIGHT, "test", zone=ZONE)
    with database.write() as session:
        session.add(
            tables.CalendarFeed(unit_id=1, nonce="n", token_hash="h", created_at=NIGHT, created_by="test")
        )
    back_up(database, tmp_path / "b.zip", NIGHT)
    restore(fresh, tmp_path / "b.zip", RESTORED_AT, "督查室")
    with fresh.read() as session:
        assert session.exec(select(tables.SignIn)).one().ended_reason == "restored"
        links = session.exec(select(tables.SetupLink).order_by(col(tables.SetupLink.id)))
        assert [link.ended_reason for link in links] == ["used", "restored"]
        assert session.exec(select(tables.ApiToken)).one().revoked_at == RESTORED_AT
        assert session.exec(select(tables.CalendarFeed)).one().revoked_at == RESTORED_AT
    assert sign_in(fresh, "ducha", "correct horse battery", "192.0.2.1", RESTORED_AT)


def lost_and_restored(database: Database, office: Office, folder: Path) -> Database:
    """Backed up in the night, worked with until Friday 16:00, lost, restored at 17:00."""
    lived_in(database, office)
    back_up(database, folder / "b.zip", NIGHT)
    turn(database, office, "2024-03-29T09:30")
    turn(database, office, "2024-03-29T15:30")
    restored = Database(f"sqlite:///{folder / 'restored.sqlite3'}")
    restore(restored, folder / "b.zip", RESTORED_AT, "督查室")
    return restored


def test_nothing_leaves_until_somebody_decides(
    database: Database, office: Office, channel: RememberingChannel, tmp_path: Path
) -> None:
    restored = lost_and_restored(database, office, tmp_path)
    sent = len(channel.attempted)
    turn(restored, office, "2024-03-29T17:01")
    turn(restored, office, "2024-04-01T09:30")
    assert len(channel.attempted) == sent
    with restored.read() as session:
        assert [one.code for one in runs.open_findings(session, hold.FINDING)] == ["SENDING_HELD"]
    restored.close()


def test_what_was_sent_before_the_loss_is_not_sent_again_when_it_is_superseded(
    database: Database, office: Office, channel: RememberingChannel, tmp_path: Path
) -> None:
    restored = lost_and_restored(database, office, tmp_path)
    sent = len(channel.sent)
    assert sent == 5  # two reminders to the unit that is late, a digest to each unit and to the coordinators
    due = due_since(restored, office, at("2024-03-29T17:05"))
    assert [(one.kind, one.recipient.split()[0]) for one in due] == [
        ("digest", "区民政局"),
        ("digest", "区教育局"),
        ("digest", "督查室"),
        ("reminder", "区民政局"),
    ]
    done = release(restored, office, "supersede", at("2024-03-29T17:05"), "督查室")
    assert (done.messages, done.reminders) == (3, 1)
    turn(restored, office, "2024-03-29T17:10")
    assert len(channel.sent) == sent
    assert open_ends(restored) == []
    turn(restored, office, "2024-04-01T09:30")  # what falls due from now on leaves as ever
    assert [one.to_address for one in channel.sent[sent:]] == [EMAILS["区民政局"]]
    with restored.read() as session:
        events = [one.what for one in session.exec(select(tables.Event)) if one.segment == 2]
        assert verify(session).holds
        assert runs.open_findings(session, hold.FINDING) == []
    assert events == ["restore", "release"]
    restored.close()


def test_what_is_let_go_leaves_once_for_each_recipient(
    database: Database, office: Office, channel: RememberingChannel, tmp_path: Path
) -> None:
    restored = lost_and_restored(database, office, tmp_path)
    sent = len(channel.sent)
    turn(restored, office, "2024-04-01T09:30")
    release(restored, office, "send", at("2024-04-01T09:40"), "督查室")
    turn(restored, office, "2024-04-01T09:45")
    again = [one.subject for one in channel.sent[sent:]]
    assert len(again) == 4  # one reminder, and the digest of the week to three
    assert open_ends(restored) == []
    restored.close()


def test_only_what_the_lost_service_may_have_sent_can_be_superseded(
    database: Database, office: Office, channel: RememberingChannel, tmp_path: Path
) -> None:
    restored = lost_and_restored(database, office, tmp_path)
    sent = len(channel.sent)
    lost_at = at("2024-03-29T12:00")  # after the reminder, before the digest
    release(restored, office, "supersede", at("2024-03-29T17:05"), "督查室", until=lost_at)
    turn(restored, office, "2024-03-29T17:10")
    assert len(channel.sent[sent:]) == 3
    assert [one.state for one in reminders(restored)].count("superseded") == 1
    restored.close()


def open_ends(database: Database) -> list[str]:
    """What is neither ended nor waiting with a date."""
    with_date = [one for one in messages(database) if one.state == "waiting" and one.next_attempt_at]
    ended = ("accepted", "withdrawn", "superseded", "given_up")
    left = [f"message {one.id} {one.state}" for one in messages(database) if one.state not in ended]
    left += [f"reminder {one.id} {one.state}" for one in reminders(database) if one.state not in ended]
    return [one for one in left if one not in {f"message {row.id} waiting" for row in with_date}]


def test_a_message_in_flight_when_the_backup_was_made_is_told_as_such(
    sqlite_database: Database, office: Office, channel: RememberingChannel, tmp_path: Path
) -> None:
    build(sqlite_database, Task("1"), emails=EMAILS, policy=QUIET)

    def back_up_meanwhile(_envelope: Any) -> Any:
        back_up(sqlite_database, tmp_path / "b.zip", at("2024-03-26T09:30"))
        raise KeyboardInterrupt

    channel.answers.append(back_up_meanwhile)
    with pytest.raises(KeyboardInterrupt):
        turn(sqlite_database, office, "2024-03-26T09:30")
    restored = Database(f"sqlite:///{tmp_path / 'restored.sqlite3'}")
    restore(restored, tmp_path / "b.zip", at("2024-03-26T10:00"), "督查室")
    (due,) = due_since(restored, office, at("2024-03-26T10:05"))
    assert due.in_flight
    release(restored, office, "supersede", at("2024-03-26T10:05"), "督查室")
    with restored.read() as session:
        assert [one.verdict for one in session.exec(select(tables.Delivery))] == ["unknown"]
    assert open_ends(restored) == []
    restored.close()


def test_without_a_restore_there_is_nothing_to_release(sqlite_database: Database, office: Office) -> None:
    assert refusal(lambda: due_since(sqlite_database, office, NIGHT)) == "NOT_HELD"
    assert refusal(lambda: release(sqlite_database, office, "send", NIGHT, "督查室")) == "NOT_HELD"


def test_a_backup_is_one_moment_while_others_write(database: Database, tmp_path: Path) -> None:
    begun, stop = Event(), Event()

    def work() -> None:
        own = Database(database.engine.url.render_as_string(hide_password=False))
        number = 0
        while not stop.is_set():
            number += 1
            with own.write() as session:
                session.add(tables.Unit(name=f"单位{number}"))
                runs.record(session, "unit", "督查室", NIGHT)
            begun.set()
        own.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(work)
        try:
            assert begun.wait(60)
            for turn_ in range(5):
                made = back_up(database, tmp_path / f"{turn_}.zip", NIGHT)
                assert made.rows["units"] == made.rows["events"] > 0
        finally:
            stop.set()
        writing.result()
    restored = Database(f"sqlite:///{tmp_path / 'restored.sqlite3'}")
    restore(restored, tmp_path / "4.zip", NIGHT, "督查室")
    with restored.read() as session:
        assert verify(session).breaks == []
    restored.close()
