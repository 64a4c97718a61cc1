"""Two nodes give the same name at the same moment on one PostgreSQL: one is stored, the other is told of it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier

from db import provider_accounts
from db.session import Database
from engine.roles import Role
from tests.workflows.office_2024 import at
from tests.workflows.test_promises_races import together
from tests.workflows.test_revise_races import outcome
from workflows.change_unit import NewUnit, add_unit
from workflows.manage_users import Wanted, invite_user
from workflows.provider_accounts import give_account

NOW, ISSUER, ROUNDS = at("2024-04-02T18:00"), "https://id.example.org", 8


def ends(one: Callable[[], object], other: Callable[[], object]) -> list[str]:
    """How both ended that began at the same moment: stored, or the code of the refusal."""
    found: list[str] = []
    barrier = Barrier(2)
    together(lambda: found.append(outcome(barrier, one)), lambda: found.append(outcome(barrier, other)))
    return sorted(found)


def test_a_unit_that_two_add_is_there_once(nodes: tuple[Database, Database]) -> None:
    for number in range(ROUNDS):
        new = NewUnit(f"区第{number}局")
        adds = [lambda node=node, new=new: add_unit(node, new, NOW, "甲岗", is_sure=True) for node in nodes]
        assert ends(*adds) == ["NAME_TAKEN", "stored"]


def test_of_two_units_with_names_near_one_another_one_is_asked_about(
    nodes: tuple[Database, Database],
) -> None:
    for place in ("甲溪", "乙岭", "丙塘", "丁坪", "戊江", "己湖", "庚桥", "辛田"):
        names = f"{place}街道", f"{place}街道办事处"
        adds = [
            lambda node=node, name=name: add_unit(node, NewUnit(name), NOW, "甲岗")
            for node, name in zip(nodes, names, strict=True)
        ]
        assert ends(*adds) == ["NAME_NEAR", "stored"]


def test_a_user_whom_two_invite_is_there_once(nodes: tuple[Database, Database]) -> None:
    for number in range(ROUNDS):
        invites = [
            lambda node=node, number=number: invite_user(
                node, f"u{number}", Wanted("", Role.LEADER), NOW, "boss"
            )
            for node in nodes
        ]
        assert ends(*invites) == ["USER_TAKEN", "stored"]


def test_an_account_that_two_give_to_different_users_has_one(nodes: tuple[Database, Database]) -> None:
    for number in range(ROUNDS):
        first = 2 * number + 1
        for place in (first, first + 1):
            invite_user(nodes[0], f"u{place}", Wanted("", Role.LEADER), NOW, "boss")
        gives = [
            lambda node=node, place=place, account=f"a{number}": give_account(
                node, place, ISSUER, account, 1, NOW, "boss"
            )
            for node, place in zip(nodes, (first, first + 1), strict=True)
        ]
        assert ends(*gives) == ["OIDC_ACCOUNT_TAKEN", "stored"]
        with nodes[0].read() as session:
            row = provider_accounts.of_account(session, ISSUER, f"a{number}")
        assert row is not None
        assert row.user_id in (first, first + 1)
