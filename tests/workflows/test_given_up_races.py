"""A message is given up, or settled, while somebody else settles one of the same post, on one PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session

from db import given_up, tables
from db.session import Database
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Built, Task, at, build, mail_office
from tests.workflows.routes import open_now
from tests.workflows.test_main_flow import messages, turn
from tests.workflows.test_sign_in_by_provider import wait_for_a_lock
from workflows.settle_given_up import settle_given_up

UNIT, NOW, WHO = "区民政局", at("2024-03-30T12:00"), "甲岗"


@pytest.fixture
def built(nodes: tuple[Database, Database]) -> Built:
    """Two reminders have reached the unit."""
    built = build(nodes[0], Task("1"), emails={UNIT: "mz@example.org"}, coordinator=None)
    for day in ("2024-03-26", "2024-03-29"):
        turn(nodes[0], mail_office(RememberingChannel()), f"{day}T09:30")
    assert [one.post_id for one in messages(nodes[0])] == [built.posts[UNIT]] * 2
    return built


def give_up(session: Session, number: int) -> None:
    given_up.give_up(session, session.get_one(tables.Message, number), "bounced", "没有送达", {}, NOW)


def shown(database: Database, built: Built) -> bool:
    return ("MESSAGE_GIVEN_UP", f"post:{built.posts[UNIT]}") in open_now(database)


def test_what_is_given_up_while_the_message_before_it_is_settled_stays_shown(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes
    first, second = (message.id or 0 for message in messages(one))
    with one.write() as session:
        give_up(session, first)
    with ThreadPoolExecutor(1) as pool:
        with one.write() as session:
            give_up(session, second)
            settling = pool.submit(settle_given_up, other, [first], NOW, WHO, "已电话告知")
            wait_for_a_lock(session)
        assert settling.result().settled == (first,)
    assert shown(one, built)


def test_what_is_given_up_just_after_the_last_one_was_settled_is_shown_anew(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes
    first, second = (message.id or 0 for message in messages(one))
    with one.write() as session:
        give_up(session, first)

    def gives_up() -> None:
        with other.write() as session:
            give_up(session, second)

    with ThreadPoolExecutor(1) as pool:
        with one.write() as session:
            given_up.settle(session, [first], NOW, WHO, "已电话告知")
            given_up.close_finding(session, built.posts[UNIT], NOW)
            giving_up = pool.submit(gives_up)
            wait_for_a_lock(session)
        giving_up.result()
    assert shown(one, built)


def test_when_two_settle_the_last_two_at_once_the_post_is_shown_no_longer(
    nodes: tuple[Database, Database], built: Built
) -> None:
    one, other = nodes
    first, second = (message.id or 0 for message in messages(one))
    with one.write() as session:
        give_up(session, first)
        give_up(session, second)
    with ThreadPoolExecutor(1) as pool:
        with one.write() as session:
            given_up.settle(session, [first], NOW, WHO, "已电话告知")
            given_up.close_finding(session, built.posts[UNIT], NOW)
            settling = pool.submit(settle_given_up, other, [second], NOW, WHO, "已当面告知")
            wait_for_a_lock(session)
        assert settling.result().settled == (second,)
    assert not shown(one, built)
