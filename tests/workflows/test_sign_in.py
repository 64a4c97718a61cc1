"""Signing in: which passwords are taken, who is kept out and for how long, when a session has ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from db import tables, users
from db.session import Database
from engine.errors import DubanError
from engine.roles import Role
from notifications.links import token_hash
from tests.workflows.office_2024 import at
from workflows.manage_users import Wanted, change_password, invite_user, retire_user
from workflows.passwords import check_password, hashed, is_right
from workflows.setup_links import FIRST_LASTS, LASTS, first_link, new_setup_link, set_up
from workflows.sign_in import (
    IDLE,
    LONGEST,
    MOST_OF_ACCOUNT,
    MOST_OF_ADDRESS,
    MOST_OF_PAIR,
    SEEN_EVERY,
    WINDOW,
    is_to_be_seen,
    see,
    sign_in,
    sign_out,
    who_is,
)

NOW = at("2024-04-02T18:00")
RIGHT, WRONG, OTHER = "correct horse battery", "staple horse correct", "battery staple horse"
HERE, THERE = "192.0.2.1", "192.0.2.2"
MOMENT = timedelta(microseconds=1)


def with_user(database: Database, name: str = "ducha", role: Role = Role.ADMIN) -> int:
    """The number of a user with the right password."""
    with database.write() as session:
        row = tables.User(
            name=name, role=role.value, password=STORED, created_at=NOW, changed_at=NOW, title="督查室"
        )
        session.add(row)
        session.flush()
        assert row.id
        return row.id


STORED = hashed(RIGHT)


def refusal(step: Callable[[], object]) -> str | None:
    """The code with which the step was refused, if it was."""
    try:
        step()
    except DubanError as error:
        return error.code
    return None


def code(
    database: Database, name: str, password: str, address: str = HERE, later: timedelta = WINDOW * 0
) -> str:
    """How the attempt ends: the code of its refusal, or ``in``."""
    return refusal(lambda: sign_in(database, name, password, address, NOW + later)) or "in"


def fail(
    database: Database, times: int, name: str = "ducha", address: str = HERE, later: timedelta = WINDOW * 0
) -> None:
    """So many attempts were refused; not by trying, which takes a hash each."""
    with database.write() as session:
        for subject in (f"pair:{name}@{address}", f"address:{address}", f"account:{name}"):
            session.add_all(tables.SignInFailure(subject=subject, at=NOW + later) for _ in range(times))


def holder(database: Database, token: str, later: timedelta) -> str | None:
    """Who is signed in with that token so much later."""
    with database.read() as session:
        found = who_is(session, token, NOW + later)
    return found.name if found else None


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("a b c d e 1", False),  # 11 signs
        ("a b c d e 12", True),
        ("督查工作要一件一件抓到底", True),  # 12 signs
        ("督查工作要一件件抓到底", False),
        ("ab1 " * 40 + "xyz " * 10, True),  # 200 signs
        ("ab1 " * 40 + "xyz " * 10 + "q", False),
        ("aaaabbbbcccc dd", True),  # five different signs
        ("aaaabbbbccccdd", False),
        ("kettle!kettle!", False),  # one piece, twice
        ("kettle!kettle?", True),
        ("my PassWord for it", False),
        ("Duban is my thing", False),
        ("I am ducha and well", False),
        ("督查室的那句话真的很长吗", False),
    ],
)
def test_which_passwords_are_taken(password: str, is_taken: bool) -> None:
    assert refusal(lambda: check_password(password, "ducha", "督查室")) == (
        None if is_taken else "PASSWORD_WEAK"
    )


def test_a_password_counts_exactly_as_it_was_typed() -> None:
    longest = "ab1 " * 40 + "xyz " * 10
    stored = hashed(longest)
    assert stored.startswith("$argon2id$")
    assert is_right(stored, longest)
    for other in (longest + "q", longest[:-1], longest.upper(), ""):
        assert not is_right(stored, other)
    assert not is_right("", "")
    assert not is_right("no hash", longest)


def test_a_name_and_a_password_make_a_new_session_each_time(database: Database) -> None:
    with_user(database)
    first, second = (sign_in(database, name, RIGHT, HERE, NOW) for name in ("ducha", " DuCha "))
    assert first != second
    assert holder(database, first, WINDOW) == holder(database, second, WINDOW) == "ducha"
    with database.read() as session:
        rows = list(session.exec(select(tables.SignIn)))
    assert {row.token_hash for row in rows} == {token_hash(first), token_hash(second)}
    third = sign_in(database, "ducha", RIGHT, HERE, NOW, replacing=first)
    assert [holder(database, one, WINDOW) for one in (first, second, third)] == [None, "ducha", "ducha"]


@pytest.mark.parametrize("forged", ["", "x", "A" * 43, "\udc80", "' OR 1=1 --"])
def test_a_forged_token_opens_nothing(database: Database, forged: str) -> None:
    with_user(database)
    sign_in(database, "ducha", RIGHT, HERE, NOW)
    assert holder(database, forged, MOMENT) is None


def test_a_wrong_name_and_a_wrong_password_are_refused_alike(database: Database) -> None:
    number = with_user(database)
    with_user(database, "second")
    retired = with_user(database, "retired", Role.LEADER)
    retire_user(database, retired, NOW, "test")
    invite_user(database, "invited", Wanted("", Role.LEADER), NOW, "test")
    attempts = [
        ("ducha", WRONG),
        ("nobody", RIGHT),
        ("retired", RIGHT),
        ("invited", ""),
        ("ducha", ""),
        ("", ""),
    ]
    refusals = set()
    for name, password in attempts:
        with pytest.raises(DubanError) as refused:
            sign_in(database, name, password, HERE, NOW)
        refusals.add((refused.value.code, refused.value.message))
    assert len(refusals) == 1
    assert number


@pytest.mark.parametrize(
    ("later", "outcome"),
    [(WINDOW - MOMENT, "SIGN_IN_LIMIT"), (WINDOW, "in")],
)
def test_who_guesses_too_often_waits_for_a_quarter_of_an_hour(
    database: Database, later: timedelta, outcome: str
) -> None:
    with_user(database)
    fail(database, MOST_OF_PAIR)
    assert code(database, "ducha", RIGHT, later=later) == outcome


def test_one_attempt_fewer_is_let_in_and_begins_anew(database: Database) -> None:
    with_user(database)
    for _ in range(2):
        fail(database, MOST_OF_PAIR - 1)
        assert code(database, "ducha", RIGHT) == "in"


def test_who_guesses_does_not_lock_the_owner_out(database: Database) -> None:
    with_user(database)
    fail(database, MOST_OF_PAIR, address=THERE)
    assert code(database, "ducha", RIGHT, THERE) == "SIGN_IN_LIMIT"
    assert code(database, "ducha", RIGHT, HERE) == "in"
    fail(database, MOST_OF_ACCOUNT, address="198.51.100.7")
    assert code(database, "ducha", RIGHT, HERE) == "in"  # the owner has come from here
    assert code(database, "ducha", RIGHT, "192.0.2.9") == "SIGN_IN_LIMIT"


@pytest.mark.parametrize(
    ("times", "outcome"), [(MOST_OF_ACCOUNT - 1, "in"), (MOST_OF_ACCOUNT, "SIGN_IN_LIMIT")]
)
def test_an_account_bears_so_many_guesses_from_everywhere(
    database: Database, times: int, outcome: str
) -> None:
    with_user(database)
    with database.write() as session:
        session.add_all(tables.SignInFailure(subject="account:ducha", at=NOW) for _ in range(times))
    assert code(database, "ducha", RIGHT) == outcome


@pytest.mark.parametrize(
    ("times", "outcome"), [(MOST_OF_ADDRESS - 1, "in"), (MOST_OF_ADDRESS, "SIGN_IN_LIMIT")]
)
def test_an_address_bears_so_many_guesses_at_all_accounts(
    database: Database, times: int, outcome: str
) -> None:
    with_user(database)
    fail(database, times, name="somebody")
    assert code(database, "ducha", RIGHT) == outcome


def test_an_office_behind_one_address_may_sign_in_as_often_as_it_likes(sqlite_database: Database) -> None:
    with_user(sqlite_database)
    fail(sqlite_database, MOST_OF_ADDRESS - 1, name="somebody")
    assert [code(sqlite_database, "ducha", RIGHT) for _ in range(3)] == ["in"] * 3


def test_addresses_of_one_ipv6_site_count_as_one(sqlite_database: Database) -> None:
    with_user(sqlite_database)
    fail(sqlite_database, MOST_OF_PAIR, address="2001:db8:1:2::/64")
    assert code(sqlite_database, "ducha", RIGHT, "2001:db8:1:2:3::4") == "SIGN_IN_LIMIT"
    assert code(sqlite_database, "ducha", RIGHT, "2001:db8:1:3::4") == "in"


def test_attempts_at_once_share_one_limit(database: Database) -> None:
    with_user(database)
    fail(database, MOST_OF_PAIR - 3)
    outcomes: list[str] = []
    begin = threading.Barrier(8)

    def attempt() -> None:
        begin.wait(30)
        outcomes.append(code(database, "ducha", WRONG))

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["SIGN_IN_LIMIT"] * 5 + ["SIGN_IN_REFUSED"] * 3


def test_old_attempts_are_not_kept(sqlite_database: Database) -> None:
    with_user(sqlite_database)
    fail(sqlite_database, 3)
    assert code(sqlite_database, "ducha", RIGHT, later=WINDOW) == "in"
    with sqlite_database.read() as session:
        assert list(session.exec(select(tables.SignInFailure))) == []


@pytest.mark.parametrize(
    ("later", "is_open"),
    [(IDLE + SEEN_EVERY - MOMENT, True), (IDLE + SEEN_EVERY, False)],
)
def test_a_session_that_nobody_uses_ends(database: Database, later: timedelta, is_open: bool) -> None:
    with_user(database)
    token = sign_in(database, "ducha", RIGHT, HERE, NOW)
    assert (holder(database, token, later) is not None) == is_open


@pytest.mark.parametrize(("later", "is_open"), [(LONGEST - MOMENT, True), (LONGEST, False)])
def test_no_session_lasts_longer_however_much_it_is_used(
    database: Database, later: timedelta, is_open: bool
) -> None:
    with_user(database)
    token = sign_in(database, "ducha", RIGHT, HERE, NOW)
    see(database, token, NOW + LONGEST - timedelta(hours=1))
    assert (holder(database, token, later) is not None) == is_open


@pytest.mark.parametrize(("later", "is_due"), [(SEEN_EVERY - MOMENT, False), (SEEN_EVERY, True)])
def test_use_is_noted_every_few_minutes(sqlite_database: Database, later: timedelta, is_due: bool) -> None:
    with_user(sqlite_database)
    token = sign_in(sqlite_database, "ducha", RIGHT, HERE, NOW)
    with sqlite_database.read() as session:
        assert is_to_be_seen(session, token, NOW + later) == is_due


def test_signed_out_a_session_opens_nothing(database: Database) -> None:
    with_user(database)
    token, other = (sign_in(database, "ducha", RIGHT, HERE, NOW) for _ in range(2))
    sign_out(database, token, NOW)
    assert [holder(database, one, MOMENT) for one in (token, other)] == [None, "ducha"]


def test_the_first_link_makes_one_administrator(database: Database) -> None:
    older = first_link(database, NOW)
    link = first_link(database, NOW)
    assert older
    assert link
    for token in (older, "x"):
        with pytest.raises(DubanError, match="设置链接"):
            set_up(database, token, "ducha", "督查室", RIGHT, NOW)
    for name, password, refused in (("x", RIGHT, "USER_NAME"), ("ducha", "short", "PASSWORD_WEAK")):
        with pytest.raises(DubanError) as error:
            set_up(database, link, name, "督查室", password, NOW)
        assert error.value.code == refused
    session = set_up(database, link, "Ducha", "督查室", RIGHT, NOW)
    assert holder(database, session, MOMENT) == "ducha"
    with pytest.raises(DubanError, match="设置链接"):
        set_up(database, link, "second", "", RIGHT, NOW)
    assert first_link(database, NOW) is None


@pytest.mark.parametrize(("later", "is_open"), [(FIRST_LASTS - MOMENT, True), (FIRST_LASTS, False)])
def test_the_first_link_lasts_an_hour(sqlite_database: Database, later: timedelta, is_open: bool) -> None:
    link = first_link(sqlite_database, NOW) or ""
    assert opens(sqlite_database, link, later) == is_open


@pytest.mark.parametrize(("later", "is_open"), [(LASTS - MOMENT, True), (LASTS, False)])
def test_a_set_up_link_lasts_two_days(database: Database, later: timedelta, is_open: bool) -> None:
    link = invite_user(database, "wang", Wanted("", Role.LEADER), NOW, "test")
    assert opens(database, link, later) == is_open


def opens(database: Database, link: str, later: timedelta) -> bool:
    """Whether a password can be chosen by that link so much later."""
    refused = refusal(lambda: set_up(database, link, "wang", "", RIGHT, NOW + later))
    assert refused in (None, "SETUP_LINK")
    return refused is None


def test_a_chosen_password_ends_sessions_and_older_links(database: Database) -> None:
    number = with_user(database)
    session_token = sign_in(database, "ducha", RIGHT, HERE, NOW)
    with database.write() as session:
        older = new_setup_link(session, number, NOW, "test")
        newer = new_setup_link(session, number, NOW, "test")
    assert not opens(database, older, MOMENT)
    fresh = set_up(database, newer, "", "", WRONG, NOW)
    assert holder(database, session_token, MOMENT) is None
    assert holder(database, fresh, MOMENT) == "ducha"
    assert code(database, "ducha", RIGHT) == "SIGN_IN_REFUSED"
    assert code(database, "ducha", WRONG) == "in"


def test_a_chosen_password_ends_the_session_that_the_browser_had(database: Database) -> None:
    with_user(database)
    before = sign_in(database, "ducha", RIGHT, HERE, NOW)
    with database.write() as session:
        wang = tables.User(name="wang", role="leader", created_at=NOW, changed_at=NOW)
        session.add(wang)
        session.flush()
        link = new_setup_link(session, wang.id, NOW, "test")
    after = set_up(database, link, "", "", OTHER, NOW, HERE, replacing=before)
    assert (holder(database, before, MOMENT), holder(database, after, MOMENT)) == (None, "wang")


def test_guesses_at_the_present_password_count_as_those_at_the_door(database: Database) -> None:
    number = with_user(database)
    token = sign_in(database, "ducha", RIGHT, HERE, NOW)

    def change(present: str) -> str | None:
        return refusal(
            lambda: change_password(database, number, present, OTHER, NOW, keep=token, address=HERE)
        )

    assert [change(WRONG) for _ in range(MOST_OF_PAIR)] == ["PASSWORD_WRONG"] * MOST_OF_PAIR
    assert change(RIGHT) == "SIGN_IN_LIMIT"
    assert code(database, "ducha", RIGHT) == "SIGN_IN_LIMIT"
    assert code(database, "ducha", RIGHT, later=WINDOW) == "in"


def test_the_right_password_begins_the_count_anew(database: Database) -> None:
    number = with_user(database)
    token = sign_in(database, "ducha", RIGHT, HERE, NOW)
    fail(database, MOST_OF_PAIR - 1)
    change_password(database, number, RIGHT, OTHER, NOW, keep=token, address=HERE)
    assert holder(database, token, MOMENT) == "ducha"
    fail(database, MOST_OF_PAIR - 1)
    assert code(database, "ducha", OTHER) == "in"


def test_two_at_once_with_one_link_set_one_password(database: Database) -> None:
    link = first_link(database, NOW) or ""
    outcomes: list[str | None] = []
    begin = threading.Barrier(2)

    def choose(name: str) -> None:
        begin.wait(30)
        outcomes.append(refusal(lambda: set_up(database, link, name, "", RIGHT, NOW)))

    threads = [threading.Thread(target=choose, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [None, "SETUP_LINK"]
    with database.read() as session:
        assert users.count(session) == 1
        ended = select(tables.SetupLink).where(col(tables.SetupLink.ended_reason) == "used")
        assert len(list(session.exec(ended))) == 1
