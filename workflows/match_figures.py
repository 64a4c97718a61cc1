"""Which indicator a figure of a document speaks of, told by its words and its unit of measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from intake.draft import QuantityDraft
from intake.words.measures import ALIKE_MEASURES


class Promise(Protocol):
    """What an indicator and its draft have in common here."""

    subject: str
    unit: str
    quote: str


def match_figures(figures: Sequence[QuantityDraft], promises: Sequence[Promise]) -> dict[int, int]:
    """For each figure that one indicator fits best, the positions (figure → indicator).

    The unit of measure must agree; of several such indicators the words decide. Two that fit alike
    leave the figure unmatched: no guess. Figures that do not count as done so far match nothing. No indicator gets two figures. Figures that name one subject
    which as many indicators bear go to them in order.
    """
    scores = {
        (f, p): _score(figure, promise)
        for f, figure in enumerate(figures)
        if figure.counts
        for p, promise in enumerate(promises)
        if alike_units(figure.unit, promise.unit)
    }
    matched: dict[int, int] = {}
    while scores:
        best = max(scores.values())
        tied = [pair for pair, score in scores.items() if score == best]
        matched.update(_told(tied, same_subject=best[0]))
        scores = {pair: score for pair, score in scores.items() if not _touches(pair, tied)}
    return matched


def alike_units(one: str, other: str) -> bool:
    """Whether figures in these units may be compared: 人 and 名 are, 场 and 人 are not."""
    one, other = one.split("(")[0], other.split("(")[0]
    return one == other or not (one and other) or any({one, other} <= group for group in ALIKE_MEASURES)


def _told(tied: Sequence[tuple[int, int]], same_subject: bool) -> dict[int, int]:
    """Of pairs that fit equally well those that no other contests."""
    figures, promises = sorted({f for f, _ in tied}), sorted({p for _, p in tied})
    if same_subject and len(figures) == len(promises) and len(tied) == len(figures) ** 2:
        return dict(zip(figures, promises, strict=True))
    return {f: p for f, p in tied if sum(other[0] == f or other[1] == p for other in tied) == 1}


def _touches(pair: tuple[int, int], tied: Sequence[tuple[int, int]]) -> bool:
    return any(pair[0] == f or pair[1] == p for f, p in tied)


def _score(figure: QuantityDraft, promise: Promise) -> tuple[bool, int, bool]:
    """Same subject first, then words in common, then the very same unit."""
    same = bool(figure.subject) and _bare(figure.subject) == _bare(promise.subject)
    words = _pairs(figure.subject + figure.quote) & _pairs(promise.subject + promise.quote)
    return same, len(words), figure.unit == promise.unit


def _bare(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text)


def _pairs(text: str) -> set[str]:
    bare = _bare(text)
    return {bare[index : index + 2] for index in range(len(bare) - 1)}
