"""Findings in the reader's language, from their code and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from notifications.retold import is_told, retold
from notifications.words import clean, day, known_locale, listed, period, quantity, say
from notifications.words_found import EN

NAMED = ("post", "kind", "language", "duty")  # inputs that are words of ours, by the prefix of their key
CHANNELS = ("channel", "left", "taken")


def found_sentence(
    code: str, inputs: Mapping[str, Any], locale: str, on: date, refusals: Mapping[str, str] | None = None
) -> str:
    """What the finding says to somebody who reads it on that day; an empty text where it is not known what it
    is made of. ``refusals`` are the sentences of errors in that language, by their code."""
    key = f"found.{code}.{inputs['case']}" if inputs.get("case") else f"found.{code}"
    if not inputs or key not in EN:
        return ""
    words = {name: clean(str(value)) for name, value in inputs.items() if name not in ("parts", "why")}
    for name in NAMED:
        words |= {name: _word(name, words[name], locale)} if name in words else {}
    for name in CHANNELS:
        words |= {name: _word("channel", words[name], locale)} if name in words else {}
    if "since" in words:
        words["since"] = day(date.fromisoformat(words["since"]), on, locale, weekday=False)
    if "period" in words:
        words["period"] = period(words["period"], on, locale)
    words["unit"] = words.get("unit") or say(locale, "found.unit")
    words["why"] = _why(str(inputs.get("why", "")), str(inputs.get("error", "")), locale, refusals or {})
    words["parts"] = say(locale, "found.parts").join(
        _part(one, on, locale) for one in inputs.get("parts", ())
    )
    return say(locale, key, **words).strip()


def _word(name: str, value: str, locale: str) -> str:
    key = f"found.{name}.{value}"
    return say(locale, key) if key in EN else value


def _why(sentence: str, error: str, locale: str, refusals: Mapping[str, str]) -> str:
    """The cause: a sentence of ours, that of an error, or, of what is told in Chinese only, where to look."""
    if is_told(sentence):
        return retold(sentence, locale)
    if known_locale(locale) != "en" or not sentence:
        return sentence
    return refusals.get(error, say(locale, "found.see_log"))


def _part(one: Mapping[str, Any], on: date, locale: str) -> str:
    """Where one indicator's figures differ."""
    unit = one["unit"]
    reported = [f"{clean(name)} {quantity(Decimal(figure), unit)}" for name, figure in one["own"]]
    own = listed(reported, locale)
    subject = say(locale, "found.subject", text=clean(one["subject"])) if one["subject"] else ""
    key = "found.part" if one["counted"] == one["whole"] else "found.part.some"
    figures = {name: quantity(Decimal(one[name]), unit) for name in ("lead", "shared")}
    counts = {name: one[name] for name in ("counted", "whole")}
    when = period(one["period"], on, locale)
    return say(locale, key, period=when, subject=subject, own=own, **figures, **counts)
