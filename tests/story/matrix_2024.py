"""A yearly plan of 22 sub-tasks over 18 streets, as figures and as the document that an office would issue.

The figures are those of a real matrix plan of 2024; district, streets and wording are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

STREETS = "东湖 西苑 南桥 北塔 青石 白塘 红枫 金沙 银杏 柳浦 桐江 梅坞 松岭 竹溪 兰亭 荷塘 菊园 望潮".split()
PROJECTS = {
    "一": "一老一小邻里相伴",
    "二": "家门口的活动场所",
    "三": "少年儿童健康成长",
    "四": "居家养老有人照看",
    "五": "看病配药就近便利",
    "六": "残疾人帮扶",
    "七": "学校建设",
    "八": "回迁安置",
    "九": "老楼设施更新",
    "十": "小区环境治理",
}


@dataclass(frozen=True)
class Row:
    """A line of the matrix: figures as (quantity, unit) in the order of the title; ``central`` without streets."""

    no: str
    title: str
    lead: str
    figures: tuple[tuple[int, str], ...]
    central: bool = False


ROWS = (
    Row("一.1", "新办老年课堂6所", "区民政局", ((6, "所"),)),
    Row("一.2", "新办少儿课堂6所", "区教育局", ((6, "所"),)),
    Row("一.3", "建成托育养老合用服务点4个", "区卫健局", ((4, "个"),)),
    Row("二.1", "建成邻里活动站6个", "区民政局", ((6, "个"),)),
    Row("二.2", "改造社区健身场地10处", "区文旅局", ((10, "处"),)),
    Row("三.1", "开设婴幼儿照护课程200场", "区卫健局", ((200, "场"),)),
    Row("三.2", "组织16000名中小学生脊柱检查", "区教育局", ((16000, "名"),), central=True),
    Row("四.1", "新开社区食堂9个", "区民政局", ((9, "个"),)),
    Row("四.2", "为630户高龄独居家庭装设安全设备", "区民政局", ((630, "户"),)),
    Row("五.1", "新建或改建社区卫生站4家", "区卫健局", ((4, "家"),)),
    Row("五.2", "完成记忆力初筛20000人，家庭照护指导1500人", "区卫健局", ((20000, "人"), (1500, "人"))),
    Row("六.1", "帮助35名残疾人就业", "区残联", ((35, "名"),)),
    Row("六.2", "资助孤独症儿童训练60人", "区残联", ((60, "人"),)),
    Row("六.3", "建成无障碍社区3个", "区残联", ((3, "个"),)),
    Row("七.1", "新建校舍竣工4所", "区教育局", ((4, "所"),), central=True),
    Row("七.2", "扩建老校1所", "区教育局", ((1, "所"),), central=True),
    Row("八.1", "办结回迁安置3426户", "区住建局", ((3426, "户"),)),
    Row("八.2", "交付安置小区16个", "区住建局", ((16, "个"),), central=True),
    Row("九.1", "老旧住宅加装电梯200台", "区住建局", ((200, "台"),)),
    Row("九.2", "更新高层二次供水设施15个", "区城管局", ((15, "个"),)),
    Row("十.1", "整治老旧小区48个", "区住建局", ((48, "个"),)),
    Row("十.2", "建成安静小区18个", "生态环境分局", ((18, "个"),)),
)

OPENING = """青江区人民政府办公室文件

青江政办〔2024〕9号

青江区人民政府办公室关于分解2024年民生实事任务的通知

各街道办事处，区政府各部门：

各单位要排定日程，逐项对账，确保11月前全面完成、12月查漏补缺，年末统一验收。

附件：1.责任清单
2.任务分解表

青江区人民政府办公室
2024年2月28日

"""
CLOSING = """

青江区人民政府办公室 2024年2月28日印发
"""


def document() -> str:
    """The notice with both annexes, as it looks when its text is copied out of the file."""
    return OPENING + "附件1 责任清单\n" + _responsibilities() + "\n\n附件2 任务分解表\n" + _matrix() + CLOSING


def _responsibilities() -> str:
    lines = [_row("序号", "项目名称", "工作任务", "牵头单位", "责任单位")]
    for no, title in PROJECTS.items():
        rows = [row for row in ROWS if row.no.startswith(f"{no}.")]
        leads = "\n\n".join(dict.fromkeys(row.lead for row in rows))
        lines.append(_row(no, title, "；".join(row.title for row in rows) + "。", leads, "各街道"))
    return "".join(lines)


def _matrix() -> str:
    lines = [
        _row("编号", "任务内容", "牵头单位", "区本级\n任务", "各街道任务"),
        _row("", "", "", "", *STREETS),
    ]
    for row in ROWS:
        project, position = row.no.split(".")
        number = project if position == "1" else ""
        lines.append(_row(number, f"{position}.{row.title}", row.lead, *_shares(row)))
    return "".join(lines)


def _shares(row: Row) -> Iterator[str]:
    """The district's share, then one cell for each street; they add up to the row's figures."""
    if row.central:
        yield "，".join(f"{quantity}{unit}" for quantity, unit in row.figures)
        yield from ["--"] * len(STREETS)
        return
    yield "--"
    for place in range(len(STREETS)):
        parts = [(_share(quantity, place), unit) for quantity, unit in row.figures]
        yield "\n\n".join(f"{share}{unit}" for share, unit in parts if share) or "--"


def _share(quantity: int, place: int) -> int:
    each, rest = divmod(quantity, len(STREETS))
    return each + (place < rest)


def _row(*cells: str) -> str:
    return "\n" + "".join(f"\t{cell}\n" for cell in cells)
