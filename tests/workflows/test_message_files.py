"""Files frozen with a message: kept with it, sent with it, shown with it, and never more than ten megabytes."""

from __future__ import annotations

import hashlib

import pytest

from db import outbox
from db.session import Database
from db.units import stored_id
from notifications.channel import File, Verdict
from tests.channels import RememberingChannel
from tests.web.running import pages
from tests.workflows.office_2024 import INBOX, Task, at, build, mail_office
from tests.workflows.test_main_flow import EMAILS, messages, turn
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.sweep import sweep

MORNING = "2024-03-26T09:30"
NAME = "督办通知单（督办〔2024〕3号）.docx"
MEGABYTE = 1024 * 1024


def composed(database: Database) -> int:
    """The id of a message that waits, composed that morning."""
    build(database, Task("1.1"), emails=EMAILS, policy={"acknowledge": False})
    sweep(database, at(MORNING))
    compose(database, mail_office(RememberingChannel()), at(MORNING))
    (message,) = messages(database)
    return stored_id(message.id)


def test_a_file_leaves_with_its_message_and_a_repeat_is_the_same(database: Database) -> None:
    key = composed(database)
    with database.write() as session:
        assert outbox.attach(session, key, NAME, "application/zip", b"PK\x00\xff")
        assert outbox.attach(session, key, "b.txt", "text/plain", b"")
    channel = RememberingChannel(Verdict.transient("没有等到回执", ambiguous=True))
    deliver(database, mail_office(channel), at(MORNING))
    deliver(database, mail_office(channel), at("2024-03-26T10:30"))
    expected = (File(NAME, "application/zip", b"PK\x00\xff"), File("b.txt", "text/plain", b""))
    assert [envelope.files for envelope in channel.attempted] == [expected, expected]
    with database.read() as session:
        stored = outbox.files_of(session, key)
    assert stored[0].sha256 == hashlib.sha256(b"PK\x00\xff").hexdigest()


@pytest.mark.parametrize(("more", "fits"), [(4 * MEGABYTE, True), (4 * MEGABYTE + 1, False)])
def test_files_of_a_message_are_at_most_ten_megabytes_in_all(
    database: Database, more: int, fits: bool
) -> None:
    key = composed(database)
    with database.write() as session:
        assert outbox.attach(session, key, "a", "application/zip", b"a" * 6 * MEGABYTE)
        assert (outbox.attach(session, key, "b", "application/zip", b"b" * more) is not None) is fits
        assert len(outbox.names_of_files(session, key)) == 1 + fits


def test_the_inbox_hands_out_a_file_under_its_name(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1.1"), policy={"acknowledge": False})
    turn(sqlite_database, INBOX, MORNING)
    message = stored_id(messages(sqlite_database)[0].id)
    with sqlite_database.write() as session:
        outbox.attach(session, message, NAME, "text/html", b"<script>alert(1)</script>")
        (file, _, _), *_ = outbox.names_of_files(session, message)
    with pages(sqlite_database, at("2024-03-26T18:00")) as client:
        page = client.get(f"/messages/{message}").text
        assert NAME in page
        assert f'href="/messages/{message}/files/{file}"' in page
        answer = client.get(f"/messages/{message}/files/{file}")
        assert answer.content == b"<script>alert(1)</script>"
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith("attachment; filename=")
        assert "filename*=utf-8''%E7%9D%A3%E5%8A%9E" in disposition
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert client.get(f"/messages/{message + 1}/files/{file}").status_code == 404
        assert client.get(f"/messages/{message}/files/{file + 1}").status_code == 404


def test_a_message_without_files_shows_no_attachments(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1.1"), policy={"acknowledge": False})
    turn(sqlite_database, INBOX, MORNING)
    with pages(sqlite_database, at("2024-03-26T18:00")) as client:
        assert "附件" not in client.get(f"/messages/{messages(sqlite_database)[0].id}").text
