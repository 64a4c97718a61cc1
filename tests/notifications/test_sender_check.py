"""What the receiving server notes of a sender, in the shapes in which servers write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.sender_check import is_forged

OWN = "mx.example.org"


@pytest.mark.parametrize(
    ("headers", "forged"),
    [
        ((), False),
        (("",), False),
        ((f"{OWN}; none",), False),
        ((f"{OWN}; spf=pass; dkim=pass; dmarc=pass",), False),
        ((f"{OWN}; dmarc=fail (p=reject) header.from=example.com",), True),
        ((f"{OWN}; spf=pass;\r\n\tDMARC=Fail",), True),
        ((f"{OWN} 1; spf=fail (not allowed; dkim=pass) smtp.mailfrom=a@example.com",), True),
        ((f"{OWN}; spf=fail; dkim=pass header.d=example.org",), False),  # a mailing list
        ((f"{OWN}; spf=softfail; dkim=none",), False),
        ((f"{OWN}; spf=fail", f"{OWN}; dkim=pass"), False),  # one header for each check
        ((f"{OWN}; spf=fail", "mx.example.com; dkim=pass"), True),  # that one came with the mail
        ((f"{OWN}; spf=pass", "mx.example.com; dmarc=fail"), False),
        ((f"{OWN}; auth=pass reason=dmarc=fail",), False),
    ],
)
def test_only_what_the_receiving_server_itself_says_counts(headers: tuple[str, ...], forged: bool) -> None:
    assert is_forged(headers) is forged


@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_header_is_read_without_error(headers: list[str]) -> None:
    assert is_forged(headers) in (True, False)
