"""Commands by which nothing is lost: back up, restore, and decide what leaves afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import At, Config, Who, confirmed, opened, refuse
from engine.errors import DubanError

if TYPE_CHECKING:
    from workflows.release import Due

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="不再询问，直接执行。")]
KINDS = {
    "reminder": "提醒",
    "digest": "周报",
    "evaluation": "评估",
    "year": "年度考评",
    "group": "群提醒",
    "confirmation": "回执",
    "prompt": "催办",
    "copy": "补发",
}


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    for command in (backup, restore, release):
        app.command()(command)


def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE.zip", help="备份写到这个文件；写完整了才会出现。")],
    with_key: Annotated[
        bool,
        typer.Option(
            "--with-key",
            help="连同密钥文件。默认不放：有备份又有密钥的人能打开填报页、读出渠道的密钥；不放则恢复后渠道密钥要重新输入。",
        ),
    ] = False,
    who: Who = None,
    config: Config = None,
) -> None:
    """备份：数据库和附件在同一时刻的完整副本；服务可以照常运行。Backs up everything into one file."""
    from duban.wiring import files_folder, key_file, now
    from workflows.backup import back_up, note_backup

    with opened(config) as (settings, database):
        key = key_file(settings) if with_key else None
        if key is not None and not key.exists():
            raise DubanError("KEY_FILE", "还没有密钥文件：请不带 --with-key 备份。")
        at = now()
        made = back_up(database, target, at, files=files_folder(settings), key=key)
        try:
            note_backup(database, made, at, who or settings.coordinator.office)
        except DubanError as error:  # the backup is whole all the same
            print(f"备份已写好，但没有记录在案：{error.message}")
    rows = sum(made.rows.values())
    print(f"已备份到 {target}：{rows} 行，附件 {made.files} 个；链头 {made.head}")
    for name in made.missing:
        print(f"附件 {name} 不在文件夹里，没有备份到：请查找原件。")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE.zip", help="duban backup 生成的文件。")],
    into: Annotated[
        str | None, typer.Option("--into", help="恢复到这个数据库（文件路径或网址）；默认是配置里的数据库。")
    ] = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """恢复：把备份装进一个空的数据库；此后暂停发送，等督查科室决定。Restores into an empty database only."""
    from contextlib import closing

    from db.session import Database
    from duban.wiring import files_folder, key_file, now, settings_of, settings_with
    from workflows.restore import restore as run

    settings = settings_of(config) if into is None else settings_with(settings_of(config), into)
    with closing(Database(settings.database_url)) as database:
        done = run(
            database,
            source,
            now(),
            who or settings.coordinator.office,
            files=files_folder(settings),
            key=key_file(settings),
        )
    print(f"已恢复 {done.made_at:%Y-%m-%d %H:%M} 的备份：{done.rows} 行，附件 {done.files} 个。")
    print(f"已作废全部填报链接（{done.links_ended} 个），新的链接随以后的消息发出。")
    for name in done.missing_files:
        print(f"附件 {name} 备份时就不在：请查找原件。")
    print("发送已暂停：请用 duban release --list 查看备份之后到期的消息，再用 --send 或 --supersede 决定。")


def release(
    list_: Annotated[bool, typer.Option("--list", help="只列出备份之后到期、还没有决定的消息。")] = False,
    send: Annotated[bool, typer.Option("--send", help="补发：同一收件人合并成一封。")] = False,
    supersede: Annotated[bool, typer.Option("--supersede", help="作废：记为已替代，不再发出。")] = False,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", help="与 --supersede 同用：只作废这一时刻之前到期的（原服务停下的时刻），其余补发。"
        ),
    ] = None,
    yes: Yes = False,
    at: At = None,
    who: Who = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """解除恢复后的停发：先 --list，再 --send 或 --supersede。Decides what leaves after a restore."""
    from duban.printing import print_json
    from duban.wiring import moment, office_of
    from workflows.release import due_since
    from workflows.release import release as run

    if list_ + send + supersede != 1 or (until is not None and not supersede):
        refuse(
            DubanError(
                "BAD_CHOICE", "请在 --list、--send、--supersede 中选一个；--until 只与 --supersede 同用。"
            )
        )
    with opened(config) as (settings, database):
        office, now = office_of(settings, database), moment(at, settings)
        due = due_since(database, office, now)
        if as_json and list_:
            from dataclasses import asdict

            print_json([asdict(one) for one in due])
            return
        _print_due(due)
        if list_:
            return
        word = "作废" if supersede else "补发"
        if not confirmed(f"{word}以上 {len(due)} 项，并恢复发送？", yes):
            return
        by, last = who or settings.coordinator.office, moment(until, settings) if until else None
        done = run(database, office, "supersede" if supersede else "send", now, by, until=last)
    print(f"已恢复发送：{word} {done.messages} 封消息、{done.reminders} 条提醒。")


def _print_due(due: Sequence[Due]) -> None:
    from duban.printing import aligned

    lines = [(one.since, KINDS.get(one.kind, one.kind), one.recipient, _what(one)) for one in due]
    for line in aligned(lines):
        print(line)
    print(f"备份之后到期、还没有决定的共 {len(lines)} 项。")


def _what(one: Due) -> str:
    words = one.subject or f"{one.number} 条提醒，待汇总"
    return f"{words}（备份时正在发送，可能已经送达）" if one.in_flight else words
