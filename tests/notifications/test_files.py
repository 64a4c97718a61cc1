"""Files that go with a mail, as real servers take them and as mail programs read their names."""

from __future__ import annotations

import hashlib
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest

from notifications.channel import File
from notifications.mime import UnsafeHeader, build
from tests.notifications.envelopes import envelope
from tests.notifications.mail import channel_to
from tests.servers import MailServer

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOTICE = File("督办通知单（督办〔2024〕3号）.docx", DOCX, bytes(range(256)) * 300)
TABLE = File("report.csv", "text/csv", b"a,b\r\n1,2\n")
LONG = File("关于一老一小示范型融合服务点项目进展严重滞后的督办通知单" * 3 + ".docx", DOCX, b"PK")


def arrived(*files: File, **changes: Any) -> EmailMessage:
    with MailServer() as server:
        assert channel_to(server).send(envelope(files=files, **changes)).is_accepted
    return server.messages[0].message


def test_files_arrive_as_they_were_beside_text_and_html() -> None:
    mail = arrived(NOTICE, TABLE)
    assert mail.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "multipart/alternative",
        DOCX,
        "text/csv",
    ]
    taken = [part.get_payload(decode=True) for part in mail.iter_attachments()]
    assert taken == [NOTICE.content, TABLE.content]
    assert mail.get_body(("html",)) is not None


@pytest.mark.parametrize("html", ["", "<p>正文</p>"])
def test_a_mail_with_a_file_keeps_its_text(html: str) -> None:
    body = arrived(NOTICE, html=html, text="正文\n").get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert body.get_content().strip() == "正文"


@pytest.mark.parametrize("file", [NOTICE, TABLE, LONG, File('say "hi"\\.txt', "application/zip", b"")])
def test_every_mail_program_finds_the_name(file: File) -> None:
    raw = build(envelope(files=(file,))).as_bytes()
    part = raw.partition(f"Content-Type: {file.media_type}".encode())[2].decode("ascii")
    head = part.partition("\r\n\r\n")[0].replace("\r\n ", " ")
    for parameter in ("; name=", "; filename="):
        quoted = head.partition(parameter)[2].partition('"')[2].partition('"')[0]
        assert str(make_header(decode_header(quoted))) == file.name
    (read,) = arrived(file).iter_attachments()
    assert read.get_filename() == file.name


def test_a_repeat_with_files_is_the_same_to_the_byte_and_a_file_changes_no_header() -> None:
    mail = envelope(files=(NOTICE, LONG))
    assert build(mail).as_bytes() == build(mail).as_bytes()
    with_files, without = build(mail), build(envelope())
    for name in ("From", "To", "Subject", "Date", "Message-ID", "References", "Content-Language"):
        assert with_files[name] == without[name]
    assert all(len(line) <= 998 for line in build(mail).as_bytes().split(b"\r\n"))


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a\r\nBcc: x@example.org", "text/plain"),
        ("a\x00b.docx", "text/plain"),
        ("a\u2029b.docx", "text/plain"),
        ("a.docx", "text/plain\r\nBcc: x@example.org"),
        ("a.docx", "text/plain; name=b"),
        ("a.docx", ""),
    ],
)
def test_an_unsafe_name_or_type_is_refused(name: str, media_type: str) -> None:
    with pytest.raises(UnsafeHeader):
        build(envelope(files=(File(name, media_type, b""),)))


def test_ten_megabytes_pass_whole() -> None:
    content = hashlib.sha256(b"seed").digest() * (10 * 1024 * 1024 // 32)
    (read,) = arrived(File("全部.zip", "application/zip", content)).iter_attachments()
    assert read.get_payload(decode=True) == content
