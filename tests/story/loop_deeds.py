"""Random deeds of the loop after the reminder: sign-offs, reviews, changes, answers to cases, what follows acceptance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from engine.model import Plan, SubTask
from tests.story.deeds import Deed, moment

Between = tuple[date, date]


def loop_deeds(
    plan: Plan, subtask: SubTask, units: Sequence[str], deeds: Sequence[Deed], span: Between, seed: int
) -> Iterator[Deed]:
    """What is decided about a sub-task whose reports and acceptance are ``deeds``; all within the span."""
    dice = random.Random(f"loop {seed} {subtask.id}")
    found = [
        *_signatures(subtask, units, span, seed),
        *_reviews([one for one in deeds if one.kind == "report"], dice),
        *(_changes(plan, subtask, span, dice) if subtask.state.value != "suspended" else ()),
        *_answers(subtask, span, dice),
        *_follow_ups([one for one in deeds if one.accepts], dice),
    ]
    return (one for one in found if span[0] <= one.at.date() <= span[1])


def _signatures(subtask: SubTask, units: Sequence[str], span: Between, seed: int) -> Iterator[Deed]:
    """A unit signs for everything that it leads at the same moment."""
    for unit in units:
        dice = random.Random(f"sign {seed} {unit}")
        if dice.random() < 0.7:
            day = span[0] + timedelta(days=dice.randrange(25))
            yield Deed(moment(day, _clock(dice)), subtask.id, act="sign", unit=unit)


def _reviews(reports: Sequence[Deed], dice: random.Random) -> Iterator[Deed]:
    for report in reports:
        if dice.random() < 0.6:
            day = report.at.date() + timedelta(days=dice.randint(1, 8))
            act = dice.choice(("pass", "pass", "return"))
            yield Deed(moment(day, _clock(dice)), report.subtask_id, act=act)


def _changes(plan: Plan, subtask: SubTask, span: Between, dice: random.Random) -> Iterator[Deed]:
    length = (span[1] - span[0]).days
    change = Deed(moment(span[0], "00:00"), subtask.id, act="change")
    deadline = subtask.deadline or plan.execute_ends_on
    if dice.random() < 0.3:
        away = span[0] + timedelta(days=dice.randrange(length))
        back = away + timedelta(days=dice.randint(3, 70))
        late = min(max(deadline, back + timedelta(days=dice.randint(5, 60))), plan.ends_on)
        moved = late if away <= deadline <= back or dice.random() < 0.5 else None
        yield replace(change, at=moment(away, _clock(dice)), change="suspension")
        if back < plan.ends_on and (moved is None or moved > back):
            moved = moved if moved is None or moved > deadline else None
            yield replace(change, at=moment(back, _clock(dice)), change="resumption", deadline=moved)
    if dice.random() < 0.25:
        day = span[0] + timedelta(days=dice.randrange(length))
        later = min(max(deadline, day) + timedelta(days=dice.randint(5, 60)), plan.ends_on)
        if later > max(deadline, day):
            yield replace(change, at=moment(day, _clock(dice)), change="extension", deadline=later)
    if subtask.indicators and dice.random() < 0.2:
        day = span[0] + timedelta(days=dice.randrange(length))
        one = dice.choice(subtask.indicators)
        factor = dice.choice((Decimal("0.5"), Decimal("0.8"), Decimal("1.25")))
        target = Decimal(max(1, int(one.quantity * factor)))
        yield replace(change, at=moment(day, _clock(dice)), change="adjustment", figures=((one.id, target),))
    if dice.random() < 0.05:
        day = span[0] + timedelta(days=dice.randrange(length))
        yield replace(change, at=moment(day, _clock(dice)), change="termination")


def _answers(subtask: SubTask, span: Between, dice: random.Random) -> Iterator[Deed]:
    """Now and then the unit answers whatever case is open, and a coordinator closes it or sends the answer back."""
    day = span[0] + timedelta(days=dice.randrange(12))
    while day <= span[1]:
        act = dice.choice(("reply", "reply", "close", "close", "send_back"))
        yield Deed(moment(day, _clock(dice)), subtask.id, act=act)
        day += timedelta(days=dice.randint(2, 25))


def _follow_ups(acceptances: Sequence[Deed], dice: random.Random) -> Iterator[Deed]:
    for accepted in acceptances:
        for kind in ("evaluation", "archive"):
            if dice.random() < 0.6:
                day = accepted.at.date() + timedelta(days=dice.randint(1, 70))
                yield Deed(moment(day, _clock(dice)), accepted.subtask_id, act="follow_up", change=kind)


def _clock(dice: random.Random) -> str:
    """Within office hours or after, never in the minutes in which slots fall."""
    return f"{dice.choice((7, 8, 10, 11, 13, 14, 15, 16, 17, 19)):02}:{dice.randrange(59):02}:45"
