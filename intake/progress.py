"""Progress wording: status, figures, blockers, forecast; and whether it only repeats the target."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from intake import words
from intake.draft import IndicatorDraft, QuantityDraft
from intake.english import english_sentences, holds_up, in_english, reported_status
from intake.quantities import read_quantities
from intake.quantity_scan import alike, clauses
from intake.units import is_none

_ECHO = 0.9  # as alike as a text must be to its target, fillers aside, to count as a repetition


@dataclass(frozen=True, slots=True)
class Status:
    """What a report says: the status, its figures, what holds it up and when it expects to be done (its words)."""

    status: str
    quantities: tuple[QuantityDraft, ...] = ()
    blockers: tuple[str, ...] = ()
    forecast: str | None = None
    echoed: bool = False


def read_status(text: str, indicators: Sequence[IndicatorDraft] = (), target: str = "") -> Status:
    """What ``text`` reports against the promises and the period's target; words win over figures.

    Figures of preparation (已确定50个小区名单) are left out where a promise of the same measure could be taken
    for delivered.
    """
    if is_none(text):
        return Status("unknown")
    if in_english(text):
        return _english_status(text, indicators, target)
    figures = tuple(told_figures(text, indicators, words.progress.EXPECTING))
    return Status(
        status=_in_words(text) or _in_figures(figures, indicators),
        quantities=figures,
        blockers=tuple(one for one in clauses(text) if any(word in one for word in words.progress.BLOCKERS)),
        forecast=_forecast(text),
        echoed=echoes(text, target),
    )


def _english_status(text: str, indicators: Sequence[IndicatorDraft], target: str) -> Status:
    figures = tuple(told_figures(text, indicators))
    blockers = tuple(said for said in english_sentences(text) if holds_up(said))
    status = reported_status(text) or _in_figures(figures, indicators)
    return Status(status, figures, blockers, echoed=echoes(text, target))


def told_figures(
    text: str, indicators: Sequence[IndicatorDraft], unsaid: Sequence[str] = ()
) -> list[QuantityDraft]:
    """The figures that speak of the promises; clauses of preparation, or with a word of ``unsaid``, tell none."""
    if in_english(text):
        return [one for one in read_quantities(text) if not indicators or _speaks_of(one, indicators)]
    kept: list[QuantityDraft] = []
    for clause in clauses(text):
        plain = clause
        for plan in words.progress.PLANS:
            plain = plain.replace(plan, "")
        preparing = any(word in plain for word in [*words.progress.PREPARING, *unsaid])
        figures = read_quantities(clause)
        kept += [one for one in figures if not indicators or (_speaks_of(one, indicators) and not preparing)]
    return kept


def echoes(text: str, target: str) -> bool:
    """True when a report only repeats its target, with 已 or 完成 added."""
    said, meant = _core(text), _core(target)
    if len(meant) < 4 or not said:
        return False
    return said == meant or SequenceMatcher(None, said, meant).ratio() >= _ECHO


def _core(text: str) -> str:
    bare = re.sub(r"[^\w]", "", text)
    for filler in words.progress.ECHO_FILLERS:
        bare = bare.replace(filler, "")
    return bare


def _speaks_of(figure: QuantityDraft, indicators: Sequence[IndicatorDraft]) -> bool:
    return figure.unit in ("%", "‰") or any(alike(figure.unit, one.unit) for one in indicators)


def _in_words(text: str) -> str | None:
    """What the words say is so; clauses about what is hoped for or not yet done say nothing of it."""
    said = [one for one in clauses(text) if not any(word in one for word in words.progress.NOT_YET)]
    for status, phrases in words.progress.STATUS_WORDS:
        within = clauses(text) if status in ("not_started", "lagging", "suspended") else said
        if any(
            re.search(rf"{phrase}(?!的?\s*(?:\d|百分之|[一二三四五六七八九]成))", one)
            for phrase in phrases
            for one in within
        ):
            return _resumed(text) if status == "suspended" else status
    return None


def _resumed(text: str) -> str:
    """A suspension that is over is progress again."""
    stopped = max(text.rfind(word) for word in dict(words.progress.STATUS_WORDS)["suspended"])
    return (
        "in_progress" if any(text.rfind(word) > stopped for word in words.progress.RESUMED) else "suspended"
    )


def _in_figures(figures: Sequence[QuantityDraft], indicators: Sequence[IndicatorDraft]) -> str:
    """Done when every promise is met by a figure of its measure; over-fulfilled when one is exceeded as well."""
    best = [_best(figures, one) for one in indicators]
    if not indicators or any(value is None for value in best):
        return "in_progress"
    pairs = [(value, one.quantity) for value, one in zip(best, indicators, strict=True) if value is not None]
    if any(value < promised for value, promised in pairs):
        return "in_progress"
    return "over_fulfilled" if any(value > promised for value, promised in pairs) else "done"


def _best(figures: Sequence[QuantityDraft], indicator: IndicatorDraft) -> Decimal | None:
    fitting = [one for one in figures if alike(one.unit, indicator.unit)]
    named = [one for one in fitting if one.subject and one.subject in (indicator.subject + indicator.quote)]
    values = [one.quantity for one in (named or fitting)]
    return max(values) if values else None


def _forecast(text: str) -> str | None:
    for clause in clauses(text):
        match = re.search(rf"(?:{'|'.join(words.progress.FORECASTS)}).*?(?:月|季度|年)[^，,。；;]*", clause)
        if match and re.search(r"完成|完工|竣工|建成|交付|投用|开工|启用", match.group()):
            return match.group()
    return None
