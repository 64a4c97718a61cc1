"""Rehearsals for pages: worked out in the background, one at a time, and kept in memory while they are of use.

They are a cache only: whoever asks again after a restart has them worked out again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlmodel import Session, col

from db import tables
from web.site import Site
from web.view import zone_of
from workflows.set_policy import apply_policy
from workflows.simulate import rehearse

Line = dict[str, Any]
State = tuple[int, ...]
KEPT = 6  # results in memory
PATIENCE = 1.0  # seconds that a page waits, so that a short rehearsal needs no second look
WORKER = "rehearsal"  # the name of the thread that works

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Question:
    """Which messages would go out from ``start`` to ``end``; ``policy``: if a plan's numbers were changed so."""

    start: date
    end: date
    plan: int = 0
    policy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The messages, as of when, and of which state of the data."""

    question: Question
    lines: Sequence[Line]
    at: datetime
    state: State

    def covers(self, question: Question) -> bool:
        """Whether it answers that question, too: the same, or for fewer days."""
        return replace(question, end=self.question.end) == self.question and question.end <= self.question.end


@dataclass(frozen=True, slots=True)
class Progress:
    """A rehearsal that is on its way: the day it has reached; ``failed`` if the last one broke off."""

    reached: date | None = None
    end: date | None = None
    failed: bool = False


class Rehearsals:
    """What was worked out, and the one that is being worked out."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._answers: OrderedDict[Question, Answer] = OrderedDict()
        self._worker = threading.Thread()
        self._progress = Progress()
        self._failed: Question | None = None
        self._turn = threading.Lock()
        self._age = 0  # one more each time that what is known is forgotten

    def ask(self, question: Question) -> Answer | Progress:
        """The answer if there is one; else it is being worked out, as soon as the one before is done."""
        answer = self._known(question)
        if answer is not None:
            return answer
        with self._turn:
            if self._failed == question:
                self._failed = None
                return Progress(failed=True)
            if not self._worker.is_alive():
                self._progress = Progress(question.start, question.end)
                self._worker = threading.Thread(
                    target=self._work, args=(question, self._age), name=WORKER, daemon=True
                )
                self._worker.start()
            worker = self._worker
        worker.join(PATIENCE)
        return self._known(question) or self._progress

    def forget(self) -> None:
        """The next question is worked out anew; what is being worked out at this moment is not kept."""
        with self._turn:
            self._age += 1
            self._answers.clear()

    def _known(self, question: Question) -> Answer | None:
        return next((one for one in list(self._answers.values()) if one.covers(question)), None)

    def _work(self, question: Question, age: int) -> None:
        try:
            answer = self._answer(question)
        except Exception:  # a page says so; the next question is a new attempt
            log.exception("rehearsal failed")
            self._failed = question
            return
        with self._turn:
            if age == self._age:
                self._answers[question] = answer
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)

    def _answer(self, question: Question) -> Answer:
        site = self._site
        now = site.clock()
        with site.database.read() as session:
            state, zone = state_of(session), zone_of(session)
        office = site.office()

        def change(session: Session) -> None:
            apply_policy(session, str(question.plan), question.policy, now)

        def progress(day: date) -> None:
            self._progress = Progress(day, question.end)

        wished: Callable[[Session], None] | None = change if question.policy else None
        lines = rehearse(
            site.database, office, question.start, question.end, zone=zone, change=wished, progress=progress
        )
        return Answer(question, lines, now, state)


def state_of(session: Session) -> State:
    """A few numbers that differ once something was decided, reported or imported."""
    event, report, plan, task = tables.Event, tables.ProgressReport, tables.Plan, tables.SubTask
    return tuple(
        session.execute(select(func.coalesce(counted, 0))).scalar_one()
        for counted in (
            select(func.max(col(event.id))).scalar_subquery(),
            select(func.max(col(report.id))).scalar_subquery(),
            select(func.sum(col(plan.revision))).scalar_subquery(),
            select(func.sum(col(task.revision))).scalar_subquery(),
        )
    )
