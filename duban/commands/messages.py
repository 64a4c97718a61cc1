"""Commands about messages: what was sent, why and with what answer; and a test of the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.shared import Config, Json, Who, confirmed, opened
from engine.errors import DubanError

if TYPE_CHECKING:
    from db.tables import Delivery, Message, Receipt

STATES = {
    "held": "待批准",
    "waiting": "等待",
    "sending": "发送中",
    "accepted": "已送达",
    "superseded": "已被替代",
    "withdrawn": "已撤回",
    "given_up": "已放弃",
}
OUTCOMES = {
    "again": "等待再次发送，邮件编号不变",
    "copy": "已写好补发的一封",
    "anew": "内容或收件人已变，重新汇总",
    "outdated": "事项已经办结，不再发出",
}
ANSWERS = {"accepted": "对方已有", "unread": "未读", "read": "已读", "refused": "未送到"}


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.command()(messages)
    app.command()(message)
    app.command()(resend)
    app.command()(settle)
    app.command("send-test")(send_test)


def messages(
    state: Annotated[str | None, typer.Option("--state", help="只列这种状态：" + "、".join(STATES))] = None,
    limit: Annotated[int, typer.Option(help="最多列多少封。", min=1)] = 50,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """列出消息，新的在前。Lists messages, the newest first."""
    from db import outbox
    from duban.printing import print_json, print_table
    from duban.wiring import zone

    if state is not None and state not in STATES:
        raise DubanError("BAD_STATE", f"没有状态“{state}”：可选 {'、'.join(STATES)}。")
    with opened(config) as (settings, database), database.read() as session:
        found = outbox.recent(session, limit, (state,) if state else ())
    if as_json:
        print_json([_summary(one) for one in found])
        return
    local = zone(settings)
    rows = [
        (
            str(one.id),
            f"{one.slot_at.astimezone(local):%Y-%m-%d %H:%M}",
            STATES[one.state],
            one.recipient,
            one.subject,
        )
        for one in found
    ]
    print_table(rows) if rows else print("没有消息。")


def message(
    number: Annotated[int, typer.Argument(metavar="ID", help="消息的编号，见 duban messages。")],
    as_json: Json = False,
    config: Config = None,
) -> None:
    """查看一封消息：为什么发、尝试了几次、对方怎么答复、全文。Shows a message with its attempts."""
    from db import receipts, tables
    from db.outbox import attempts_of
    from duban.printing import print_json
    from duban.wiring import zone

    with opened(config) as (settings, database), database.read() as session:
        found = session.get(tables.Message, number)
        if found is None:
            raise DubanError("NO_SUCH_MESSAGE", f"没有编号为 {number} 的消息：编号见 duban messages。")
        attempts = attempts_of(session, number)
        told = receipts.of_messages(session, [number]).get(number, [])
    if as_json:
        shown = {"text": found.text, "items": found.items, "attempts": _listed(attempts)}
        print_json({**_summary(found), **shown, "receipts": _receipted(told)})
        return
    local = zone(settings)
    print(
        f"{found.subject}\n收件：{found.recipient}（{found.channel}）  时段：{found.slot_at.astimezone(local):%Y-%m-%d %H:%M}"
    )
    print(f"状态：{STATES[found.state]}{f'（{found.ended_reason}）' if found.ended_reason else ''}")
    for attempt in attempts:
        answer = f"{attempt.verdict or '没有回执'} {attempt.detail}".strip()
        print(f"第{attempt.attempt}次 {attempt.started_at.astimezone(local):%Y-%m-%d %H:%M:%S}  {answer}")
    for one in told:
        print(
            f"回执 {one.at.astimezone(local):%Y-%m-%d %H:%M}  {one.person} {ANSWERS[one.answer]} {one.reason}".rstrip()
        )
    print(f"\n{found.text}")


def resend(
    number: Annotated[int, typer.Argument(metavar="ID", help="消息的编号，见 duban messages。")],
    reason: Annotated[str, typer.Option("--reason", help="为什么；对方已经收到过的，必须写明。")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再询问，直接执行。")] = False,
    who: Who = None,
    config: Config = None,
) -> None:
    """再次发送：未送达的重试，已送达的补发一份。Tries a message again, or sends a copy of one that arrived."""
    from db import tables
    from duban.wiring import now, office_of
    from workflows.resend import offer_of
    from workflows.resend import resend as run

    with opened(config) as (settings, database):
        office, moment = office_of(settings, database), now()
        with database.read() as session:
            found = session.get(tables.Message, number)
            if found is None:
                raise DubanError("NO_SUCH_MESSAGE", f"没有编号为 {number} 的消息：编号见 duban messages。")
            offer = offer_of(session, office, found, moment)
        word = "重试" if offer.how == "retry" else "补发"
        if not confirmed(f"{word}：{offer.recipient}（{offer.channel} {offer.address}）？", yes):
            return
        by = who or settings.coordinator.office
        done = run(database, office, number, moment, by, reason, offer.seen)
    print(f"{done.recipient}：{OUTCOMES[done.outcome]}（消息 {done.message_id}）。")


def settle(
    numbers: Annotated[list[int], typer.Argument(metavar="ID...", help="未送达的消息的编号。")],
    reason: Annotated[str, typer.Option("--reason", help="怎样办结的，例如“已电话告知”。")],
    who: Who = None,
    config: Config = None,
) -> None:
    """办结未送达的消息：记下怎样告知了对方。Records how what could not be delivered was dealt with."""
    from duban.wiring import now
    from workflows.settle_given_up import settle_given_up

    with opened(config) as (settings, database):
        done = settle_given_up(database, numbers, now(), who or settings.coordinator.office, reason)
    print(f"已办结 {len(done.settled)} 封。")
    if done.left:
        print(f"没有变动：{'、'.join(map(str, done.left))}（不是未送达的，或已有人办结）。")


def send_test(
    to: Annotated[
        str, typer.Argument(metavar="ADDRESS|POST", help="邮箱地址，或单位名称（发给它的联络员）。")
    ],
    config: Config = None,
) -> None:
    """真的发一封测试消息，并说明对方的答复。Sends a real test message and explains the answer."""
    from duban.wiring import now, office_of
    from workflows.send_test import send_test as send

    with opened(config) as (settings, database):
        sent = send(database, office_of(settings, database), to, now())
    if sent.channel == "inbox":
        print("当前只用站内收件箱，没有发出邮件：要发邮件，请在配置中填写 smtp.host 和 mail.from_address。")
        return
    if sent.verdict.answer:
        print(f"邮件服务器的答复：{sent.verdict.answer}")
    if not sent.verdict.is_accepted:
        raise DubanError(f"SEND_{sent.verdict.code.upper()}", sent.verdict.reason)
    print(f"测试邮件已被邮件服务器接收（发给 {sent.shown}）：请到收件箱确认。")


def _summary(found: Message) -> dict[str, Any]:
    names = ("id", "kind", "state", "ended_reason", "recipient", "address", "channel", "subject")
    return {name: getattr(found, name) for name in names} | {
        "slot_at": found.slot_at,
        "attempts": found.attempts,
        "message_id": found.rfc_message_id,
    }


def _receipted(told: list[Receipt]) -> list[dict[str, Any]]:
    return [
        {"person": one.person, "answer": one.answer, "reason": one.reason, "at": one.at.isoformat()}
        for one in told
    ]


def _listed(attempts: list[Delivery]) -> list[dict[str, Any]]:
    names = ("attempt", "started_at", "finished_at", "verdict", "detail")
    return [{name: getattr(one, name) for name in names} for one in attempts]
