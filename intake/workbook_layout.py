"""The import workbook: its sheets, columns and words, as docs/import-layout.md describes them to coordinators."""

from __future__ import annotations

from dataclasses import dataclass

PLAN, TASKS, QUOTAS, MILESTONES, PROGRESS, GUIDE = "计划", "任务", "分解量", "节点", "进展", "说明"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in code, its header, and how it looks; ``others`` are headers that mean the same.

    ``form`` is ``text``, ``code`` (text that looks like a number), ``list``, ``number`` or ``date``.
    """

    key: str
    header: str
    width: int
    form: str = "text"
    group: str = "task"
    hint: str = ""
    choices: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    hidden: bool = False


COMPARATORS: dict[str, str] = {
    "=": "等于",
    ">=": "不少于",
    ">": "超过",
    "<=": "不超过",
    "<": "低于",
    "~": "约",
}
# How people write a comparator in the cell, beside the words above.
COMPARATOR_SYMBOLS: dict[str, str] = {
    "=": "=",
    "＝": "=",
    "≥": ">=",
    ">=": ">=",
    "以上": ">=",
    "至少": ">=",
    ">": ">",
    "＞": ">",
    "≤": "<=",
    "<=": "<=",
    "以内": "<=",
    "<": "<",
    "＜": "<",
    "~": "~",
    "≈": "~",
}
KINDS: dict[str, str] = {
    "delivery": "交付量",
    "coverage": "覆盖",
    "level": "水平",
    "rate": "比率",
    "growth": "增长",
    "upper_bound": "上限",
    "binary": "是否完成",
}
STATUSES: dict[str, str] = {
    "done": "已完成",
    "over_fulfilled": "超额完成",
    "in_progress": "进行中",
    "lagging": "滞后",
    "suspended": "暂停",
    "not_started": "未开始",
    "unknown": "未说明",
}
DOCUMENT_KINDS: dict[str, str] = {
    "decomposition": "任务分解",
    "progress": "进展情况",
    "matrix": "任务分解与分解量",
    "work_plan": "工作计划",
    "none": "未定",
}
PHASES: dict[str, str] = {"execute": "全面完成截止日", "gap_fill": "查漏补缺截止日"}
OTHER_PHASE = "阶段截止日："  # followed by the phase's own name

# Rows of the sheet 计划: key → label.
PLAN_LABELS: dict[str, str] = {
    "title": "标题",
    "number": "文号",
    "issuer": "发文机关",
    "issued_on": "发文日期",
    "year": "年度",
    "kind": "文件类型",
}
PLAN_KEY_LABEL = "计划编号（勿改）"

_UNITS_HINT = "几个单位之间用顿号隔开"
_KEYS_HINT = "系统编号，请勿修改；新增的行留空"
_DATE_HINT = "写成 2024-11-30"

SUBTASK_REFERENCE: tuple[Column, ...] = (
    Column("no", "子任务序号", 10, "code", "task", "与“任务”表的子任务序号一致", others=("任务序号", "编号")),
    Column("title", "任务分解", 40, "text", "task", "仅供对照", others=("子任务", "任务")),
)
_SUBTASK_KEY = Column("subtask_key", "子任务编号（勿改）", 12, group="key", hint=_KEYS_HINT, hidden=True)

TASK_COLUMNS: tuple[Column, ...] = (
    Column("project_no", "序号", 7, "code", "project", others=("项目序号",)),
    Column("project_title", "项目名称", 22, "text", "project", others=("项目",)),
    Column("leaders", "项目分管领导", 12, "list", "project", "写岗位即可，几位之间用顿号隔开"),
    Column("project_leads", "项目牵头单位", 16, "list", "project", _UNITS_HINT),
    Column("project_cooperating", "项目配合单位", 16, "list", "project", _UNITS_HINT),
    Column("no", "子任务序号", 10, "code", "task", "如 1.1，一个计划内不重复", others=("任务序号",)),
    Column(
        "title",
        "任务分解",
        40,
        "text",
        "task",
        "一个子任务有几个指标时，写成几行，只在第一行写任务",
        others=("子任务",),
    ),
    Column("leads", "牵头单位", 18, "list", "task", _UNITS_HINT, others=("主责部门",)),
    Column("cooperating", "配合单位", 22, "list", "task", _UNITS_HINT, others=("协办单位",)),
    Column(
        "executing",
        "责任单位",
        18,
        "list",
        "task",
        "负责执行的单位，" + _UNITS_HINT,
        others=("责任单位（执行）", "执行单位"),
    ),
    Column(
        "responsible",
        "责任人",
        12,
        "list",
        "task",
        "写岗位即可，几位之间用顿号隔开",
        others=("责任人/岗位", "岗位"),
    ),
    Column(
        "task_leaders",
        "分管领导",
        12,
        "list",
        "task",
        "写岗位即可，几位之间用顿号隔开",
        others=("分管区领导",),
    ),
    Column("level", "级别", 9, "list", "task", "如 市级、区级"),
    Column("starts_on", "开始日期", 12, "date", "task", _DATE_HINT),
    Column(
        "deadline_text",
        "完成时限（原文）",
        16,
        "text",
        "task",
        "文件里的说法，如 11月底前",
        others=("完成时限",),
    ),
    Column("deadline_date", "完成日期", 12, "date", "task", _DATE_HINT, others=("完成时限（日期）",)),
    Column("subject", "指标名称", 16, "text", "indicator", "如 新建充电桩", others=("指标",)),
    Column("comparator", "比较", 9, "text", "indicator", "空白即“等于”", tuple(COMPARATORS.values())),
    Column(
        "quantity",
        "数量",
        11,
        "number",
        "indicator",
        "只写数字，如 16000 或 1.6万",
        others=("目标值", "目标数量"),
    ),
    Column("unit", "计量单位", 9, "text", "indicator", "如 台、名、%", others=("计量",)),
    Column(
        "kind", "类型", 10, "text", "indicator", "空白即“交付量”", tuple(KINDS.values()), others=("指标类型",)
    ),
    Column("indicator_level", "指标级别", 9, "list", "indicator", "如 市级、区级"),
    Column("quote", "原文", 22, "text", "indicator", "指标在文件里的原话，可以不填"),
    Column("project_key", "项目编号（勿改）", 12, group="key", hint=_KEYS_HINT, hidden=True),
    _SUBTASK_KEY,
    Column("indicator_key", "指标编号（勿改）", 12, group="key", hint=_KEYS_HINT, hidden=True),
)

QUOTA_COLUMNS: tuple[Column, ...] = (
    Column("indicator_key", "指标编号（勿改）", 12, group="key", hint=_KEYS_HINT, hidden=True),
    *SUBTASK_REFERENCE,
    Column("subject", "指标名称", 16, "text", "task", "与“任务”表的指标名称一致", others=("指标",)),
    Column("unit", "计量单位", 9, "text", "task", "仅供对照"),
    Column("quantity", "总量", 10, "number", "task", "仅供对照；总量在“任务”表里改", others=("数量",)),
)
QUOTA_WIDTH = 9

MILESTONE_COLUMNS: tuple[Column, ...] = (
    *SUBTASK_REFERENCE,
    Column("period", "月份", 10, "code", "indicator", "写成 2024-03", others=("期间",)),
    Column(
        "due_on", "截止日期", 12, "date", "indicator", "不以月末为限时填写，" + _DATE_HINT, others=("日期",)
    ),
    Column("text", "节点目标", 36, "text", "indicator", others=("节点", "目标")),
    Column("subject", "指标名称", 16, "text", "indicator", others=("指标",)),
    Column(
        "quantity", "累计目标量", 11, "number", "indicator", "到该月底的累计数", others=("累计量", "数量")
    ),
    Column("unit", "计量单位", 9, "text", "indicator"),
    Column("quote", "原文", 22, "text", "indicator", "可以不填"),
    _SUBTASK_KEY,
    Column("milestone_key", "节点编号（勿改）", 12, group="key", hint=_KEYS_HINT, hidden=True),
)

PROGRESS_COLUMNS: tuple[Column, ...] = (
    *SUBTASK_REFERENCE,
    Column("period", "月份", 10, "code", "indicator", "写成 2024-03", others=("期间",)),
    Column("status", "状态", 10, "text", "indicator", "空白即“未说明”", tuple(STATUSES.values())),
    Column("text", "进展情况", 44, "text", "indicator", others=("进展",)),
    Column("subject", "指标名称", 16, "text", "indicator", others=("指标",)),
    Column(
        "quantity", "完成量", 11, "number", "indicator", "到该月底的累计数", others=("累计完成量", "数量")
    ),
    Column("unit", "计量单位", 9, "text", "indicator"),
    Column("quote", "原文", 22, "text", "indicator", "可以不填"),
    _SUBTASK_KEY,
    Column("progress_key", "进展编号（勿改）", 12, group="key", hint=_KEYS_HINT, hidden=True),
)

GUIDE_LINES: tuple[str, ...] = (
    "填写说明",
    "1. “计划”表填写文件的标题、文号和日期；“任务”表每个指标一行。",
    "2. 同一项目、同一子任务的内容只写在第一行，后面的行留空或合并单元格都可以。",
    "3. 没有数量的任务，指标各列留空。",
    "4. 几个单位、几位责任人之间用顿号隔开；第一列到最后一列的顺序可以调整，表头文字请勿修改。",
    "5. “分解量”表：“总量”右边每列一个单位，在表头写单位名称，在格内写该单位的分解量；没有任务的留空。",
    "   一行各单位之和与总量不符时，总量显示为黄色。",
    "6. “节点”表：每个节点一行；一个节点有几个指标时写成几行，节点目标只写在第一行。",
    "7. “进展”表：每个子任务每月一行；一个月报几个指标时写成几行。",
    "8. 日期写成 2024-11-30，月份写成 2024-03。",
    "9. 隐藏的“编号（勿改）”列用来辨认已经入库的行，请勿修改；新增的行留空。",
    "   删除整行即删除该项；导入前会列出每一处改动，确认后才保存。",
)
