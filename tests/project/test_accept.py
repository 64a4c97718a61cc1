"""The comparison with the truth fails for each kind of thing that is missing or wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duban.accept import EXACT, check_counts, check_tallies, compare, main
from duban.accept_published import check_published

Plan = dict[str, Any]


def truth(seed: str = "000") -> Plan:
    subtask: Plan = {
        "no": "1.1",
        "title": "新建公园2个",
        "lead_units": ["区园林局"],
        "cooperating_units": ["各街道"],
        "responsible": ["张甲"],
        "indicators": [{"quantity": 2, "unit": "个", "comparator": "="}],
        "progress": {"status": "done"},
    }
    project = {"no": "1", "title": "公园", "lead_units": ["区园林局"], "leader": [], "subtasks": [subtask]}
    return {"seed": seed, "projects": [project]}


def reading() -> Plan:
    plan = truth()
    subtask = plan["projects"][0]["subtasks"][0]
    subtask["indicators"] = [{"quantity": "2", "unit": "个", "comparator": "=", "quotas": {}}]
    subtask["progress"] = [{"period": "", "text": "", "status": "done", "quantities": []}]
    return {**plan, "phases": []}


def first(plan: Plan) -> Plan:
    subtask: Plan = plan["projects"][0]["subtasks"][0]
    return subtask


def failures(change: Callable[[Plan], object], seed: str = "000") -> list[str]:
    plan = copy.deepcopy(reading())
    change(plan)
    return check_tallies(compare(plan, truth(seed)))


def test_a_reading_like_the_truth_has_no_failure() -> None:
    assert failures(lambda plan: plan.update(findings=[])) == []


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("projects", lambda plan: plan["projects"][0].update(title="园林")),
        ("sub-tasks", lambda plan: first(plan).update(title="新建花园2个")),
        ("lead units", lambda plan: first(plan).update(lead_units=[])),
        ("cooperating units", lambda plan: first(plan).update(cooperating_units=["各街道", "区城管局"])),
        ("persons", lambda plan: first(plan).update(responsible=["李乙"])),
        ("quotas", lambda plan: first(plan)["indicators"][0].update(quotas={"甲街道": "2"})),
        ("indicators", lambda plan: first(plan)["indicators"][0].update(quantity="3")),
        ("levels", lambda plan: first(plan).update(level=["市级"])),
        ("deadlines", lambda plan: first(plan).update(deadline={"date": "2024-06-30"})),
        ("phases", lambda plan: plan["phases"].append({"name": "execute", "ends_on": "2024-11-30"})),
        (
            "monthly targets",
            lambda plan: first(plan).update(
                milestones=[{"period": "2024-03", "text": "开工", "quantities": []}]
            ),
        ),
        ("statuses", lambda plan: first(plan)["progress"][0].update(status="suspended")),
    ],
)
def test_each_kind_of_thing_can_fail(kind: str, change: Callable[[Plan], object]) -> None:
    assert kind in failures(change)


def test_every_kind_that_must_be_exact_is_counted() -> None:
    assert set(EXACT) <= set(compare(reading(), truth()))


def test_another_split_of_prose_is_listed_but_another_promise_fails() -> None:
    assert failures(lambda plan: first(plan).update(title="新建花园2个"), "002") == []
    assert failures(lambda plan: first(plan)["indicators"].clear(), "002") == ["indicators"]
    assert failures(lambda plan: first(plan).update(lead_units=[]), "002") == ["lead units"]


def test_the_required_counts_bind_the_reading_and_the_truth() -> None:
    assert check_counts(reading(), truth("004")) == [
        "1 projects in the reading, not 30",
        "1 projects in the truth, not 30",
    ]


def test_a_document_without_truth_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "truth").mkdir()
    assert main([str(tmp_path)]) == 1
    assert "NOT AS REQUIRED 004: no truth file" in capsys.readouterr().out


def test_a_wrong_reading_ends_with_one_and_names_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("seeds", "truth"):
        (tmp_path / folder).mkdir()
    (tmp_path / "seeds" / "plan.txt").write_text("2024年任务\n没有任务。\n", encoding="utf-8")
    answer = json.dumps({**truth(), "file": "plan.txt"})
    (tmp_path / "truth" / "seed_000.json").write_text(answer, encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "NOT AS REQUIRED 000: projects" in capsys.readouterr().out


def test_a_missing_folder_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/nonexistent"]) == 2
    assert "make accept" in capsys.readouterr().err


TABLE = (
    "2023年区政府实事项目3月进展情况\n\n信息来源: 区府督查室 发布时间 2023-04-03\n\n序号\n\n项目内容及居民受益面\n\n牵头单位\n\n3月目标\n\n"
    "进展情况\n\n1\n\n新增公园9处(区级)\n\n区园林局\n\n新增2处。\n\n新增3处。\n\n2\n\n新增学校4所(区级)\n\n区教育局\n\n完成选址。\n\n已选址2处。\n\n"
    "3\n\n开展4场培训(区级)\n\n区应急局\n\n开展1场培训。\n\n完成1场培训。\n"
)


def published_truth(report: str = "新增3处。") -> Plan:
    rows = (
        ("1", "新增公园9处(区级)", "区园林局", "新增2处。", report),
        ("2", "新增学校4所(区级)", "区教育局", "完成选址。", "已选址2处。"),
        ("3", "开展4场培训(区级)", "区应急局", "开展1场培训。", "完成1场培训。"),
    )
    tasks = [
        {
            "no": no,
            "title": title,
            "lead_units": [lead],
            "milestones": [{"target_text": target}],
            "progress": {"actual_text": actual},
        }
        for no, title, lead, target, actual in rows
    ]
    projects = [{"subtasks": [task]} for task in tasks]
    return {"file": "table.txt", "doc": {"report_period": "2023-03"}, "projects": projects}


@pytest.mark.parametrize(("report", "failed"), [("新增3处。", []), ("新增4处。", ["published table"])])
def test_the_published_table_is_rebuilt_from_what_was_stored_or_the_check_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], report: str, failed: list[str]
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "table.txt").write_text(TABLE, encoding="utf-8")
    assert check_published(tmp_path, published_truth(report)) == failed
    told = capsys.readouterr().out
    assert f"rows 3 / 3   columns 5   figures 5 / 5   different rows {len(failed)}" in told


@pytest.mark.parametrize("period", [None, "", "2023"])
def test_a_document_that_is_no_months_table_is_not_rebuilt(tmp_path: Path, period: str | None) -> None:
    assert check_published(tmp_path, {"doc": {"report_period": period}}) == []
