"""The number of tasks that a document announces; and the order of lists, tables and running text."""

from __future__ import annotations

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.text import read_text

THREE = "1.新建公园3个。（责任单位：县园林局）\n2.改造道路5公里。（责任单位：县交通局）\n3.新建桥梁2座。（责任单位：县交通局）"
TABLE = (
    "序号\t项目名称\t责任单位\n1\t新建公园3个\t县园林局\n2\t改造道路5公里\t县交通局\n3\t新建桥梁2座\t县交通局"
)


def plan(text: str) -> PlanDraft:
    return interpret(read_text(text.encode(), "plan.txt"), year=2024)


def warned(text: str) -> list[str]:
    return [one.quote for one in plan(text).findings if one.code == "COUNT_MISMATCH"]


@pytest.mark.parametrize("tasks", [THREE, TABLE])
@pytest.mark.parametrize(
    ("announced", "quotes"),
    [
        ("2024年三件民生实事任务分解", []),
        ("2024年十件民生实事任务分解", ["十件民生实事"]),
        ("2024年任务分解\n现将4项重点任务分解如下：", ["4项重点任务"]),
        ("2024年任务分解\n现将3项重点任务分解如下：", []),
        ("2024年任务分解\n全年工作分解为5项，请抓好落实。", ["分解为5项"]),
        # numbers of something else
        ("2024年任务分解\n去年的10件实事已全部完成。现将任务分解如下：", []),
        ("2024年任务分解\n10件实事之三的任务分解如下：", []),
        ("2024年任务分解\n县财政安排400万元，支持20个重点项目。", []),
        ("2024年十件民生实事任务分解\n其中我局承担的4项重点任务如下：", []),  # which of both is meant?
        ("2024年第10项重点任务分解", []),
    ],
)
def test_another_number_than_announced_is_told(announced: str, quotes: list[str], tasks: str) -> None:
    assert warned(f"{announced}\n\n{tasks}") == quotes


def test_headings_may_be_what_is_counted() -> None:
    headed = "一、公园\n1.新建公园3个。（责任单位：县园林局）\n2.改造公园2个。（责任单位：县园林局）\n二、道路\n3.改造道路5公里。（责任单位：县交通局）"
    assert warned(f"2024年2大民生工程任务分解\n{headed}") == []
    assert warned(f"2024年4大民生工程任务分解\n{headed}") == ["4大民生工程"]


def test_a_document_without_items_is_not_told_to_have_lost_some() -> None:
    assert warned("关于十件民生实事的报道\n今年的十件民生实事进展顺利。") == []


def test_tables_and_running_text_keep_the_order_of_the_document() -> None:
    annexes = f"附件1\n2024年重点任务清单\n{THREE}\n附件2\n2024年实事项目\n序号\t项目名称\t责任单位\n1\t新建学校2所\t县教育局\n2\t新建医院1所\t县卫健局"
    titles = [one.title for one in plan(annexes).projects]
    assert titles == ["新建公园3个", "改造道路5公里", "新建桥梁2座", "新建学校2所", "新建医院1所"]


def test_what_was_done_last_year_is_no_task_of_this_one() -> None:
    text = (
        "县商务局2023年工作情况和2024年工作安排\n一、2023年工作情况\n1.举办展会12场。\n2.新建市场3个。\n3.引进企业9家。\n"
        "二、2024年工作安排\n1.举办展会15场。\n2.新建市场4个。\n3.引进企业10家。"
    )
    assert [one.title for one in plan(text).projects] == ["举办展会15场", "新建市场4个", "引进企业10家"]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("经票决，今年的三件民生实事是：新建公园；改造道路；新建桥梁。", 3),
        ("经票决，今年的四件民生实事是：新建公园；改造道路；新建桥梁。", 0),  # not as many as announced
        ("会议安排了三项议程：新建公园；改造道路；新建桥梁。", 0),  # no list of a plan
        ("今年的三件民生实事是：\n一是新建公园3个。\n二是改造道路5公里。\n三是新建桥梁2座。", 3),
        ("会议要求做到：\n一是新建公园3个。\n二是改造道路5公里。\n三是新建桥梁2座。", 0),
        ("今年的三件民生实事是：\n城北小学扩建工程\n滨河步道提升工程\n农贸市场改造工程", 3),
        ("民生实事的三个特点是：\n覆盖面广\n受益人多\n群众满意", 0),  # nothing is built or done
    ],
)
def test_a_list_without_numbers_counts_where_a_sentence_announces_as_many(text: str, taken: int) -> None:
    assert len(plan(f"乡人大公告\n{text}").projects) == taken
