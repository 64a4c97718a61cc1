"""A new version of the rules judges everything anew: what an older one decided may no longer hold."""

from __future__ import annotations

from datetime import datetime

from db import plans, runs
from db.session import Database
from engine.reminders import RULES_VERSION

MARK = "rules_version"


def renew_rules(database: Database, now: datetime) -> bool:
    """Whether the rules changed since the last start; if so the next sweep looks at every open sub-task."""
    with database.write() as session:
        if runs.marked(session, MARK) == RULES_VERSION:
            return False
        for plan in plans.load_plans(session):
            plans.check_plan_again(session, plan.id, now.astimezone(plans.zone_of(plan)).date())
        runs.mark(session, MARK, RULES_VERSION, now)
        return True
