"""What coordinators are shown of findings in their messages."""

from __future__ import annotations

from datetime import date

import pytest

from db import runs
from db.session import Database
from tests.workflows.office_2024 import Task, at, build
from workflows.content import finding_lines


@pytest.mark.parametrize(
    ("opened", "since"),
    [
        ("2024-03-26T00:00", date(2024, 3, 26)),
        ("2024-03-26T07:59", date(2024, 3, 26)),
        ("2024-03-26T23:59", date(2024, 3, 26)),
        ("2024-03-27T00:00", date(2024, 3, 27)),
    ],
)
@pytest.mark.parametrize("is_followed", [True, False])
def test_a_finding_is_open_since_the_day_that_the_office_had(
    database: Database, opened: str, since: date, is_followed: bool
) -> None:
    if is_followed:
        build(database, Task("1"))
    with database.write() as session:
        runs.open_finding(session, "CALENDAR_YEAR", "2031", "请录入", at(opened))
    with database.read() as session:
        lines = finding_lines(session, "zh-CN", date(2024, 3, 29))
    assert [line.on for line in lines if line.subject == "2031"] == [since]
