"""Commands about the templates of messages: looking, editing, checking, trying out, taking back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import At, Config, Who, acting, opened, write_file
from engine.errors import DubanError

if TYPE_CHECKING:
    from notifications.note_check import Problem
    from workflows.edit_templates import Draft

Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="reminder 提醒，coordinator 督查员提醒，digest 周报，evaluation 评估，confirmation 回复确认。",
    ),
]
Locale = Annotated[str, typer.Option("--locale", help="语言：zh-CN 或 en。")]
Unit = Annotated[str | None, typer.Option("--unit", help="用这个单位的真实内容；默认取现有的第一个。")]
DraftFile = Annotated[Path | None, typer.Option("--file", help="用这个文件里的模板；默认用现行的。")]
Note = Annotated[str, typer.Option("--note", help="改了什么、为什么，记录在案。")]
group = typer.Typer(no_args_is_help=True, help="消息模板。Templates of messages.")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.add_typer(group, name="templates")
    app.command("template-check")(check)


@group.command("list")
def list_(config: Config = None) -> None:
    """列出各种消息现行的模板。Lists which templates are in force."""
    from duban.printing import print_table
    from duban.wiring import zone
    from notifications.note_values import KINDS
    from workflows.edit_templates import current
    from workflows.own_templates import KIND_NAMES

    with opened(config) as (settings, database), database.read() as session:
        found = [current(session, kind, locale) for kind in KINDS for locale in ("zh-CN", "en")]
        local = zone(settings)
        rows = [
            (
                one.kind,
                KIND_NAMES[one.kind],
                one.locale,
                f"自定，第{one.version}版" if one.is_own else "自带",
                f"{one.row.created_at.astimezone(local):%Y-%m-%d %H:%M} {one.row.created_by}"
                if one.row
                else "",
            )
            for one in found
        ]
    print_table(rows)


@group.command()
def show(
    kind: Kind,
    locale: Locale = "zh-CN",
    version: Annotated[int | None, typer.Option("--version", help="看以前的一版。")] = None,
    values: Annotated[bool, typer.Option("--values", help="列出可以写进模板的值。")] = False,
    config: Config = None,
) -> None:
    """显示现行模板，可存成文件后编辑。Prints the template in force, to edit it in a file."""
    from db import message_templates
    from notifications.note_values import value_lines
    from notifications.words import known_locale
    from workflows.edit_templates import check_kind, current, for_editing

    if values:
        print("\n".join(value_lines(check_kind(kind))))
        return
    with opened(config) as (_, database), database.read() as session:
        if version is None:
            print(for_editing(current(session, kind, locale)), end="")
            return
        row = message_templates.version_at(session, check_kind(kind), known_locale(locale), version)
        if row is None:
            raise DubanError(
                "NO_SUCH_TEMPLATE", f"没有第{version}版：请用 duban templates history {kind} 查看。"
            )
        print(row.source if row.source is not None else "（这一版恢复自带模板）\n", end="")


@group.command()
def history(kind: Kind, locale: Locale = "zh-CN", config: Config = None) -> None:
    """列出历次改动。Lists the versions, the newest first."""
    from db import message_templates
    from duban.printing import print_table
    from duban.wiring import zone
    from notifications.words import known_locale
    from workflows.edit_templates import check_kind

    with opened(config) as (settings, database), database.read() as session:
        local = zone(settings)
        rows = [
            (
                f"第{one.version}版",
                f"{one.created_at.astimezone(local):%Y-%m-%d %H:%M}",
                one.created_by,
                "自定" if one.source is not None else "恢复自带",
                one.note,
            )
            for one in message_templates.history(session, check_kind(kind), known_locale(locale))
        ]
    print_table(rows) if rows else print("一直用自带模板，没有改过。")


@group.command("set")
def set_(
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="模板文件。")],
    locale: Locale = "zh-CN",
    base: Annotated[
        int | None, typer.Option("--base", help="依据的是第几版；文件第一行写明的不用再写。")
    ] = None,
    note: Note = "",
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """保存为新的一版，检查通过即生效。Stores a new version, in force at once if nothing is wrong with it."""
    from notifications.note_worker import NoteWorker
    from workflows.edit_templates import TemplateConflictError, draft_of, set_template

    draft = draft_of(_text(file), kind, locale, base)
    with acting(config, at, who) as (database, now, by):
        by, worker = by, NoteWorker()
        try:
            version = set_template(database, worker, draft, note, now, by)
        except TemplateConflictError as error:
            for line in error.difference:
                print(line)
            raise
        finally:
            worker.close()
    print(f"已保存为第{version}版，即时生效。" if version else "和现行的模板一样，没有改动。")


@group.command()
def reset(
    kind: Kind,
    locale: Locale = "zh-CN",
    note: Note = "",
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """恢复自带模板；自定的各版仍留着。The shipped template counts again; own versions are kept."""
    from workflows.edit_templates import reset_template

    with acting(config, at, who) as (database, now, by):
        version = reset_template(database, kind, locale, note, now, by)
    print(f"已恢复自带模板（第{version}版）。" if version else "现行的就是自带模板，没有改动。")


@group.command()
def preview(
    kind: Kind,
    unit: Unit = None,
    file: DraftFile = None,
    locale: Locale = "zh-CN",
    html: Annotated[Path | None, typer.Option("--html", help="另存网页，看邮件的样子。")] = None,
    at: At = None,
    config: Config = None,
) -> None:
    """用真实内容预览，不发出、不保存。Shows a message with real rows; nothing is sent or stored."""
    from duban.wiring import moment, office_of
    from workflows.preview_template import preview as looked_at

    with opened(config) as (settings, database):
        draft, office = _checked(file, kind, locale), office_of(settings, database)
        found = looked_at(database, office, kind, locale, unit, moment(at, settings), draft)
    rendered = found.rendered
    if rendered.fault:
        raise DubanError("TEMPLATE_REFUSED", f"用这些内容渲染不出来：{rendered.fault.sentence}")
    print(
        f"（{found.shown or '没有可用的真实内容，用示例'}）\n主题：{rendered.subject}\n\n{rendered.text}",
        end="",
    )
    if html is not None:
        write_file(html, rendered.html.encode())
        print(f"\n网页已存到 {html}。")


@group.command("test")
def try_out(
    kind: Kind,
    to: Annotated[str, typer.Option("--to", help="发给谁：邮箱，或渠道里的地址。")],
    channel: Annotated[str | None, typer.Option("--channel", help="经哪个渠道；默认是默认渠道。")] = None,
    unit: Unit = None,
    file: DraftFile = None,
    locale: Locale = "zh-CN",
    at: At = None,
    config: Config = None,
) -> None:
    """把预览发给自己一份，标明【测试】。Sends the preview to oneself, marked as a test."""
    from duban.wiring import moment, office_of, zone
    from workflows.preview_template import preview as looked_at
    from workflows.send_test import send_test_on

    with opened(config) as (settings, database):
        draft, office = _checked(file, kind, locale), office_of(settings, database)
        name, now = channel or settings.default_channel, moment(at, settings)
        found = looked_at(database, office, kind, locale, unit, now, draft)
        local = now.astimezone(zone(settings))
        verdict = send_test_on(database, office, name, to, local, found.rendered).verdict
    if not verdict.is_accepted:
        raise DubanError("TEST_FAILED", verdict.reason or f"没有发出去（{verdict.code}）：请稍后再试。")
    print(f"已经由 {name} 发给 {to}：{found.rendered.subject}")


def check(
    file: Annotated[Path, typer.Argument(help="模板文件；文件名以种类开头，如 reminder.note.j2。")],
    kind: Annotated[str | None, typer.Option("--kind", help="模板的种类；默认看文件名。")] = None,
    locale: Locale = "zh-CN",
) -> None:
    """检查模板，逐行说明问题；有问题时退出码为 1。Checks a template; exit status 1 if anything is wrong."""
    from workflows.edit_templates import draft_of, line_words

    draft = draft_of(_text(file), kind or file.name.split(".")[0], locale)
    problems = _problems(draft)
    for one in problems:
        print(f"{file.name} {line_words(one)}{one.sentence}[{one.code}]")
    if problems:
        raise typer.Exit(1)
    print(f"{file.name}：没有问题。")


def _checked(file: Path | None, kind: str, locale: str) -> Draft | None:
    """The draft in the file, which nothing is wrong with. Raises DubanError TEMPLATE_REFUSED."""
    from workflows.edit_templates import check_kind, draft_of, told

    if file is None:
        check_kind(kind)
        return None
    draft = draft_of(_text(file), kind, locale)
    problems = _problems(draft)
    if problems:
        raise DubanError("TEMPLATE_REFUSED", f"模板有{len(problems)}处要改：{told(problems)}")
    return draft


def _problems(draft: Draft) -> list[Problem]:
    from notifications.note_worker import NoteWorker
    from workflows.edit_templates import problems_of

    worker = NoteWorker()
    try:
        return problems_of(worker, draft)
    finally:
        worker.close()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise DubanError("FILE_NOT_READ", f"读不了模板文件 {file}：请检查路径，并存为 UTF-8 文字。") from None
