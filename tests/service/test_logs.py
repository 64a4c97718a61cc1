"""The log: one line an event, without addresses and passwords, whatever is logged."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from duban import logs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to a.b@example.org, c@example.com", "to <address>, <address>"),
        ("postgresql://duban:secret@db/duban", "postgresql://<login>@db/duban"),
        ("<x@mail.example.com>", "<<address>>"),
        (
            "GET https://duban.example.org/r/i4puu_e5g8aJ3lM_-x/tasks/1",
            "GET https://duban.example.org/r/<link>/tasks/1",
        ),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_addresses_and_logins_are_blotted_out(text: str, shown: str) -> None:
    assert logs.discreet(None, "info", {"event": text, "n": 3}) == {"event": shown, "n": 3}


def test_each_event_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.get_logger().info("deliver", accepted=3)
    try:
        raise ValueError("refused by x@example.org")
    except ValueError as error:
        structlog.get_logger().error("duty failed", exc_info=error)
    logging.getLogger("elsewhere").warning("about %s", "y@example.org")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["deliver", "duty failed", "about <address>"]
    assert lines[0]["accepted"] == 3
    assert "ValueError" in lines[1]["exception"]
    assert "example.org" not in json.dumps(lines)


def test_on_a_console_it_is_a_line_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("console")
    structlog.get_logger().info("sweep", checked=22)
    line = capsys.readouterr().err
    assert "sweep" in line
    assert "checked=22" in line
