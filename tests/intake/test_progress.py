"""Progress wording: status, figures, blockers, forecast, echoes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.draft import IndicatorDraft
from intake.progress import echoes, read_status, told_figures
from intake.quantities import read_indicators


def promised(text: str) -> list[IndicatorDraft]:
    return read_indicators(text)


STATUSES = [
    ("新增床位400张", "已完成年度目标任务。", "done"),
    ("新增床位400张", "完成年度目标的34.24%。", "in_progress"),
    ("新增床位400张", "累计新增床位400张", "done"),
    ("新增床位400张", "累计新增床位399张", "in_progress"),
    ("新增床位400张", "累计新增床位401张", "over_fulfilled"),
    ("举办讲座100场", "举办讲座260场，此项已超额完成年度目标", "over_fulfilled"),
    ("开设暑托班26个", "经批准，决定暂停举办", "suspended"),
    ("开设暑托班26个", "7月暂停举办，9月恢复开班", "in_progress"),
    ("加装电梯30台", "尚未开工", "not_started"),
    ("加装电梯30台", "受天气影响进度滞后", "lagging"),
    ("加装电梯30台", "预计10月中旬全部完成", "in_progress"),
    ("加装电梯30台", "确保年底前全部完工", "in_progress"),
    ("加装电梯30台", "正在办理前期手续", "in_progress"),
    ("完善服务体系", "已印发方案", "in_progress"),
    ("加装电梯30台", "--", "unknown"),
    ("加装电梯30台", "", "unknown"),
    ("电梯新增400台、完工200台", "新增41台，完工26台", "in_progress"),
    ("电梯新增400台、完工200台", "新增400台，完工200台", "done"),
]


@pytest.mark.parametrize(("promise", "report", "status"), STATUSES)
def test_the_status_is_what_the_words_or_the_figures_say(promise: str, report: str, status: str) -> None:
    assert read_status(report, promised(promise)).status == status


FIGURES = [
    ("新增床位400张", "新增床位120张，召开会议3次", ["120张"]),
    ("为50个小区增设设施", "已确定要增设的50个小区名单", []),
    ("为50个小区增设设施", "已完成12个小区，其余38个小区正在施工", ["12个"]),
    ("新建助餐点5家", "已完成4个点的选址，剩余1家正在接洽", []),
    ("新增养老点5家", "建成养老点3个", ["3个"]),
    ("培训10万群众", "开展培训13次，参与2.6万人次", ["26000人次"]),
    ("为10万职工送保障计划", "已为3万职工送保障计划", ["30000人"]),
    ("实施智慧体育", "已完善16所学校", ["16所"]),
]


@pytest.mark.parametrize(("promise", "report", "figures"), FIGURES)
def test_only_figures_of_what_was_promised_and_delivered_are_reported(
    promise: str, report: str, figures: list[str]
) -> None:
    status = read_status(report, promised(promise))
    assert [f"{one.quantity:f}{one.unit}" for one in status.quantities] == figures


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("设计方案、概算编制均已完成，正在招标。", "in_progress"),
        ("各项目均已完成。", "done"),
        ("按方案施工，完成年度目标任务。", "done"),
        ("新增床位200张，目前已完成140张。", "in_progress"),
        ("新增床位200张已完成，正式运营。", "done"),
        ("下一步抓紧进度，高质高效完成目标任务。", "in_progress"),
        ("已完成目标任务，共有床位230张。", "over_fulfilled"),
    ],
)
def test_preparation_the_target_said_again_and_what_is_to_come_are_no_delivery(
    text: str, status: str
) -> None:
    assert read_status(text, promised("新增床位200张")).status == status


def test_an_expected_figure_is_a_target_but_no_report() -> None:
    indicators = promised("培训群众10万人")
    assert [one.quantity for one in told_figures("第一季度预计培训25000余人", indicators)] == [25000]
    assert read_status("第一季度预计培训25000余人", indicators).quantities == ()


def test_blockers_and_forecasts_are_quoted() -> None:
    status = read_status("方案已批准，专项资金未到位，预计10月中旬全部完成。", promised("加装电梯30台"))
    assert status.blockers == ("专项资金未到位",)
    assert status.forecast == "预计10月中旬全部完成"


@pytest.mark.parametrize(
    ("report", "target", "echo"),
    [
        ("已完成需求排摸。", "完成需求排摸。", True),
        ("收取上报材料。", "收取上报材料。", True),
        ("已完成现场勘察、选址、立项", "现场勘察、选址、立项。", True),
        ("新增41台", "新增40台", False),
        ("已完成需求排摸，新增12户", "完成需求排摸", False),
        ("已开工建设", "完成需求排摸", False),
        ("已完成", "", False),
        # 已 or 完成 before the same words is a claim without a fact, however many units it names.
        ("已完成与县教育局、各学校的对接。", "与县教育局、各学校对接。", True),
        ("已完成对村卫生室的需求调查，制订采购计划。", "对村卫生室的需求调查，制订采购计划。", True),
        # A figure that is said to be reached is progress; one that is only written again is not.
        ("已新建公厕12座。", "新建公厕12座。", False),
        ("完成公厕改造12座", "公厕改造12座", False),
        ("新建公厕12座。", "新建公厕12座", True),
        # What is left out tells how far it is, what is added tells a fact.
        ("已修订完成提升方案，已确定年度计划。", "修订完成提升方案，走访各镇，确定年度计划。", False),
        ("已修订完成提升方案，走访各镇，确定年度计划。", "修订完成提升方案，走访各镇，确定年度计划。", True),
        ("已完成需求排摸（含东片）。", "完成需求排摸。", False),
        ("已完成选址立项", "完成选址", False),
    ],
)
def test_a_report_that_only_repeats_its_target_is_an_echo(report: str, target: str, echo: bool) -> None:
    assert echoes(report, target) is echo


@given(st.integers(min_value=1, max_value=10**6), st.integers(min_value=0, max_value=10**6))
def test_a_figure_is_judged_against_the_promise(promise: int, done: int) -> None:
    status = read_status(f"累计新增{done}张", promised(f"新增床位{promise}张"))
    wanted = "done" if done == promise else "over_fulfilled" if done > promise else "in_progress"
    assert status.status == wanted
    assert [one.quantity for one in status.quantities] == [Decimal(done)]


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_report_makes_the_reader_fail(report: str, target: str) -> None:
    status = read_status(report, promised("新增床位400张"), target)
    assert status.status in {
        "done",
        "over_fulfilled",
        "in_progress",
        "lagging",
        "suspended",
        "not_started",
        "unknown",
    }


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("120 homes completed", "in_progress"),
        ("250 homes completed", "done"),
        ("All works completed", "done"),
    ],
)
def test_completed_speaks_of_what_the_figure_counts(text: str, status: str) -> None:
    promise = IndicatorDraft("new homes", Decimal(250), "homes")
    assert read_status(text, [promise]).status == status


def test_a_task_without_promises_can_be_over_fulfilled_in_words_alone() -> None:
    status = read_status("已超额完成年度目标任务")
    assert (status.status, status.contradictions) == ("over_fulfilled", ())


ECHOED = [
    # target, report, status, figures that count
    ("累计新增床位400张", "累计新增床位400张", "in_progress", 0),
    ("新增床位400张", "已新增床位400张", "done", 1),  # said to be reached
    ("新增床位400张", "新增床位400张，已通过验收", "done", 1),  # something is added
    ("新增床位400张", "新增床位399张", "in_progress", 1),
    ("改造工程全部完工", "改造工程已全部完工", "in_progress", 0),
    ("改造工程全部完工", "改造工程已全部完工，通过验收", "done", 0),
]


@pytest.mark.parametrize(("target", "report", "status", "counting"), ECHOED)
def test_a_report_that_only_repeats_its_target_proves_nothing(
    target: str, report: str, status: str, counting: int
) -> None:
    read = read_status(report, promised(target), target)
    assert (read.status, sum(one.counts for one in read.quantities)) == (status, counting)
