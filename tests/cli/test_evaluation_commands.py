"""`duban evaluation`: what there is, what the next would say, and how a unit's score came about."""

from __future__ import annotations

import json

from tests.cli.console import Console
from tests.cli.test_main_flow_commands import PLAN, run


def test_a_preview_stores_nothing_and_a_run_happens_once(console: Console) -> None:
    run(console, "import", str(PLAN), "--yes")
    run(console, "sweep", "--at", "2024-03-01")
    assert "还没有评估" in run(console, "evaluation", "list").out
    preview = run(console, "evaluation", "run", "--preview", "--period", "2024-03", "--at", "2024-04-03").out
    assert "3月评估（2024-04-03）" in preview
    assert "总分＝进度×50%" in preview
    assert run(console, "evaluation", "list", "--json").json == []
    done = run(console, "evaluation", "run", "--at", "2024-04-03T15:00", "--json").json
    assert done["frozen"] == 1
    assert done["composed"] > 1
    again = run(console, "evaluation", "run", "--at", "2024-04-03T15:00", "--json").json
    assert again == {"frozen": 0, "composed": 0}
    (listed,) = run(console, "evaluation", "list", "--json").json
    assert (listed["kind"], listed["period"], listed["state"]) == ("evaluation", "2024-03", "published")
    assert "2024-03" in run(console, "evaluation", "list").out
    shown = run(console, "evaluation", "show", str(listed["id"]), "--json").json
    assert shown["sha256"] == listed["sha256"]
    unit = shown["rows"][0]["unit"]
    own = run(console, "evaluation", "show", str(listed["id"]), "--unit", unit).out
    assert "未被督办" in own
    assert "合计" in own
    assert unit in run(console, "evaluation", "show", str(listed["id"])).out
    for name in ("march.xlsx", "march.docx"):
        assert name in run(console, "evaluation", "export", str(listed["id"]), "-o", name).out


def test_what_is_not_there_is_refused_in_a_sentence(console: Console) -> None:
    run(console, "import", str(PLAN), "--yes")
    unknown = console.duban("evaluation", "show", "9", "--json")
    assert (unknown.code, json.loads(unknown.out)["error"]["code"]) == (1, "NO_SUCH_EVALUATION")
    for period in ("2023-03", "2024-04", "March"):
        early = console.duban("evaluation", "run", "--preview", "--period", period, "--at", "2024-03-20")
        assert (early.code, "[BAD_PERIOD]" in early.err) == (1, True)
    run(console, "sweep", "--at", "2024-03-01")
    run(console, "evaluation", "run", "--at", "2024-04-03T15:00")
    stranger = console.duban("evaluation", "show", "1", "--unit", "没有这个局")
    assert (stranger.code, "[NO_SUCH_UNIT]" in stranger.err) == (1, True)
