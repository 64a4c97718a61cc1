"""When a clock that ran ahead has been put right: what it recorded about days still to come is taken back."""

from __future__ import annotations

from datetime import UTC, datetime

from db import plans, reminders, runs
from db.session import Database

LATEST_DAY = "latest_day"  # the latest day (UTC) on which a sweep looked


def put_right(database: Database, now: datetime) -> bool:
    """Whether an earlier sweep looked on a later day; if so the next one judges every open sub-task anew.

    What was sent stays sent. Steps and digests that only the wrong clock found missed are open again.
    """
    today = now.astimezone(UTC).date().isoformat()
    with database.read() as session:
        if runs.marked(session, LATEST_DAY) == today:
            return False
    with database.write() as session:
        latest = runs.marked(session, LATEST_DAY)
        runs.mark(session, LATEST_DAY, today, now)
        if latest is None or latest <= today:
            return False
        for plan in plans.load_plans(session):
            on = now.astimezone(plans.zone_of(plan)).date()
            reminders.take_back(session, plan.id, on, now)
            runs.take_back(session, plan.id, now)
            plans.check_plan_again(session, plan.id, on)
        return True
