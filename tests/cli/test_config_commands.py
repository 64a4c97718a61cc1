"""``duban config``, ``version`` and the contract of errors, each in a real process."""

from __future__ import annotations

import pytest

from tests.cli.console import Console


def test_a_configuration_is_made_checked_and_shown(console: Console) -> None:
    console.environment["DUBAN_SMTP__PASSWORD"] = "a-secret"
    assert console.duban("config", "init").code == 0
    assert console.duban("config", "check").code == 0
    shown = console.duban("config", "show", "--json")
    assert shown.json["port"] == 8300
    assert "a-secret" not in shown.out
    again = console.duban("config", "init")
    assert (again.code, "[CONFIG_EXISTS]" in again.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "err"),
    [
        (["version"], 0, ""),
        (["status"], 0, ""),
        (["nonsense"], 2, "No such command"),
        (["sweep", "--nonsense"], 2, "No such option"),
        (["report"], 2, "Missing"),
        (["sweep", "--at", "yesterday"], 1, "[BAD_MOMENT]"),
        (["simulate", "--from", "2024-03-02", "--to", "2024-03-01"], 1, "[BAD_SPAN]"),
        (["simulate", "--from", "March", "--to", "2024-03-01"], 1, "[BAD_MOMENT]"),
        (
            ["simulate", "--from", "2024-03-01", "--to", "2024-03-02", "--reports", "no.json"],
            1,
            "[REPORTS_FILE]",
        ),
        (["report", "1", "--period", "2024-03", "--set", "3台"], 1, "[NO_SUCH_SUBTASK]"),
        (["accept", "1"], 1, "[NO_SUCH_SUBTASK]"),
        (["message", "7"], 1, "[NO_SUCH_MESSAGE]"),
        (["messages", "--state", "lost"], 1, "[BAD_STATE]"),
        (["config", "check", "--config", "missing.toml"], 1, "[CONFIG_MISSING]"),
    ],
)
def test_a_command_ends_with_a_code_and_a_sentence(
    console: Console, words: list[str], code: int, err: str
) -> None:
    ended = console.duban(*words)
    assert ended.code == code
    assert err in ended.err
    assert "Traceback" not in ended.err


def test_with_json_a_refusal_is_json_as_well(console: Console) -> None:
    ended = console.duban("message", "7", "--json")
    assert ended.code == 1
    assert ended.json["error"]["code"] == "NO_SUCH_MESSAGE"
    assert ended.json["error"]["message"] in ended.err


def test_a_broken_configuration_stops_every_command(console: Console) -> None:
    (console.folder / "duban.toml").write_text("prot = 1", encoding="utf-8")
    for words in (["status"], ["sweep"], ["doctor"], ["serve"]):
        ended = console.duban(*words)
        assert (ended.code, "prot" in ended.out + ended.err) == (1, True)
    assert not (console.folder / "var").exists()
