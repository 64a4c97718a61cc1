"""The evidence of deliveries, read back from the workbook."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from db import receipts, tables
from db.session import Database
from engine.errors import DubanError
from notifications.channel import Verdict
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import ZONE, Built, Task, at, build
from tests.workflows.routes import RememberingApp, give_ways, office_with
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.deliveries import attempts_of, export_deliveries
from workflows.sweep import sweep

UNIT = "区民政局"
MORNING = at("2024-03-26T09:30")
HEADS = [
    *("消息", "标题", "收件人", "单位", "渠道", "地址", "应发时间", "第几次", "开始", "结束", "结果"),
    *("对方答复", "分段、合并", "回执"),
]


@pytest.fixture
def built(database: Database) -> Built:
    built = build(database, Task("1"), emails={UNIT: "mz@example.org"})
    give_ways(database, built.posts[UNIT], ("钉钉", "=HYPERLINK(1)"))
    return built


def run(database: Database, *verdicts: Verdict) -> None:
    """One reminder is attempted until it is accepted; each attempt a minute and more after the last."""
    app = RememberingApp("钉钉")
    app.answers = list(verdicts)
    office = office_with(RememberingChannel(), app)
    sweep(database, MORNING)
    compose(database, office, MORNING)
    for moment in ("09:30", "09:35", "10:00"):
        deliver(database, office, at(f"2024-03-26T{moment}"))


def sheet_of(database: Database, first: str = "2024-03-26", last: str = "2024-03-26") -> Worksheet:
    with database.read() as session:
        span = date.fromisoformat(first), date.fromisoformat(last)
        data = export_deliveries(session, *span, ZONE, "zh-CN")
        assert data == export_deliveries(session, *span, ZONE, "zh-CN")
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    heads, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert heads == HEADS
    return [dict(zip(HEADS, row, strict=True)) for row in rows if row[1] is not None]


def test_each_attempt_is_a_row_with_its_verdict_in_words(database: Database, built: Built) -> None:
    run(database, Verdict.transient("对方暂时繁忙。", code="busy", answer="-1 系统繁忙"))
    with database.write() as session:
        receipts.add(session, 1, [("liaison01", "unread", "")], at("2024-03-26T10:30"))
        receipts.add(session, 1, [("liaison01", "read", "")], at("2024-03-27T08:30"))
    first, second = rows_of(sheet_of(database))
    assert (first["消息"], first["单位"], first["渠道"], first["第几次"]) == (1, UNIT, "钉钉", 1)
    assert (first["结果"], first["对方答复"]) == ("暂未成功，再发", "对方暂时繁忙。 -1 系统繁忙")
    assert (first["开始"], first["回执"]) == ("2024-03-26 09:30:00", None)
    assert (second["结果"], second["第几次"], second["开始"]) == ("对方已接收", 2, "2024-03-26 09:35:00")
    assert second["回执"] == "liaison01 未读 2024-03-26 10:30\nliaison01 已读 2024-03-27 08:30"


def test_a_weak_verdict_says_so(database: Database, built: Built) -> None:
    run(database, Verdict.accepted(weak=True))
    (row,) = rows_of(sheet_of(database))
    assert row["结果"] == "对方已接收（弱）"


@pytest.mark.parametrize(
    ("verdict", "part", "bundle", "shown"),
    [
        (None, 1, "", ("尚未结束", None)),
        ("unknown", 2, "", ("没有答复，不知是否送到", "第2段")),
        ("permanent", 1, "b1", ("对方拒收", "与其他消息合并")),
    ],
)
def test_what_else_is_known_of_an_attempt(
    database: Database,
    built: Built,
    verdict: str | None,
    part: int,
    bundle: str,
    shown: tuple[str, str | None],
) -> None:
    run(database)
    with database.write() as session:
        session.add(
            tables.Delivery(
                message_id=1, attempt=9, epoch=9, started_at=at("2024-03-26T23:59"), verdict=verdict,
                part=part, bundle=bundle,
            )
        )  # fmt: skip
    row = rows_of(sheet_of(database))[-1]
    assert (row["结果"], row["分段、合并"]) == shown


def test_what_people_typed_is_text_and_no_formula(database: Database, built: Built) -> None:
    run(database)
    sheet = sheet_of(database)
    cell = sheet.cell(5, HEADS.index("地址") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)
    assert not any(one.data_type == "f" for row in sheet.iter_rows() for one in row)


def test_the_sheet_is_ready_to_print(database: Database, built: Built) -> None:
    run(database)
    sheet = sheet_of(database)
    assert sheet.freeze_panes == "A5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$4"
    assert sheet["A2"].value == "2024-03-26至2024-03-26，共1次投递，1条消息"
    widths = [sheet.column_dimensions[name].width for name in "ABCDEFGHIJKLMN"]
    assert min(widths) >= 8
    assert sum(widths) <= 220, "legible when the sheet is as wide as A4 across"


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2024-03-26", "2024-03-26", 1),
        ("2024-03-25", "2024-03-25", 0),
        ("2024-03-27", "2024-03-31", 0),
        ("2024-03-01", "2024-03-31", 1),
    ],
)
def test_the_days_are_those_of_the_office(
    database: Database, built: Built, first: str, last: str, count: int
) -> None:
    run(database)
    assert len(rows_of(sheet_of(database, first, last))) == count


def test_days_in_the_wrong_order_are_refused(database: Database) -> None:
    with database.read() as session, pytest.raises(DubanError) as refused:
        attempts_of(session, date(2024, 3, 2), date(2024, 3, 1), ZONE)
    assert refused.value.code == "BAD_SPAN"
