"""Notices of supervision cases as they reach a unit: told once each, with the official paper attached."""

from __future__ import annotations

import io
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import docx
from sqlmodel import select

from db import runs, tables
from db.session import Database
from notifications.notice import MEDIA_TYPE
from tests.channels import RememberingChannel
from tests.notifications.mail import channel_to
from tests.servers import MailServer
from tests.workflows.office_2024 import Task, at, build, mail_office
from tests.workflows.test_main_flow import EMAILS, messages, turn
from workflows.cycle import run_cycle
from workflows.handle_case import close_case, reply_case
from workflows.office import Office
from workflows.open_case import open_case

QUIET = {"acknowledge": False, "escalate": False}


def opened(database: Database) -> None:
    """One case of the unit, opened on 1 April before the slot; its reply is due on 9 April."""
    build(database, Task("1.1"), emails=EMAILS, policy=QUIET)
    open_case(database, "1.1", at("2024-04-01T08:00"), "督查室")


def paper(mail: EmailMessage) -> tuple[str, str]:
    """The name of the one attachment and its first lines."""
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == MEDIA_TYPE
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    lines = [one.text for one in docx.Document(io.BytesIO(content)).paragraphs]
    return part.get_filename() or "", "\n".join(lines[:3])


def test_a_unit_gets_its_notice_and_its_second_notice_as_papers_by_mail(database: Database) -> None:
    opened(database)
    with MailServer() as server:
        office = mail_office(channel_to(server))
        for moment in ("2024-04-01T09:30", "2024-04-01T15:00", "2024-04-12T09:30", "2024-04-12T15:00"):
            run_cycle(database, office, at(moment))
        with_papers = [one.message for one in server.messages if list(one.message.iter_attachments())]
    first, second = (paper(mail) for mail in with_papers)
    assert first[0] == "督办通知单（督办〔2024〕1号）.docx"
    assert first[1].startswith("督查室督办通知单\n督办〔2024〕1号")
    assert second[0] == "督办通知单（二次催办）（督办〔2024〕1号）.docx"
    assert "2024年4月1日发出的督办通知单要求于2024年4月9日前回复，至2024年4月12日仍未收到" in second[1]


def test_the_paper_is_frozen_with_its_message(sqlite_database: Database) -> None:
    opened(sqlite_database)
    busy = RememberingChannel()
    office = mail_office(busy)
    turn(sqlite_database, office, "2024-04-01T09:30")
    (sent,) = [one for one in busy.sent if one.files]
    with sqlite_database.write() as session:
        session.get_one(tables.Unit, 1).name = "改名后的局"
    with sqlite_database.read() as session:
        (stored,) = session.exec(select(tables.MessageFile)).all()
    assert stored.content == sent.files[0].content


def test_a_case_closed_before_the_slot_is_not_noticed(sqlite_database: Database) -> None:
    opened(sqlite_database)
    close_case(sqlite_database, "1", "误开", at("2024-04-01T08:30"), "督查室", withdrawn=True)
    channel = RememberingChannel()
    turn(sqlite_database, mail_office(channel), "2024-04-01T09:30")
    assert [one for one in channel.sent if one.files] == []


def test_an_answered_case_is_not_asked_for_again(sqlite_database: Database) -> None:
    opened(sqlite_database)
    channel = RememberingChannel()
    office = mail_office(channel)
    turn(sqlite_database, office, "2024-04-01T09:30")
    reply_case(sqlite_database, "1", "已整改", at("2024-04-03T10:00"), "区民政局")
    for day in ("08", "09", "10", "12", "15"):
        turn(sqlite_database, office, f"2024-04-{day}T09:30")
    assert len([one for one in channel.sent if one.files]) == 1
    assert not [one for one in messages(sqlite_database) for item in one.items if "case_" in item["rule"]][1:]


def test_a_form_that_cannot_be_filled_holds_nothing_back_and_is_shown(
    sqlite_database: Database, tmp_path: Path
) -> None:
    opened(sqlite_database)
    form = tmp_path / "case_notice.docx"
    form.write_bytes(b"broken")
    channel = RememberingChannel()
    office = with_form(mail_office(channel), form)
    turn(sqlite_database, office, "2024-04-01T09:30")
    (sent,) = [one for one in channel.sent if one.files]
    assert docx.Document(io.BytesIO(sent.files[0].content)).paragraphs[0].text == "督查室督办通知单"
    with sqlite_database.read() as session:
        assert [one.code for one in runs.open_findings(session)].count("NOTICE_TEMPLATE") == 1
    form.unlink()
    run_cycle(sqlite_database, office, at("2024-04-12T09:30"))
    with sqlite_database.read() as session:
        assert "NOTICE_TEMPLATE" not in [one.code for one in runs.open_findings(session)]


def with_form(office: Office, form: Path) -> Office:
    return replace(office, notice_form=form)
