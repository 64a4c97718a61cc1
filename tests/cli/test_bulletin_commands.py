"""Bulletins and the published table on the command line, from the import to the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console
from tests.workflows.test_publish import DOCUMENT


@pytest.fixture
def imported(console: Console, tmp_path: Path) -> Console:
    (tmp_path / "progress.txt").write_text(DOCUMENT, encoding="utf-8")
    assert console.duban("import", "progress.txt", "--yes", "--at", "2023-04-03").code == 0
    return console


def test_the_months_table_is_written_and_put_on_record(imported: Console, tmp_path: Path) -> None:
    done = imported.duban("publish", "1", "--period", "2023-03", "-o", ".", "--at", "2023-04-03T10:00")
    assert (done.code, done.err) == (0, "")
    assert done.out == "已生成 1-2023-03.html：共 5 项。\n"
    page = (tmp_path / "1-2023-03.html").read_text(encoding="utf-8")
    assert "信息来源：区府督查室　发布时间：2023年4月3日" in page
    assert "新增10台,完工6台。" in page
    refused = imported.duban("publish", "1", "--period", "2023-04", "-o", "x.docx")
    assert (refused.code, "[NOTHING_TO_PUBLISH]" in refused.err) == (1, True)
    assert not (tmp_path / "x.docx").exists()


def test_a_held_bulletin_is_listed_shown_exported_and_approved(imported: Console, tmp_path: Path) -> None:
    held = imported.duban("policy", "set", "1", "digest_hold=true", "--at", "2023-04-03")
    assert held.code == 0, held.err
    assert imported.duban("sweep", "--at", "2023-04-06T07:00").code == 0
    assert imported.duban("digest", "--at", "2023-04-07T15:30").code == 0
    (listed,) = imported.duban("bulletin", "list", "--json").json
    assert (listed["state"], listed["messages"]["held"] > 0) == ("held", True)
    assert "一、各单位排名（4个单位）" in imported.duban("bulletin", "show", "1").out
    exported = imported.duban("bulletin", "export", "1", "-o", "week.docx")
    assert (exported.code, exported.out) == (0, "已导出 week.docx。\n")
    assert (tmp_path / "week.docx").read_bytes()[:2] == b"PK"
    approved = imported.duban("bulletin", "approve", "1", "--at", "2023-04-07T18:30")
    assert "自 2023-04-10 08:30 起发出" in approved.out
    again = imported.duban("bulletin", "approve", "1", "--at", "2023-04-07T18:31")
    assert (again.code, "[BULLETIN_DECIDED]" in again.err) == (1, True)
