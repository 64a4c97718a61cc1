"""Wording to quantities: the promises and, as important, what is none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.numerals import chinese_value, leading_number, running_number
from intake.quantities import levels_in, read_indicators, read_quantities
from intake.quantity_scan import clauses, clean_text, scan

PROMISES = [
    ("惠及妇女1.6万名", ["=16000名"]),
    ("为10万职工送保障", ["=100000人"]),
    ("组织百场培训", ["=100场"]),
    ("配送不少于2300场演出", [">=2300场"]),
    ("打造示范点5个以上", [">=5个"]),
    ("实现入孵企业超400家", [">400家"]),
    ("设备配置率100%", ["=100%"]),
    ("建床率达到5.5‰", ["=5.5‰"]),
    ("固定资产投资增长5%", ["=5%"]),
    ("亿元楼达到92幢", ["=92幢"]),
    ("将失业率控制在3%以内", ["<=3%"]),
    ("实到外资9.1亿美元", ["=910000000美元"]),
    ("开工、竣工各100万平方米", ["=1000000平方米", "=1000000平方米"]),
    ("新建步道3条、球场4片、健身点40个和驿站3个", ["=3条", "=4片", "=40个", "=3个"]),
    ("加装电梯新增400台、完工200台", ["=400台", "=200台"]),
    ("筹措保障性住房3500套(间)", ["=3500套(间)"]),
    ("创建不低于5条精品路", [">=5条"]),
    ("推出至少144场活动", [">=144场"]),
    ("更新管网30余公里", [">=30公里"]),
    ("培训农民2万余人次", [">=20000人次"]),
    ("完成改造约120户", ["~120户"]),
    ("完成投资1.2亿元左右", ["~120000000元"]),
    ("整治隐患点不超过15处", ["<=15处"]),
    ("新建改建公厕３座", ["=3座"]),
    ("安装设备10,000台", ["=10000台"]),
    ("建设8~10个口袋公园", [">=8个"]),
    ("安装路灯1200盏、监控 300 路", ["=1200盏", "=300路"]),
    ("服务群众 5000 人次", ["=5000人次"]),
    ("完成24路口改造", ["=24个"]),
    ("为5个点位安装设备", ["=5个"]),
    ("推进燃气报警器安装(市级7980户,区级10000户)", ["=7980户", "=10000户"]),
    ("新增学堂6所（街道涉及5所）", ["=6所"]),
    ("改造住房100套，其中市区60套、郊区40套", ["=100套"]),
    ("完成住房改造及提升工程1项", ["=1项"]),
    ("新建一所学校", ["=1所"]),
    ("新增两百户", ["=200户"]),
    ("建成三十个示范村", ["=30个"]),
    ("好转率提高2个百分点", ["=2百分点"]),
    ("新增造林3.5万亩", ["=35000亩"]),
    ("污水处理能力达到5万吨/日", ["=50000吨/日"]),
    ("为5000民职工办卡", ["=5000人"]),
    ("3.完成道路大修17项", ["=17项"]),
    ("1.3个路段积水点改造", ["=3个"]),
    ("（2）新建泵站2座", ["=2座"]),
    ("2025年底前新建停车位2025个", ["=2025个"]),
    ("2024花园小区改造", []),  # a year whose 年 is lost
    ("2024老年人活动中心建设", []),
    ("完成改造2024户", ["=2024户"]),
    ("服务半径500米内新建网点20个", ["=20个"]),
    ("争取资金200余万元", [">=2000000元"]),
    ("建设两座水厂", ["=2座"]),
    ("新建12班幼儿园1所，建筑面积5800平方米", ["=1所"]),
    ("新增商业建筑面积3万平方米", ["=30000平方米"]),
    ("帮扶2000农户", ["=2000户"]),
    ("新建36班小学1所", ["=1所"]),
    ("铺设管线5千米", ["=5公里"]),
    ("10千伏线路30公里", ["=30公里"]),
    ("PM2.5浓度控制在32微克/立方米以内", ["<=32微克/立方米"]),
    ("改造5路段", ["=5个"]),
]


@pytest.mark.parametrize(("text", "wanted"), PROMISES)
def test_a_promise_is_read_with_number_unit_and_comparator(text: str, wanted: list[str]) -> None:
    found = [f"{one.comparator}{one.quantity:f}{one.unit}" for one in read_indicators(text)]
    assert found == wanted


NO_PROMISES = [
    "打造15分钟社区生活圈",
    "优化12345热线办理",
    "提升12345市民热线服务水平",
    "110接处警能力",
    "落实营商环境方案7.0版",
    "编制十四五规划",
    "启动“十五五”规划研究",
    "服务五个中心建设",
    "制定2024年工作方案",
    "（一）优化布局",
    "五里桥街道改造",
    "三林镇综合治理",
    "第50次常务会议",
    "第五次全国经济普查",
    "第三中心小学建设",
    "一网通办",
    "深化“十百千万”配送",
    "食品安全“百千万”工程",
    "百岁老人关爱行动",
    "开展为期3个月的整治",
    "3个工作日内办结",
    "24小时自助服务",
    "0-3岁婴幼儿照护",
    "80周岁以上老人照护",
    "G60高速沿线整治",
    "5G网络建设",
    "3月9日召开会议",
    "2期工程建设",
    "开通3路公交",
    "“3个1”行动",
    "推动《十二条措施》落地",
    "三级医院建设",
    "四好农村路",
    "两个清单管理",
    "三年行动计划",
    "一村一品",
    "南京西路千亿商圈",
    "73街坊地块项目",
    "万荣消防站建设",
    "百企成长计划",
    "千人计划",
    "1-9月推进情况",
    "打造一条龙服务",
    "建设一支队伍",
    "千人口托位数提升",
    "创建5A级景区",
    "110千伏输变电工程",
]


@pytest.mark.parametrize("text", NO_PROMISES)
def test_what_only_looks_like_a_quantity_is_none(text: str) -> None:
    assert [(one.quantity, one.unit) for one in read_indicators(text)] == []


KINDS = [
    ("新增养老床位400张", "delivery"),
    ("地区生产总值增长5%", "growth"),
    ("签约率达到45%", "rate"),
    ("无障碍设施覆盖率达到90%", "coverage"),
    ("学校急救设备100%配置", "coverage"),
    ("实现10个街镇托育点全覆盖", "coverage"),
    ("投诉量控制在3%以内", "upper_bound"),
    ("亿元楼数量达到92幢", "level"),
    ("互联网医疗人次提升20%", "growth"),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_the_kind_says_how_a_promise_is_judged(text: str, kind: str) -> None:
    assert [one.kind for one in read_indicators(text)] == [kind]


SUBJECTS = [
    ("新增400张养老床位", ["养老床位"]),
    ("创建省级无障碍社区3个", ["省级无障碍社区"]),
    ("加装电梯新增400台、完工200台", ["加装电梯(新增)", "加装电梯(完工)"]),
    ("新建老年助餐点(市级2家、区级5家)", ["老年助餐点", "老年助餐点"]),
    ("完成630户80周岁以上老人“守护”工程", ["80周岁以上老人守护工程"]),
    ("3.举办讲座200场", ["讲座"]),
    ("实现城镇新增就业3.2万人", ["城镇新增就业"]),
    ("（2）新增学位2000个", ["学位"]),
    ("完成老旧小区综合整治48万平方米", ["老旧小区综合整治"]),
]


@pytest.mark.parametrize(("text", "subjects"), SUBJECTS)
def test_the_subject_names_what_is_counted(text: str, subjects: list[str]) -> None:
    assert [one.subject for one in read_indicators(text)] == subjects


def test_levels_bind_to_the_figures_before_their_bracket() -> None:
    found = read_indicators("新增100个托额和200个托位(市级),新增5个托育点(区级)")
    assert [(one.quantity, one.level) for one in found] == [
        (100, ("市级",)),
        (200, ("市级",)),
        (5, ("区级",)),
    ]


def test_levels_before_the_figures_bind_to_these_alone() -> None:
    found = read_indicators("加装报警器(市级7980户，区级10000户)")
    assert [(one.quantity, one.level) for one in found] == [(7980, ("市级",)), (10000, ("区级",))]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("新增床位400张（市级、区级）", ["市级", "区级"]),
        ("新增床位（区级）", ["区级"]),
        ("安装报警器(市级7980户,区级10000户)", ["市级", "区级"]),
        ("创建省级无障碍社区3个", []),
        ("与市级部门沟通", []),
    ],
)
def test_levels_are_those_in_brackets(text: str, levels: list[str]) -> None:
    assert levels_in(text) == levels


def test_the_quote_holds_the_verb_and_the_words_of_the_figure() -> None:
    assert [one.quote for one in read_indicators("加装电梯新增400台、完工 200 台")] == [
        "新增400台",
        "完工200台",
    ]


REPORTS = [
    ("已完成改造250户，完成年度目标的34.24%。", ["250户"]),
    ("建成20个,占全年目标32%。", ["20个"]),
    ("完成20%点位(12个)的建设。", ["12个"]),
    ("目前已完成40%", ["40%"]),
    ("共计 **95** 个课时，惠及 **405** 名市民", ["95课时", "405名"]),
    ("为101000民职工送计划", ["101000人"]),
    ("累计约为 11.875 万人次参与", ["118750人次"]),
]


@pytest.mark.parametrize(("text", "wanted"), REPORTS)
def test_a_report_gives_its_figures_and_no_shares_of_the_target(text: str, wanted: list[str]) -> None:
    assert [f"{one.quantity:f}{one.unit}" for one in read_quantities(text)] == wanted


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("新建" + "1" * 12 + "个", 1),
        ("新建" + "1" * 40 + "个", 0),
        ("新建" + "百" * 40 + "个", 0),
        ("新建3个，" * 399, 399),
        ("新建3个，" * 400, 0),
        ("新建3个。" * 400, 400),
    ],
)
def test_runs_longer_than_any_number_or_sentence_tell_nothing(text: str, quantities: int) -> None:
    assert len(scan(clean_text(text))) == quantities


def test_clauses_end_outside_brackets_and_quotation_marks() -> None:
    assert clauses("新增“甲，乙”3个（含1个，市级），完成2个；启动") == [
        "新增“甲，乙”3个（含1个，市级）",
        "完成2个",
        "启动",
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("一百零五", 105),
        ("两百", 200),
        ("三千", 3000),
        ("一万二千", 12000),
    ],
)
def test_chinese_numerals_have_their_value(text: str, value: int) -> None:
    assert chinese_value(text) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"), ("1.", "1"), ("1、", "1"), ("（1）", "1"), ("01", "1"), ("1.0", "1"), ("1.10", "1.10"),
        ("一", "一"), ("（十二）", "十二"), ("③", "3"), ("第3项", "3"), ("2024", None), ("1所", None), ("", None),
        ("--", None), ("一中", None),
    ],
)  # fmt: skip
def test_a_running_number_is_all_of_its_cell(text: str, number: str | None) -> None:
    assert running_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.新增", "1"),
        ("（二）新增", "二"),
        ("3、新增", "3"),
        ("1.5公里", "1"),
        ("2024年", None),
        ("新增3", None),
    ],
)
def test_a_leading_number_opens_a_text(text: str, number: str | None) -> None:
    found = leading_number(text)
    assert (found[0] if found else None) == number


DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """The usual way to write a number below 10000, worked out independently of the reader."""
    text = ""
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += DIGITS[digit] + name
        elif text and number % power and not text.endswith("零"):
            text += "零"
    return text


@given(st.integers(min_value=1, max_value=9999))
def test_a_number_written_in_chinese_reads_back(number: int) -> None:
    assert chinese_value(in_chinese(number)) == number


@given(
    st.decimals(min_value=Decimal("0.1"), max_value=Decimal(999999), places=1),
    st.sampled_from(["", "万", "亿"]),
)
def test_a_length_reads_back_in_base_units(number: Decimal, scale: str) -> None:
    factor = {"": 1, "万": 10_000, "亿": 100_000_000}[scale]
    (found,) = read_indicators(f"新建管网{number}{scale}公里")
    assert found.quantity == number * factor


@given(st.text(alphabet="新建3.万个%（）()“”、，。；一百十各约超以上年月 \n\t其中市级", max_size=40))
def test_no_wording_makes_the_reader_fail(text: str) -> None:
    for one in read_indicators(text):
        assert one.quantity >= 0
        assert one.unit


@given(st.text(max_size=60))
def test_no_text_at_all_makes_the_reader_fail(text: str) -> None:
    assert all(one.unit for one in read_indicators(text))
    assert all(one.unit for one in read_quantities(text))
