"""Each kind of message has a word: on pages in both languages, and in the terminal."""

from __future__ import annotations

import pytest

from duban.commands.safety import KINDS
from web.words import LOCALES, knows
from workflows import copies, evaluate, group_copy, remind_now, send_digest

STORED = ("reminder", "confirmation", send_digest.KIND, evaluate.MONTH, evaluate.YEAR)


@pytest.mark.parametrize("kind", [*STORED, group_copy.KIND, remind_now.KIND, copies.KIND])
def test_every_kind_of_message_has_a_word(kind: str) -> None:
    assert [locale for locale in LOCALES if not knows(locale, f"kind.{kind}")] == []
    assert kind in KINDS
