"""What reported figures say of the promises: which speaks of which, and whether it is met."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from intake import words
from intake.draft import IndicatorDraft, QuantityDraft
from intake.quantity_scan import alike, clauses

SHARES = frozenset({"%", "‰", "百分点"})
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")


def reached(
    figures: Sequence[QuantityDraft], indicators: Sequence[IndicatorDraft]
) -> dict[int, QuantityDraft]:
    """For each promise (by position) the figure that tells how far it is: of its measure, told by its words.

    What a month brought by itself does not tell it. Where several promises share a measure and no words decide,
    as many figures go to them in order, else none.
    """
    told = [one for one in figures if one.counts]
    best: dict[int, QuantityDraft] = {}
    for figure in told:
        for index in _spoken_of(figure, told, indicators):
            known = best.get(index)
            if known is None or _better(figure, known, indicators[index]):
                best[index] = figure
    return best


def _spoken_of(
    figure: QuantityDraft, told: Sequence[QuantityDraft], indicators: Sequence[IndicatorDraft]
) -> list[int]:
    fitting = [index for index, one in enumerate(indicators) if alike(figure.unit, one.unit)]
    if len(fitting) < 2:
        return fitting
    scores = {index: _in_common(figure, indicators[index]) for index in fitting}
    best = max(scores.values())
    leading = [index for index in fitting if scores[index] == best]
    if len(leading) == 1:
        return leading
    same = [one for one in told if alike(one.unit, figure.unit)]
    return [fitting[same.index(figure)]] if len(same) == len(fitting) else []


def _in_common(figure: QuantityDraft, indicator: IndicatorDraft) -> int:
    said, meant = _pairs(figure.subject + figure.quote), _pairs(indicator.subject + indicator.quote)
    return len(said & meant) + (figure.subject == indicator.subject)


def _pairs(text: str) -> set[str]:
    bare = re.sub(r"[\W\d_]", "", text)
    return {bare[index : index + 2] for index in range(len(bare) - 1)}


def _better(figure: QuantityDraft, known: QuantityDraft, indicator: IndicatorDraft) -> bool:
    common = _in_common(figure, indicator), _in_common(known, indicator)
    if common[0] != common[1]:
        return common[0] > common[1]
    return figure.quantity > known.quantity


def about_it(figure: QuantityDraft, indicator: IndicatorDraft) -> bool:
    """True where the figure surely speaks of the promise: words in common, or no words of its own (建成12座)."""
    return figure.subject in ("", *words.numbers.VERBS) or _in_common(figure, indicator) > 0


def meets(figure: QuantityDraft, indicator: IndicatorDraft) -> bool:
    """True when the figure keeps the promise; a bound from above is kept from below, a fall by falling."""
    if indicator.comparator in ("<=", "<"):
        return figure.quantity <= indicator.quantity
    if _contrary(figure, indicator):
        return False
    if indicator.comparator == ">":
        return figure.quantity > indicator.quantity
    return figure.quantity >= indicator.quantity


def exceeds(figure: QuantityDraft, indicator: IndicatorDraft) -> bool:
    """True when more was done than promised; shares and bounds from above are met, never exceeded."""
    counted = indicator.comparator not in ("<=", "<") and indicator.unit not in SHARES
    return counted and figure.quantity > indicator.quantity


def _contrary(figure: QuantityDraft, indicator: IndicatorDraft) -> bool:
    said, meant = figure.subject + figure.quote, indicator.subject + indicator.quote
    down, up = words.progress.DOWN, words.progress.UP
    return (_has(meant, down) and _has(said, up)) or (_has(meant, up) and _has(said, down))


def _has(text: str, table: Sequence[str]) -> bool:
    return any(word in text for word in table)


def status_by_figures(best: Mapping[int, QuantityDraft], indicators: Sequence[IndicatorDraft]) -> str:
    """Done when every promise has a figure that keeps it; over-fulfilled when one is exceeded as well."""
    if not indicators or len(best) < len(indicators):
        return "in_progress"
    if not all(meets(figure, indicators[index]) for index, figure in best.items()):
        return "in_progress"
    over = any(exceeds(figure, indicators[index]) for index, figure in best.items())
    return "over_fulfilled" if over else "done"


def shares_of_target(text: str) -> list[Decimal]:
    """The shares of the year's target that a report names, in per cent: 完成年度任务的80%."""
    found: list[Decimal] = []
    for clause in clauses(text):
        match = _SHARE.search(clause)
        before = clause[: match.start()] if match else ""
        if (
            match
            and _has(before, words.progress.WHOLE_SHARE_WORDS)
            and not _has(before, words.progress.NOT_WHOLE_SHARES)
        ):
            found.append(Decimal(match.group(1)))
    return found


def status_by_shares(shares: Sequence[Decimal]) -> str | None:
    """What shares of the target say; ``None`` where there are none."""
    if not shares:
        return None
    if min(shares) < 100:
        return "in_progress"
    return "over_fulfilled" if max(shares) > 100 else "done"
