"""What a report says that people should look at once more: asked about, never refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from engine.facts import accumulates
from engine.model import Indicator, Reason

BEYOND = 3  # a figure above the target times this was probably typed in another unit of measure
LEAP = Decimal("0.5")  # a report that brings more than this share of the target at once is looked at
ALIKE = 0.9  # from this share of equal characters a text says nothing that the target does not
SHORTEST = 4  # a shorter text is no repetition
_SIGNS = re.compile(r"[\W_]+")


def doubts(
    indicators: Sequence[Indicator],
    targets: Mapping[int, Decimal],
    known: Mapping[int, Decimal],
    figures: Mapping[int, Decimal],
    text: str,
    asked: Iterable[str],
) -> tuple[Reason, ...]:
    """Why to ask: ``figure_falls``, ``figure_jumps``, ``text_repeats``, in the order of the form.

    ``targets`` and ``known`` are what is promised and what was reported before, by indicator id; ``asked``
    are the texts in which the task itself is written.
    """
    found = []
    for one in indicators:
        value, before, target = figures.get(one.id), known.get(one.id), targets.get(one.id)
        if value is None:
            continue
        said = {"indicator": one.id, "value": value, "unit": one.unit}
        if before is not None and value < before and accumulates(one):
            found.append(Reason.of("figure_falls", **said, before=before))
        if target and value > target * BEYOND:
            found.append(Reason.of("figure_jumps", **said, target=target))
    if repeats(text, asked):
        found.append(Reason.of("text_repeats"))
    return tuple(found)


def leaps(
    indicators: Sequence[Indicator],
    targets: Mapping[int, Decimal],
    known: Mapping[int, Decimal],
    figures: Mapping[int, Decimal],
    asked: Mapping[int, Decimal],
) -> tuple[Reason, ...]:
    """``figure_leaps`` for each figure that brings over half the target at once, far ahead of the plan.

    ``asked`` is what the plan asks for by then, by indicator id; nothing is said of what it does not ask for.
    """
    found = []
    for one in indicators:
        value, due, target = figures.get(one.id), asked.get(one.id), targets.get(one.id)
        if value is None or due is None or not target:
            continue
        before = known.get(one.id, Decimal(0))
        if value - before > target * LEAP and value > due * BEYOND:
            said = {"indicator": one.id, "value": value, "unit": one.unit, "before": before}
            found.append(Reason.of("figure_leaps", **said))
    return tuple(found)


def repeats(text: str, asked: Iterable[str]) -> bool:
    """Whether the text merely says again what was asked."""
    own = _bare(text)
    if len(own) < SHORTEST:
        return False
    return any(_is_like(own, _bare(one)) for one in asked)


def _is_like(own: str, asked: str) -> bool:
    if own in asked:
        return True
    return SequenceMatcher(None, own, asked, autojunk=False).ratio() >= ALIKE


def _bare(text: str) -> str:
    return _SIGNS.sub("", text)
