"""Documents in the shapes that offices issue; the truth beside each was written before the rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake.decomposition import interpret
from intake.draft_json import to_json
from intake.text import read_text

FOLDER = Path(__file__).parent / "documents"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def read(name: str, data: bytes | None = None) -> dict[str, Any]:
    path = FOLDER / f"{name}.txt"
    return to_json(interpret(read_text(data or path.read_bytes(), path.name)), stored=False)


def truth(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return answer


def by_number(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["no"]: one for project in plan["projects"] for one in project["subtasks"]}


def figure(indicator: dict[str, Any]) -> str:
    return f"{indicator['comparator']}{indicator['quantity']}{indicator['unit']}"


def amounts(part: dict[str, Any]) -> list[str]:
    return [f"{one['quantity']}{one['unit']}" for one in part["quantities"]]


@pytest.mark.parametrize("name", NAMES)
def test_projects_and_subtasks_are_those_of_the_document_and_no_others(name: str) -> None:
    plan, wanted = read(name), truth(name)
    projects = [(one["no"], one["title"]) for one in plan["projects"]]
    subtasks = [(one["no"], one["title"]) for one in by_number(plan).values()]
    assert projects == [(one["no"], one["title"]) for one in wanted["projects"]]
    assert subtasks == [(one["no"], one["title"]) for one in by_number(wanted).values()]


@pytest.mark.parametrize("name", NAMES)
def test_units_and_persons_are_those_of_the_document(name: str) -> None:
    plan, wanted = by_number(read(name)), by_number(truth(name))
    for number, one in wanted.items():
        for role in ("lead_units", "cooperating_units", "executing_units", "responsible", "level"):
            assert (number, role, plan[number][role]) == (number, role, one.get(role, []))


@pytest.mark.parametrize("name", NAMES)
def test_indicators_and_quotas_are_those_of_the_document(name: str) -> None:
    plan, wanted = by_number(read(name)), by_number(truth(name))
    for number, one in wanted.items():
        indicators = plan[number]["indicators"]
        assert (number, [figure(indicator) for indicator in indicators]) == (number, one["indicators"])
        quotas = [indicator["quotas"] for indicator in indicators if indicator["quotas"]]
        assert (number, quotas) == (number, one.get("quotas", []))


@pytest.mark.parametrize("name", NAMES)
def test_deadlines_targets_and_reports_are_those_of_the_document(name: str) -> None:
    plan, wanted = by_number(read(name)), by_number(truth(name))
    for number, one in wanted.items():
        got = plan[number]
        assert (number, got["deadline"]["date"]) == (number, one.get("deadline"))
        assert (number, {part["period"]: amounts(part) for part in got["milestones"]}) == (
            number,
            one.get("milestones", {}),
        )
        reports = {part["period"]: [part["status"], *amounts(part)] for part in got["progress"]}
        assert (number, reports) == (number, one.get("progress", {}))


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_described_and_what_is_doubtful_is_found(name: str) -> None:
    plan, wanted = read(name), truth(name)
    for fact in ("kind", "year", "number", "issuer", "issued_on"):
        if fact in wanted:
            assert (fact, plan["document"][fact]) == (fact, wanted[fact])
    assert {one["name"]: one["ends_on"] for one in plan["phases"]} == wanted.get("phases", {})
    assert sorted({one["code"] for one in plan["findings"]}) == wanted["findings"]


@pytest.mark.parametrize("name", NAMES)
def test_leaders_and_units_of_whole_projects_are_those_of_the_document(name: str) -> None:
    plan = {one["no"]: one for one in read(name)["projects"]}
    for one in truth(name)["projects"]:
        for field in ("leaders", "lead_units", "cooperating_units"):
            if field in one:
                assert (one["no"], field, plan[one["no"]][field]) == (one["no"], field, one[field])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", NAMES)
def test_the_encoding_of_a_text_changes_nothing(name: str, encoding: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    assert read(name, text.replace("\n", "\r\n").encode(encoding)) == read(name)
