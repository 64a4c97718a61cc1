"""Findings and stored sentences in the reader's language."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from notifications.found import found_sentence
from notifications.retold import retold
from notifications.verdicts import refused
from notifications.words import sentences

ON = date(2024, 6, 14)
HAN = re.compile(r"[\u3400-\u9fff]")
POST = {"unit": "Bureau 1", "post": "liaison"}
PART = {"period": "2024-05", "subject": "trees", "unit": "units", "lead": "30", "shared": "26"}
OWN = {"own": [["Mill Street", "20"], ["Hill Street", "6.0"]]}


@pytest.mark.parametrize(
    ("code", "inputs", "says"),
    [
        (
            "NO_CONTACT",
            {"case": "none", **POST},
            "The liaison of Bureau 1 cannot be reached, so reminders do not leave. Enter a mail address or another channel.",
        ),
        ("CALENDAR_YEAR", {"year": 2025}, "The days off of 2025 are not entered; dates are estimated"),
        (
            "CHANNEL_FALLBACK",
            {"case": "recipient", "left": "email", "taken": "robot", **POST},
            "e-mail refuses messages to the liaison of Bureau 1; they now go by robot.",
        ),
        (
            "CASE_TO_OPEN",
            {
                "case": "asked",
                "no": "1.2",
                "title": "Trees",
                "since": "2024-05-07",
                "why": "请核实",
                "error": "",
            },
            "1.2 Trees has not improved since 7 May: it is time for a supervision case.",
        ),
        (
            "TOTALS_DIFFER",
            {"no": "1.2", "title": "Trees", "parts": [{**PART, **OWN, "counted": 2, "whole": 2}]},
            "Sub-task 1.2 Trees: in May (“trees”) the lead unit reported 30 units, all units together 26 units "
            "(Mill Street 20 units, Hill Street 6 units). Ask",
        ),
        (
            "TOTALS_DIFFER",
            {
                "no": "1.2",
                "title": "Trees",
                "parts": [{**PART, **OWN, "subject": "", "counted": 2, "whole": 3}],
            },
            "Sub-task 1.2 Trees: in May the lead unit reported 30 units, 2 of 3 units together 26 units",
        ),
        (
            "MESSAGE_GIVEN_UP",
            {"case": "refused", "recipient": "Bureau 1", "why": refused("bad_address", "zh-CN").reason},
            "A message to Bureau 1 was not delivered. The recipient's address is not a mail address: check the contact.",
        ),
        (
            "NEEDS_COORDINATION",
            {"case": "silent", "unit": "", "no": "1", "title": "Trees"},
            "A unit asks for",
        ),
    ],
)
def test_a_finding_speaks_english(code: str, inputs: dict[str, Any], says: str) -> None:
    told = found_sentence(code, inputs, "en", ON)
    assert told.startswith(says)
    assert not HAN.search(told)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("NO_LINKS", "failed and is tried again by itself. Set the address."),
        ("", "itself. The log has the details."),
    ],
)
def test_the_cause_is_that_of_the_error_or_the_log_has_it(error: str, says: str) -> None:
    inputs = {"duty": "prepare", "why": "没有设置地址：请设置。", "error": error}
    assert found_sentence("DUTY_FAILED", inputs, "en", ON, {"NO_LINKS": "Set the address."}).endswith(says)
    assert found_sentence("DUTY_FAILED", inputs, "zh-CN", ON).endswith("稍后自动重试：没有设置地址：请设置。")


@pytest.mark.parametrize(
    ("code", "inputs"), [("NO_CONTACT", {}), ("NEW_CODE", {"a": 1}), ("NO_CONTACT", {"case": "x"})]
)
def test_nothing_is_said_of_what_nobody_knows(code: str, inputs: dict[str, Any]) -> None:
    assert found_sentence(code, inputs, "en", ON) == ""


@pytest.mark.parametrize("key", sorted(sentences("zh-CN")))
def test_whatever_is_stored_of_an_attempt_is_told_in_both_languages(key: str) -> None:
    chinese, english = sentences("zh-CN")[key], sentences("en")[key]
    answer = " 550 5.1.1 no such user"
    assert retold(chinese + answer, "en") in {told + answer for told in _same(chinese)}
    assert not HAN.search(retold(chinese, "en"))
    assert HAN.search(retold(english, "zh-CN"))


def _same(chinese: str) -> set[str]:
    """What stands in the place of that sentence; two codes may share one in Chinese."""
    return {sentences("en")[key] for key, told in sentences("zh-CN").items() if told == chinese}


@pytest.mark.parametrize("text", ["", "550 no such user", "别的话"])
def test_what_is_not_ours_stays_as_it_is(text: str) -> None:
    assert retold(text, "en") == text
