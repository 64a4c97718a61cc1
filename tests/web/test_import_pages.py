"""导入 on the pages: from the issued document to a stored plan without a command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import pytest
from sqlmodel import Session, col, select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from workflows.import_drafts import Answers, hand_in

NOW = datetime(2024, 3, 14, 2, 30, tzinfo=UTC)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DOCUMENT = """云溪区2024年民生实事任务分解表
各单位于11月前全面完成，12月查漏补缺。
序号\t任务\t牵头单位\t配合单位\t完成时限
1\t新建口袋公园6个\t区园林局\t区财政局\t10月底前
2\t整治背街小巷20条\t区城管局\t--\t9月底前
3\t改造泵站4座\t区水利局\t--\t8月底前
"""
STRANGE = """某县2024年清单
甲栏\t乙栏\t丙栏\t丁栏
1\t新建驿站6个\t县民政局\t6月底前
2\t改造泵站4座\t县水利局\t9月底前
"""


@dataclass
class Desk:
    """A coordinator at the pages, and what lies behind them."""

    client: httpx.Client
    database: Database
    files: Path

    def upload(self, name: str, content: bytes, way: str = "/imports/new") -> httpx.Response:
        return self.client.post(way, files={"file": (name, content)}, headers=self.origin)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.client.post(path, data=fields, headers=self.origin)

    @property
    def origin(self) -> dict[str, str]:
        return {"Origin": str(self.client.base_url).rstrip("/")}

    def draft(self, content: str = DOCUMENT, name: str = "任务.txt") -> str:
        """The path of a document that was just handed in."""
        answer = self.upload(name, content.encode())
        assert answer.status_code == 303, words(answer)
        return answer.headers["location"].partition("?")[0]

    def rows(self, table: type[tables.SubTask]) -> list[tables.SubTask]:
        with self.database.read() as session:
            return list(session.exec(select(table).order_by(col(table.id))))


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    with pages(database, NOW, role=Role.COORDINATOR, files=tmp_path / "files") as client:
        yield Desk(client, database, tmp_path / "files")


def words(answer: httpx.Response) -> str:
    return " ".join(" ".join(map(str, lxml.html.fromstring(answer.text).itertext())).split())


def nodes(answer: httpx.Response, path: str) -> list[Any]:
    """What stands at that path of the page."""
    found: Any = lxml.html.fromstring(answer.text).xpath(path)
    return list(found)


def problem(answer: httpx.Response) -> str:
    """Why the page says that nothing was stored."""
    (found,) = nodes(answer, "//p[@class='problem']")
    return " ".join(str(found.text_content()).split())


def form(answer: httpx.Response) -> dict[str, str]:
    """What the preview's form would send if nobody touched it."""
    (found,) = nodes(answer, "//form[@class='preview-form']")
    return {name: value for name, value in found.fields.items() if value is not None}


def question(answer: httpx.Response, code: str) -> str:
    """The name of the answers to the question of that code."""
    found = nodes(answer, f"//li[.//code[text()='{code}']]//input[@type='radio']/@name")
    assert found, words(answer)
    return str(found[0])


def titles(session: Session) -> list[str]:
    return list(session.exec(select(tables.SubTask.title).order_by(col(tables.SubTask.id))))


# --- The way in -----------------------------------------------------------------------------------------------------


def test_an_empty_office_is_told_how_to_begin(desk: Desk) -> None:
    page = desk.client.get("/imports")
    assert "还没有导入过文件" in words(page)
    assert 'href="/imports/new"' in page.text
    assert 'href="/imports/template"' in page.text


def test_a_document_that_is_handed_in_waits_and_nothing_of_it_is_in_a_plan(desk: Desk) -> None:
    path = desk.draft()
    page = desk.client.get(path)
    assert page.status_code == 200
    assert "新建口袋公园6个" in words(page)
    assert "区园林局" in words(page)
    assert desk.rows(tables.SubTask) == []
    with desk.database.read() as session:
        draft = session.exec(select(tables.ImportDraft)).one()
    assert (draft.kind, draft.file_name, draft.created_by) == ("plan", "任务.txt", "coordinator")
    assert (desk.files / draft.sha256).read_bytes() == DOCUMENT.encode()
    assert "任务.txt" in words(desk.client.get("/imports"))


def test_the_same_document_waits_once(desk: Desk) -> None:
    assert desk.draft() == desk.draft(name="再传一次.txt")


@pytest.mark.parametrize("text", [DOCUMENT, "任" * 21845])
def test_pasted_text_is_a_document(desk: Desk, text: str) -> None:
    answer = desk.client.post("/imports/new", files={"text": (None, text)}, headers=desk.origin)
    assert answer.status_code == 303
    assert "粘贴的文字" in words(desk.client.get(answer.headers["location"]))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "UNSUPPORTED_FORMAT"),
        ("扫描.png", b"\x89PNG\r\n\x1a\n", "UNSUPPORTED_FORMAT"),
        ("坏.xlsx", b"PK\x03\x04broken", "DAMAGED_FILE"),
        ("空.txt", b" \n", "EMPTY_FILE"),
        ("大.txt", b"x" * (10 * 1024 * 1024 + 1), "FILE_TOO_LARGE"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    desk: Desk, name: str, content: bytes, code: str
) -> None:
    answer = desk.upload(name, content)
    assert answer.status_code == 422
    assert code in words(answer)
    assert not desk.files.exists() or list(desk.files.iterdir()) == []
    with desk.database.read() as session:
        assert session.exec(select(tables.ImportDraft)).all() == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "NO_FILE"), (" \n", "NO_FILE"), ("任" * 21846, "PASTE_TOO_LONG")],
)
def test_what_was_pasted_is_kept_whole_or_refused(desk: Desk, text: str, code: str) -> None:
    answer = desk.client.post("/imports/new", files={"text": (None, text)}, headers=desk.origin)
    assert (answer.status_code, code in words(answer)) == (422, True)


def test_a_contacts_workbook_is_sent_to_its_own_way_in_and_the_other_way_round(desk: Desk) -> None:
    contacts = desk.upload("联系人.xlsx", (EXAMPLES / "contacts.xlsx").read_bytes())
    assert contacts.status_code == 422
    assert 'href="/imports/contacts"' in contacts.text
    plan = desk.upload("任务.xlsx", (EXAMPLES / "matrix-plan-2024.xlsx").read_bytes(), "/imports/contacts")
    assert plan.status_code == 422
    assert "NOT_CONTACTS" in words(plan)
    assert 'href="/imports/new"' in plan.text


def test_the_original_and_an_empty_table_can_be_kept(desk: Desk) -> None:
    path = desk.draft()
    assert desk.client.get(f"{path}/file").content == DOCUMENT.encode()
    template = desk.client.get("/imports/template")
    assert template.content.startswith(b"PK")
    assert "attachment" in template.headers["content-disposition"]


# --- Answers and rows -----------------------------------------------------------------------------------------------


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


def answered(desk: Desk, path: str) -> dict[str, str]:
    """The form with nothing left to be asked."""
    desk.post(path, **form(desk.client.get(path)), do="as-read")
    return form(desk.client.get(path))


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


# --- After it -------------------------------------------------------------------------------------------------------


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


# --- Contacts -------------------------------------------------------------------------------------------------------


def test_contacts_are_previewed_and_stored(desk: Desk) -> None:
    content = (EXAMPLES / "contacts.xlsx").read_bytes()
    way = desk.upload("联系人.xlsx", content, "/imports/contacts").headers["location"].partition("?")[0]
    page = desk.client.get(way)
    assert "新任" in words(page)
    with desk.database.read() as session:
        assert session.exec(select(tables.Contact)).all() == []
    revision = str(nodes(page, "//input[@name='revision']/@value")[0])
    stored = desk.post(way, revision=revision, do="import")
    assert stored.status_code == 303, words(stored)
    with desk.database.read() as session:
        assert len(session.exec(select(tables.Contact)).all()) > 3
    again = desk.upload("联系人.xlsx", content, "/imports/contacts").headers["location"]
    assert "和现在的联系人相同" in words(desk.client.get(again))
    assert desk.client.get("/imports/contacts/file").content.startswith(b"PK")


def test_answers_survive_being_stored() -> None:
    given = Answers(2024, 3, True, {"a": "", "b": "x"}, {"r": False})
    assert Answers.from_json(given.to_json()) == given
    assert Answers.from_json({}) == Answers()
