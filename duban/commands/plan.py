"""Commands by which a plan gets in, out, and is taken back."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands import rules, units
from duban.commands.shared import At, Config, Who, acting, confirmed, opened, refuse, write_file
from duban.printing import clear_progress, pace, show_progress
from engine.errors import DubanError

if TYPE_CHECKING:
    from db.session import Database
    from intake.draft import PlanDraft
    from workflows.import_plan import Prepared
    from workflows.revise_plan import Revision

# Errors that lie in the options given, not in the file: the command ends with 2.
BAD_OPTIONS = ("BAD_CHOICE", "NO_SUCH_PLAN", "AMBIGUOUS_PLAN")

Choose = Annotated[
    list[str] | None,
    typer.Option("--choose", metavar="CODE=VALUE", help="在一条提示给出的几种读法中选一种；可以写几次。"),
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file and of its neighbours to the application."""
    app.command("import")(import_)
    app.command("undo")(undo)
    app.command("plans")(plans)
    app.command("template")(template)
    app.command("export")(export)
    units.register(app)
    rules.register(app)


def import_(
    file: Annotated[
        Path,
        typer.Argument(help="任务分解表：.xlsx、.xls、.docx、.pdf、网页、.csv 或文字；- 读取粘贴的文字。"),
    ],
    year: Annotated[
        int | None, typer.Option(min=1950, max=2100, help="计划的年度，文件没有写时必填。")
    ] = None,
    into: Annotated[str | None, typer.Option(help="修订这个计划（编号或标题），而不是新建。")] = None,
    choose: Choose = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="把预览写成一个网页，每个值旁边附原文；已有的同名文件被替换。"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看读到什么，不保存。")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再询问，直接保存。")] = False,
    again: Annotated[bool, typer.Option("--again", help="同一个文件再导入一份。")] = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """导入任务分解表：先预览，确认后保存。Imports a task table; stores nothing until accepted."""
    from duban.pasted import file_of
    from duban.wiring import moment

    choices = [_choice(text) for text in choose or []]
    if html is not None and html.resolve() == file.resolve():
        refuse(DubanError("OUTPUT_IS_INPUT", f"--html 不能写到要导入的文件 {file}：请换一个文件名。"))
    with file_of(file) as path, opened(config) as (settings, database):
        by = who or settings.coordinator.office
        wish = _Wish(as_json, html, dry_run, yes, again, moment(at, settings), by, settings.time_zone)
        importing = _Importing(database, wish)
        try:
            importing.run(path, year, choices, into)
        except DubanError as error:
            importing.fail(error, path)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the options of one run ask for."""

    as_json: bool
    html: Path | None
    dry_run: bool
    yes: bool
    again: bool
    now: datetime
    who: str
    time_zone: str


class _Importing:
    """One run of the command: prepare, show, ask, store."""

    def __init__(self, database: Database, wish: _Wish) -> None:
        self.database, self.wish = database, wish
        self.prepared: Prepared | None = None
        self.revision: Revision | None = None
        self.printed = False
        self.page_written = False

    def run(self, file: Path, year: int | None, choices: list[tuple[str, str]], into: str | None) -> None:
        """Ends with the plan stored or shown, or raises DubanError."""
        from workflows.import_plan import prepare
        from workflows.revise_plan import is_revision

        show_progress("正在读取文件…")
        try:
            self.prepared = prepared = prepare(self.database, file, year, choices, into, told=pace("行"))
        finally:
            clear_progress()
        if is_revision(self.database, prepared, into) and prepared.is_readable:
            self._revise(prepared, into)
            return
        self._show(prepared.draft, file.name)
        if not prepared.is_readable:
            raise DubanError("NO_ITEMS", f"“{file.name}”里没有可以导入的任务：没有保存任何内容。")
        if self._accepted("保存这个计划吗？"):
            self._store(prepared)

    def fail(self, error: DubanError, file: Path) -> None:
        """The sentence on standard error; with ``--json`` what was read, if anything, on standard output."""
        if error.code in BAD_OPTIONS:
            refuse(error)
        draft = self.prepared.draft if self.prepared else _refused_draft(error, file)
        if not self.page_written:
            self._write_page(draft, file.name)
        if not self.printed:
            self._print_json(draft, stored=False)
        refuse(error, 1)

    def _show(self, draft: PlanDraft, file_name: str) -> None:
        """The rows on the terminal, or in the page that is wanted and then only the counts on the terminal."""
        from duban.preview import console, show_draft, show_head

        if not self.wish.as_json:
            (show_draft if self.wish.html is None else show_head)(draft, console())
        self._write_page(draft, file_name)

    def _write_page(self, draft: PlanDraft, file_name: str, revision: Revision | None = None) -> None:
        if self.wish.html is None:
            return
        from web.preview import preview_page

        self.page_written = True
        write_file(self.wish.html, preview_page(draft, file_name, revision).encode())
        if not self.wish.as_json:
            print(f"预览已写入 {self.wish.html}：请用浏览器打开。")

    def _store(self, prepared: Prepared) -> None:
        from workflows.import_plan import store

        wish = self.wish
        show_progress("正在保存…")
        try:
            stored = store(
                self.database, prepared, wish.now, wish.who, again=wish.again, time_zone=wish.time_zone
            )
        finally:
            clear_progress()
        self._print_json(prepared.draft, stored=True)
        if not wish.as_json:
            print(
                f"已保存为计划 {stored.plan_id}（批次 {stored.batch_id}）。撤销：duban undo {stored.batch_id}"
            )

    def _revise(self, prepared: Prepared, into: str | None) -> None:
        from workflows.revise_plan import compare, revise

        self.revision = revision = compare(self.database, prepared, into)
        self._write_page(prepared.draft, prepared.file_name, revision)
        if not self.wish.as_json:
            from duban.preview import console, show_revision

            show_revision(revision.title, revision.changes, revision.findings, console())
        if not revision.changes:
            self._print_json(prepared.draft, stored=False)
            return
        if not self._accepted("保存这些改动吗？"):
            return
        revised = revise(self.database, prepared, self.wish.now, self.wish.who, into)
        self._print_json(prepared.draft, stored=True)
        if not self.wish.as_json:
            print(
                f"已保存到计划 {revised.plan_id}（批次 {revised.batch_id}）。撤销：duban undo {revised.batch_id}"
            )

    def _accepted(self, question: str) -> bool:
        """Whether to store; what is only looked at is printed as it is."""
        if self.wish.dry_run or (self.wish.as_json and not self.wish.yes):
            assert self.prepared is not None
            self._print_json(self.prepared.draft, stored=False)
        if self.wish.dry_run:
            if not self.wish.as_json:
                print("这是试导入，没有保存任何内容：去掉 --dry-run 再运行一次，确认后才保存。")
            return False
        if confirmed(question, self.wish.yes):
            return True
        print("没有保存任何内容。")
        return False

    def _print_json(self, draft: PlanDraft, stored: bool) -> None:
        from intake.draft_json import finding_to_json, to_json

        if self.wish.as_json:
            self.printed = True
            printed = to_json(draft, stored)
            if self.revision is not None:
                printed["findings"] = [finding_to_json(one) for one in self.revision.findings]
                printed["plan"] = self.revision.plan_id
                printed["changes"] = [asdict(one) for one in self.revision.changes]
            print(json.dumps(printed, ensure_ascii=False, indent=1))


def _choice(text: str) -> tuple[str, str]:
    code, sign, value = text.partition("=")
    if not (code and sign and value):
        refuse(
            DubanError("BAD_CHOICE", f"看不懂选择“{text}”：请写成 --choose CODE=VALUE，照提示里给出的写法。")
        )
    return code, value


def _refused_draft(error: DubanError, file: Path) -> PlanDraft:
    from intake.draft import Finding, PlanDraft
    from intake.table import Place

    return PlanDraft(findings=[Finding("error", error.code, Place(), file.name, error.message)])


def undo(
    batch: Annotated[int, typer.Argument(min=1, help="导入批次的编号，见 duban plans。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """撤销一次导入。Takes back what an import made or changed, unless later records depend on it."""
    from workflows.undo_import import undo as take_back

    with acting(config, at, who) as (database, now, by):
        done = take_back(database, batch, now, by)
    what = "已删除" if done.removed else "已恢复到修订之前"
    print(f"批次 {done.batch_id} 已撤销：计划 {done.plan_id}“{done.title}”{what}。")


def plans(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False, config: Config = None
) -> None:
    """列出计划和导入批次。Lists plans with the batches that made them."""
    from db.imports import plan_lines
    from duban.printing import print_table

    with opened(config) as (_, database), database.read() as session:
        lines = plan_lines(session)
    if as_json:
        print(json.dumps(lines, ensure_ascii=False, indent=1))
        return
    if lines:
        print_table([("计划", "年度", "标题", "子任务", "状态", "批次"), *map(_plan_row, lines)])
    if not lines:
        print("还没有计划：用 duban import 文件 导入，或用 duban template 生成空表。", file=sys.stderr)


def _plan_row(line: dict[str, Any]) -> tuple[str, ...]:
    batches = "、".join(str(number) for number in line["batches"])
    return str(line["id"]), str(line["year"]), line["title"], str(line["subtasks"]), line["state"], batches


def template(
    output: Annotated[Path, typer.Option("--output", "-o", help="写到这个文件。")] = Path("督办任务表.xlsx"),
) -> None:
    """生成空的任务表。Writes an empty workbook with the columns that import reads."""
    from intake.workbook import write_template

    write_file(output, write_template())
    print(f"已生成 {output}：填写后用 duban import 导入。")


def export(
    plan: Annotated[str, typer.Argument(help="计划的编号或标题。")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到这个文件。")] = None,
    config: Config = None,
) -> None:
    """导出计划为工作簿，改后可以再导入。Writes the plan as a workbook that can be edited and imported again."""
    from db.references import find_plan
    from intake.workbook import write_workbook
    from workflows.export_plan import export as export_plan

    with opened(config) as (_, database):
        with database.read() as session:
            plan_id = find_plan(session, plan).id
        assert plan_id is not None
        draft = export_plan(database, plan_id)
    path = output or Path(f"计划{plan_id}.xlsx")
    write_file(path, write_workbook(draft))
    print(f"已导出 {path}：修改后用 duban import {path} 存回，保存前会列出每一处改动。")
