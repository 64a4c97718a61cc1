"""The wording of everything duban says in messages, in zh-CN and en; other locales get zh-CN."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from engine.model import Light, Reason
from notifications import (
    words_cards,
    words_cases,
    words_changes,
    words_channels,
    words_chat,
    words_deliveries,
    words_en,
    words_evaluation,
    words_feed,
    words_found,
    words_loop,
    words_replies,
    words_zh_cn,
)
from notifications.words_tests import about_a_test

DEFAULT_LOCALE = "zh-CN"
_WORDS = {
    "zh-CN": {
        **words_zh_cn.WORDS,
        **words_replies.ZH_CN,
        **words_feed.ZH_CN,
        **words_found.ZH_CN,
        **words_cases.ZH_CN,
        **words_changes.ZH_CN,
        **words_channels.ZH_CN,
        **words_evaluation.ZH_CN,
        **words_loop.ZH_CN,
        **words_chat.ZH_CN,
        **words_cards.ZH_CN,
        **words_deliveries.ZH_CN,
    },
    "en": {
        **words_en.WORDS,
        **words_replies.EN,
        **words_feed.EN,
        **words_found.EN,
        **words_cases.EN,
        **words_changes.EN,
        **words_channels.EN,
        **words_evaluation.EN,
        **words_loop.EN,
        **words_chat.EN,
        **words_cards.EN,
        **words_deliveries.EN,
    },
}
_VERDICTS = {"zh-CN": words_zh_cn.VERDICTS, "en": words_en.VERDICTS}

# A light is a symbol, a word and a colour, so that it can be read in grey and aloud.
_SYMBOLS = {Light.GREEN: "●", Light.YELLOW: "▲", Light.RED: "■", Light.GREY: "○", Light.DONE: "✓"}
UPCOMING = "◇"
PAUSED = "‖"

# Control characters, lone surrogates, and what turns the direction of the text after it.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")


@lru_cache(maxsize=64)
def known_locale(locale: str) -> str:
    """The locale to write in: English for ``en…``, else Chinese."""
    return "en" if locale.lower().startswith("en") else DEFAULT_LOCALE


def say(locale: str, key: str, **data: object) -> str:
    """The wording of that key with its data filled in. Raises ``KeyError`` for an unknown key."""
    return _WORDS[known_locale(locale)][key].format(**data)


def sentences(locale: str) -> dict[str, str]:
    """What is said of attempts and of what became of them: whole sentences, by their key."""
    known = known_locale(locale)
    told = {key: words for key, words in _WORDS[known].items() if key.startswith(("verdict.", "receipt."))}
    told |= {f"mail.{code}": words for code, words in _VERDICTS[known].items()}
    return {**told, **{f"test.{key}": about_a_test(words) for key, words in told.items()}}


def verdict_sentence(code: str, locale: str) -> str:
    """What a verdict's code means and what to do about it."""
    return _VERDICTS[known_locale(locale)][code]


def clean(text: str) -> str:
    """Data on one line: the text itself, white space as single spaces, nothing that cannot be printed."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def cut(text: str, length: int) -> str:
    """At most ``length`` characters, the last one an ellipsis if something was left out."""
    return text if len(text) <= length else text[: length - 1].rstrip(" ，、；,;（(") + "…"


def light_symbol(light: Light, reason: Reason | None = None) -> str:
    """The light's symbol; a suspended or terminated sub-task has its own."""
    is_paused = light is Light.GREY and reason is not None and reason.code in ("suspended", "terminated")
    return PAUSED if is_paused else _SYMBOLS[light]


def light_word(light: Light, reason: Reason | None, locale: str) -> str:
    """The light's word; the reason tells overdue from far behind and a late report from lagging."""
    code = reason.code if reason else ""
    if light is Light.RED and code in ("overdue", "milestone_overdue"):
        return say(locale, "light.overdue")
    if light is Light.YELLOW and code == "report_late":
        return say(locale, "light.late")
    if light is Light.GREY and code in ("suspended", "terminated"):
        return say(locale, f"light.{code}")
    return say(locale, f"light.{light}")


def quantity(value: Decimal, unit: str) -> str:
    """A figure as people write it: no trailing zeros, thousands grouped, the unit attached."""
    plain = format(value.normalize() + 0, ",f")
    unit = clean(unit)
    return f"{plain} {unit}" if unit[:1].isascii() and unit[:1].isalpha() else plain + unit


@lru_cache(maxsize=4096)
def day(on: date, seen_on: date, locale: str, *, weekday: bool = True, mark: str = "") -> str:
    """A date for somebody who reads it on ``seen_on``: the year only where it is another one.

    ``mark`` is a remark on the date, such as 估算.
    """
    months = say(locale, "months.short").split(",")
    key = "date" if on.year == seen_on.year else "date.year"
    text = say(locale, key, year=on.year, month=on.month, day=on.day, month_name=months[on.month - 1])
    name = say(locale, "weekdays").split(",")[on.weekday()] if weekday else ""
    remarks = listed([remark for remark in (name, mark) if remark], locale)
    return say(locale, "date.remarked", date=text, remarks=remarks) if remarks else text


def full_day(on: date, locale: str) -> str:
    """A date with its year and weekday."""
    return day(on, date(on.year - 1, 1, 1), locale)


@lru_cache(maxsize=4096)
def period(text: str, seen_on: date, locale: str) -> str:
    """A reporting period ``YYYY-MM`` in words; any other text is given back."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        return text
    year, month = int(text[:4]), int(text[5:])
    name = say(locale, "months").split(",")[month - 1]
    return say(locale, "period" if year == seen_on.year else "period.year", year=year, month=name)


def working_days(count: int, locale: str) -> str:
    """A number of working days."""
    return say(locale, "days.one" if count == 1 else "days", n=count)


def listed(parts: list[str], locale: str) -> str:
    """The parts as one enumeration."""
    return say(locale, "list").join(parts)
