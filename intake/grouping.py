"""Findings that say the same of many rows become one that names the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from intake.draft import Finding
from intake.showing import place_words

# Said once for the whole document, whatever the rows' words.
_ONCE = frozenset({"NO_PERIOD", "FISCAL_YEAR_ASSUMED", "HEADLINE_FROM_SHARES"})
# Said once for the same words: one wording of a deadline stands in many rows.
_ONCE_A_WORDING = frozenset({"UNREAD_DEADLINE", "AMBIGUOUS_DEADLINE"})
_MOST_PLACES = 12


def grouped(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in their order; repetitions are folded into the first, which counts and names the others."""
    groups: dict[object, list[Finding]] = {}
    for index, finding in enumerate(findings):
        groups.setdefault(_key(finding) or index, []).append(finding)
    return [_folded(group) for group in groups.values()]


def _key(finding: Finding) -> object:
    if finding.code in _ONCE:
        return finding.code
    if finding.code in _ONCE_A_WORDING:
        return finding.code, finding.quote, finding.alternatives
    return None


def _folded(group: list[Finding]) -> Finding:
    first, *others = group
    if not others:
        return first
    places = "、".join(place_words(one.where) for one in others[:_MOST_PLACES] if str(one.where))
    more = " 等" if len(others) > _MOST_PLACES else ""
    also = f"（{places}{more}）" if places else ""
    return replace(first, message=f"{first.message}同样的情况另有{len(others)}处{also}。")
