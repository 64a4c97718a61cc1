"""Steps of one promise by date: 6月底前3所、年底前5所; whether the figures add up is told by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from engine.deadlines import Wording
from intake import words
from intake.draft import IndicatorDraft, SubTaskDraft
from intake.quantities import read_indicators
from intake.quantity_scan import alike, narrow

_ACTS = re.compile("|".join(sorted(words.numbers.VERBS, key=len, reverse=True)) + "|[()]")
_SHARES = ("%", "‰")


def settle_steps(subtask: SubTaskDraft, text: str, dates: Sequence[Wording]) -> bool:
    """Leave the last figure alone as the promise where the words say that it holds the steps before it.

    True where the words do not tell whether the figures add up (3所, then 5所 more) or are reached in all:
    then they all stay.
    """
    clauses = _after_each(narrow(text), dates)
    figures = [read_indicators(clause) for clause in clauses]
    if len(figures) < 2 or any(len(one) != 1 for one in figures):
        return False
    told = [one[0] for one in figures]
    if not all(_same_thing(earlier, later) for earlier, later in pairwise(told)):
        return False
    later = "".join(clauses[1:])
    if told[0].unit in _SHARES or any(word in later for word in words.deadlines.IN_ALL):
        steps = [(one.quantity, one.unit) for one in told[:-1]]
        subtask.indicators = [one for one in subtask.indicators if (one.quantity, one.unit) not in steps]
        return False
    return not any(word in later for word in words.deadlines.MORE)


def _after_each(text: str, dates: Sequence[Wording]) -> list[str]:
    """What stands after each date, up to the next one."""
    clauses: list[str] = []
    rest = text
    for wording in dates:
        before, found, rest = rest.partition(wording.text)
        if not found:
            return []
        clauses.append(before)
    return [*clauses[1:], rest.split("。")[0].split("；")[0]]


def _same_thing(one: IndicatorDraft, later: IndicatorDraft) -> bool:
    """Nothing tells them apart: the same measure, and the same name or none of its own for the later one."""
    name = _ACTS.sub("", later.subject)
    return alike(one.unit, later.unit) and name in ("", _ACTS.sub("", one.subject))
