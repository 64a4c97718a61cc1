"""``duban deliveries export`` as people run it."""

from __future__ import annotations

import openpyxl
import pytest

from tests.cli.console import Console


def test_an_office_that_has_sent_nothing_gets_an_empty_table(console: Console) -> None:
    ended = console.duban(
        "deliveries", "export", "--from", "2024-03-01", "--to", "2024-03-31", "-o", "d.xlsx"
    )
    assert (ended.code, ended.out.strip()) == (0, "已导出 d.xlsx。")
    sheet = openpyxl.load_workbook(console.folder / "d.xlsx").worksheets[0]
    assert sheet["A1"].value == "投递凭证"
    assert sheet["A2"].value == "2024-03-01至2024-03-31，共0次投递，0条消息"
    listed = console.duban("deliveries", "export", "--from", "2024-03-01", "--to", "2024-03-31", "--json")
    assert listed.json == []


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [("2024-03-31", "2024-03-01", "BAD_SPAN"), ("三月", "2024-03-01", "BAD_MOMENT")],
)
def test_days_that_make_no_span_are_refused(console: Console, first: str, last: str, code: str) -> None:
    ended = console.duban("deliveries", "export", "--from", first, "--to", last, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (1, code)
