"""The preview as a page: complete, on its own, and harmless whatever the document says."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import lxml.html
import pytest

from intake.decomposition import interpret
from intake.draft import (
    DocumentFacts,
    Finding,
    IndicatorDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    Source,
    SubTaskDraft,
)
from intake.draft_diff import Change
from intake.table import Place
from intake.text import read_text
from web.preview import marked, preview_page
from workflows.import_plan import Prepared
from workflows.revise_plan import Revision

DOCUMENT = """云溪区2024年民生实事任务分解表
云溪政办发〔2024〕9号
2024年3月1日
各单位于11月前全面完成，12月查漏补缺。
序号\t任务\t牵头单位\t配合单位\t责任人\t完成时限\t3月目标\t3月进展情况
1\t新建口袋公园6个，惠及1.2万名居民\t区园林局\t区财政局 相关街道\t张甲\t10月底前\t建成1个\t建成2个
2\t整治背街小巷20条\t区城管局\t--\t李乙\t长期坚持\t进场施工\t进场施工
"""
MATRIX = """序号\t任务\t总量\t东河镇\t西山镇\t南湖街道
1\t新建充电桩\t12台\t4\t--\t6
"""
VOID = {"meta", "br", "col", "link", "input", "img", "hr"}


def page_of(text: str) -> str:
    return preview_page(interpret(read_text(text.encode(), "a.txt"), year=2024), "a.txt")


def words(html: str) -> str:
    """What a reader sees, without blanks."""
    tree = lxml.html.fromstring(html)
    for style in tree.iter("style"):
        style.text = ""
    return re.sub(r"\s", "", "".join(map(str, tree.itertext())))


def one_task(**fields: object) -> PlanDraft:
    subtask = SubTaskDraft("1", "新建公园", ["区园林局"], where=Place(line=3))
    for name, value in fields.items():
        setattr(subtask, name, value)
    return PlanDraft(
        DocumentFacts("计划", year=2024, kind="decomposition"),
        [],
        [ProjectDraft("1", "x", subtasks=[subtask])],
    )


class Balance(HTMLParser):
    """Fails where an element ends that has not begun, and keeps those that are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("text", [DOCUMENT, MATRIX, "关于开会的通知\n请准时参加。\n"])
def test_every_element_of_the_page_is_closed_where_it_should_be(text: str) -> None:
    balance = Balance()
    balance.feed(page_of(text))
    assert balance.open == []


@pytest.mark.parametrize(
    "said",
    [
        "云溪区2024年民生实事任务分解表",
        "云溪政办发〔2024〕9号",
        "2024-11-30截止",
        "2项目2子任务3指标2牵头单位0分解量",
        "新建口袋公园6个，惠及1.2万名居民第6行",
        "牵头区园林局第6行",
        "配合区财政局、相关街道",
        "责任人张甲第6行",
        "2024-10-31第6行“10月底前”",
        "6个口袋公园",
        "1.2万名",
        "1.2万名”",
        "没有读出日期第7行“长期坚持”",
        "2024-03目标“建成1个”第6行",
        "“建成2个”第6行",
        "读作建成2个",
        "ECHOED_TARGET",
        "--chooseAMBIGUOUS_DEADLINE=2024-11-30",
        "--chooseAMBIGUOUS_DEADLINE=2024-10-31",
    ],
)
def test_every_value_stands_beside_its_quote_and_place(said: str) -> None:
    html = page_of(DOCUMENT).replace("<q>", "“").replace("</q>", "”")
    assert said in words(html)


def test_the_words_a_figure_was_read_from_are_marked_inside_the_task() -> None:
    tree = lxml.html.fromstring(page_of(DOCUMENT))
    texts = [str(mark.text) for row in tree.iter("tbody") for mark in row.iter("mark")]
    assert any("6个" in text for text in texts)
    assert any("1.2万名" in text for text in texts)


def test_shares_stand_with_their_cells_and_the_check_of_their_sum() -> None:
    said = words(page_of(MATRIX))
    assert "充电桩12台，分给2个单位，合计10台，■不符" in said
    assert "东河镇4台第2行" in said
    assert "南湖街道6台第2行" in said
    assert "SUM_MISMATCH" in said


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    html = page_of(DOCUMENT)
    assert (
        re.findall(r"(?i)https?:|//[a-z]|@import|url\(|<script|<link|<img|<iframe|\bsrc=|\son\w+=", html)
        == []
    )
    elements = list(lxml.html.fromstring(html).iter())
    links = [link for one in elements if (link := one.get("href"))]
    ids = {one.get("id") for one in elements}
    assert links
    assert all(link[1:] in ids for link in links)
    assert "default-src 'none'" in html


HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;",
    "a" * 5000,
    "新建\u202e园公\u2066",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_document_says_stays_text(text: str) -> None:
    draft = one_task(title=text, lead_units=[text], progress=[ProgressDraft("2024-03", text)])
    draft.document.title = draft.projects[0].title = text
    draft.projects[0].subtasks[0].sources = [Source("lead_units", text + "x", Place(sheet=text, cell="A1"))]
    draft.findings = [Finding("error", "X", Place(line=3), text, text, (text,))]
    html = preview_page(draft, text)
    balance = Balance()
    balance.feed(html)
    shown = text.replace("\u202e", "\ufffd").replace("\u2066", "\ufffd")
    assert balance.open == []
    assert "<script" not in html
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", html)
    assert lxml.html.fromstring(html).findtext(".//h1") == shown


def test_what_must_be_decided_comes_first_and_leads_to_its_row() -> None:
    draft = one_task()
    draft.findings = [
        Finding("note", "COLLECTIVE_UNIT", Place(line=3), "各镇", "“各镇”是集合称谓。"),
        Finding("error", "UNREADABLE_CELL", Place(line=3), "约略", "读不出。"),
        Finding("warning", "NO_YEAR", Place(), "", "没有年份。"),
    ]
    html = preview_page(draft, "a.txt")
    order = ['id="decide"', "UNREADABLE_CELL", "NO_YEAR", 'id="read"', "新建公园", "COLLECTIVE_UNIT"]
    places = [html.index(word) for word in order]
    assert places == sorted(places)
    assert 'href="#r1"' in html
    assert 'id="r1"' in html


@pytest.mark.parametrize(
    ("status", "word"),
    [("done", "✓已完成"), ("lagging", "▲滞后"), ("suspended", "‖暂停"), ("unknown", "？未说明")],
)
def test_a_status_is_said_in_words_and_a_symbol(status: str, word: str) -> None:
    report = ProgressDraft("2024-03", "略", status, where=Place(line=3))
    assert word in words(preview_page(one_task(progress=[report]), "a.txt"))


@pytest.mark.parametrize(
    ("comparator", "shown"),
    [("=", "20条"), (">=", "不少于20条"), ("<=", "不超过20条"), ("~", "约20条")],
)
def test_a_comparator_is_said_in_words(comparator: str, shown: str) -> None:
    indicator = IndicatorDraft("小巷", Decimal(20), "条", comparator)
    html = preview_page(one_task(indicators=[indicator]), "a.txt")
    assert f"<b>{shown}</b> 小巷" in html


def test_a_document_without_tasks_says_what_was_seen_and_what_to_do() -> None:
    said = words(page_of("关于开会的通知\n请准时参加。\n"))
    for word in ("关于开会的通知", "没有读到可以导入的任务", "NO_ITEMS", "可以这样做", "dubantemplate"):
        assert word in said
    assert said.index("原因") < said.index("NO_ITEMS")
    assert "请您决定" not in said
    assert 'id="read"' not in page_of("关于开会的通知\n请准时参加。\n")


def test_changes_to_a_stored_plan_are_shown_old_and_new() -> None:
    draft = one_task()
    change = Change("1 项目 / 1 新建公园 / 数量", "6", "8")
    gone = Change("1 项目 / 2 旧任务", "旧任务", None)
    unsure = Finding("warning", "UNSURE", Place(), "", "新任务对不上。", ("9=2",))
    prepared = Prepared(draft, "", "a.txt", {})
    html = preview_page(draft, "a.txt", Revision(prepared, 1, "云溪区计划", (change, gone), (unsure,)))
    said = words(html)
    for word in (
        "改动：云溪区计划",
        "共2处",
        "1项目/1新建公园/数量68",
        "（删去）",
        "新任务对不上。",
        "--chooseUNSURE=9=2",
    ):
        assert word in said
    assert "<del>6</del>" in html
    assert "<ins>8</ins>" in html


@pytest.mark.parametrize(
    ("text", "wordings", "pieces"),
    [
        ("新建6个", ["6个"], [("新建", False), ("6个", True)]),
        ("新建６个", ["6个"], [("新建", False), ("６个", True)]),
        ("6个和6个", ["6个"], [("6个", True), ("和6个", False)]),
        ("新建6个", ["7个", ""], [("新建6个", False)]),
        ("6个", ["6个"], [("6个", False)]),
        ("", ["6个"], []),
    ],
)
def test_quoted_words_are_found_inside_a_text(
    text: str, wordings: list[str], pieces: list[tuple[str, bool]]
) -> None:
    assert marked(text, wordings) == pieces


def test_a_whole_year_is_one_page_of_a_few_megabytes() -> None:
    subtasks = [
        SubTaskDraft(
            f"{n}",
            f"完成第{n}项任务，新建站点{n}个并投入使用",
            ["区园林局"],
            ["区财政局", "相关街道"],
            indicators=[IndicatorDraft("站点", Decimal(n), "个", quote=f"{n}个", where=Place(line=n))],
            progress=[
                ProgressDraft("2024-03", "正在施工，预计按期完成。", "in_progress", where=Place(line=n))
            ],
            where=Place(line=n),
            sources=[Source("lead_units", "区园林局", Place(line=n))],
        )
        for n in range(1, 3001)
    ]
    draft = PlanDraft(DocumentFacts("全年计划", issued_on=date(2024, 1, 1)), [], [ProjectDraft("1", "项目")])
    draft.projects[0].subtasks = subtasks
    draft.findings = [Finding("warning", "NO_YEAR", one.where, "", "没有年份。") for one in subtasks]
    html = preview_page(draft, "a.txt")
    assert 'id="r3000"' in html
    assert len(html.encode()) < 8_000_000
