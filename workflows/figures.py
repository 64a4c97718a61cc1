"""What people write as a figure: 26台, 1.2万名, 新增=41台, １２."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from engine.errors import DubanError
from engine.model import Indicator
from engine.quantities import is_kept, narrow
from intake.numerals import SCALES

FIGURE = re.compile(
    r"(?:(?P<subject>.+?)[=＝:：])?\s*(?P<number>[-+]?[\d.,，]+)\s*(?P<scale>[万亿]?)\s*(?P<unit>\S*)"
)
GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})*(\.\d+)?")
PEOPLE = {"人", "名", "人次", "位"}  # counted alike


def read_figures(texts: Sequence[str], indicators: Sequence[Indicator]) -> dict[int, Decimal]:
    """Cumulative quantities by indicator id; each text names its indicator by subject or unit, or is the only one."""
    figures: dict[int, Decimal] = {}
    for text in texts:
        match = FIGURE.fullmatch(narrow(text).strip())
        if match is None:
            raise DubanError("BAD_FIGURE", f"看不懂数值“{text}”：请写成 26台、1.2万名，或 指标名称=26台。")
        indicator = _named(text, match["subject"], match["unit"], indicators)
        if indicator.id in figures:
            raise DubanError("BAD_FIGURE", f"指标“{shown(indicator)}”填了两次：请只保留一个数值。")
        figures[indicator.id] = _quantity(text, match["number"], match["scale"])
    return figures


def read_figure(text: str, indicator: Indicator) -> Decimal | None:
    """The figure written in the field of that indicator, its unit of measure repeated or not; ``None`` if left empty."""
    if not text.strip():
        return None
    match = FIGURE.fullmatch(narrow(text).strip())
    if match is None or match["subject"] or not _is_unit(match["unit"], indicator):
        unit = indicator.unit
        raise DubanError("BAD_FIGURE", f"看不懂“{text.strip()}”：请只填数字，例如 26{unit} 或 1.2万{unit}。")
    return _quantity(text, match["number"], match["scale"])


def shown(indicator: Indicator) -> str:
    """The indicator as sentences name it."""
    return f"{indicator.subject}（{indicator.quantity:f}{indicator.unit}）"


def _is_unit(unit: str, indicator: Indicator) -> bool:
    return unit in ("", indicator.unit, narrow(indicator.unit)) or {unit, indicator.unit} <= PEOPLE


def _named(text: str, subject: str | None, unit: str, indicators: Sequence[Indicator]) -> Indicator:
    if subject:
        fitting = [one for one in indicators if subject.strip() in one.subject]
    else:
        fitting = [one for one in indicators if unit in ("", one.unit)] or _only(indicators, unit)
    if len(fitting) == 1:
        return fitting[0]
    choices = "、".join(shown(one) for one in indicators) or "（没有数量指标）"
    problem = "对应多个指标" if fitting else "没有对应的指标"
    raise DubanError("UNKNOWN_FIGURE", f"数值“{text}”{problem}：请写成 指标名称=数值，指标有 {choices}。")


def _only(indicators: Sequence[Indicator], unit: str) -> list[Indicator]:
    return [one for one in indicators if {one.unit, unit} <= PEOPLE]


def _quantity(text: str, number: str, scale: str) -> Decimal:
    plain = number.replace("，", ",")
    try:
        if "," in plain and not GROUPED.fullmatch(plain):
            raise InvalidOperation
        value = Decimal(plain.replace(",", "")) * SCALES[scale]
    except InvalidOperation:
        raise DubanError("BAD_FIGURE", f"看不懂数值“{text}”：请写成 26台 或 1.2万名。") from None
    if value < 0:
        raise DubanError("BAD_FIGURE", f"数值“{text}”是负数：填报的是年初以来的累计数，不能小于零。")
    if not is_kept(value) or len(plain) > 30:
        raise DubanError("BAD_FIGURE", f"数值“{text[:40]}”太大或太长：请核对后重新填写。")
    return value
