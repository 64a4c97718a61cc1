"""The wording of an item cut into what is followed up one by one; each cut keeps a promise on both sides."""

from __future__ import annotations

import re

from intake import words
from intake.outline import parts_of, sentences
from intake.quantities import read_indicators

_LONGEST_TITLE = 45
# 就业促进工程，包括…: the name of a project before what it holds.
_NAMED = re.compile(
    rf"([^。；;：:！，,、]{{2,30}}(?:{'|'.join(words.plans.NAMED_ENDINGS)}))[，,]\s*(?:主要)?包括"
)
_CONJOINED = re.compile(r"(?<=[\u4e00-\u9fff])\s*(?:以及|和|及|与|、)\s*(?=\d)")


def bare_end(text: str) -> str:
    """The text without the mark at its end."""
    return text.strip().rstrip("。；;，,、：: ")


def title_and_rest(text: str) -> tuple[str, str]:
    """``优化营商环境。全年…`` and ``助餐：新建…``: the name and what is promised; all is the name where nothing follows."""
    head = _NAMED.match(text) or re.match(r"([^。；;：:！]{2,})[。：:]\s*(?=\S)", text)
    if head is None or len(head.group(1)) > _LONGEST_TITLE or read_indicators(head.group(1)):
        return text, ""
    return head.group(1), text[head.end() :]


def by_sentences(text: str) -> list[str]:
    """Each sentence; one whose parts between semicolons each promise something is several."""
    found: list[str] = []
    for sentence in sentences(text):
        parts = parts_of(sentence, "；;")
        found += parts if all(read_indicators(part) for part in parts) else [sentence]
    return [bare_end(one) for one in found if bare_end(one)]


def by_promises(text: str) -> list[str]:
    """Cut where sentences or parts between semicolons each promise a quantity; what promises none joins its neighbour."""
    return [bare_end(one) for one in _with_promises(parts_of(text, "。；;"))] or [bare_end(text)]


def by_clauses(text: str) -> list[str]:
    """The clauses of a headline; an outcome joins the clause before it, what promises nothing the clause after it.

    A first clause without promise before several parts between semicolons names the whole and is no sub-task.
    """
    parts = parts_of(text, "；;。")
    clauses = parts_of(parts[0], "，,") if parts else []
    if len(parts) > 1 and len(clauses) > 1 and not read_indicators(clauses[0]):
        parts[0] = "".join(clauses[1:])
    found: list[str] = []
    for part in parts:
        cut: list[str] = []
        for clause in parts_of(part, "，,"):
            if cut and clause.startswith(words.plans.OUTCOMES):
                cut[-1] += clause
            else:
                cut.append(clause)
        found += _with_promises(cut)
    return [bare_end(one) for one in found if bare_end(one)] or [bare_end(text)]


def conjoined(clause: str) -> list[str]:
    """``改造27个小区和3个路段``: the parts that each count something; one part where nothing is conjoined."""
    cuts = [match.span() for match in _CONJOINED.finditer(clause)]
    parts, start = [], 0
    for left, right in cuts:
        parts.append(clause[start:left])
        start = right
    parts.append(clause[start:])
    return parts if all(read_indicators(part) for part in parts) else [clause]


def _with_promises(pieces: list[str]) -> list[str]:
    """Pieces joined until each promises a quantity; what follows the last promise belongs to it."""
    joined: list[str] = []
    for piece in pieces:
        if joined and not (read_indicators(piece) and read_indicators(joined[-1])):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined
