"""The words around each figure of a text: its clause, its sentence, what follows, and the next figure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from intake.quantity_scan import Found

_SENTENCE_ENDS = re.compile(r"[；;。\n]")
_CLAUSE_BEGINS = re.compile(r"[，,：:、（(]")
_TAIL_ENDS = re.compile(r"[，,；;。、（()）\n]")


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure with the words around it."""

    item: Found
    clause: str  # before the figure, since the last comma, bracket or full stop
    sentence: str  # before the figure, since the last full stop
    tail: str  # after the figure, up to the next comma, bracket or full stop
    following: Found | None  # the next figure
    between: str  # what stands before the next figure


def besides(clean: str, found: Sequence[Found]) -> list[Beside]:
    """Each figure with the words around it; where sentences end is worked out once for all of them."""
    ends = [match.start() for match in _SENTENCE_ENDS.finditer(clean)]
    return [_beside(clean, ends, one, found[index + 1 : index + 2]) for index, one in enumerate(found)]


def left_of(clean: str, known: list[Beside], left_out: Callable[[Beside], bool]) -> list[Beside]:
    """Those that are not left out, each with the next of them that is kept."""
    kept = [one for one in known if not left_out(one)]
    if len(kept) == len(known):
        return known
    return [_followed(clean, one, after) for one, after in zip_longest(kept, kept[1:])]


def _beside(clean: str, ends: Sequence[int], item: Found, after: Sequence[Found]) -> Beside:
    place = bisect_left(ends, item.start)
    sentence = clean[ends[place - 1] + 1 if place else 0 : item.start]
    cut = _TAIL_ENDS.search(clean, item.end)
    return Beside(
        item=item,
        clause=_CLAUSE_BEGINS.split(sentence)[-1],
        sentence=sentence,
        tail=clean[item.end : cut.start() if cut else len(clean)],
        following=after[0] if after else None,
        between=clean[item.end : after[0].start] if after else "",
    )


def _followed(clean: str, one: Beside, after: Beside | None) -> Beside:
    if after is None:
        return replace(one, following=None, between="")
    return replace(one, following=after.item, between=clean[one.item.end : after.item.start])
