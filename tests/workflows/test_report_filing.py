"""Who reports what: units and roles, difficulties, coordination, two people at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from db import runs, tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.report_progress import Filing, report_progress

NOW = at("2024-03-28T10:00")
LEAD = Filing("1.1", "2024-03", ["9台"], unit="区民政局")


@pytest.fixture
def built(database: Database) -> Built:
    """1.1 is led by 区民政局 with 区教育局; 甲街道 holds a quota of 12, 乙街道 executes."""
    built = build(database, Task("1.1", co_lead="区教育局"), Task("2.1", lead="区体育局"))
    with database.write() as session:
        units = [tables.Unit(name=name, kind="street") for name in ("甲街道", "乙街道")]
        session.add_all(units)
        session.flush()
        indicator = session.exec(
            select(tables.Indicator).where(tables.Indicator.subtask_id == built.subtasks["1.1"])
        ).one()
        session.add(
            tables.Quota(
                indicator_id=stored_id(indicator.id), unit_id=stored_id(units[0].id), quantity=Decimal(12)
            )
        )
        key = stored_id(units[1].id)
        session.add(tables.Assignment(subtask_id=built.subtasks["1.1"], unit_id=key, role="executing"))
    return built


def reports(database: Database) -> list[tables.ProgressReport]:
    """All rows in order."""
    with database.read() as session:
        return list(session.exec(select(tables.ProgressReport).order_by(tables.ProgressReport.id)))  # type: ignore[arg-type]


def state(database: Database, built: Built, no: str = "1.1") -> str:
    """What people decided about the sub-task."""
    with database.read() as session:
        return session.get_one(tables.SubTask, built.subtasks[no]).state


def test_everything_that_a_unit_says_is_kept(database: Database, built: Built) -> None:
    filing = replace(
        LEAD,
        text=" 已开工 ",
        difficulties="用地未批",
        needs_coordination=True,
        forecast_on=date(2024, 10, 31),
        who="区民政局（填报链接7）",
        source="link",
    )
    report_progress(database, filing, NOW, filing.who)
    (row,) = reports(database)
    assert (row.text, row.difficulties, row.needs_coordination) == ("已开工", "用地未批", True)
    assert (row.forecast_on, row.who, row.source, row.role) == (
        date(2024, 10, 31),
        "区民政局（填报链接7）",
        "link",
        "lead",
    )
    assert row.unit_id is not None


@pytest.mark.parametrize(
    ("unit", "role", "allowed"),
    [
        ("区民政局", "lead", True),
        ("区教育局", "lead", True),
        ("区体育局", "lead", False),
        ("甲街道", "lead", False),
        ("甲街道", "share", True),
        ("乙街道", "share", True),
        ("区民政局", "share", False),
        (None, "share", False),
    ],
)
def test_a_unit_reports_only_what_is_its_own(
    database: Database, built: Built, unit: str | None, role: str, allowed: bool
) -> None:
    filing = replace(LEAD, unit=unit, role=role)
    if allowed:
        report_progress(database, filing, NOW, "test")
    else:
        with pytest.raises(DubanError) as refusal:
            report_progress(database, filing, NOW, "test")
        assert refusal.value.code == "NOT_ITS_TASK"
    assert len(reports(database)) == allowed


def test_a_share_does_not_sign_for_the_lead(database: Database, built: Built) -> None:
    report_progress(database, replace(LEAD, unit="甲街道", role="share"), NOW, "test")
    assert state(database, built) == "issued"
    report_progress(database, LEAD, NOW, "test")
    assert state(database, built) == "in_progress"


def test_two_people_at_once_lose_nothing(database: Database, built: Built) -> None:
    first = report_progress(database, replace(LEAD, seen=0), NOW, "test")
    with pytest.raises(DubanError) as refusal:
        report_progress(database, replace(LEAD, figures=["8台"], seen=0), NOW, "test")
    assert refusal.value.code == "REPORT_CONFLICT"
    assert len(reports(database)) == 1
    report_progress(database, replace(LEAD, unit="甲街道", role="share", seen=0), NOW, "test")
    second = replace(LEAD, unit="区教育局", figures=["10台"], seen=first.report_id)
    report_progress(database, second, NOW, "test")
    assert len(reports(database)) == 3


def findings(database: Database) -> list[str]:
    """What coordinators are asked for."""
    with database.read() as session:
        return [row.message for row in runs.open_findings(session, "NEEDS_COORDINATION")]


def test_a_call_for_coordination_is_shown_until_the_unit_asks_no_more(
    database: Database, built: Built
) -> None:
    asking = replace(LEAD, difficulties="用地未批", needs_coordination=True)
    report_progress(database, asking, NOW, "test")
    (said,) = findings(database)
    assert "区民政局请求协调 1.1" in said
    assert "用地未批" in said
    report_progress(database, replace(asking, difficulties="资金未到"), NOW, "test")
    (said,) = findings(database)
    assert "资金未到" in said
    report_progress(database, LEAD, NOW, "test")
    assert findings(database) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "长" * 4001}, "BAD_TEXT"),
        ({"difficulties": "长" * 4001}, "BAD_TEXT"),
        ({"figures": [], "text": "  "}, "NOTHING_REPORTED"),
        ({"unit": "没有这个局"}, "NO_SUCH_UNIT"),
        ({"period": "2024-04"}, "BAD_PERIOD"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_is(
    database: Database, built: Built, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(DubanError) as refusal:
        report_progress(database, replace(LEAD, **change), NOW, "test")
    assert refusal.value.code == code
    assert reports(database) == []
