"""Where a report contradicts itself: words against figures, shares against figures, parts against their total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from intake import words
from intake.draft import IndicatorDraft, QuantityDraft
from intake.judging import about_it, exceeds, meets
from intake.quantity_scan import Found, clean_text, scan

_TOLERANCE = Decimal(1)  # percentage points by which a share may be rounded


def contradictions(
    text: str,
    said: str | None,
    best: Mapping[int, QuantityDraft],
    indicators: Sequence[IndicatorDraft],
    shares: Sequence[Decimal],
) -> Iterator[str]:
    """One Chinese sentence for each contradiction; ``said`` is the status in words, ``best`` the figures reached."""
    sure = {index: figure for index, figure in best.items() if about_it(figure, indicators[index])}
    if said in ("done", "over_fulfilled"):
        yield from _words_against_figures(said, sure, indicators)
        if shares and (min(shares) < 100 or (said == "over_fulfilled" and max(shares) == 100)):
            yield f"文字称已完成，但完成比例只写了{min(shares):f}%。"
    yield from _share_against_figure(sure, indicators, shares)
    for sentence in re.split(r"[。；;\n]", clean_text(text)):
        yield from _parts_against_total(sentence)


def _words_against_figures(
    said: str, sure: Mapping[int, QuantityDraft], indicators: Sequence[IndicatorDraft]
) -> Iterator[str]:
    for index, figure in sure.items():
        if not meets(figure, indicators[index]):
            yield f"文字称已完成，但“{_shown(figure)}”没有达到目标{_target(indicators[index])}。"
    short = [one for one in sure if not exceeds(sure[one], indicators[one])]
    if (
        said == "over_fulfilled"
        and short
        and len(short) == len(indicators)
        and all(meets(sure[one], indicators[one]) for one in short)
    ):
        yield f"文字称超额完成，但“{_shown(sure[short[0]])}”没有超过目标{_target(indicators[short[0]])}。"


def _share_against_figure(
    sure: Mapping[int, QuantityDraft], indicators: Sequence[IndicatorDraft], shares: Sequence[Decimal]
) -> Iterator[str]:
    if len(indicators) != 1 or len(sure) != 1 or len(shares) != 1 or not indicators[0].quantity:
        return
    if indicators[0].unit in ("%", "‰", "百分点"):
        return
    real = sure[0].quantity * 100 / indicators[0].quantity
    if abs(real - shares[0]) > _TOLERANCE:
        yield f"“{_shown(sure[0])}”是目标{_target(indicators[0])}的{real:.1f}%，文中却写{shares[0]:f}%。"


def _parts_against_total(sentence: str) -> Iterator[str]:
    found = scan(sentence)
    for total in found:
        parts, exact = _parts(sentence, total, found)
        added = sum((one.quantity for one in parts), Decimal(0))
        if len(parts) > 1 and (added > total.quantity or (exact and added != total.quantity)):
            yield f"分项合计{added:f}{total.unit}，与总数{total.quantity:f}{total.unit}不一致。"


def _parts(sentence: str, total: Found, found: Sequence[Found]) -> tuple[list[Found], bool]:
    """The figures that make up a total, and whether they are meant to be all of it."""
    same = [one for one in found if one is not total and one.unit == total.unit]
    after = [one for one in same if one.start > total.end]
    before = re.split(r"[，,]", sentence[: total.start])[-1]
    if any(word in before for word in words.progress.SUMS):
        return [one for one in same if one.start < total.start], True
    if not total.bracket and re.match(r"\s*[（(](?!其中|含)", sentence[total.end :]):
        return [
            one
            for one in after
            if one.bracket
            and "）" not in sentence[total.end : one.start]
            and ")" not in sentence[total.end : one.start]
        ], True
    if re.match(r"[^，,、\d]*中\s*[，,]", sentence[total.end :]):
        return _done_and_left(sentence, after), True
    between = sentence[total.end : after[0].start] if after else ""
    if re.search(r"[，,（(]\s*其中", between) and not re.search(r"涉及|惠及", between):
        return after, False
    return [], False


def _done_and_left(sentence: str, after: Sequence[Found]) -> list[Found]:
    left = [one for one in after if any(word in _clause(sentence, one) for word in words.progress.REMAINING)]
    done = [one for one in after if one not in left]
    return [*done, *left] if len(left) == 1 and len(done) == 1 else []


def _clause(sentence: str, one: Found) -> str:
    return re.split(r"[，,、]", sentence[: one.start])[-1]


def _shown(figure: QuantityDraft) -> str:
    return figure.quote or f"{figure.quantity:f}{figure.unit}"


def _target(indicator: IndicatorDraft) -> str:
    return f"{indicator.quantity:f}{indicator.unit}"
