"""Reasons in words: why a light, why a reminder, why an end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from engine.model import Reason, Rule
from notifications.words import clean, day, period, quantity, working_days
from notifications.words import say as say_message
from web.words import knows, say

RULES = frozenset(rule.value for rule in Rule)  # a reason may say no more than its rule
DATES = ("deadline", "due_on", "starts_on", "as_of", "judged_on", "ends_on", "completed_on")


def sentence(reason: Reason, on: date, locale: str) -> str:
    """One sentence with its inputs; dates are written for a reader on ``on``."""
    key = f"reason.{reason.code}"
    if not knows(locale, key):
        return rule_word(reason.code, locale) if reason.code in RULES else reason.code
    inputs = dict(reason.inputs)
    words = {name: _date(inputs.get(name, ""), on, locale) for name in DATES}
    words["period"] = period(inputs.get("period", ""), on, locale)
    words["behind"] = working_days(int(inputs["behind"]), locale) if "behind" in inputs else ""
    words["what"] = say(locale, "quoted", text=clean(inputs["text"])) if inputs.get("text") else ""
    words["figures"] = _figures(inputs, on, locale)
    return say(locale, key, **words)


def ending(reason: str, locale: str) -> str:
    """Why a reminder or a message ended, or an empty text."""
    if reason.startswith("muted_by_"):
        return say(locale, "why.muted", rule=rule_word(reason.removeprefix("muted_by_"), locale))
    key = f"why.{reason}"
    return say(locale, key) if knows(locale, key) else reason


def without_command(sentence: str) -> str:
    """The sentence of a finding without the part that names a command: a page offers its own way."""
    head, colon, tail = sentence.rpartition("：")
    return f"{head}。" if colon and "duban " in tail else sentence


def rule_word(rule: str, locale: str) -> str:
    """A rule's name as messages write it."""
    return say_message(locale, f"rule.{rule}")


def _figures(inputs: dict[str, str], on: date, locale: str) -> str:
    unit = inputs.get("unit", "")
    expected = _quantity(inputs.get("expected", ""), unit)
    if not expected:
        return ""
    actual = _quantity(inputs.get("actual", ""), unit) or say(locale, "reason.unreported")
    if inputs.get("as_of"):
        as_of = _date(inputs["as_of"], on, locale)
        return say(locale, "reason.as_of", as_of=as_of, expected=expected, actual=actual)
    return say(locale, "reason.figures", expected=expected, actual=actual)


def _quantity(text: str, unit: str) -> str:
    try:
        return quantity(Decimal(text), unit)
    except InvalidOperation:
        return ""


def _date(text: str, on: date, locale: str) -> str:
    try:
        return day(date.fromisoformat(text), on, locale, weekday=False)
    except ValueError:
        return text
