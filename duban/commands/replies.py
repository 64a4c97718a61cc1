"""Commands about answers that came by mail: what was read, what became of it, what a coordinator has seen to."""

from __future__ import annotations

from typing import Annotated

import typer

from duban.commands.shared import At, Config, Json, Who, acting, opened
from engine.errors import DubanError

STATES = {"stored": "已记录", "refused": "待人工处理", "ignored": "不需处理"}


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    replies = typer.Typer(no_args_is_help=True, help="各单位的回复邮件。Answers of the units by mail.")
    replies.command("collect")(collect)
    replies.command("list")(listed)
    replies.command("seen")(seen)
    app.add_typer(replies, name="replies")


def collect(at: At = None, config: Config = None) -> None:
    """现在就收取一次回复邮件。Reads the mailbox once, now."""
    from duban.wiring import mailbox_of, moment, office_of
    from workflows.collect_replies import collect_replies

    with opened(config) as (settings, database):
        mailbox = mailbox_of(settings)
        if mailbox is None:
            raise DubanError(
                "NO_MAILBOX", "没有配置收取回复的邮箱：请在配置文件的 [imap] 一节填写 host 等项。"
            )
        summary = collect_replies(database, office_of(settings, database), mailbox, moment(at, settings))
    told = "、".join(f"{STATES.get(name, '已收过')} {count} 封" for name, count in summary.outcomes.items())
    print(f"回复邮件：{told or '没有新邮件'}")


def listed(
    limit: Annotated[int, typer.Option(help="最多列多少封。", min=1)] = 50,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """列出收到的回复，新的在前。Lists what came in, the newest first."""
    from db import mail_in
    from duban.printing import print_json, print_table
    from duban.wiring import zone

    with opened(config) as (settings, database), database.read() as session:
        found = mail_in.recent(session, limit)
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "received_at": one.received_at.isoformat(),
                    "sender": one.sender,
                    "subject": one.subject,
                    "state": one.state,
                    "detail": one.detail,
                }
                for one in found
            ]
        )
        return
    own = zone(settings)
    rows = [
        (
            str(one.id),
            f"{one.received_at.astimezone(own):%Y-%m-%d %H:%M}",
            one.sender,
            STATES[one.state],
            one.detail,
        )
        for one in found
    ]
    print_table([("编号", "收到", "发件人", "结果", "说明"), *rows])


def seen(
    number: Annotated[int, typer.Argument(metavar="ID", help="回复的编号，见 duban replies list。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """记下这封回复已人工处理。A coordinator has seen to it."""
    from workflows.collect_replies import see_to

    with acting(config, at, who) as (database, now, by):
        see_to(database, number, now, by)
    print(f"已记下：回复 {number} 已人工处理")
