"""What the wall needs beside the picture of a plan: the shares of the tasks that are shown, a sheet at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from db import history, plans
from db.calendar import load_calendar
from db.executing import load_executing
from engine.facts import Facts
from engine.model import Plan
from web.wall import Matrix, matrix
from workflows.look_back import Line

ROWS = 30  # of a table on one page


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the tasks that are shared out; which one it is, and how many there are."""

    matrix: Matrix
    sheet: int
    sheets: int


def load_matrix(
    session: Session, plan: Plan, lines: Sequence[Line], sheet: int, on: date, size: int = ROWS
) -> Sheet:
    """That sheet, or the last one where there are not so many."""
    shared = history.shared_out(session, plan.id)
    ids = [line.card.subtask_id for line in lines if line.card.subtask_id in shared]
    sheets = max(1, -(-len(ids) // size))
    sheet = min(sheet, sheets)
    ids = ids[(sheet - 1) * size : sheet * size]
    found, calendar = plans.load_subtasks(session, ids), load_calendar(session)
    names = dict(sorted(load_executing(session, ids).names.items()))
    return Sheet(matrix([Facts.of(plan, found[key], calendar, on) for key in ids], names), sheet, sheets)
