"""Things that fall due by themselves and that only people can settle: a calendar year nobody entered."""

from __future__ import annotations

from datetime import datetime

from db import plans, runs
from db.calendar import load_calendar
from db.session import Database

CALENDAR_YEAR = "CALENDAR_YEAR"
ANNOUNCED_FROM = (11, 15)  # by then the State Council has usually announced next year's holidays


def look_round(database: Database, now: datetime) -> int:
    """The coordinators are shown each unknown year that plans need or will need; returns how many there are."""
    with database.write() as session:
        calendar = load_calendar(session)
        days = {now.astimezone(plans.zone_of(plan)).date() for plan in plans.load_plans(session)}
        wanted = {day.year for day in days}
        wanted |= {day.year + 1 for day in days if (day.month, day.day) >= ANNOUNCED_FROM}
        unknown = {year for year in wanted if calendar.source(year) == "estimate"}
        for finding in runs.open_findings(session):
            if finding.code == CALENDAR_YEAR and finding.subject not in {str(year) for year in unknown}:
                runs.close_finding(session, CALENDAR_YEAR, finding.subject, now)
        for year in sorted(unknown):
            sentence = f"{year}年的放假安排尚未录入，日期按法定节日估算：请在国务院办公厅公布后用 duban calendar set 录入。"
            runs.open_finding(session, CALENDAR_YEAR, str(year), sentence, now, inputs={"year": year})
    return len(unknown)
