"""The commands: exit codes, what is printed where, and what is stored.

What programs rely on runs in processes of its own; the rest calls the same entry within the test's process.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from db.session import Database
from duban.cli import main
from intake.contact_ways import WayRow
from intake.contacts import ContactRow, ContactsDraft, UnitRow, write_contacts
from intake.workbook import write_workbook
from tests.cli.console import Console, Ended
from tests.workflows.drafts import row_counts, small_plan
from workflows.import_plan import prepare, store

Run = Callable[..., Ended]

TABLE = """示例区2024年民生实事任务分解表

2024年3月1日

序号\t项目名称\t任务分解\t牵头单位\t配合单位\t完成时限
1\t道路整治\t整治背街小巷20条\t区城管局\t区财政局\t10月底前
2\t口袋公园\t新建口袋公园6个\t区园林局\t相关街道\t11月底前
"""


@pytest.fixture
def desk(bare: Path, sqlite_template: Path) -> Path:
    """An empty folder with a table, a workbook, and a database that is ready."""
    return furnished(bare, sqlite_template)


@pytest.fixture
def run(desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in the folder, within this process."""

    def duban(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["duban", *words])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return duban


def furnished(folder: Path, template: Path) -> Path:
    (folder / "table.txt").write_text(TABLE, encoding="utf-8")
    (folder / "plan.xlsx").write_bytes(write_workbook(small_plan()))
    (folder / "var").mkdir()
    (folder / "var" / "duban.sqlite3").write_bytes(template.read_bytes())
    return folder


def counts(folder: Path) -> dict[str, int]:
    """How many rows each table has."""
    database = Database(f"sqlite:///{folder / 'var' / 'duban.sqlite3'}")
    found = row_counts(database)
    database.close()
    return found


def test_a_text_is_imported_listed_and_undone(console: Console, sqlite_template: Path) -> None:
    furnished(console.folder, sqlite_template)
    imported = console.duban("import", "table.txt", "--yes", "--at", "2024-03-01")
    assert (imported.code, imported.err) == (0, "")
    assert "duban undo 1" in imported.out
    listed = console.duban("plans", "--json").json
    assert [(plan["id"], plan["year"], plan["subtasks"], plan["batches"]) for plan in listed] == [
        (1, 2024, 2, [1])
    ]
    assert console.duban("undo", "1").code == 0
    found = counts(console.folder)
    assert (found["plans"], found["subtasks"], found["units"]) == (0, 0, 0)


def test_a_dry_run_prints_one_object_and_stores_nothing(console: Console, sqlite_template: Path) -> None:
    furnished(console.folder, sqlite_template)
    done = console.duban("import", "table.txt", "--json", "--dry-run")
    assert done.code == 0
    assert (done.json["stored"], done.json["counts"]["subtasks"]) == (False, 2)
    indicator = done.json["projects"][0]["subtasks"][0]["indicators"][0]
    assert (indicator["quantity"], indicator["unit"]) == ("20", "条")
    assert done.json["projects"][1]["subtasks"][0]["deadline"]["date"] == "2024-11-30"
    assert set(counts(console.folder).values()) == {0}


def test_an_accepted_import_prints_one_object_that_says_stored(desk: Path, run: Run) -> None:
    done = run("import", "plan.xlsx", "--json", "--yes")
    assert (done.code, done.json["stored"]) == (0, True)
    assert counts(desk)["subtasks"] == 3


def test_without_a_terminal_nothing_is_stored_until_told(console: Console, sqlite_template: Path) -> None:
    furnished(console.folder, sqlite_template)
    asked = console.duban("import", "plan.xlsx")
    assert (asked.code, "--yes" in asked.err) == (2, True)
    printed = console.duban("import", "plan.xlsx", "--json")
    assert (printed.code, printed.json["stored"]) == (2, False)
    assert counts(console.folder)["plans"] == 0


def test_the_preview_counts_first_and_shows_findings_beside_their_row(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")  # wide enough that no cell is wrapped
    shown = run("import", "plan.xlsx", "--dry-run").out
    assert shown.index("子任务 3") < shown.index("充电站点")
    assert "合计相符" in shown
    assert "没有牵头单位" in shown
    assert "NO_LEAD_UNIT" in shown


def test_a_plan_goes_out_to_a_workbook_and_comes_back_changed(desk: Path, run: Run) -> None:
    run("import", "plan.xlsx", "--yes")
    assert run("export", "1", "-o", "out.xlsx").code == 0
    same = run("import", "out.xlsx", "--yes")
    assert (same.code, "改动 0 处" in same.out) == (0, True)
    draft = small_plan()
    draft.projects[0].subtasks[0].indicators[0].quantity = (
        draft.projects[0].subtasks[0].indicators[1].quantity
    )
    edited = edit(desk / "out.xlsx", "10", "12")
    changed = run("import", edited.name, "--yes")
    assert changed.code == 0
    assert "10 → 12" in changed.out
    assert run("undo", "2").code == 0


def edit(path: Path, old: str, new: str) -> Path:
    """The workbook with one figure of the sheet 任务 changed, as a person would in a spreadsheet program."""
    book = openpyxl.load_workbook(path)
    cells = [cell for row in book["任务"].iter_rows(min_row=2) for cell in row if str(cell.value) == old]
    cells[0].value = int(new)
    edited = path.with_name("edited.xlsx")
    book.save(edited)
    return edited


def test_a_template_is_empty_and_says_so_when_imported(run: Run) -> None:
    assert run("template", "-o", "empty.xlsx").code == 0
    refused = run("import", "empty.xlsx", "--json")
    assert refused.code == 1
    assert "NO_ITEMS" in {finding["code"] for finding in refused.json["findings"]}


def test_contacts_and_units_are_listed_after_import(desk: Path, run: Run) -> None:
    run("import", "plan.xlsx", "--yes")
    units = (UnitRow("交通局", aliases=("交通运输局",)),)
    contacts = (ContactRow("交通局", "liaison", "联络员", "one@example.org"),)
    (desk / "contacts.xlsx").write_bytes(write_contacts(ContactsDraft(units, contacts)))
    assert "新任联系人 1" in run("contacts", "import", "contacts.xlsx").out
    listed = run("contacts", "list").out
    assert "one@example.org" in listed
    assert "没有联系人" in listed
    assert run("units", "alias", "住建局", "住房局").code == 0
    units_listed = run("units", "list").out
    assert "交通运输局" in units_listed
    assert "住房局" in units_listed
    assert run("contacts", "template", "-o", "known.xlsx").code == 0


def test_policy_and_calendar_are_shown_and_set(desk: Path, run: Run) -> None:
    run("import", "plan.xlsx", "--yes")
    assert "yellow_after：5 → 3" in run("policy", "set", "1", "yellow_after=3").out
    stars = [line for line in run("policy", "show", "1").out.splitlines() if line.startswith("*")]
    assert len(stars) == 1
    (desk / "2024.toml").write_text('year = 2024\ndays_off = ["2024-10-31"]\n', encoding="utf-8")
    assert "2024-10-31 → 2024-10-30" in run("calendar", "set", "2024.toml", "--at", "2024-03-01").out
    assert "2024-10-31 休" in run("calendar", "show", "2024").out


def test_milestones_are_set_after_their_messages_are_shown(run: Run) -> None:
    run("import", "plan.xlsx", "--yes", "--at", "2024-03-01")
    change = ("milestones", "set", "1.2", "2024-11-22=教材定稿", "--at", "2024-10-28")
    looked = run(*change)
    assert (looked.code, "改为发出" in looked.out) == (2, True)
    assert "教材定稿" not in run("milestones", "show").out
    assert run(*change, "--yes").code == 0
    assert "教材定稿" in run("milestones", "show", "1.2").out


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        (("import", "missing.xlsx", "--yes"), "FILE_NOT_FOUND", 1),
        (("import", ".", "--yes"), "FILE_NOT_FOUND", 1),
        (("import", "empty.txt", "--yes"), "EMPTY_FILE", 1),
        (("import", "letter.txt", "--yes"), "NO_ITEMS", 1),
        (("import", "broken.xlsx", "--yes"), "DAMAGED_FILE", 1),
        (("import", "old.doc", "--yes"), "UNSUPPORTED_FORMAT", 1),
        (("import", "plan.xlsx", "--yes"), "ALREADY_IMPORTED", 1),
        (("import", "table.txt", "--yes", "--choose", "AMBIGUOUS_DEADLINE=2030-01-01"), "BAD_CHOICE", 2),
        (("import", "table.txt", "--yes", "--choose", "NO_SUCH_CODE=1"), "BAD_CHOICE", 2),
        (("import", "table.txt", "--yes", "--choose", "nonsense"), "BAD_CHOICE", 2),
        (("import", "table.txt", "--yes", "--choose", "UNKNOWN_UNIT=区城管局=无此单位"), "BAD_CHOICE", 2),
        (("import", "table.txt", "--yes", "--into", "9"), "NO_SUCH_PLAN", 2),
        (("import", "table.txt", "--yes", "--into", "1"), "NOTHING_MATCHES", 1),
        (("import", "table.txt", "--yes", "--at", "yesterday"), "BAD_MOMENT", 1),
        (("export", "9"), "NO_SUCH_PLAN", 1),
        (("export", "1", "-o", "nowhere/out.xlsx"), "FILE_NOT_WRITTEN", 1),
        (("undo", "99"), "NO_SUCH_BATCH", 1),
        (("contacts", "import", "bad.xlsx"), "BAD_EMAIL", 1),
        (("units", "alias", "无此单位", "别名"), "NO_SUCH_UNIT", 1),
        (("milestones", "set", "9.9", "2024-06=5个", "--yes"), "NO_SUCH_SUBTASK", 1),
        (("milestones", "set", "1.1", "2024-06", "--yes"), "BAD_MILESTONE", 1),
        (("policy", "set", "1", "colour=blue"), "POLICY_UNKNOWN", 1),
        (("calendar", "set", "missing.toml"), "FILE_NOT_FOUND", 1),
    ],
)
def test_what_is_refused_says_what_to_do_and_stores_nothing(
    desk: Path, run: Run, arguments: tuple[str, ...], code: str, status: int
) -> None:
    prepare_refusals(desk)
    before = counts(desk)
    refused = run(*arguments)
    assert refused.code == status
    assert f"[{code}]" in refused.err
    assert "Traceback" not in refused.err
    assert counts(desk) == before


def prepare_refusals(folder: Path) -> None:
    """A database with the small plan, and the files that will be refused."""
    database = Database(f"sqlite:///{folder / 'var' / 'duban.sqlite3'}")
    prepared = prepare(database, folder / "plan.xlsx")
    store(database, prepared, datetime(2024, 3, 1, tzinfo=UTC), "tester")
    database.close()
    (folder / "empty.txt").write_bytes(b"")
    (folder / "letter.txt").write_text("各单位：\n请于明日开会。\n", encoding="utf-8")
    (folder / "broken.xlsx").write_bytes((folder / "plan.xlsx").read_bytes()[:900])
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    bad = ContactsDraft((UnitRow("交通局"),), (ContactRow("交通局", "liaison", "联络员", "nobody at all"),))
    (folder / "bad.xlsx").write_bytes(write_contacts(bad))


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "table.txt", "--year", "next"),
        ("import", "table.txt", "--year", "20244"),
        ("import",),
        ("undo", "first"),
        ("calendar", "show", "MMXXIV"),
    ],
)
def test_a_wrong_option_is_bad_usage(run: Run, arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err


def test_the_preview_is_written_as_a_page_beside_the_counts(desk: Path, run: Run) -> None:
    done = run("import", "table.txt", "--dry-run", "--html", "preview.html")
    assert done.code == 0
    assert "子任务 2" in done.out
    assert "preview.html" in done.out
    assert "整治背街小巷" in (desk / "preview.html").read_text("utf-8")
    assert set(counts(desk).values()) == {0}


def test_with_json_the_page_is_written_and_standard_output_stays_one_object(desk: Path, run: Run) -> None:
    done = run("import", "table.txt", "--dry-run", "--json", "--html", "preview.html")
    assert done.json["counts"]["subtasks"] == 2
    assert (desk / "preview.html").is_file()


def test_a_file_that_is_refused_has_a_page_that_says_why(desk: Path, run: Run) -> None:
    (desk / "broken.xlsx").write_bytes(b"")
    done = run("import", "broken.xlsx", "--html", "preview.html")
    assert done.code == 1
    page = (desk / "preview.html").read_text("utf-8")
    assert "EMPTY_FILE" in page
    assert "broken.xlsx" in page


def test_changes_to_a_stored_plan_are_in_the_page(desk: Path, run: Run) -> None:
    run("import", "plan.xlsx", "--yes")
    run("export", "1", "-o", "out.xlsx")
    edited = edit(desk / "out.xlsx", "10", "12")
    assert run("import", edited.name, "--dry-run", "--html", "preview.html").code == 0
    page = (desk / "preview.html").read_text("utf-8")
    assert "<del>10</del>" in page
    assert "<ins>12</ins>" in page


def test_the_page_never_replaces_the_file_that_is_imported(desk: Path, run: Run) -> None:
    before = (desk / "table.txt").read_bytes()
    done = run("import", "table.txt", "--html", "./table.txt")
    assert (done.code, "OUTPUT_IS_INPUT" in done.err) == (2, True)
    assert (desk / "table.txt").read_bytes() == before


def test_channels_of_contacts_are_listed_in_order_and_tried_again_after_a_refusal(
    desk: Path, run: Run
) -> None:
    run("import", "plan.xlsx", "--yes")
    contact = ContactRow(
        "交通局", "liaison", "联络员", "one@example.org", ways=(WayRow("inbox"), WayRow("email"))
    )
    sheet = write_contacts(ContactsDraft((UnitRow("交通局"),), (contact,)))
    (desk / "contacts.xlsx").write_bytes(sheet)
    assert run("contacts", "import", "contacts.xlsx").code == 0
    assert "联络员 one@example.org  收件箱、邮箱\n" in run("contacts", "list").out
    assert "没有被跳过的渠道" in run("contacts", "retry", "交通局").out
    assert "NOT_DISPUTED" in run("contacts", "confirm", "交通局", "联络员").err
