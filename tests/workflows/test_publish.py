"""The published table rebuilt: what was imported comes out again, item by item, as an office publishes it."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from engine.errors import DubanError
from tests.notifications.contents import page_of
from tests.workflows.office_2024 import Task, at, build
from workflows.import_plan import prepare, store
from workflows.publish import PublicTable, public_paper, public_table, record_publication, written
from workflows.report_progress import Filing, report_progress

# Laid out as such tables are when a web page is saved as text: one cell a paragraph, no row marks.
HEADS = ("序号", "项目内容及居民受益面", "牵头单位", "3月目标", "进展情况")
ITEMS = (
    ("1", "老旧小区加装电梯新增90台、完工40台(区级)", "区住房局", "新增9台,完工4台。", "新增10台,完工6台。"),
    (
        "2",
        "为12个小区新增充电设施(区级)",
        "区住房局",
        "明确建设任务,制定建设方案。",
        "1、制定了实施方案。2、已确定12个小区名单。",
    ),
    ("3", "新增30家“明厨亮灶”示范店(市级)", "区市场监管局", "加强与市局沟通。", "积极沟通,目前经费未下发。"),
    (
        "4",
        "新增21个平安屋(市级)",
        "区公安分局",
        "完成20%点位(4个)的建设。",
        "已建成平安屋7个,占全年目标33%。",
    ),
    ("5", "开展4场安全培训(区级)", "区应急局", "预计每月开展1场培训。", "完成1场培训。"),
)
DOCUMENT = "2023年区政府实事项目3月进展情况\n\n信息来源: 区府督查室 发布时间 2023-04-03\n\n" + "\n\n".join(
    cell for row in (HEADS, *ITEMS) for cell in row
)
FILES = ("x.xlsx", "x.docx", "x.html")


@pytest.fixture
def imported(database: Database, tmp_path: Path) -> Database:
    path = tmp_path / "progress.txt"
    path.write_text(DOCUMENT, encoding="utf-8")
    store(database, prepare(database, path), at("2023-04-03T09:00"), "督查室")
    return database


def table_of(database: Database, month: str = "2023-03", *, accepted_only: bool = False) -> PublicTable:
    with database.read() as session:
        return public_table(session, "1", month, accepted_only=accepted_only)


def rows_of(name: str, content: bytes) -> list[list[str]]:
    """The table as a reader of the file sees it, its heads first."""
    if name.endswith(".xlsx"):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        return [[str(cell.value) for cell in row] for row in sheet.iter_rows(min_row=4)]
    if name.endswith(".docx"):
        (table,) = docx.Document(io.BytesIO(content)).tables
        return [[cell.text for cell in row.cells] for row in table.rows]
    return [
        [str(cell.text_content()) for cell in row.xpath("./th | ./td")]
        for row in page_of(content.decode()).xpath("//tr")
    ]


@pytest.mark.parametrize("name", FILES)
def test_the_table_has_the_rows_columns_and_words_of_its_source(imported: Database, name: str) -> None:
    paper = public_paper(table_of(imported), date(2023, 4, 3))
    content = written(paper, Path(name).suffix)
    assert rows_of(name, content) == [list(HEADS), *map(list, ITEMS)]
    assert paper.title == "2023年区政府实事项目3月进展情况"
    assert paper.subtitle == "信息来源：区府督查室　发布时间：2023年4月3日"


@pytest.mark.parametrize("name", FILES)
def test_the_same_table_is_the_same_file_whenever_it_is_written(imported: Database, name: str) -> None:
    files = {written(public_paper(table_of(imported), date(2023, 4, 3)), Path(name).suffix) for _ in range(2)}
    assert len(files) == 1


def test_a_month_without_anything_is_refused(imported: Database) -> None:
    for month, code in (("2023-04", "NOTHING_TO_PUBLISH"), ("2023-13", "BAD_PERIOD"), ("四月", "BAD_PERIOD")):
        with pytest.raises(DubanError) as error:
            table_of(imported, month)
        assert error.value.code == code
    with pytest.raises(DubanError) as error:
        written(public_paper(table_of(imported), date(2023, 4, 3)), ".pdf")
    assert error.value.code == "EXPORT_FORMAT"


def filed(
    database: Database, text: str, moment: datetime, figures: list[str], accepted: bool = False
) -> None:
    filing = Filing(subtask="1", period="2024-03", figures=figures, text=text, accepted=accepted)
    report_progress(database, filing, moment, "督查室")


def test_the_last_word_counts_and_only_an_accepted_one_where_that_is_asked(database: Database) -> None:
    build(database, Task("1", milestones={date(2024, 3, 31): "30"}), Task("2"))
    filed(database, "完成20台。", at("2024-03-28T10:00"), ["20台"], accepted=True)
    filed(database, "", at("2024-03-29T10:00"), ["26台"])
    both, accepted = table_of(database, "2024-03"), table_of(database, "2024-03", accepted_only=True)
    assert (both.rows[0].target, both.rows[0].progress) == ("设备30台", "设备26台"), (
        "figures where no words are"
    )
    assert accepted.rows[0].progress == "完成20台。"
    assert (both.unreviewed, accepted.unreviewed) == (("1",), ())
    assert both.without_report == ("2",)
    shown = rows_of("x.xlsx", written(public_paper(both, date(2024, 4, 1)), ".xlsx"))
    assert shown[2][3:] == ["—", "—"]
    assert "未审" not in str(shown), "nothing is marked to the public"


def test_a_returned_report_is_never_published(database: Database) -> None:
    build(database, Task("1"))
    filed(database, "完成20台。", at("2024-03-28T10:00"), ["20台"])
    filed(database, "完成99台。", at("2024-03-29T10:00"), ["99台"])
    with database.write() as session:
        report = tables.ProgressReport
        last = session.exec(select(report).order_by(col(report.id).desc())).first()
        assert last is not None
        last.state = "returned"
        session.add(last)
    assert table_of(database, "2024-03").rows[0].progress == "完成20台。"


def test_publishing_is_on_record_with_the_files_hash(imported: Database) -> None:
    record_publication(imported, table_of(imported), b"file", "x.html", at("2023-04-03T10:00"), "督查室")
    with imported.read() as session:
        event = session.exec(select(tables.Event).where(tables.Event.what == "publish")).one()
    assert event.details["period"] == "2023-03"
    assert event.details["sha256"].startswith("3b9c358f36f0a31b"), "sha256 of b'file'"
