"""What of an answer by mail its writer typed."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from notifications.reply import own_words, read_mail

ASKED = "<reminder-1@duban.example.com>"


def a_reply(text: str, html: str = "", **headers: str) -> bytes:
    mail = EmailMessage()
    known = {
        "From": "联络员 <liaison@example.com>",
        "Subject": "Re: 【黄】区民政局",
        "Message-ID": "<answer-1@example.com>",
        "In-Reply-To": ASKED,
    }
    for name, value in {**known, **headers}.items():
        if value:
            mail[name] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("完成26台\n\n> 请填报进展", "完成26台"),
        ("完成26台\n\n------------------ 原始邮件 ------------------\n发件人: 督办", "完成26台"),
        ("完成26台\n-----Original Message-----\nFrom: x", "完成26台"),
        (
            "1.1 完成26台\n2.1 完成3座\n\n在 2024年3月26日 09:05，督办 写道：\n请填报 99台",
            "1.1 完成26台\n2.1 完成3座",
        ),
        ("Done: 26\n\nOn Tue, 26 Mar 2024 at 09:05, duban <duban@example.com> wrote:\n99", "Done: 26"),
        ("完成26台\n--\n区民政局 联络员\n电话 12345678", "完成26台"),
        ("完成26台\n发自我的手机", "完成26台"),
        ("发件人：督办\n请填报", ""),
        ("发件人数统计完成26人", "发件人数统计完成26人"),
        ("", ""),
    ],
)
def test_quotations_and_signatures_are_no_words_of_the_writer(written: str, kept: str) -> None:
    assert own_words(written) == kept


def test_the_nearest_message_referred_to_comes_first() -> None:
    raw = a_reply("完成26台", References=f"<thread@duban.example.com> {ASKED}")
    reply = read_mail(raw)
    assert reply.answers == (ASKED, "<thread@duban.example.com>")
    assert (reply.sender, reply.message_id) == ("liaison@example.com", "<answer-1@example.com>")
    assert not reply.automatic


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({"Auto-Submitted": "auto-replied"}, True),
        ({"Auto-Submitted": "no"}, False),
        ({"Precedence": "bulk"}, True),
        ({"Return-Path": "<>"}, True),
        ({}, False),
    ],
)
def test_what_a_machine_wrote_is_told_apart(headers: dict[str, str], automatic: bool) -> None:
    assert read_mail(a_reply("我不在办公室", **headers)).automatic is automatic


def test_a_mail_that_is_only_a_page_is_read_without_its_quotations() -> None:
    mail = EmailMessage()
    mail["From"] = "liaison@example.com"
    mail.set_content(
        "<style>p{color:red}</style><div>完成<b>26</b>台</div><blockquote>请填报 99台</blockquote>",
        subtype="html",
    )
    assert read_mail(mail.as_bytes()).text == "完成26台"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b'From: "a\r\nSubject: =?nosuch?Q?=FF?=\r\n\r\n\xd6\xd0',
        b"Content-Type: text/plain; charset=nosuch\r\n\r\n\xe5\xae\x8c",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        b"In-Reply-To: <<<>\r\nFrom: <<<\r\n\r\nx",
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_goes(raw: bytes) -> None:
    assert read_mail(raw).answers in ((), ("<>",))


def test_words_in_a_chinese_charset_are_read() -> None:
    raw = b"From: a@example.com\r\nContent-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    assert read_mail(raw + "完成26台".encode("gb18030")).text == "完成26台"
