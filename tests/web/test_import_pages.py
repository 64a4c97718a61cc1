"""导入 on the pages: from the issued document to a stored plan without a command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.import_desk import (
    DOCUMENT,
    EXAMPLES,
    NOW,
    STRANGE,
    Desk,
    answered,
    desk_of,
    form,
    nodes,
    problem,
    question,
    titles,
    words,
)
from tests.web.running import pages
from workflows.import_drafts import hand_in


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(database, tmp_path / "files") as found:
        yield found


def test_a_wording_with_two_readings_is_asked_and_the_answer_counts(desk: Desk) -> None:
    path = desk.draft()
    page = desk.client.get(path)
    name = question(page, "AMBIGUOUS_DEADLINE")
    assert "1 个问题请您先决定" in words(page)
    refused = desk.post(path, **form(page), do="import")
    assert refused.status_code == 422
    assert "还有 1 个问题没有选择" in words(refused)
    assert desk.rows(tables.SubTask) == []
    stored = desk.post(path, **form(page) | {name: "1"}, do="import")
    assert stored.status_code == 303, words(stored)
    with desk.database.read() as session:
        phases = {one.name: one.ends_on.isoformat() for one in session.exec(select(tables.Phase))}
        draft = session.exec(select(tables.ImportDraft)).one()
    assert phases["execute"] == "2024-10-31"
    assert (draft.ended_reason, draft.batch_id) == ("imported", 1)


def test_an_answer_is_kept_for_the_next_visit(desk: Desk) -> None:
    path = desk.draft()
    page = desk.client.get(path)
    name = question(page, "AMBIGUOUS_DEADLINE")
    assert desk.post(path, **form(page) | {name: "1"}, do="save").status_code == 303
    again = desk.client.get(path)
    assert form(again)[name] == "1"
    assert "没有需要先决定的问题" in words(again)


def test_one_button_leaves_everything_as_it_was_read(desk: Desk) -> None:
    path = desk.draft()
    desk.post(path, **form(desk.client.get(path)), do="as-read")
    page = desk.client.get(path)
    assert "没有需要先决定的问题" in words(page)
    assert desk.post(path, **form(page), do="import").status_code == 303
    with desk.database.read() as session:
        phases = {one.name: one.ends_on.isoformat() for one in session.exec(select(tables.Phase))}
    assert phases["execute"] == "2024-11-30"


def test_only_the_ticked_rows_are_stored_and_the_others_wait_to_be_added_to_the_same_plan(desk: Desk) -> None:
    path = desk.draft()
    fields = answered(desk, path)
    second = sorted(name for name in fields if name.startswith("r-"))
    keys = [f"r-{key}" for key in fields["shown"].split(",")]
    assert sorted(keys) == second
    desk.post(path, **{name: value for name, value in fields.items() if name != keys[1]}, do="import")
    with desk.database.read() as session:
        assert titles(session) == ["新建口袋公园6个", "改造泵站4座"]
    waits = desk.client.get(path)
    assert form(waits)["into"] == "1"
    added = desk.post(path, **form(waits), do="import")
    assert added.status_code == 303, words(added)
    with desk.database.read() as session:
        assert sorted(titles(session)) == ["改造泵站4座", "整治背街小巷20条", "新建口袋公园6个"]
        assert len(session.exec(select(tables.Plan)).all()) == 1
    assert "已经导入" in words(desk.client.get(path))


def test_rows_that_nobody_wants_do_not_wait(desk: Desk) -> None:
    path = desk.draft()
    fields = answered(desk, path)
    gone = next(name for name in fields if name.startswith("r-"))
    kept = {name: value for name, value in fields.items() if name != gone}
    desk.post(path, **kept, drop_rest="1", do="import")
    assert "已经导入" in words(desk.client.get(path))


def test_no_row_at_all_is_refused(desk: Desk) -> None:
    path = desk.draft()
    fields = {name: value for name, value in answered(desk, path).items() if not name.startswith("r-")}
    answer = desk.post(path, **fields, do="import")
    assert answer.status_code == 422
    assert "没有选中任何一行" in words(answer)


def test_two_people_who_answer_at_once_both_see_what_the_other_chose(desk: Desk) -> None:
    path = desk.draft()
    page = desk.client.get(path)
    name = question(page, "AMBIGUOUS_DEADLINE")
    desk.post(path, **form(page) | {name: "1"}, do="save")
    late = desk.post(path, **form(page) | {name: "0"}, do="import")
    assert late.status_code == 409
    assert "2024-10-31" in words(late)
    assert "2024-11-30" in words(late)
    assert form(late)[name] == "1"
    assert desk.rows(tables.SubTask) == []


def test_a_year_that_the_document_lacks_is_asked_and_read_anew_before_anything_is_stored(desk: Desk) -> None:
    path = desk.draft(DOCUMENT.replace("2024年", ""))
    page = desk.client.get(path)
    assert "文件没有写明年度" in words(page)
    fields = form(page) | {"year": "2025"}
    shown = desk.post(path, **fields, do="import")
    assert shown.status_code == 303
    assert "/drafts/" in shown.headers["location"]
    assert "2025-10-31" in words(desk.client.get(path))
    assert desk.rows(tables.SubTask) == []


def test_columns_that_nobody_understands_are_said_by_hand(desk: Desk) -> None:
    path = desk.draft(STRANGE)
    page = desk.client.get(path)
    roles = {"c-0-0": "no", "c-0-1": "task", "c-0-2": "lead", "c-0-3": "deadline", "t-0": "1"}
    read = desk.post(path, **form(page) | roles, do="save")
    assert read.status_code == 303
    page = desk.client.get(path)
    assert "读到 2 个子任务" in words(page)
    assert desk.post(path, **form(page), do="import").status_code == 303
    with desk.database.read() as session:
        assert titles(session) == ["新建驿站6个", "改造泵站4座"]
        leads = select(tables.Unit.name).order_by(col(tables.Unit.id))
        assert {"县民政局", "县水利局"} <= set(session.exec(leads))


def test_a_unit_that_resembles_a_known_one_is_asked_and_joined_only_when_said(desk: Desk) -> None:
    path = desk.draft()
    desk.post(path, **answered(desk, path), do="import")
    headings = "序号\t任务\t牵头单位\t完成时限"
    other = desk.draft(STRANGE.replace("县民政局", "区园林局局").replace("甲栏\t乙栏\t丙栏\t丁栏", headings))
    page = desk.client.get(other)
    name = str(nodes(page, "//tr[th[text()='区园林局局']]//input/@name")[0])
    assert desk.post(other, **form(page), do="import").status_code == 303
    with desk.database.read() as session:
        assert titles(session)[3:] == ["改造泵站4座"]  # the row of the unit waits for the answer
        assert "区园林局局" not in session.exec(select(tables.UnitAlias.name)).all()
    page = desk.client.get(other)
    desk.post(other, **form(page) | {name: "0"}, do="save")
    desk.post(other, **form(desk.client.get(other)), do="import")
    with desk.database.read() as session:
        assert titles(session)[3:] == ["改造泵站4座", "新建驿站6个"]
        assert "区园林局局" in session.exec(select(tables.UnitAlias.name)).all()
        assert "区园林局局" not in session.exec(select(tables.Unit.name)).all()


def test_a_later_document_shows_what_it_changes_before_it_is_stored(desk: Desk) -> None:
    path = desk.draft()
    desk.post(path, **answered(desk, path), do="import")
    later = desk.draft(DOCUMENT.replace("20条", "25条"), "更新.txt")
    page = desk.client.get(later)
    assert "大多数任务已在这个计划里" in words(page)
    refused = desk.post(later, **answered(desk, later), do="import")
    assert refused.status_code == 422
    assert "--again" not in words(refused)
    desk.post(later, **form(desk.client.get(later)) | {"into": "1"}, do="import")
    page = desk.client.get(later)
    shown = words(page)
    assert "改动：云溪区2024年民生实事任务分解表" in shown
    assert "整治背街小巷25条" in shown
    assert "整治背街小巷20条" in shown
    stored = desk.post(later, **form(page), do="import")
    assert stored.status_code == 303, words(stored)
    with desk.database.read() as session:
        assert "整治背街小巷25条" in titles(session)
        assert len(session.exec(select(tables.Plan)).all()) == 1


def test_the_same_file_again_needs_a_word(desk: Desk) -> None:
    path = desk.draft()
    desk.post(path, **answered(desk, path), do="import")
    again = desk.draft()
    assert again != path
    fields = answered(desk, again)
    refused = desk.post(again, **fields, do="import")
    assert refused.status_code == 422
    assert "同一份文件已经导入过" in words(refused)
    assert desk.post(again, **form(desk.client.get(again)) | {"again": "1"}, do="import").status_code == 303
    with desk.database.read() as session:
        assert len(session.exec(select(tables.Plan)).all()) == 2


def test_a_dropped_document_waits_no_longer(desk: Desk) -> None:
    path = desk.draft()
    assert desk.post(f"{path}/drop").status_code == 303
    assert "已经放弃" in words(desk.client.get(path))
    assert desk.post(path, do="import").status_code == 422


def test_the_batch_says_what_to_do_next_and_can_be_undone(desk: Desk) -> None:
    path = desk.draft()
    stored = desk.post(path, **answered(desk, path), do="import")
    page = desk.client.get(stored.headers["location"])
    shown = words(page)
    assert "3 个牵头单位里有 3 个还没有联系人" in shown
    assert "3 个子任务里有 3 个没有节点" in shown
    assert re.search(r"最先收到提醒的单位.*区园林局", shown)
    undone = desk.post("/imports/batches/1/undo")
    assert undone.headers["location"].startswith("/imports?told=imports.undone")
    assert desk.rows(tables.SubTask) == []
    assert "已撤销" in words(desk.client.get("/imports"))


def test_a_batch_that_later_records_depend_on_stays_and_says_why(desk: Desk) -> None:
    path = desk.draft()
    desk.post(path, **answered(desk, path), do="import")
    with desk.database.write() as session:
        session.add(
            tables.ProgressReport(
                subtask_id=1,
                period="2024-03",
                as_of=NOW.date(),
                received_at=NOW,
                state="submitted",
                text="开工",
            )
        )
    refused = desk.post("/imports/batches/1/undo")
    assert refused.status_code == 422
    assert "已有单位填报过进展" in words(refused)
    assert len(desk.rows(tables.SubTask)) == 3


def test_a_plan_goes_out_as_a_workbook_and_comes_back_as_its_changes(desk: Desk) -> None:
    path = desk.draft()
    desk.post(path, **answered(desk, path), do="import")
    workbook = desk.client.get("/imports/plans/1/file").content
    page = desk.client.get(desk.upload("改.xlsx", workbook).headers["location"])
    assert "没有改动" in words(page)
    assert "从现有计划导出的工作簿" in words(page)
    answer = desk.post(str(page.url.path), **form(page), do="import")
    assert answer.status_code == 422
    assert problem(answer) == "▲ 文件和计划里的内容相同，没有可以保存的改动：不必导入。"


@pytest.mark.parametrize("name", ["matrix-plan-2024.xlsx", "progress-2023-03.xlsx"])
@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_the_examples_are_shown_in_both_languages(
    sqlite_database: Database, tmp_path: Path, name: str, language: str
) -> None:
    with pages(sqlite_database, NOW, role=Role.COORDINATOR, files=tmp_path / "files") as client:
        number = hand_in(
            sqlite_database, tmp_path / "files", "plan", name, (EXAMPLES / name).read_bytes(), NOW, "督查室"
        )
        page = client.get(f"/imports/drafts/{number}{language}")
    assert page.status_code == 200
    assert ("What was read" if language else "读到的内容") in words(page)


@pytest.mark.parametrize(
    "path", ["/imports/drafts/9", "/imports/batches/9", "/imports/plans/9/file", "/imports/contacts/9"]
)
def test_what_is_not_there_is_a_page_that_says_so(desk: Desk, path: str) -> None:
    assert desk.client.get(path).status_code == 404
