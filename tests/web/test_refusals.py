"""What a page says when something is refused: in the reader's language, and never to use a command."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from engine.errors import DubanError
from web.view import View


@pytest.mark.parametrize(
    ("locale", "message", "said"),
    [
        (
            "zh-CN",
            "“表.docx”没有写明年度：请加上 --year，例如 --year 2024。",
            "文件没有写明年度：请填写年度。",
        ),
        ("zh-CN", "“表.docx”没有写明年度。", "“表.docx”没有写明年度。"),
        ("en", "“表.docx”没有写明年度：请加上 --year。", "The year of the plan is not known."),
    ],
)
def test_a_refusal_suits_its_reader(locale: str, message: str, said: str) -> None:
    view = View(locale, "/", {}, ZoneInfo("Asia/Shanghai"), date(2024, 3, 1))
    assert view.refusal(DubanError("NO_YEAR", message)).startswith(said)
