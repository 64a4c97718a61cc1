"""An evaluation as a file: everybody's scores with the formula, what cost points, the same bytes each time."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from openpyxl import load_workbook

from engine.policy import Policy
from engine.scoring import score_units, weights_of
from engine.scoring_model import EvaluationContent, Item, YearContent
from engine.scoring_year import score_year, year_weights
from notifications.evaluation_paper import evaluation_paper
from notifications.paper_docx import paper_docx
from notifications.paper_xlsx import paper_xlsx

POLICY = Policy()
HALF = Item(1, "1.1", "加装电梯", Decimal(50), Decimal(20), Decimal(15), Decimal(30), "台", "late")
DOUBLE = Item(2, "1.2", "养老床位", Decimal(200), Decimal(200), report="in_time")
PAUSED = Item(3, "1.3", "改造小区", out="suspended")
MONTH = EvaluationContent(
    "年度任务",
    "2024-03",
    date(2024, 4, 3),
    weights_of(POLICY),
    score_units({"区民政局": [HALF, PAUSED], "区住建局": [DOUBLE]}, {}, POLICY),
)
YEAR = YearContent(
    "年度任务",
    "2024",
    date(2025, 1, 6),
    year_weights(POLICY),
    score_year({"2024-03": MONTH.rows}, {}, POLICY),
)


def texts(content: EvaluationContent | YearContent, locale: str = "zh-CN") -> list[str]:
    book = load_workbook(io.BytesIO(paper_xlsx(evaluation_paper(content, locale))))
    return [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]


def test_a_month_has_its_table_its_formula_and_what_cost_points() -> None:
    found = " ".join(texts(MONTH))
    # (50 × 50 % + 20 × 50 % + 10 × 100 %) of 80
    for words in (
        "年度任务：3月评估",
        "56.3",
        "总分＝进度×50%",
        "进度 −31.3分：1.1 加装电梯 已报15台，应达30台",
        "1.3 改造小区（暂停）",
        "1.2 养老床位 200%",
    ):
        assert words in found
    assert "Score = Progress × 50 %" in " ".join(texts(MONTH, "en"))


def test_a_year_has_its_counts() -> None:
    assert {"提前", "按时", "延期后按时", "逾期完成", "未完成", "超额"} <= set(texts(YEAR))


def test_the_same_content_is_the_same_file() -> None:
    for content in (MONTH, YEAR):
        assert paper_xlsx(evaluation_paper(content, "zh-CN")) == paper_xlsx(
            evaluation_paper(content, "zh-CN")
        )
        assert paper_docx(evaluation_paper(content, "en")) == paper_docx(evaluation_paper(content, "en"))
