"""The command that archives: what it prints, and that a refusal leaves no file."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_case_commands import Run, run

__all__ = ["run"]


def test_a_draft_is_made_in_any_state_and_archiving_waits_for_closing(run: Run, bare: Path) -> None:
    told = run("archive", "1.1", "-o", "a.zip", "--draft")
    assert (told.code, told.out.split("：")[0]) == (0, "已生成（未归档） 1.1")
    assert (bare / "a.zip").read_bytes().startswith(b"PK")
    refused = run("archive", "1.1", "-o", "b.zip")
    assert refused.code == 1
    assert "要先销号" in refused.err
    assert "ARCHIVE_REFUSED" in refused.err
    assert not (bare / "b.zip").exists()
