"""存疑: what a coordinator should look at before a report is accepted; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from db import tables
from engine.doubts import doubts, leaps
from engine.facts import accumulates
from engine.model import Indicator, Reason, SubTask
from intake.progress import read_status
from workflows.match_figures import match_figures
from workflows.read_reply import draft_of

DONE = ("done", "over_fulfilled")


@dataclass(frozen=True, slots=True)
class Beside:
    """What a report stands beside, by indicator id: promised, asked for by the period's end, known before."""

    targets: Mapping[int, Decimal]
    asked: Mapping[int, Decimal]
    before: Mapping[int, Decimal]


def review_doubts(
    subtask: SubTask, report: tables.ProgressReport, figures: Mapping[int, Decimal], beside: Beside
) -> tuple[Reason, ...]:
    """Why to look twice: figures that fall, jump or leap, words that repeat the task or say more than the figures.

    ``text_above_figure`` names a figure of the text that is above the one that was filled in (a smaller one
    may be the month's own); ``done_below_target`` is said to be done and is not by its figures;
    ``text_troubles`` quotes what holds it up where the unit has not asked for coordination.
    """
    asked = [subtask.title, *(one.text for one in subtask.milestones if one.text)]
    known = (subtask.indicators, beside.targets, beside.before, figures)
    return (
        *doubts(*known, report.text, asked),
        *leaps(*known, beside.asked),
        *_against_words(subtask, report, figures, beside.targets),
    )


def _against_words(
    subtask: SubTask,
    report: tables.ProgressReport,
    figures: Mapping[int, Decimal],
    targets: Mapping[int, Decimal],
) -> Iterable[Reason]:
    told = _read(report.text, subtask.indicators)
    if told.trouble and not report.needs_coordination:
        yield Reason.of("text_troubles", text=told.trouble)
    for position, said in told.figures:
        one = subtask.indicators[position]
        if one.id in figures and accumulates(one) and said > figures[one.id]:
            yield Reason.of(
                "text_above_figure", indicator=one.id, value=figures[one.id], unit=one.unit, said=said
            )
    if report.status not in DONE and told.status not in DONE:
        return
    for one in subtask.indicators:
        target = targets.get(one.id)
        if one.id in figures and accumulates(one) and target is not None and figures[one.id] < target:
            said_of = {"indicator": one.id, "value": figures[one.id], "unit": one.unit}
            yield Reason.of("done_below_target", **said_of, target=target)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a text says: its status, what holds it up, and the figures by the position of their indicator."""

    status: str
    trouble: str
    figures: tuple[tuple[int, Decimal], ...]


@lru_cache(maxsize=4096)
def _read(text: str, indicators: tuple[Indicator, ...]) -> _Told:
    """Reading a text takes a while, and what waits for review is looked at again and again."""
    drafts = [draft_of(one) for one in indicators]
    read = read_status(text, drafts)
    matched = match_figures(read.quantities, drafts)
    trouble = read.blockers[0] if read.blockers else ""
    return _Told(read.status, trouble, tuple((at, read.quantities[n].quantity) for n, at in matched.items()))
