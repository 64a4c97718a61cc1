"""Commands about channels: which there are, setting them up. Secrets go in, and never come out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.shared import At, Config, Json, Who, acting, opened, refuse
from engine.errors import DubanError

if TYPE_CHECKING:
    from notifications.kinds import ChannelKind
    from workflows.list_channels import ChannelLine

Name = Annotated[str, typer.Argument(metavar="NAME", help="渠道的名称，见 duban channels list。")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="一个设置项，可以写多次；密钥不能写在这里。"),
]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        "--secret-file",
        help="从文件读密钥：每行 名称=值；只有一个密钥时可以只写值。写 - 从标准输入读。",
    ),
]
SecretEnv = Annotated[
    list[str] | None,
    typer.Option("--secret-env", metavar="KEY=VARIABLE", help="从环境变量读一个密钥，可以写多次。"),
]
group = typer.Typer(no_args_is_help=True, help="消息渠道：企业微信、钉钉、飞书等。Channels besides mail.")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.add_typer(group, name="channels")


@group.command()
def kinds(as_json: Json = False) -> None:
    """列出可以添加的渠道类型和各自的设置项。Lists the kinds of channels and what each must be told."""
    from notifications.channels import KINDS

    if as_json:
        from duban.printing import print_json

        print_json([_kind_values(kind) for kind in KINDS.values()])
        return
    for kind in KINDS.values():
        print(f"{kind.name}  {kind.label}")
        for one in kind.settings:
            marks = [*(["密钥"] if one.secret else []), "必填" if one.is_required else "可不填"]
            default = f"，默认 {one.default}" if one.default else ""
            example = f"，如 {one.example}" if one.example and not one.secret else ""
            print(f"    {one.name}  {one.label}（{'，'.join(marks)}{default}{example}）")


@group.command("list")
def list_(as_json: Json = False, config: Config = None) -> None:
    """列出渠道：是否在用、上次成功、休息到何时、有什么问题。Lists channels; secrets only as set or not."""
    from duban.printing import print_json
    from duban.wiring import email_of, factory_of, now, zone
    from workflows.list_channels import list_channels

    with opened(config) as (settings, database), database.read() as session:
        has_mail = email_of(settings) is not None
        lines = list_channels(session, factory_of(settings), now(), has_mail=has_mail)
    if as_json:
        print_json([_line_values(line) for line in lines])
        return
    local = zone(settings)

    def told(moment: datetime | None) -> str:
        return f"{moment.astimezone(local):%Y-%m-%d %H:%M}" if moment else "—"

    for line in lines:
        resting = f"；休息到 {told(line.rests_until)}" if line.rests_until else ""
        waits = f"；等待 {line.waiting} 封" if line.waiting else ""
        state = "在用" if line.is_active else "已停用"
        print(f"{line.name}  {line.label}  {state}；上次送达 {told(line.accepted_at)}{resting}{waits}")
        for name, value in (*line.values.items(), *((name, "已设置") for name in line.secrets)):
            print(f"    {name}：{value}")
        if line.trouble:
            print(f"    ▲ {line.trouble}")


@group.command()
def add(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="类型，见 duban channels kinds。")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="给它起的名称，如 民政局群；联系人表里用它。")],
    settings_given: Set = None,
    secret_file: SecretFile = None,
    secret_env: SecretEnv = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """添加一个渠道；密钥加密保存，以后只能替换，不再显示。Sets a channel up; its secrets are never shown again."""
    from duban.wiring import factory_of, moment
    from workflows.set_up_channel import Given, add_channel, check_given

    with opened(config) as (settings, database):
        factory = factory_of(settings)
        known = factory.kind(kind)
        values = _pairs(settings_given, "--set")
        check_given(known, Given(values))
        secrets = _secrets(known, secret_file, secret_env, ask=_unset_secrets(known))
        by = who or settings.coordinator.office
        add_channel(database, factory, kind, name, Given(values, secrets), moment(at, settings), by)
    print(f"已添加渠道“{name}”（{known.label}）。下一步：duban channels test {name}，真的发一条测试消息。")
    print("通了以后，把它写进联系人表的“渠道”一栏（duban contacts template），运行中的服务不用重启。")
    _remind_of(secret_file)


@group.command()
def change(
    name: Name,
    settings_given: Set = None,
    secret_file: SecretFile = None,
    secret_env: SecretEnv = None,
    replace: Annotated[
        list[str] | None, typer.Option("--replace", metavar="KEY", help="按提示重新输入这个密钥。")
    ] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", help="只在它还是这一版时修改，见 channels list --json。")
    ] = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """修改渠道的设置或替换密钥；停用的会重新启用。Changes a channel; one that was retired is in use again."""
    from duban.wiring import factory_of, moment
    from workflows.set_up_channel import Given, change_channel, check_given, find_channel

    with opened(config) as (settings, database):
        factory = factory_of(settings)
        with database.read() as session:
            known = factory.kind(find_channel(session, name).kind)
        values = _pairs(settings_given, "--set")
        check_given(known, Given(values, dict.fromkeys(replace or (), "")))
        secrets = _secrets(known, secret_file, secret_env, ask=[(key, True) for key in replace or ()])
        given, by = Given(values, secrets), who or settings.coordinator.office
        now = moment(at, settings)
        reached = change_channel(database, factory, name, given, now, by, revision=revision)
    print(
        f"已保存渠道“{name}”（第 {reached} 版），等着它的消息会马上再试。下一步：duban channels test {name}。"
    )
    _remind_of(secret_file)


@group.command()
def retire(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="为什么停用，记录在案。")] = "",
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """停用一个渠道；记录保留，可以用 change 重新启用。Retires a channel; its record stays."""
    from workflows.set_up_channel import retire_channel

    with acting(config, at, who) as (database, now, by):
        done = retire_channel(database, name, now, by, reason)
    print(f"已停用渠道“{name}”。重新启用：duban channels change {name}")
    if done.contacts or done.units or done.waiting:
        print(
            f"还有 {done.contacts} 位联系人、{done.units} 个单位的群用着它，{done.waiting} 封消息等着从它发出："
            "有别的渠道的会改走下一个，没有的会列为待处理；请用 duban contacts import 更新联系方式。"
        )


@group.command("test")
def try_(
    name: Name,
    to: Annotated[
        str, typer.Option("--to", metavar="ADDRESS", help="对方在这个渠道的账号；群机器人则是要@的人。")
    ] = "",
    config: Config = None,
) -> None:
    """真的发一条测试消息，并说明对方的答复。Sends a real test message and explains the answer."""
    from duban.wiring import now, office_of, zone
    from workflows.send_test import send_test_on

    with opened(config) as (settings, database):
        moment = now().astimezone(zone(settings))
        sent = send_test_on(database, office_of(settings, database), name, to, moment)
    verdict = sent.verdict
    if name == "inbox":
        print("站内收件箱不发出任何内容，总是可用。")
        return
    if verdict.answer:
        print(f"对方的答复：{verdict.answer}")
    if not verdict.is_accepted:
        raise DubanError(f"SEND_{verdict.code.upper()}", f"{verdict.reason}（测试消息不会自动重发。）")
    if verdict.weak:
        print(f"已交出（发给 {sent.shown}），但这种渠道分辨不出对方是否真的收下：请到那里确认。")
    else:
        print(f"对方已接收测试消息（发给 {sent.shown}）：请到那里确认看得到。")


def _unset_secrets(kind: ChannelKind) -> list[tuple[str, bool]]:
    """The secrets to ask for, and whether they must be entered."""
    return [(one.name, one.is_required) for one in kind.settings if one.secret]


def _pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """``key=value`` as a mapping; a wrong one is not repeated: a secret may stand in it."""
    parted = [one.partition("=") for one in given or ()]
    for key, equals, _ in parted:
        if not equals or not key.isidentifier():
            shown = "KEY=VARIABLE" if option == "--secret-env" else "KEY=VALUE"
            refuse(DubanError("CHANNEL_SETTING", f"{option} 应写成 {shown}：请核对每一项的名称和等号。"))
    return {key: value for key, _, value in parted}


def _secrets(
    kind: ChannelKind, file: Path | None, variables: Sequence[str] | None, ask: Sequence[tuple[str, bool]]
) -> dict[str, str]:
    """The secrets of file, environment and, on a terminal, of what is typed without being shown."""
    found = _from_file(kind, file) if file else {}
    for name, variable in _pairs(variables, "--secret-env").items():
        found[name] = _from_environment(os.environ, variable)
    if not sys.stdin.isatty():
        return found
    labels = {one.name: one.label for one in kind.settings}
    for name, is_required in ask:
        if name not in found:
            end = "" if is_required else "，没有就直接回车"
            found[name] = typer.prompt(
                f"{labels[name]}（{name}，输入时不显示{end}）",
                hide_input=True,
                default=None if is_required else "",
                show_default=False,
            )
    return found


def _from_file(kind: ChannelKind, file: Path) -> dict[str, str]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise DubanError(
            "FILE_NOT_READ", f"读不了密钥文件 {file}：请检查路径、权限，并存为 UTF-8。"
        ) from None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    secret = [one.name for one in kind.settings if one.secret]
    parted = [line.partition("=") for line in lines]
    if all(equals and key.strip() in secret for key, equals, _ in parted):
        return {key.strip(): value.strip() for key, _, value in parted}
    if len(lines) == 1 and len(secret) == 1:
        return {secret[0]: lines[0]}
    raise DubanError(
        "CHANNEL_SETTING",
        f"密钥文件 {file} 应每行写 名称=值，名称可以是 {'、'.join(secret) or '（这种渠道没有密钥）'}。",
    )


def _from_environment(environment: Mapping[str, str], variable: str) -> str:
    if variable not in environment:
        raise DubanError("CHANNEL_SETTING", f"没有环境变量 {variable}：请先设置它，或换一种方式输入密钥。")
    return environment[variable]


def _remind_of(secret_file: Path | None) -> None:
    if secret_file and str(secret_file) != "-":
        print(f"密钥已加密保存；文件 {secret_file} 里还有它的原文，不再需要时请删除。")


def _kind_values(kind: ChannelKind) -> dict[str, Any]:
    from dataclasses import asdict

    return {"name": kind.name, "label": kind.label, "settings": [asdict(one) for one in kind.settings]}


def _line_values(line: ChannelLine) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(line)
