"""A small office for workflow tests: one plan of 2024, as many sub-tasks as a test asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from db import tables
from db.session import Database
from db.units import stored_id
from notifications.inbox import InboxChannel
from notifications.links import Links
from notifications.message import Person
from workflows.office import Office

ZONE = ZoneInfo("Asia/Shanghai")
LOOP_OFF = {"acknowledge": False, "escalate": False}  # what a story that is not about them leaves out
INBOX = Office(coordinator=Person("督查室", address="duty@example.org"))
LINKS = Links("http://duban.example.org", b"k" * 32)
LINKED = replace(INBOX, links=LINKS)


def at(text: str) -> datetime:
    """A moment in the plan's zone: ``2024-03-29T09:30``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass
class Task:
    """A sub-task to be: one indicator of ``quantity`` ``unit``, led by ``lead``, shared out by ``quotas``."""

    no: str
    quantity: str | None = "100"
    unit: str = "台"
    lead: str = "区民政局"
    co_lead: str | None = None
    deadline: date | None = None
    state: str = "issued"
    milestones: dict[date, str] = field(default_factory=dict)
    quotas: dict[str, str] = field(default_factory=dict)  # by unit


@dataclass
class Built:
    """Ids of what was built."""

    plan_id: int
    subtasks: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)


def build(
    database: Database,
    *tasks: Task,
    emails: dict[str, str] | None = None,
    coordinator: str | None = "duty@example.org",
    policy: dict[str, Any] | None = None,
    issued_on: date = date(2024, 2, 28),
) -> Built:
    """The plan is stored; units in ``emails`` have a contact with that address.

    Signing and escalation are off unless ``policy`` turns them on.
    """
    with database.write() as session:
        plan = tables.Plan(title="年度任务", year=2024, issued_on=issued_on, policy=LOOP_OFF | (policy or {}))
        session.add(plan)
        session.flush()
        assert plan.id is not None
        for name, first, last in (
            ("execute", issued_on, date(2024, 11, 30)),
            ("gap_fill", date(2024, 12, 1), date(2024, 12, 31)),
        ):
            session.add(tables.Phase(plan_id=plan.id, name=name, starts_on=first, ends_on=last))
        project = tables.Project(plan_id=plan.id, position=1, no="一", title="项目")
        session.add(project)
        session.flush()
        built = Built(plan.id)
        for position, task in enumerate(tasks, 1):
            _add(session, built, project.id, position, task)
        _add_contacts(session, built, emails or {}, coordinator)
    return built


def _add(session: Any, built: Built, project_id: Any, position: int, task: Task) -> None:
    row = tables.SubTask(
        plan_id=built.plan_id,
        project_id=project_id,
        position=position,
        no=task.no,
        title=f"任务{task.no}",
        state=task.state,
        deadline=task.deadline,
        next_check_on=date(2024, 1, 1),
    )
    session.add(row)
    session.flush()
    built.subtasks[task.no] = stored_id(row.id)
    indicator = None
    if task.quantity is not None:
        indicator = tables.Indicator(
            subtask_id=built.subtasks[task.no],
            position=1,
            quantity=Decimal(task.quantity),
            unit=task.unit,
            subject="设备",
        )
        session.add(indicator)
        session.flush()
    for due_on, text in task.milestones.items():
        _milestone(session, row.id, indicator, due_on, text)
    for name, quantity in task.quotas.items():
        key = _post(session, built, name, "liaison")
        assert indicator is not None
        quota = tables.Quota(indicator_id=stored_id(indicator.id), unit_id=key, quantity=Decimal(quantity))
        session.add(quota)
    for role, unit in (("lead", task.lead), ("co_lead", task.co_lead)):
        if unit:
            key = _post(session, built, unit, "liaison")
            session.add(tables.Assignment(subtask_id=built.subtasks[task.no], unit_id=key, role=role))
    session.flush()


def _milestone(session: Any, subtask_id: Any, indicator: Any, due_on: date, text: str) -> None:
    quantity = Decimal(text) if text.isdigit() else None
    row = tables.Milestone(subtask_id=subtask_id, due_on=due_on, text="" if quantity is not None else text)
    session.add(row)
    session.flush()
    if quantity is not None:
        session.add(
            tables.MilestoneQuantity(
                milestone_id=stored_id(row.id), indicator_id=indicator.id, quantity=quantity
            )
        )


def _post(session: Any, built: Built, unit_name: str, kind: str) -> int:
    """Returns the unit's id; the post's is kept under the unit's name."""
    from sqlmodel import select

    unit = session.exec(select(tables.Unit).where(tables.Unit.name == unit_name)).first()
    if unit is None:
        unit = tables.Unit(name=unit_name)
        session.add(unit)
        session.flush()
    if unit_name not in built.posts:
        post = tables.Post(unit_id=stored_id(unit.id), kind=kind)
        session.add(post)
        session.flush()
        built.posts[unit_name] = stored_id(post.id)
    return stored_id(unit.id)


def _add_contacts(session: Any, built: Built, emails: dict[str, str], coordinator: str | None) -> None:
    _post(session, built, "督查室", "coordinator")
    if coordinator:
        emails = {**emails, "督查室": coordinator}
    for unit, email in emails.items():
        if unit in built.posts:
            session.add(tables.Contact(post_id=built.posts[unit], title="联络员", email=email))


def mail_office(channel: Any) -> Office:
    """An office whose only way out is the given channel under the name ``email``."""
    return Office(
        channels={"email": channel, "inbox": InboxChannel()},
        default_channel="email",
        from_address="duban@example.org",
        domain="duban.example.org",
        coordinator=Person("督查室", address="duty@example.org"),
    )
