"""Data stays data, pages stay small and readable, both languages stay complete."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model import Rule
from notifications import words_en, words_zh_cn
from notifications.mime import build
from notifications.render import render_reminder
from tests.notifications.contents import (
    LONG_TITLE,
    content,
    item,
    page_of,
    printable,
    size,
    visible,
)
from tests.notifications.envelopes import envelope

# Data stays data

anything = st.text(min_size=1, max_size=120)


@given(title=printable, what=printable, unit=printable)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_any_printable_title_is_shown_as_it_is(title: str, what: str, unit: str) -> None:
    rendered = render_reminder(content(item(Rule.MILESTONE_DUE, title=title, what=what), unit=unit), "zh-CN")
    for part in (rendered.text, visible(rendered.html)):
        assert title in part
        assert what in part
        assert unit in part


@given(title=anything, unit=anything, post=anything)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_whatever_a_table_contains_can_be_sent(title: str, unit: str, post: str) -> None:
    rendered = render_reminder(content(item(title=title), unit=unit, post=post), "zh-CN")
    mail = build(envelope(subject=rendered.subject, text=rendered.text, html=rendered.html))
    arrived = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert arrived.keys() == mail.keys()
    assert arrived["Subject"] == rendered.subject
    assert arrived["To"].addresses[0].addr_spec == "liaison@civil.example.com"


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "a & b < c", "{{ 7*7 }}", "{% raw %}", "\"'><img src=x onerror=y>"]
)
def test_markup_in_a_title_stays_text(title: str) -> None:
    rendered = render_reminder(content(item(title=title), unit=title), "zh-CN")
    page = page_of(rendered.html)
    assert title in visible(rendered.html)
    assert title in rendered.text
    assert not page.findall(".//script")
    assert not page.findall(".//img")


def test_what_would_turn_or_break_the_line_is_left_out() -> None:
    rendered = render_reminder(content(item(title="甲\r\nBcc: x@example.org\u202e乙\x00丙\ud800丁")), "zh-CN")
    assert "甲 Bcc: x@example.org 乙 丙 丁" in rendered.text
    assert "\n" not in rendered.subject


# Size and form


def test_a_big_message_stays_below_what_mail_readers_cut() -> None:
    items = [item(rule, no=str(n), title=LONG_TITLE) for n, rule in enumerate((list(Rule) * 2)[:27])]
    assert size(render_reminder(content(*items), "zh-CN")) < 100_000


def test_a_page_loads_nothing_from_anywhere() -> None:
    html = render_reminder(content(item()), "zh-CN").html
    assert not re.search(r"https?://|url\(|@import|<img|<link|<script", html)
    assert 'width="640"' in html
    assert "@media" in html


def test_styles_are_inline() -> None:
    page = page_of(render_reminder(content(item()), "zh-CN").html)
    heading = page.find(".//h1")
    assert heading is not None
    assert "font-size" in (heading.get("style") or "")
    sheet = page.find(".//table[@class='sheet']")
    assert sheet is not None
    assert "PingFang SC" in (sheet.get("style") or "")


CSS = files("notifications").joinpath("templates", "mail.css").read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["red", "yellow", "green", "blue", "grey"])
def test_a_chip_can_be_read(name: str) -> None:
    found = re.search(rf"\.{name} {{ color: (#\w{{6}}); background: (#\w{{6}})", CSS)
    assert found
    assert contrast(*found.groups()) >= 4.5


@pytest.mark.parametrize("colour", sorted(set(re.findall(r"(?<![-\w])color: (#\w{6})", CSS)) - {"#ffffff"}))
def test_every_text_colour_can_be_read_on_the_lightest_and_darkest_ground(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 4.5
    assert contrast(colour, "#f2f6fc") >= 4.5


def test_the_button_can_be_read() -> None:
    assert contrast("#ffffff", "#0b4a8f") >= 4.5
    assert ".button { background: #0b4a8f" in CSS


# Wording


def test_both_languages_have_the_same_keys_and_the_same_data() -> None:
    for chinese, english in ((words_zh_cn.WORDS, words_en.WORDS), (words_zh_cn.VERDICTS, words_en.VERDICTS)):
        assert chinese.keys() == english.keys()
        for key in chinese:
            assert set(re.findall(r"{\w+}", english[key])) - set(re.findall(r"{\w+}", chinese[key])) <= {
                "{month_name}",
                "{on}",
                "{by}",
                "{due}",
            }, key


def test_a_change_of_week_changes_the_subject() -> None:
    first = render_reminder(content(item(), item()), "zh-CN").subject
    assert first != render_reminder(replace(content(item(), item()), week=43), "zh-CN").subject
