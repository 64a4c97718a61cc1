"""The read API on a real server: what it says, in parts, with tags, to whom; refusals are JSON."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.web.test_wall_pages import NOW, office, unit_named
from tests.workflows.office_2024 import INBOX, Task, at, build
from tests.workflows.test_evaluate import MOMENT, lived
from workflows.evaluate import evaluate

PREFIX = "/api/v1"
LISTS = ("plans", "projects", "subtasks", "bulletins", "evaluations", "cases")
FOR_READERS = ("standings", "wall", "bulletins", "evaluations", "health")


def test_every_answer_says_for_which_moment_it_holds(sqlite_database: Database) -> None:
    office(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        for path in (*LISTS, "standings", "wall", "health", "subtasks/1"):
            answer = client.get(f"{PREFIX}/{path}")
            assert answer.status_code == 200, path
            assert answer.json()["as_of"] == "2024-05-10T02:00:00Z"


def test_a_sub_task_is_told_with_its_figures(database: Database) -> None:
    built = office(database)
    with pages(database, NOW, role=Role.LEADER) as client:
        found: dict[str, Any] = client.get(f"{PREFIX}/subtasks/{built.subtasks['1.1']}").json()
    assert [(one["unit"]["name"], one["role"]) for one in found["units"]] == [("区民政局", "lead")]
    (indicator,) = found["indicators"]
    assert (indicator["quantity"], indicator["actual"], indicator["met"]) == ("100", "40", False)
    assert [(one["due_on"], one["met"]) for one in found["milestones"]] == [
        ("2024-03-31", True),
        ("2024-04-30", False),
    ]
    assert [(one["quota"], one["done"], one["light"]) for one in found["shares"]] == [
        ("60", "60", "done"),
        ("40", None, "grey"),
    ]
    assert found["standing"]["light"] == "red"
    assert found["standing"]["percent"] == "40.0"
    assert found["standing"]["reasons"][0]["code"] == "milestone_overdue"


def test_lists_are_filtered_and_come_in_parts(database: Database) -> None:
    office(database)
    with pages(database, NOW, role=Role.LEADER) as client:
        first = client.get(f"{PREFIX}/subtasks?limit=1").json()
        second = client.get(f"{PREFIX}/subtasks?limit=1&after={first['next']}").json()
        none = client.get(f"{PREFIX}/subtasks?light=done").json()
        by_unit = client.get(f"{PREFIX}/subtasks?unit={second['items'][0]['lead_units'][0]['id']}").json()
    assert [one["no"] for one in (*first["items"], *second["items"])] == ["1.1", "1.2"]
    assert second["next"] is None
    assert none["items"] == []
    assert [one["no"] for one in by_unit["items"]] == ["1.2"]


def test_the_wall_is_told_as_it_is_shown(database: Database) -> None:
    office(database)
    with pages(database, NOW, role=Role.LEADER) as client:
        wall = client.get(f"{PREFIX}/wall").json()
    (row,) = wall["rows"]
    # 20 and 0 of 100 at the end of March, 40 and 0 of April; of December nobody knows yet.
    told = {one["period"]: (one["percent"], one["light"]) for one in row["months"]}
    assert (told["2024-03"][0], told["2024-04"][0], told["2024-12"]) == (10, 20, (None, None))
    assert wall["present_period"] == "2024-05"
    assert wall["counts"] == {"red": 2, "yellow": 0, "green": 0, "done": 0, "grey": 0}
    assert [(one["unit"], one["done"]) for one in wall["shares"][0]["cells"]] == [
        ("甲街道", "60"),
        ("乙街道", None),
    ]


def test_what_was_frozen_is_told_as_it_was(database: Database) -> None:
    lived(database)
    evaluate(database, INBOX, MOMENT)
    with pages(database, MOMENT, role=Role.LEADER) as client:
        (listed,) = client.get(f"{PREFIX}/evaluations").json()["items"]
        shown = client.get(f"{PREFIX}/evaluations/{listed['id']}").json()
        elsewhere = client.get(f"{PREFIX}/bulletins/{listed['id']}")
    assert shown["bulletin"] == listed
    assert [row["unit"] for row in shown["content"]["rows"]]
    assert elsewhere.status_code == 404


def test_an_answer_that_has_not_changed_is_not_sent_again(database: Database) -> None:
    office(database)
    with pages(database, NOW, role=Role.LEADER) as client:
        tag = client.get(f"{PREFIX}/subtasks").headers["etag"]
        same = client.get(f"{PREFIX}/subtasks", headers={"If-None-Match": tag})
        other = client.get(f"{PREFIX}/subtasks?limit=1", headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert other.status_code == 200


def test_a_later_moment_alone_is_no_change(database: Database) -> None:
    office(database)
    tags = []
    for moment in (NOW, at("2024-05-10T11:00")):
        with pages(database, moment, role=Role.LEADER) as client:
            tags.append(client.get(f"{PREFIX}/plans").headers["etag"])
    assert tags[0] == tags[1]


def test_a_unit_sees_its_own_and_nothing_else(database: Database) -> None:
    built = office(database)
    with pages(database, NOW, role=Role.UNIT, unit_id=unit_named(database, "区教育局")) as client:
        assert [one["no"] for one in client.get(f"{PREFIX}/subtasks").json()["items"]] == ["1.2"]
        assert [one["subtasks"] for one in client.get(f"{PREFIX}/projects").json()["items"]] == [1]
        assert client.get(f"{PREFIX}/subtasks/{built.subtasks['1.2']}").status_code == 200
        assert client.get(f"{PREFIX}/subtasks/{built.subtasks['1.1']}").status_code == 404
        assert client.get(f"{PREFIX}/cases").json()["items"] == []
        for path in FOR_READERS:
            answer = client.get(f"{PREFIX}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


def test_a_unit_that_holds_a_share_is_not_told_the_figures_of_the_whole(database: Database) -> None:
    """They are other units' figures too; its own share stands on its page."""
    shares = Task("1", "200", "台", quotas={"上塘街道": "120", "米市巷街道": "80"})
    built = build(database, shares, Task("2", lead="上塘街道"))
    with database.write() as session:
        unit_id = session.exec(select(tables.Unit.id).where(tables.Unit.name == "上塘街道")).one()
        session.add(tables.Assignment(subtask_id=built.subtasks["1"], unit_id=unit_id or 0, role="executing"))
    with pages(database, NOW, role=Role.UNIT, unit_id=unit_id) as client:
        assert [one["no"] for one in client.get(f"{PREFIX}/subtasks").json()["items"]] == ["2"]
        assert client.get(f"{PREFIX}/subtasks/{built.subtasks['1']}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("subtasks/99", 404, "NOT_FOUND"),
        ("nothing", 404, "NOT_FOUND"),
        ("wall?plan=99", 404, "NOT_FOUND"),
        ("subtasks?plan=99", 404, "NOT_FOUND"),
        ("subtasks?limit=200", 200, ""),
        ("subtasks?limit=201", 422, "BAD_PARAMETER"),
        ("subtasks?limit=0", 422, "BAD_PARAMETER"),
        ("subtasks?light=pink", 422, "BAD_PARAMETER"),
        ("subtasks?plan=2147483648", 422, "BAD_PARAMETER"),
        ("subtasks/0", 422, "BAD_PARAMETER"),
        ("cases?state=none", 422, "BAD_PARAMETER"),
    ],
)
def test_refusals_are_json_with_a_code(sqlite_database: Database, path: str, status: int, code: str) -> None:
    office(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        answer = client.get(f"{PREFIX}/{path}")
    assert (answer.status_code, answer.json().get("code", "")) == (status, code)


def test_nobody_is_told_anything(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=None) as client:
        for path in (*LISTS, *FOR_READERS, "openapi.json", "subtasks/1"):
            answer = client.get(f"{PREFIX}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_IN_NEEDED")


def test_the_description_names_every_path_and_how_to_come_in(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        found = client.get(f"{PREFIX}/openapi.json").json()
    assert {path.removeprefix(f"{PREFIX}/") for path in found["paths"]} == {
        *LISTS,
        *FOR_READERS,
        "subtasks/{number}",
        "bulletins/{number}",
        "evaluations/{number}",
    }
    assert all(set(one) == {"get"} for one in found["paths"].values())
    assert found["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
