"""What an answer by mail says about each task: figures and words, or why it was not understood."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.model import Indicator, SubTask
from intake.draft import IndicatorDraft, QuantityDraft
from intake.progress import read_status
from workflows.match_figures import match_figures

# Courtesies that report nothing: an answer made of them alone is no report.
COURTESIES = re.compile(
    r"(?:收到|已阅|已知悉|知悉|知道了|好的?|谢谢|感谢|辛苦了?|尽快(?:上报|填报)|明白|了解|ok|okay|thanks?|thank you|received|noted)",
    re.I,
)
_NOTHING_LEFT = re.compile(r"[\s，,。.！!~～：:;；、]*")
_REST = re.compile(
    r"[，,、。；;]?\s*(?:(?:还|尚|仅)(?:剩|有|差|余)|剩余?|余下?|差)下?\s*\d[^，,。；;]*"
)  # what is still to come
_REFERENCE = re.compile(r"(?:\d+(?:[.．]\d+)*|[一二三四五六七八九十]+(?:[.．、]\d+)+)[\s:：、)）]+(?=\D*\d)")
_BARE = re.compile(r"[\d.,，]+\s*[万亿]?")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one sub-task: cumulative figures by indicator id, its status, its words."""

    subtask_id: int
    quantities: Mapping[int, Decimal]
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words that were not understood; ``why`` is a code: which_task, no_figure, which_figure."""

    text: str
    why: str
    subtask_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as read; both empty when it says nothing at all."""

    told: tuple[Told, ...]
    unclear: tuple[Unclear, ...]


def read_reply(text: str, asked: Sequence[SubTask], others: Sequence[SubTask] = ()) -> Reading:
    """The answer to a message that asked about some sub-tasks; ``others`` of the unit may be named by number.

    A line that begins with a number speaks of that task, and so do the lines after it; without a number
    of the only task asked about, or of the only one whose promise its figures fit. No guess: what fits
    two tasks or two indicators is unclear.
    """
    told: list[Told] = []
    unclear: list[Unclear] = []
    for subtask, words in _shared_out(text, asked, others):
        outcome = _read(words, subtask) if subtask else _unaddressed(words, asked)
        (told if isinstance(outcome, Told) else unclear).append(outcome)  # type: ignore[arg-type]
    return Reading(tuple(told), tuple(unclear))


def _shared_out(
    text: str, asked: Sequence[SubTask], others: Sequence[SubTask]
) -> list[tuple[SubTask | None, str]]:
    """The words by the task whose number they follow; words that report nothing are left out."""
    shares: dict[int | None, list[str]] = {}
    strange: list[tuple[SubTask | None, str]] = []
    known = {one.id: one for one in (*others, *asked)}
    current: SubTask | None = None
    for line in re.split(r"[\n;；]+", text):
        named, rest = _numbered(line.strip(), [*asked, *others])
        if named is None and _REFERENCE.match(rest):  # a number, but of no task that may be meant
            strange.append((None, rest))
            continue
        current = named or current
        if rest and not _is_courtesy(rest):
            shares.setdefault(current.id if current else None, []).append(rest)
    if None in shares and len(asked) == 1:
        shares.setdefault(asked[0].id, [])[:0] = shares.pop(None)
    return [(known.get(key) if key else None, "；".join(lines)) for key, lines in shares.items()] + strange


def _numbered(line: str, tasks: Sequence[SubTask]) -> tuple[SubTask | None, str]:
    """The task whose number begins the line, the longest first, and the rest of the line."""
    for task in sorted(tasks, key=lambda one: len(one.no), reverse=True):
        match = re.match(rf"(?:序号|任务|No\.?)?\s*{re.escape(task.no)}(?![\d.．])[\s:：、)）]+", line)
        if match:
            return task, line[match.end() :].strip()
    return None, line


def _is_courtesy(text: str) -> bool:
    return _NOTHING_LEFT.fullmatch(COURTESIES.sub("", text)) is not None


def _unaddressed(words: str, asked: Sequence[SubTask]) -> Told | Unclear:
    """Words without a number: for the one task whose promise their figures fit."""
    if _REFERENCE.match(words):
        return Unclear(words, "which_task")
    fitting = [
        one for one in (_read(words, task) for task in asked) if isinstance(one, Told) and one.quantities
    ]
    return fitting[0] if len(fitting) == 1 else Unclear(words, "which_task")


def _read(words: str, subtask: SubTask) -> Told | Unclear:
    drafts = [draft_of(one) for one in subtask.indicators]
    status = read_status(_REST.sub("", words) or words, drafts)
    figures = [one for one in status.quantities if one.counts]
    if not figures and len(subtask.indicators) == 1 and _BARE.fullmatch(words):
        only = subtask.indicators[0]
        figures = [QuantityDraft(only.subject, _number(words), only.unit, words)]
    matched = match_figures(figures, drafts)
    quantities = {subtask.indicators[at].id: figures[index].quantity for index, at in matched.items()}
    if len(matched) < len(figures):
        return Unclear(words, "which_figure", subtask.id)
    if subtask.indicators and not quantities and status.status not in ("done", "over_fulfilled"):
        return Unclear(words, "no_figure", subtask.id)
    return Told(subtask.id, quantities, _status(status.status), words)


def _number(words: str) -> Decimal:
    scale = {"万": 10_000, "亿": 100_000_000}.get(words.strip()[-1], 1)
    return Decimal(re.sub(r"[^\d.]", "", words)) * scale


def _status(word: str) -> str:
    return "in_progress" if word == "unknown" else word


def draft_of(indicator: Indicator) -> IndicatorDraft:
    """The indicator as the reading of texts knows promises."""
    return IndicatorDraft(
        subject=indicator.subject,
        quantity=indicator.quantity,
        unit=indicator.unit,
        comparator=indicator.comparator,
        kind=indicator.kind,
        quote=indicator.subject,
    )
