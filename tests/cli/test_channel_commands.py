"""``duban channels`` as an operator uses it, against a DingTalk on the loopback address."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator

import pytest

from duban.wiring import now
from tests.cli.console import Console, Ended
from tests.vendors.dingtalk import DingTalkServer

TOKEN, SECRET = "canary-access-token", "SECcanary-robot-secret"


@pytest.fixture
def vendor(console: Console) -> Iterator[DingTalkServer]:
    """A DingTalk that the operator has listed."""
    with DingTalkServer(now) as server:
        console.environment["DUBAN_OUTBOUND__HOSTS"] = '["127.0.0.1"]'
        console.environment["ROBOT_TOKEN"] = TOKEN
        yield server


def add(console: Console, vendor: DingTalkServer, *words: str, secret: str = SECRET) -> Ended:
    """Adds the robot with its token from the environment and its secret from a file."""
    (console.folder / "secret.txt").write_text(f"secret = {secret}\n", encoding="utf-8")
    given = ("--secret-env", "access_token=ROBOT_TOKEN", "--secret-file", "secret.txt")
    return console.duban(
        "channels",
        "add",
        "dingtalk-robot",
        "民政局群",
        "--set",
        f"base_url={vendor.base_url}",
        *given,
        *words,
    )


def hides_the_secrets(ended: Ended) -> bool:
    """Whether neither secret was shown."""
    return not any(one in ended.out + ended.err for one in (TOKEN, SECRET))


def test_a_robot_is_set_up_tested_changed_and_retired(console: Console, vendor: DingTalkServer) -> None:
    ended = add(console, vendor)
    assert ended.code == 0, ended.err
    assert "duban channels test 民政局群" in ended.out  # the next step
    tested = console.duban("channels", "test", "民政局群")
    assert (tested.code, len(vendor.robot.posts)) == (0, 1)
    assert "对方已接收" in tested.out
    listed = console.duban("channels", "list", "--json")
    robot = {one["name"]: one for one in listed.json}["民政局群"]
    assert (robot["is_active"], robot["revision"], robot["secrets"]) == (True, 1, ["access_token", "secret"])
    shown = console.duban("channels", "list")
    assert "access_token：已设置" in shown.out
    changed = console.duban("channels", "change", "民政局群", "--set", "keywords=督办", "--revision", "1")
    assert "第 2 版" in changed.out
    stale = console.duban("channels", "change", "民政局群", "--set", "keywords=通知", "--revision", "1")
    assert (stale.code, "REVISION_CONFLICT" in stale.err) == (1, True)
    retired = console.duban("channels", "retire", "民政局群", "--reason", "群解散了")
    assert retired.code == 0
    assert "CHANNEL_RETIRED" in console.duban("channels", "test", "民政局群").err
    assert all(map(hides_the_secrets, (ended, tested, listed, shown, changed, stale, retired)))


def test_a_test_says_what_the_far_end_said_why_and_what_to_do(
    console: Console, vendor: DingTalkServer
) -> None:
    add(console, vendor, secret="SEC-wrong")
    wrong = console.duban("channels", "test", "民政局群")
    assert wrong.code == 1
    assert "sign not match" in wrong.out
    assert "SEND_CREDENTIALS_REFUSED" in wrong.err
    assert "请检查" in wrong.err
    console.environment["NEW_SECRET"] = SECRET
    console.duban("channels", "change", "民政局群", "--secret-env", "secret=NEW_SECRET")
    vendor.robot.keywords = ("督察",)
    missing = console.duban("channels", "test", "民政局群")
    assert (missing.code, "SEND_KEYWORD_MISSING" in missing.err) == (1, True)
    assert vendor.robot.posts == []


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("add", "dingtalk-robot", "群", "--set", f"access_token={TOKEN}"), 1, "SECRET_IN_THE_OPEN"),
        (("add", "dingtalk-robot", "群"), 1, "access_token"),
        (("add", "dingtalk-robot", "群", "--set", "keywords"), 2, "KEY=VALUE"),
        (("add", "dingtalk-robot", "群", "--secret-env", "access_token=NOT_THERE"), 1, "NOT_THERE"),
        (("add", "dingtalk-robot", "群", "--secret-file", "absent.txt"), 1, "FILE_NOT_READ"),
        (("add", "pigeon", "群"), 1, "NO_SUCH_CHANNEL_KIND"),
        (("add", "dingtalk-robot"), 2, "NAME"),
        (("change", "没有"), 1, "NO_SUCH_CHANNEL"),
        (("retire", "没有"), 1, "NO_SUCH_CHANNEL"),
        (("test", "没有"), 1, "NO_SUCH_CHANNEL"),
    ],
)
def test_what_does_not_do_is_refused_with_what_to_do(
    console: Console, words: tuple[str, ...], code: int, named: str
) -> None:
    ended = console.duban("channels", *words)
    assert (ended.code, named in ended.err) == (code, True), ended.err
    assert hides_the_secrets(ended)
    assert ended.out == ""


def test_a_secret_is_typed_without_being_shown(console: Console) -> None:
    near, far = pty.openpty()
    command = console.command("channels", "add", "dingtalk-robot", "群")
    process = subprocess.Popen(
        command,
        cwd=console.folder,
        env=console.variables(),
        stdin=far,
        stdout=far,
        stderr=far,
        start_new_session=True,
    )
    os.close(far)
    said = b""
    for answer in (TOKEN, SECRET):
        while not said.endswith("）: ".encode()):
            said += os.read(near, 1024)
        os.write(near, f"{answer}\n".encode())
        said += os.read(near, 1)
    while part := _rest(near):
        said += part
    os.close(near)
    assert process.wait(timeout=60) == 0, said.decode()
    assert "canary" not in said.decode()
    robot = console.duban("channels", "list", "--json").json[-1]
    assert robot["secrets"] == ["access_token", "secret"]


def _rest(near: int) -> bytes:
    """What the terminal shows next; nothing once the command has ended."""
    try:
        return os.read(near, 1024)
    except OSError:
        return b""


def test_the_kinds_are_listed_with_what_each_must_be_told(console: Console) -> None:
    shown = console.duban("channels", "kinds")
    assert "dingtalk-robot  钉钉群机器人" in shown.out
    assert "access_token" in shown.out
    kinds = {one["name"]: one for one in console.duban("channels", "kinds", "--json").json}
    token = kinds["dingtalk-robot"]["settings"][0]
    assert (token["name"], token["secret"], token["is_required"]) == ("access_token", True, True)


def test_one_secret_of_a_kind_with_one_may_stand_alone_in_its_file(console: Console) -> None:
    values = ("--set", "app_key=ding-app-key", "--set", "agent_id=4711")
    added = console.duban(
        *("channels", "add", "dingtalk-work", "工作通知", *values, "--secret-file", "-"),
        pasted=b"canary-app-secret\n",
    )
    assert added.code == 0, added.err
    asks = console.duban("channels", "test", "工作通知")
    assert (asks.code, "NO_ADDRESS" in asks.err) == (1, True)
