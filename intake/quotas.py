"""The cells of a matrix: each unit's share, and whether the shares add up to the headline."""

from __future__ import annotations

import re
from decimal import Decimal

from intake.draft import Finding, IndicatorDraft
from intake.numerals import SCALES, is_amount
from intake.quantity_scan import alike, measure_of
from intake.table import Cell
from intake.units import is_none

_IN_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_MARKS = re.compile(r"[\s,，、;；+]")
_SHARE = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<scale>万|千|百|亿)?\s*(?P<unit>[^\d\s,，、;；+]*)"
)


def read_shares(text: str) -> list[tuple[Decimal, str]] | None:
    """The figures of a cell with their measures (``4805``, then ``400人``: two); ``None`` if it holds more.

    A mark for nothing gives an empty list. A measure on the next line belongs to the figure before it.
    """
    bare = _IN_BRACKETS.sub("", text).strip()
    if is_none(bare):
        return []
    shares: list[tuple[Decimal, str]] = []
    position = 0
    for match in _SHARE.finditer(bare):
        if _MARKS.sub("", bare[position : match.start()]):
            return None
        unit = match.group("unit")
        if (unit and measure_of(unit) is None) or not is_amount(match.group("number")):
            return None
        number = Decimal(match.group("number").replace(",", "")) * SCALES[match.group("scale") or ""]
        shares.append((number, (measure_of(unit) or "") if unit else ""))
        position = match.end()
    return shares if shares and not _MARKS.sub("", bare[position:]) else None


def is_quota(text: str) -> bool:
    """True for what may stand in a matrix: figures, or a mark for nothing."""
    return read_shares(text) is not None


def share_out(indicators: list[IndicatorDraft], unit: str, cell: Cell, scale: Decimal) -> Finding | None:
    """Give each indicator its share for ``unit``; a finding says what could not be read or given.

    ``scale`` is what a bare figure counts (10000 in a table of 万人).
    """
    shares = read_shares(cell.text)
    if shares is None:
        return _unreadable(unit, cell)
    given = _given(
        indicators, [(number if measure else number * scale, measure) for number, measure in shares]
    )
    if given is None:
        return _unreadable(unit, cell)
    for indicator, number in given:
        if number:
            indicator.quotas[unit] = number
    return None


def check_sum(indicator: IndicatorDraft) -> Finding | None:
    """A warning when the shares do not add up to the headline (an ``at least`` may be exceeded, a rate is no sum)."""
    if not indicator.quotas or indicator.unit in ("%", "‰", "百分点") or adds_up(indicator):
        return None
    total = sum(indicator.quotas.values(), Decimal(0))
    message = (
        f"各单位分解量合计{_plain(total)}{indicator.unit}，与总任务{_plain(indicator.quantity)}{indicator.unit}不一致。"
        "请核对分解量后再确认。"
    )
    return Finding("warning", "SUM_MISMATCH", indicator.where, indicator.quote, message)


def adds_up(indicator: IndicatorDraft) -> bool:
    """True when the shares make up the headline; an ``at least`` may be exceeded."""
    total = sum(indicator.quotas.values(), Decimal(0))
    if indicator.comparator in (">=", ">", "~"):
        return total >= indicator.quantity
    return total == indicator.quantity


def _given(
    indicators: list[IndicatorDraft], shares: list[tuple[Decimal, str]]
) -> list[tuple[IndicatorDraft, Decimal]] | None:
    """Shares by order where there are as many as indicators, else by measure where only one fits."""
    if len(shares) == len(indicators):
        return [(indicator, number) for indicator, (number, _) in zip(indicators, shares, strict=True)]
    given: list[tuple[IndicatorDraft, Decimal]] = []
    for number, unit in shares:
        fitting = [one for one in indicators if unit and alike(one.unit, unit)]
        if len(fitting) != 1:
            return None
        given.append((fitting[0], number))
    return given


def _unreadable(unit: str, cell: Cell) -> Finding:
    message = f"“{unit}”一栏的内容读不出分解量，未计入。请改成“数字+计量单位”，没有任务的填“--”。"
    return Finding("warning", "UNREADABLE_CELL", cell.where, cell.text, message)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
