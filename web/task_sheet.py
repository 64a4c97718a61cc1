"""The table of sub-tasks as a workbook: what the page says of each, a column for every figure."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.responses import Response

from engine.model import Plan
from web.reasons import sentence
from web.sheet import as_xlsx
from web.tasks import Task
from web.view import View

COLUMNS = (
    "project", "no", "task", "leads", "leaders", "light", "target", "expected", "actual", "unit", "percent",
    "as_of", "behind", "due", "reason",
)  # fmt: skip


def as_workbook(tasks: Sequence[Task], plan: Plan, view: View) -> Response:
    """The file, named after the plan and the day; of several indicators the one furthest behind is shown."""
    name = f"{plan.title} {view.t('overview.tasks')} {view.today.isoformat()}"
    heads = [view.t(f"sheet.{column}") for column in COLUMNS]
    return as_xlsx(name, heads, [_row(task, view) for task in tasks], view.t("overview.tasks"))


def _row(task: Task, view: View) -> list[object]:
    card, standing, worst = task.card, task.standing, task.worst
    reason = standing.reasons[0] if standing.reasons else None
    return [
        f"{card.project_no} {card.project_title}".strip(),
        card.no,
        card.title,
        view.t("list").join(card.leads),
        view.t("list").join(card.leaders),
        view.chip(standing.light, reason).word,
        worst.indicator.quantity if worst else None,
        round(worst.expected, 2) if worst else None,
        worst.actual if worst else None,
        worst.indicator.unit if worst else None,
        None if standing.percent is None else round(standing.percent, 1),
        standing.as_of,
        standing.behind or None,
        task.due_on,
        sentence(reason, view.today, view.locale) if reason else None,
    ]
