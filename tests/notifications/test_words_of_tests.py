"""Sentences about test messages promise nothing that happens to kept messages only."""

from __future__ import annotations

import pytest

from notifications import words_en, words_zh_cn
from notifications.words_channels import EN, ZH_CN
from notifications.words_tests import PROMISES, about_a_test

REASONS = [
    *words_zh_cn.VERDICTS.values(),
    *words_en.VERDICTS.values(),
    *(words[key] for words in (ZH_CN, EN) for key in words if key.startswith("verdict.")),
]
PROMISING = (
    "自动",
    "留着",
    "会等待",
    "再次发送",
    "原样重发",
    "waits",
    "tried again",
    "sent again",
    "repeated",
)


@pytest.mark.parametrize("reason", REASONS)
def test_no_sentence_about_a_test_promises_another_attempt(reason: str) -> None:
    said = about_a_test(reason)
    assert not [word for word in PROMISING if word in said]


@pytest.mark.parametrize("promise", [promise for promise, _ in PROMISES])
def test_every_promise_is_one_that_some_sentence_makes(promise: str) -> None:
    assert any(reason.endswith(promise) for reason in REASONS)


def test_what_promises_nothing_stays_as_it_is() -> None:
    assert about_a_test("收件地址被拒收：请核对该联系人的邮箱。") == "收件地址被拒收：请核对该联系人的邮箱。"
