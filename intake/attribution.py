"""Which part of a report speaks of which sub-task: by the words that only one of them has, near the clause's head."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from intake import words
from intake.outline import parts_of

_LEAST = 0.1  # less than a word of its own late in a clause tells nothing
_NEAR = 4  # characters after which a word counts half: reports name their subject first
_VERB = 0.3  # 新建 and 改建 tell two sub-tasks apart where nothing else does
_COMMON = frozenset(
    word[i : i + 2]
    for word in (*words.numbers.VERBS, *words.plans.PLAN_VERBS, *words.progress.ECHO_FILLERS)
    for i in range(len(word) - 1)
)


def attribute(titles: Sequence[str], paragraphs: Sequence[str]) -> list[str]:
    """For each sub-task what the report says of it, in the report's words; empty for one it is silent about.

    Where each sub-task has a paragraph that begins with it, the paragraphs are not cut. A clause that names no sub-task goes on about the one before it in its paragraph; a paragraph that names none
    speaks of all.
    """
    if len(titles) == 1:
        return ["\n".join(paragraphs)]
    firsts = spoken_of(titles, paragraphs)
    if len(paragraphs) == len(titles) and set(firsts) == set(range(len(titles))):
        return [paragraphs[firsts.index(position)] for position in range(len(titles))]
    told: list[list[str]] = [[] for _ in titles]
    weights = _weights(titles)
    for paragraph in paragraphs:
        pieces: list[str] = ["" for _ in titles]
        for index, clause in _attributed(paragraph, weights):
            for position in range(len(titles)) if index is None else (index,):
                pieces[position] += clause
        for position, piece in enumerate(pieces):
            if piece:
                told[position].append(piece.strip().rstrip("，,；;"))
    return ["\n".join(pieces) for pieces in told]


def spoken_of(titles: Sequence[str], paragraphs: Sequence[str]) -> list[int | None]:
    """For each paragraph the sub-task that it speaks of first."""
    weights = _weights(titles)
    return [next((one for one, _ in _attributed(paragraph, weights)), None) for paragraph in paragraphs]


def _attributed(paragraph: str, weights: list[dict[str, float]]) -> list[tuple[int | None, str]]:
    """The clauses of a paragraph with their sub-task; what stands before the first that names one belongs to it."""
    clauses = parts_of(paragraph, "，,；;。")
    named = [_best(clause, weights) for clause in clauses]
    current = next((one for one in named if one is not None), None)
    found: list[tuple[int | None, str]] = []
    for clause, one in zip(clauses, named, strict=True):
        current = current if one is None else one
        found.append((current, clause))
    return found


def _best(clause: str, weights: list[dict[str, float]]) -> int | None:
    spoken = _bare(clause)
    scores = [
        sum(weight / (1 + spoken.index(pair) / _NEAR) for pair, weight in own.items() if pair in spoken)
        for own in weights
    ]
    ranked = sorted(scores, reverse=True)
    return scores.index(ranked[0]) if ranked[0] >= _LEAST and ranked[0] > ranked[1] else None


def _weights(titles: Sequence[str]) -> list[dict[str, float]]:
    """The pairs of characters of each title; one that several titles share counts for little."""
    own = [set(_pairs(_bare(title))) for title in titles]
    shared = Counter(pair for pairs in own for pair in pairs)
    return [{pair: (_VERB if pair in _COMMON else 1) / shared[pair] ** 2 for pair in pairs} for pairs in own]


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1) if "0" not in text[i : i + 2]]


def _bare(text: str) -> str:
    """Letters alone; figures become 0, so that no pair reaches over them."""
    plain = re.sub(r"\s", "", text)
    return re.sub(r"[^\w]", "", re.sub(r"\d[\d.]*[万亿]?[\u4e00-\u9fff]?", "0", plain))
