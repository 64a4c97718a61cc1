"""Two nodes at work at the same moment on one PostgreSQL: everything happens once, and nobody falls over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlmodel import col

from db import runs, tables
from db.session import Database
from engine.errors import DubanError
from notifications.channel import Verdict
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Built, Task, at, build, mail_office
from workflows.accept_subtask import accept_subtask
from workflows.compose import compose
from workflows.cycle import run_cycle
from workflows.deliver import deliver
from workflows.report_progress import Filing, report_progress
from workflows.send_digest import send_digest
from workflows.sweep import sweep

UNITS = [f"区第{number}局" for number in range(1, 13)]
EMAILS = {name: f"u{place}@example.org" for place, name in enumerate(UNITS)}
MORNING, AFTERNOON = at("2024-03-26T09:30"), at("2024-03-29T15:20")
ENDS = {"accepted", "withdrawn", "superseded", "given_up"}


@pytest.fixture
def built(nodes: tuple[Database, Database]) -> Built:
    tasks = [Task(f"{place}.{part}", lead=name) for place, name in enumerate(UNITS, 1) for part in (1, 2)]
    return build(nodes[0], *tasks, emails=EMAILS)


def together(*actions: Callable[[], object]) -> None:
    """All have begun at the same moment and have ended; what one of them raised is raised."""
    barrier = Barrier(len(actions))

    def act(action: Callable[[], object]) -> object:
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        for future in [pool.submit(act, action) for action in actions]:
            future.result()


def stored(database: Database, table: type) -> Sequence[object]:
    with database.read() as session:
        return list(session.execute(select(table)).scalars())


def messages(database: Database) -> list[tables.Message]:
    with database.read() as session:
        return list(session.execute(select(tables.Message).order_by(col(tables.Message.id))).scalars())


def reminders(database: Database) -> list[tables.Reminder]:
    with database.read() as session:
        return list(session.execute(select(tables.Reminder).order_by(col(tables.Reminder.id))).scalars())


def test_two_sweeps_at_once_judge_and_owe_once(nodes: tuple[Database, Database], built: Built) -> None:
    one, other = nodes
    together(*(lambda node=node: sweep(node, MORNING, batch=3) for node in (one, other)))
    assert len(reminders(one)) == 24
    with one.read() as session:
        assert not session.execute(
            select(tables.SubTask).where(col(tables.SubTask.checked_on).is_(None))
        ).all()


def test_two_composes_at_once_make_one_message_for_each_post(
    nodes: tuple[Database, Database], built: Built
) -> None:
    sweep(nodes[0], MORNING)
    office = mail_office(RememberingChannel())
    together(*(lambda node=node: compose(node, office, MORNING) for node in nodes))
    assert Counter(message.post_id for message in messages(nodes[0])) == Counter(
        built.posts[name] for name in UNITS
    )
    assert {row.state for row in reminders(nodes[0])} == {"composed"}


def test_two_delivers_at_once_attempt_each_message_once(
    nodes: tuple[Database, Database], built: Built
) -> None:
    channels = (RememberingChannel(), RememberingChannel())
    sweep(nodes[0], MORNING)
    compose(nodes[0], mail_office(channels[0]), MORNING)
    together(
        *(
            lambda node=node, channel=channel: deliver(node, mail_office(channel), MORNING)
            for node, channel in zip(nodes, channels, strict=True)
        )
    )
    attempted = Counter(one.message_id for channel in channels for one in channel.attempted)
    assert attempted == Counter(message.rfc_message_id for message in messages(nodes[0]))
    assert {message.state for message in messages(nodes[0])} == {"accepted"}


def test_two_digest_runs_at_once_freeze_one_bulletin_and_one_message_each(
    nodes: tuple[Database, Database], built: Built
) -> None:
    sweep(nodes[0], MORNING)
    office = mail_office(RememberingChannel())
    together(*(lambda node=node: send_digest(node, office, AFTERNOON) for node in nodes))
    assert len(stored(nodes[0], tables.Bulletin)) == 1
    assert Counter(message.post_id for message in messages(nodes[0])).most_common(1)[0][1] == 1
    assert len(messages(nodes[0])) == len(UNITS) + 1


def test_two_nodes_that_live_through_the_same_days_send_everything_once(
    nodes: tuple[Database, Database], built: Built
) -> None:
    channels = (RememberingChannel(), RememberingChannel())
    for moment in ("2024-03-26T09:30", "2024-03-29T09:30", "2024-03-29T15:20", "2024-04-01T09:30"):
        together(
            *(
                lambda node=node, channel=channel: run_cycle(node, mail_office(channel), at(moment))  # noqa: B023
                for node, channel in zip(nodes, channels, strict=True)
            )
        )
    calm = run_cycle(nodes[0], mail_office(channels[0]), at("2024-04-01T09:31"))
    assert calm.composed.composed == calm.digested.frozen == 0
    sent = Counter(one.message_id for channel in channels for one in channel.sent)
    assert set(sent.values()) == {1}
    assert {message.state for message in messages(nodes[0])} <= ENDS
    assert {row.state for row in reminders(nodes[0])} <= ENDS


def test_a_report_that_arrives_while_messages_are_composed_is_in_none_of_them(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes
    channel = RememberingChannel()
    sweep(one, MORNING)

    def report() -> None:
        for place in range(1, len(UNITS) + 1):
            report_progress(other, Filing(f"{place}.1", "2024-03", ["11台"]), MORNING, "test")

    together(lambda: compose(one, mail_office(channel), MORNING), report)
    deliver(one, mail_office(channel), MORNING)
    deliver(one, mail_office(channel), MORNING)
    said = [
        item["subtask"] for message in messages(one) if message.state == "accepted" for item in message.items
    ]
    assert sorted(said) == sorted(f"{place}.2" for place in range(1, len(UNITS) + 1))


def test_a_report_and_an_acceptance_at_once_leave_the_sub_task_accepted(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes

    def report() -> None:
        for place in range(1, len(UNITS) + 1):
            try:
                report_progress(other, Filing(f"{place}.1", "2024-03", ["11台"]), MORNING, "test")
            except DubanError as error:
                assert error.code == "NOT_REPORTABLE"  # noqa: PT017 - the acceptance came first

    def accept() -> None:
        for place in range(1, len(UNITS) + 1):
            accept_subtask(one, f"{place}.1", MORNING, "test", reason="现场核验")

    together(report, accept)
    with one.read() as session:
        table = tables.SubTask
        states = session.execute(select(col(table.no), col(table.state))).all()
    assert {state for no, state in states if no.endswith(".1")} == {"accepted"}


def test_the_same_finding_found_twice_at_once_is_open_once(nodes: tuple[Database, Database]) -> None:
    def find(node: Database) -> None:
        for number in range(20):
            with node.write() as session:
                runs.open_finding(session, "CHANNEL_ILL", f"{number}", "邮件服务器无法连接", MORNING)

    together(*(lambda node=node: find(node) for node in nodes))
    assert len(stored(nodes[0], tables.Finding)) == 20


def test_a_verdict_of_a_node_whose_lease_ran_out_does_not_undo_the_other_s(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes
    rival = RememberingChannel()
    sweep(one, MORNING)
    compose(one, mail_office(rival), MORNING)

    def overtaken(_envelope: object) -> Verdict:
        deliver(other, mail_office(rival), at("2024-03-26T09:40"))
        return Verdict.permanent("太迟了")

    deliver(one, mail_office(RememberingChannel(overtaken)), MORNING)
    assert {message.state for message in messages(one)} == {"accepted"}
    assert len(rival.sent) == len(UNITS)
