"""Which numbers a coordinator may choose."""

from __future__ import annotations

from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest

from engine.errors import DubanError
from engine.policy import Policy

RULES = Path(__file__).parents[2] / "docs" / "rules.md"


def test_what_a_plan_does_not_set_keeps_its_default() -> None:
    policy = Policy.of(
        {"yellow_after": "3", "milestone_offsets": [-7, 0], "remind_at": "08:45", "curve": "late"}
    )
    assert (policy.yellow_after, policy.milestone_offsets, policy.remind_at, policy.curve) == (
        3, (-7, 0), time(8, 45), "late",
    )  # fmt: skip
    assert policy.red_after == 20
    assert Policy.of({}) == Policy()


@pytest.mark.parametrize(
    ("name", "worst_that_fits", "refused"),
    [
        ("lagging_every", 1, 0),
        ("overdue_every", 1, 0),
        ("report_late_every", 1, -1),
        ("gap_every", 1, 0),
        ("acceptance_every", 1, 0),
        ("max_wait_days", 1, 0),
        ("yellow_after", 0, -1),
        ("yellow_after", 20, 21),  # red begins after 20
        ("red_after", 5, 4),
        ("milestone_offsets", [-1, 0], [1]),
        ("report_offsets", [], [-3, 2]),
        ("window_opens", "17:59", "18:00"),
        ("max_attempts", 1, 0),
        ("curve", "late", "steep"),
        ("auto_accept", True, "yes"),
        ("yellow_after", "7", "seven"),
        ("digest_at", "15:30", "half past three"),
    ],
)
def test_a_number_that_no_rule_could_live_by_is_refused(
    name: str, worst_that_fits: object, refused: object
) -> None:
    Policy.of({name: worst_that_fits})
    with pytest.raises(DubanError) as refusal:
        Policy.of({name: refused})
    assert refusal.value.code == "POLICY_VALUE"


def test_a_number_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DubanError) as refusal:
        Policy.of({"yelow_after": 3})
    assert refusal.value.code == "POLICY_UNKNOWN"


def test_the_rules_page_names_every_number_with_its_default() -> None:
    text = RULES.read_text(encoding="utf-8")
    for field in fields(Policy):
        shown = field.default
        if isinstance(shown, tuple):
            shown = ", ".join(str(part) for part in shown)
        shown = f"{shown:%H:%M}" if isinstance(shown, time) else str(shown).lower()
        assert f"| `{field.name}` | {shown} |" in text, field.name
