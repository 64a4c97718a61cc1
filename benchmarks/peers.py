"""What a user would otherwise pick, doing equal work: judge a sub-task on its day and write its reminder."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from time import perf_counter

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session, col, select

from db import plans, tables
from db.calendar import load_calendar
from db.session import Database
from engine.reminders import decide

_stage: dict[str, object] = {}


def stored_jobs(path: Path, database: Database, count: int, on: date) -> float:
    """Sub-tasks a second with one stored date job each in APScheduler: adding and firing together."""
    done = Event()
    _stage.update(database=database, on=on, left=count, done=done)
    store = SQLAlchemyJobStore(url=f"sqlite:///{path.with_suffix('.jobs')}")
    scheduler = BackgroundScheduler(
        jobstores={"default": store},
        timezone=UTC,
        job_defaults={"misfire_grace_time": None, "coalesce": True},
    )
    started = perf_counter()
    scheduler.start(paused=True)
    moment = datetime(2024, 3, 1, tzinfo=UTC)  # long past: everything is due at once
    for key in range(1, count + 1):
        scheduler.add_job(fire, "date", run_date=moment, args=[key])
    scheduler.resume()
    if not done.wait(600):
        raise RuntimeError("the stored jobs did not finish within 600 s")
    seconds = perf_counter() - started
    scheduler.shutdown(wait=False)
    return count / seconds


def fire(key: int) -> None:
    """One stored job: load its sub-task, judge it, write what is owed."""
    database, on = _stage["database"], _stage["on"]
    assert isinstance(database, Database)
    assert isinstance(on, date)
    with database.write() as session:
        _judge_one(session, session.get_one(tables.SubTask, key), on)
        left = int(str(_stage["left"])) - 1
        _stage["left"] = left
    if left == 0:
        done = _stage["done"]
        assert isinstance(done, Event)
        done.set()


def object_loop(database: Database, count: int, on: date) -> float:
    """Sub-tasks a second in a loop over ORM objects, one commit each hundred."""
    started = perf_counter()
    for first in range(1, count + 1, 100):
        with database.write() as session:
            query = select(tables.SubTask).where(col(tables.SubTask.id).between(first, first + 99))
            for row in session.exec(query):
                _judge_one(session, row, on)
    return count / (perf_counter() - started)


def _judge_one(session: Session, row: tables.SubTask, on: date) -> None:
    assert row.id is not None
    plan = plans.load_plan(session, row.plan_id)
    subtask = plans.load_subtasks(session, [row.id])[row.id]
    decision = decide(plan, subtask, load_calendar(session), on)
    post = plans.lead_posts(session, [row.id])[row.id][0]
    for owed in decision.current:
        session.add(
            tables.Reminder(
                obligation=owed.obligation, rule=owed.rule.value, anchor=owed.anchor, step=owed.step,
                post_id=post, plan_id=row.plan_id, subtask_id=row.id, nominal_on=owed.nominal_on,
                reason=[owed.reason.code, []], created_at=datetime(on.year, on.month, on.day, tzinfo=UTC),
            )
        )  # fmt: skip
    row.next_check_on, row.checked_on, row.light = decision.next_check_on, on, decision.standing.light.value
    session.add(row)
