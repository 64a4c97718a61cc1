"""Headers as other programs read them."""

from __future__ import annotations

from email import charset, message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.mime import BadAddress, UnsafeHeader, ascii_domain, build
from tests.notifications.envelopes import envelope

words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=120)


def raw_header(mail: bytes, name: str) -> str:
    """The header unfolded, still encoded."""
    head = mail.split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode("ascii")
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith(f"{name}: "))


def decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


@given(subject=words)
@settings(deadline=None)
def test_any_subject_survives_and_every_line_is_short(subject: str) -> None:
    mail = build(envelope(subject=subject)).as_bytes()
    assert decoded(raw_header(mail, "Subject")) == subject
    assert message_from_bytes(mail, policy=policy.default)["Subject"] == subject
    assert max(len(line) for line in mail.split(b"\r\n")) <= 78


@given(name=words)
@settings(deadline=None)
def test_any_name_survives_and_stays_one_address(name: str) -> None:
    mail = build(envelope(to_name=name)).as_bytes()
    shown, _, address = raw_header(mail, "To").rpartition(" ") if name else ("", "", raw_header(mail, "To"))
    assert decoded(shown.strip()) == name
    assert address == "<liaison@civil.example.com>"
    arrived = message_from_bytes(mail, policy=policy.default)
    assert [one.addr_spec for one in arrived["To"].addresses] == ["liaison@civil.example.com"]


def test_a_space_at_a_fold_is_kept() -> None:
    subject = "【蓝】0000¡¡𐀀𐀀𐀀𐀀𐀀：¡ ¡ 0，请于10月31日前报送10月进展（第3次，第42周）"
    assert (
        message_from_bytes(build(envelope(subject=subject)).as_bytes(), policy=policy.default)["Subject"]
        == subject
    )


@given(text=st.text(max_size=300), html=st.text(min_size=1, max_size=300))
@settings(deadline=None)
def test_any_body_can_be_sent(text: str, html: str) -> None:
    mail = build(envelope(text=text, html=html)).as_bytes()
    assert mail == build(envelope(text=text, html=html)).as_bytes()
    assert mail.isascii()


@pytest.mark.parametrize(
    "address", ["a@example.com", "a.b+c@sub.example.com", "a@localhost", "o'neil@example.com"]
)
def test_a_plain_address_is_left_as_it_is(address: str) -> None:
    assert ascii_domain(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@example.com",
        "a@",
        ".a@example.com",
        "a.@example.com",
        "a b@example.com",
        '"a"@example.com',
        "a@b@c",
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        ascii_domain(address)


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\x00b", "a\x85b", "a\u2029b", "a\ud800b"])
def test_a_control_character_in_a_name_is_refused(name: str) -> None:
    with pytest.raises(UnsafeHeader):
        build(envelope(to_name=name))


def test_a_package_that_changes_the_charset_that_all_share_changes_no_mail() -> None:
    before = build(envelope()).as_bytes()
    try:
        charset.add_charset("utf-8", charset.QP, charset.QP, "utf-8")
        assert build(envelope()).as_bytes() == before
    finally:
        charset.add_charset("utf-8", charset.SHORTEST, charset.BASE64, "utf-8")
