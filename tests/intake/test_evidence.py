"""When numbered paragraphs are items: each rule with the text that it must take and the one that it must leave."""

from __future__ import annotations

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.text import read_text


def plan(text: str) -> PlanDraft:
    return interpret(read_text(text.encode(), "plan.txt"), year=2024)


def titles(text: str) -> list[str]:
    return [project.title for project in plan(text).projects]


TASKS = "1.新建公园3个。\n2.改造道路5公里。\n3.推进垃圾分类。"


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("2024年重点工作安排", 3),
        ("2024年为民办实事项目", 3),
        ("重点工作推进会议纪要", 0),
        ("在重点工作动员会上的讲话", 0),
        ("2024年重点项目招标公告", 0),
        ("2024年政务公开", 0),
    ],
)
def test_paragraphs_without_units_count_below_the_title_of_a_plan_alone(title: str, taken: int) -> None:
    assert len(titles(f"{title}\n{TASKS}")) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1.新建公园3个。\n2.改造道路5公里。", 0),  # two are few
        ("1.推进公园建设。\n2.加强道路养护。\n3.完善机制。", 0),  # no quantity anywhere
        ("1.新建公园3个。\n2.责任要落实。\n3.纪律要严明。\n4.作风要扎实。\n5.报道要及时。", 0),  # few promise
        (
            "1.新建公园3个。\n2.改造道路5公里。\n3.推进绿化。\n4.加强养护。\n5.第一中学达到省标。",
            5,
        ),  # nearly all
    ],
)
def test_a_plan_is_told_by_the_share_of_paragraphs_that_promise(text: str, taken: int) -> None:
    assert len(titles(f"2024年重点工作安排\n{text}")) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。（责任单位：县交通局）", 2),
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。", 0),  # one unit alone is no evidence
        ("1.时间安排\n主管单位：县园林局\n2.领导姓名\n责任单位：县交通局", 0),  # nothing is to be done
    ],
)
def test_units_make_items_whatever_the_title(text: str, taken: int) -> None:
    assert len(titles(f"有关事项\n{text}")) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。", 2),
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。\n3.联系人姓名。", 0),  # the others do nothing
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。\n3.组织领导。各镇要重视。", 2),
    ],
)
def test_below_the_title_of_a_plan_one_entry_with_units_is_enough(text: str, taken: int) -> None:
    assert len(titles(f"2024年重点工作安排\n{text}")) == taken


@pytest.mark.parametrize(
    ("note", "leads"),
    [
        ("责任单位中列第一位的为牵头单位。", ["县园林局"]),
        ("列入第一批的项目由牵头单位报送。", ["县园林局", "县交通局"]),  # no order of units
    ],
)
def test_the_order_of_units_tells_who_leads_where_the_document_says_so(note: str, leads: list[str]) -> None:
    items = "1.新建公园3个。（责任单位：县园林局、县交通局）\n2.改造道路5公里。（责任单位：县交通局）"
    read = plan(f"2024年重点工作安排\n{note}\n{items}")
    assert read.projects[0].subtasks[0].lead_units == leads


def test_a_row_without_unit_among_rows_with_units_is_taken_and_reported() -> None:
    read = plan(
        "任务\n1.新建公园3个。（责任单位：县园林局）\n2.改造道路5公里。\n3.新建桥梁2座。（责任单位：县交通局）"
    )
    assert [one.title for one in read.projects] == ["新建公园3个", "改造道路5公里", "新建桥梁2座"]
    assert [one.quote for one in read.findings if one.code == "NO_LEAD_UNIT"] == ["改造道路5公里"]


def test_how_a_plan_is_carried_out_is_no_item_beside_items_with_units() -> None:
    text = (
        "任务\n一、重点任务\n1.新建公园3个。（责任单位：县园林局）\n2.新建桥梁2座。（责任单位：县交通局）\n"
        "二、组织保障\n3.每月调度2次，建立台账1本。"
    )
    assert titles(text) == ["新建公园3个", "新建桥梁2座"]


@pytest.mark.parametrize(
    ("lead", "names", "taken"),
    [
        ("经票决，今年的民生实事是：", "1.城北小学扩建项目。\n2.滨河步道提升工程。\n3.农贸市场改造。", 3),
        ("会议强调，民生实事要做到：", "1.要压实责任。\n2.要加快建设。\n3.要强化督查。", 0),
        ("注意事项：", "1.城北小学扩建项目。\n2.滨河步道提升工程。\n3.农贸市场改造。", 0),
    ],
)
def test_names_of_projects_count_below_a_sentence_that_announces_them(
    lead: str, names: str, taken: int
) -> None:
    assert len(titles(f"公告\n{lead}\n{names}")) == taken


def test_a_unit_of_the_heading_answers_for_the_items_below_it() -> None:
    read = plan(
        "任务\n一、公园（牵头单位：县园林局）\n1.新建公园3个。\n2.改造公园2个。\n"
        "二、道路（牵头单位：县交通局）\n1.改造道路5公里。"
    )
    leads = {sub.no: sub.lead_units for project in read.projects for sub in project.subtasks}
    assert leads == {"一.1": ["县园林局"], "一.2": ["县园林局"], "二.1": ["县交通局"]}


def test_a_plan_without_units_waits_for_assignment() -> None:
    read = plan(f"2024年重点工作安排\n{TASKS}")
    assert read.document.kind == "work_plan"
    assert [one.code for one in read.findings] == ["NO_LEAD_UNIT"]


@pytest.mark.parametrize(
    ("below", "last"),
    [
        ("- 县里召开会议", ["推进垃圾分类"]),
        ("标签：\n- 县里召开会议\n- 投诉2000件", ["推进垃圾分类"]),
        ("上一条：县里召开会议\n- 投诉2000件", ["推进垃圾分类"]),
        ("- 县里召开会议\n- 新建站点4个", ["新建站点4个"]),  # a list of its own: one promises
        ("- 采购车辆（责任单位：县城管局）\n- 采购厢体", ["采购车辆", "采购厢体"]),  # one names a unit
    ],
)
def test_links_of_the_page_below_a_list_are_no_part_of_it(below: str, last: list[str]) -> None:
    expected = ["新建公园3个", "改造道路5公里", *last]
    assert titles(f"2024年重点工作安排\n{TASKS}\n{below}") == expected


def test_a_unit_that_leads_does_not_help_as_well() -> None:
    text = (
        "2024年重点工作安排\n一、科技（由县科技局牵头实施）\n"
        "1.新建平台3个。（责任单位：县科技局）\n2.引进人才5名。（责任单位：县科技局、县人社局）"
    )
    subtasks = [subtask for project in plan(text).projects for subtask in project.subtasks]
    assert [(one.lead_units, one.cooperating_units) for one in subtasks] == [
        (["县科技局"], []),
        (["县科技局"], ["县人社局"]),
    ]


def test_a_bracket_on_a_line_of_its_own_answers_for_the_points_above_it() -> None:
    text = (
        "2024年重点工作安排\n1.应急\n(1)建设站点3个。\n(2)开展演练2场。\n"
        "（责任单位：市应急局、各县（市、区）人民政府、各园区管委会）\n"
        "2.消防\n(1)新建车库1座。\n(2)开展培训2场。\n（责任单位：市消防支队、各县（市、区））"
    )
    subtasks = [subtask for project in plan(text).projects for subtask in project.subtasks]
    assert [one.lead_units for one in subtasks] == [
        ["市应急局", "各县（市、区）人民政府", "各园区管委会"],
        ["市应急局", "各县（市、区）人民政府", "各园区管委会"],
        ["市消防支队", "各县（市、区）"],
        ["市消防支队", "各县（市、区）"],
    ]


FIVE = "一、综合\n（一）扎实开展学习教育。\n（二）全面加强监测。\n（三）支持外贸企业。\n（四）持续提振消费。\n（五）{}。"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (FIVE.format("推进安全生产"), 5),
        (FIVE.format("安全生产"), 0),  # four act: few where nothing is counted
        (FIVE.format("推进安全生产").removeprefix("一、综合\n"), 0),  # no heading shows a plan's order
        (f"现将近期重点工作安排综述如下：\n{FIVE.format('推进安全生产')}", 5),
        (f"现将近期重点工作会议总结如下：\n{FIVE.format('推进安全生产')}", 0),
    ],
)
def test_a_plan_that_counts_nothing_is_told_by_headings_and_verbs(text: str, taken: int) -> None:
    assert len(titles(f"2024年5月重点工作安排\n{text}")) == taken


@pytest.mark.parametrize(
    ("above", "taken"),
    [
        ("区级民生实事9件包括扩建幼儿园、开展课后服务等。", 3),
        ("区级民生实事9件，分别是扩建幼儿园等。\n附图一", 3),
        ("区级民生实事推进顺利。", 0),  # nothing says how many
        ("会议听取了9件实事。", 0),  # nor what they are
    ],
)
def test_a_sentence_closely_above_the_first_number_announces_the_list(above: str, taken: int) -> None:
    text = "01.扩建幼儿园\n扩建3所。\n02.改造厕所\n改造5座。\n03.课后服务\n规范课后服务。"
    assert len(titles(f"好消息\n{above}\n{text}")) == taken


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("2024年3件民生实事项目", 3),
        ("2024年十大民生实事项目", 0),  # not so many names
        ("2024年3件民生实事项目评选公告", 0),
        ("2024年3个科室", 0),
    ],
)
def test_names_below_a_title_that_counts_them_are_items(title: str, taken: int) -> None:
    text = f"{title}\n（按得票多少排序）\n城北小学扩建项目\n滨河步道改造工程\n老旧小区改造项目\n民生无小事。"
    assert len(titles(text)) == taken


def test_lines_below_such_a_title_that_do_nothing_are_no_names() -> None:
    assert titles("2024年3件民生实事项目\n首页\n新闻\n评论") == []


@pytest.mark.parametrize(
    ("lead", "told"),
    [
        ("2项未达到序时进度的任务如下：", [1, 1]),
        ("以下目标如下：", []),
        ("2名排名滞后的同志如下：", []),
    ],
)
def test_a_sentence_that_says_what_is_behind_announces_a_report(lead: str, told: list[int]) -> None:
    text = f"督查情况\n{lead}\n1.工业投资（第1项）：增长4%，低于目标3个百分点。\n2.外贸总额：下降2%，低于目标5个百分点。"
    subtasks = [subtask for project in plan(text).projects for subtask in project.subtasks]
    assert [len(one.progress) for one in subtasks] == told
