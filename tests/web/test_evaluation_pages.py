"""Evaluations as pages: the scores with their parts, what cost points, the formula."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables
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
        assert "3月" in row_of(client.get("/evaluations").text.split('id="listed"')[1], "年度任务")
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
        assert "【评估】区民政局：3月得56.3分" in client.get("/messages?kind=evaluation").text
        assert "每月填报截止后评估一次" in client.get("/messages/1").text


def test_the_formula_is_shown_with_the_numbers_put_in(evaluated: Database) -> None:
    with pages(evaluated, MOMENT) as client:
        words = text_of(client.get("/evaluations/1").text)
        english = text_of(client.get("/evaluations/1?lang=en").text)
    # weights 50, 20, 20, 10 of which milestones have nothing to judge: 50/80, 20/80, 10/80
    assert "进度 50×62.5%＋按时报送 50×25%＋未被督办 100×12.5%＝56.3 分" in words
    assert (
        "Progress 50 × 62.5% + Reports in time 50 × 25% + Free of cases 100 × 12.5% = 56.3 points" in english
    )


def test_one_unit_alone_can_be_looked_at(evaluated: Database) -> None:
    with pages(evaluated, MOMENT) as client:
        html = client.get("/evaluations/1?unit=区民政局").text
        everybody = client.get("/evaluations/1?unit=没有的单位").text
    assert row_of(html, "区民政局").split()[0] == "2"
    assert "<summary>区住建局" not in html
    assert "<summary>区住建局" in everybody


def test_scores_ranks_and_trend_stand_side_by_side(evaluated: Database) -> None:
    with pages(evaluated, MOMENT) as client:
        html = client.get("/evaluations").text
        assert row_of(html, "区民政局").split() == ["区民政局", "2", "—", "56.3"]
        assert "区住建局各月得分的走势" in html
        alone = client.get("/evaluations?unit=区民政局").text
        assert '<th scope="row">区住建局</th>' not in alone
        assert "Scores by month" in text_of(client.get("/evaluations?lang=en").text)
        assert client.get("/evaluations.xlsx").content.startswith(b"PK")


def test_the_running_month_and_the_year_are_previewed_and_nothing_is_stored(evaluated: Database) -> None:
    with pages(evaluated, MOMENT) as client:
        assert "4月正在进行" in text_of(client.get("/evaluations").text)
        words = text_of(client.get("/evaluations/preview?plan=1&period=2024-04").text)
        assert "4月评估 预览" in words
        assert "没有保存，也没有发出" in words
        assert "2024年度评估 预览" in text_of(client.get("/evaluations/preview?year=true").text)
        assert client.get("/evaluations/preview?period=2024-12").status_code == 404
        assert client.get("/evaluations/preview?period=x").status_code == 404
    with evaluated.read() as session:
        assert len(session.exec(select(tables.Bulletin)).all()) == 1


def test_an_evaluation_is_exported_as_a_document_and_a_workbook(evaluated: Database) -> None:
    with pages(evaluated, MOMENT) as client:
        page = client.get("/evaluations/1").text
        for suffix in ("docx", "xlsx"):
            assert f"/bulletins/1/file.{suffix}" in page
            assert client.get(f"/bulletins/1/file.{suffix}").content.startswith(b"PK")


def test_without_a_plan_there_is_nothing_to_preview_or_export(sqlite_database: Database) -> None:
    with pages(sqlite_database, MOMENT) as client:
        assert "先导入一份计划" in client.get("/evaluations").text
        assert client.get("/evaluations/preview").status_code == 404
        assert client.get("/evaluations.xlsx").status_code == 404
