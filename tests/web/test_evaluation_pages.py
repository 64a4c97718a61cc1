"""Evaluations as pages: the scores with their parts, what cost points, the formula."""

from __future__ import annotations

import pytest

from db.session import Database
from tests.web.running import pages
from tests.web.test_pages import row_of, text_of
from tests.workflows.office_2024 import INBOX
from tests.workflows.test_evaluate import MOMENT, lived
from workflows.evaluate import evaluate


def test_before_the_first_evaluation_the_list_says_when_it_will_come(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, MOMENT) as client:
        assert "还没有评估" in client.get("/evaluations").text
        assert client.get("/evaluations/1").status_code == 404


@pytest.fixture
def evaluated(database: Database) -> Database:
    lived(database)
    evaluate(database, INBOX, MOMENT)
    return database


def test_an_evaluation_shows_scores_parts_and_formula(evaluated: Database) -> None:
    with pages(evaluated, MOMENT) as client:
        assert "3月" in row_of(client.get("/evaluations").text, "年度任务")
        html = client.get("/evaluations/1").text
    words = text_of(html)
    # progress 50, reports 50, nothing due, no case: weights 50, 20, 10 of 80
    assert row_of(html, "区民政局").split() == ["2", "区民政局", "56.3", "50", "50", "–", "100"]
    for part in ("进度 50 62.5% 31.3", "按时报送 50 25% 12.5", "未被督办 100 12.5% 12.5", "合计 56.3"):
        assert part in words
    assert "进度 −31.3分：2 任务2 已报15台，应达30台" in words
    assert "总分＝进度×50%＋按时报送×20%＋节点达到×20%＋未被督办×10%" in words
    assert "未计分：3 任务3（暂停）" in words


def test_it_can_be_read_in_english(evaluated: Database) -> None:
    with pages(evaluated, MOMENT) as client:
        words = text_of(client.get("/evaluations/1?lang=en").text)
    assert "Progress −31.3: 2 任务2: 15台 reported of 30台 asked for" in words
    assert "Score = Progress × 50 % + Reports in time × 20 %" in words


def test_its_messages_are_in_the_inbox(evaluated: Database) -> None:
    with pages(evaluated, MOMENT) as client:
        assert "【评估】区民政局：3月得56.3分" in client.get("/inbox?kind=evaluation").text
        assert "每月填报截止后评估一次" in client.get("/inbox/1").text
