"""Files behind the link of the message that they belong to: its holder gets them, and nobody else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import docx
import httpx
import pytest
from openpyxl import load_workbook
from sqlmodel import select

from db import tables
from db.session import Database
from db.units import stored_id
from notifications.card import Card
from notifications.channel import File, Verdict
from notifications.links import SCHEME
from notifications.notice import MEDIA_TYPE
from tests.channels import RememberingChannel
from tests.web.phone import everything
from tests.web.running import pages
from tests.workflows.office_2024 import LINKS, Task, at, build, mail_office
from tests.workflows.test_main_flow import turn
from workflows.compose import compose
from workflows.enclose import XLSX, enclose
from workflows.links import revoke_links
from workflows.office import Office
from workflows.open_case import open_case
from workflows.sweep import sweep

NOW = at("2024-04-01T18:00")
EMAILS = {"区民政局": "a@example.org", "区教育局": "b@example.org"}
POLICY = {"attach_workbook": True, "acknowledge": False, "escalate": False}


@dataclass
class Files:
    """Two units that were asked for a report, each with a workbook; the first also got notice of a case."""

    database: Database
    client: httpx.Client

    def address(self, name: str, unit: str = "区民政局") -> str:
        """Where the unit's card says that its file of that name can be fetched."""
        with self.database.read() as session:
            message = session.exec(
                select(tables.Message).where(tables.Message.recipient == f"{unit} 联络员")
            ).one()
            link = session.exec(
                select(tables.ReportLink).where(tables.ReportLink.message_id == message.id)
            ).one()
            card = Card.from_json(message.card or {})
        (href,) = {span.href for block in card.blocks for span in block.spans if name in span.text}
        assert href.startswith(f"{SCHEME}{link.nonce}/")
        return href.replace(f"{SCHEME}{link.nonce}", f"/r/{LINKS.token(link.nonce)}")


def linked(channel: RememberingChannel) -> Office:
    return replace(mail_office(channel), links=LINKS)


@pytest.fixture
def files(sqlite_database: Database) -> Iterator[Files]:
    """The first of April, when the March report of each is late."""
    build(sqlite_database, Task("1.1"), Task("2.1", lead="区教育局"), emails=EMAILS, policy=POLICY)
    open_case(sqlite_database, "1.1", at("2024-04-01T08:00"), "督查室")
    turn(sqlite_database, linked(RememberingChannel()), "2024-04-01T09:30")
    with pages(sqlite_database, NOW, links=LINKS) as client:
        yield Files(sqlite_database, client)


def test_a_unit_fetches_the_files_of_its_message(files: Files) -> None:
    notice = files.client.get(files.address("督办通知单"))
    assert docx.Document(io.BytesIO(notice.content)).paragraphs[0].text == "督查室督办通知单"
    assert notice.headers["content-type"] == MEDIA_TYPE
    book = files.client.get(files.address("填报表"))
    assert "填报" in load_workbook(io.BytesIO(book.content)).sheetnames
    assert book.headers["content-type"] == XLSX
    for answer in (notice, book):
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_opening_them_changes_nothing(files: Files) -> None:
    before = everything(files.database)
    address = files.address("督办通知单")
    assert files.client.get(address).status_code == files.client.head(address).status_code == 200
    assert files.client.post(address).status_code == 403
    assert everything(files.database) == before


def test_nobody_elses_link_opens_them(files: Files) -> None:
    own, foreign = files.address("督办通知单"), files.address("填报表", "区教育局")
    number = own.rsplit("/", 1)[1]
    others = foreign.rsplit("/", 1)[0]
    answer = files.client.get(f"{others}/{number}")
    assert answer.status_code == 403
    assert "督办通知单" not in answer.text
    assert files.client.get(f"{others}/999").status_code == 403
    assert files.client.get(f"/r/{'A' * 43}/enclosures/{number}").status_code == 404
    assert files.client.get(f"{others}/1e1").status_code == 404
    assert files.client.get(foreign).status_code == 200


def test_a_revoked_link_opens_no_file_any_more(files: Files) -> None:
    address = files.address("督办通知单")
    revoke_links(files.database, [], "区民政局", NOW, "督查室")
    assert files.client.get(address).status_code == 410


def test_without_an_address_for_units_the_card_says_whom_to_ask(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1.1"), emails=EMAILS, policy=POLICY)
    turn(sqlite_database, mail_office(RememberingChannel()), "2024-03-26T09:30")
    with sqlite_database.read() as session:
        message = session.exec(select(tables.Message)).one()
    words = [span for block in Card.from_json(message.card or {}).blocks for span in block.spans]
    assert [one.text for one in words if "填报表" in one.text] == [
        "填报表 2024-03.xlsx（群和即时消息里不带文件，请向督查员索取）"
    ]
    assert {one.href for one in words} == {""}


def test_a_repeat_has_the_same_card(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1.1"), emails=EMAILS, policy=POLICY)
    lost = RememberingChannel(Verdict.transient("没有等到回执", ambiguous=True))
    turn(sqlite_database, linked(lost), "2024-03-26T09:30")
    with sqlite_database.read() as session:
        first = session.exec(select(tables.Message)).one().card
    turn(sqlite_database, linked(lost), "2024-03-26T10:30")
    with sqlite_database.read() as session:
        assert session.exec(select(tables.Message)).one().card == first
    assert len(lost.attempted) == 2


def test_a_file_that_is_too_big_is_not_promised(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1.1"), emails=EMAILS, policy=POLICY | {"attach_workbook": False})
    sweep(sqlite_database, at("2024-03-26T09:30"))
    compose(sqlite_database, linked(RememberingChannel()), at("2024-03-26T09:30"))
    with sqlite_database.write() as session:
        message = session.exec(select(tables.Message)).one()
        before = message.card
        enclose(
            session, stored_id(message.id), File("大.zip", "application/zip", b"0" * (10 * 1024 * 1024 + 1))
        )
        assert message.card == before
