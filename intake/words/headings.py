"""Headings of columns, and what stands below them."""

from __future__ import annotations

from intake.words.listing import listed

# A heading gets the first role one of whose words it contains, so the order of the table matters: what is
# more specific stands above (配合责任单位 is cooperating although it contains 责任单位).
HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # two things in one column: the task and its date, the unit and its person; the first is what counts
    ("task", ("内容及", "任务及", "任务和", "目标及时限", "目标及完成时限")),
    # what share of the plan is done says nothing that the report beside it does not say
    ("other", ("占全年", "占年度")),
    ("progress", ("进展及", "情况及存在", "进展情况和", "完成情况和")),
    ("problem", ("问题及", "困难及")),
    (
        "responsible",
        (
            "单位及责任人",
            "单位和责任人",
            "单位、责任人",
            "单位及负责人",
            "单位及电话",
            "单位及联系",
            "部门及电话",
            "单位和电话",
        ),
    ),
    # not needed for following up; known, so that no such column is taken for a unit with quotas
    (
        "other",
        listed(
            "备注 下一步 打算 说明 电话 联系方式 手机 投资 资金 经费 金额 预算 地点 地址 所在地 依据 来源 位置 面积 附件 性质 受益 "
            "督办 督查 监督 考核单位 验收"
        ),
    ),
    # how far a row is in one word or colour, beside the report or instead of it
    (
        "status",
        listed(
            "灯号 亮灯 红绿灯 列管建议 管考建议 列管情形 解除列管 完成状态 进度状态 完成成效 是否达序 是否达到序时 是否达标 是否完成 进度评价"
        ),
    ),
    ("problem", ("存在问题", "存在困难", "困难", "问题", "落后原因")),
    # how big the whole work is, or how it is to be done, not what is promised for the year; the task only where no
    # column says more
    (
        "scale",
        ("建设规模", "规模", "工作要求", "具体要求", "工作举措", "工作措施", "推进举措", "保障措施", "下达"),
    ),
    ("contact", ("联系人", "联络员", "经办人", "填报人")),
    (
        "progress",
        listed(
            "进展 完成情况 推进情况 落实情况 实施情况 进度情况 完成进度 实际完成 办理情形 执行情形 办理进度 执行进度 推动情形"
        ),
    ),
    ("start", ("开工时间", "启动时间", "开始时间", "起始时间", "开工日期")),
    (
        "deadline",
        listed(
            "时限 完成时间 完成期限 完成日期 截止 时间节点 时间要求 时间安排 办结时间 竣工时间 "
            "完工时间 完成节点 建设期限 建设周期 建设时间 实施时间 实施期限 起止 时间进度 进度安排 进度计划 计划进度 推进计划 实施计划 "
            "预定完成 预计完成日 完成期程 预定期程 办理期限 执行期程"
        ),
    ),
    ("cooperating", listed("配合 协办 协同 协助 参与 协作 会办")),
    ("leader", ("领导", "分管区长", "分管市长", "分管县长")),
    ("person", ("责任人", "负责人")),
    ("lead", ("牵头", "主责", "主办", "主管", "主政", "主要责任", "第一责任")),
    (
        "executing",
        listed(
            "属地 实施单位 实施主体 落实单位 承建单位 建设单位 执行单位 建设主体 业主 代建单位 项目法人 项目单位 申报单位"
        ),
    ),
    (
        "responsible",
        listed(
            "责任单位 责任部门 责任主体 承办 责任科室 责任处室 权责单位 权责机关 承担单位 负责单位 负责部门 单位名称"
        ),
    ),
    ("level", ("级别", "层级")),
    ("measure", ("计量单位", "度量单位")),
    ("total", ("合计", "总计", "小计", "总数", "总量")),
    ("quantity", listed("数量 任务数 目标数 目标值 任务量 计划数 指标值 年度任务数")),
    ("no", ("序号", "项次", "编号", "序 号", "项目号")),
    ("section", ("类别", "领域", "分类", "板块", "大类", "类型")),
    # a goal beside a task column only adds figures; alone it is the task
    (
        "goal",
        listed("年度目标 全年目标 工作目标 考核目标 目标要求 预期目标 总体目标 绩效目标 年度计划"),
    ),
    (
        "task",
        listed(
            "任务分解 工作任务 项目内容 主要内容 建设内容 工作内容 具体内容 实施内容 任务内容 "
            "目标任务 具体任务 主要任务 重点任务 年度任务 建设任务 任务目标 具体项目 "
            "子项目 子任务 分项 指标 举措 措施 任务清单 简介 概况 内容"
        ),
    ),
    ("goal", ("目标", "年计划")),
    (
        "project",
        listed(
            "项目名称 列管计划 列管案件 列管事项 施政计划 计划名称 实事 项目 事项 任务名称 工作名称 重点工作 名称 任务 工程"
        ),
    ),
)
# A heading that ends so and has a measure in brackets, 任务目标（个）, stands over figures and not over tasks.
AIMS = listed("目标 任务 计划")
# Headings that mean something only when nothing else stands in the cell.
EXACT_HEADINGS: dict[str, str] = {
    "序": "no",
    "号": "no",
    "编号": "no",
    "单位": "measure",  # beside a column of units, 单位 is the unit of measure
    "目标": "goal",
    "状态": "status",
    "指标": "goal",
    "部门": "responsible",
    "牵头": "lead",
    "配合": "cooperating",
    "时间": "deadline",
    "进度": "progress",
    # a row for each place: its unit carries the task out
    "属地": "executing",
    "街道": "executing",
    "街镇": "executing",
    "镇街": "executing",
    "乡镇": "executing",
    "县区": "executing",
    "区县": "executing",
    "全省": "total",
    "全市": "total",
    "全州": "total",
    "全县": "total",
    "全区": "total",
}
# A heading with one of these and a period (3月目标, 二季度计划, 上半年节点) holds what is due then.
PERIOD_GOALS = ("目标", "计划", "节点", "任务", "安排", "要求")
PERIOD_RESULTS = ("进展", "完成", "推进", "情况", "进度", "实际")
# Headings of tables that say how work is marked, not what is to be done.
MARKING = listed("分值 评分 计分 扣分标准 赋分")
# Headings of tables that record something else: scores, licences, prices, posts to be filled, meetings, papers,
# people, purchases, inhabitants. One of them beside units may be chance, two are not.
OTHER_TABLES = (
    *MARKING,
    *listed(
        "得分 许可 证号 证书 有效期 处罚 案由 案号 品名 规格 单价 价格 岗位 学历 招聘 招录 笔试 面试 成绩 会议名称 参会 "
        "参加人员 主持人 议题 文号 文件名称 文件标题 户数 人口 姓名 性别 职务 职称 身份证 车牌 公开时限 公开形式 公开方式 公开渠道 公开主体 公开对象 信息类别 中标 成交 供应商 采购 统一社会信用代码"
    ),
)
# Words after a unit's name in the heading of its quota column: 区本级任务 is 区本级.
QUOTA_TAILS = listed("任务数 任务量 目标数 指标数 任务 目标 指标 数量")
# Headings that a narrow column breaks in two: 牵头|单位, 完成|时限. Joined only where the rows have fewer cells.
HEADING_HALVES = listed(
    "序 编 牵头 责任 主责 主办 承办 配合 协办 协同 实施 分管 联系 完成 办理 项目 主要 工作 具体 建设 实施 年度 目标 任务 时间 进展 推进 资金 存在"
)
HEADING_TAILS = listed(
    "号 单位 部门 领导 人 名称 内容 时限 时间 期限 情况 节点 要求 来源 目标 任务 计划 问题 进度 单位及责任人"
)
# How a task begins. A text that begins so is no unit, though 新建老年大学 ends as units do.
TASK_BEGINNINGS = listed(
    "新建 新增 新开 新辟 新设 改建 扩建 改造 建设 建成 建立 建好 打造 开工 开展 开设 开通 开办 启动 实施 推进 推动 完成 完善 持续 "
    "加快 加强 加大 提升 提高 优化 深化 落实 组织 举办 创建 培育 培训 发放 资助 救助 修复 修缮 维修 更新 更换 整治 治理 扩大 做好 "
    "全面 积极 制定 支持 引进 安装 配置 硬化 疏浚 清淤 迁建 续建 筹建 确保 努力 力争 免费 为"
)
TOTALS = ("合计", "总计", "小计", "总数", "共计")
# What stands in a column of deadlines without naming a day.
DATELESS = listed(
    "长期 常年 全年 持续 常态 适时 随时 按 汛期 入冬 春节 开学 已完成 已完工 已开工 分阶段 待定"
)
