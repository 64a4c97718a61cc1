"""The words that intake knows, one readable table per kind.

Anybody who knows the documents can extend a table: add the word where its like stand, run the tests. No table
names a city, an office or a document. Where a word stands here for a reason that is not obvious, it says so.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    """The words between the blanks of a text."""
    return tuple(text.split())


# --- Column headings -------------------------------------------------------------------------------------
# A heading gets the first role one of whose words it contains, so the order of the table matters: what is
# more specific stands above (配合责任单位 is cooperating although it contains 责任单位).
HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # two things in one column: the task and its date, the unit and its person; the first is what counts
    ("task", ("内容及", "任务及", "任务和", "目标及时限", "目标及完成时限")),
    ("progress", ("进展及", "情况及存在", "进展情况和", "完成情况和")),
    ("problem", ("问题及", "困难及")),
    ("responsible", ("单位及责任人", "单位和责任人", "单位、责任人", "单位及负责人")),
    # not needed for following up; known, so that no such column is taken for a unit with quotas
    (
        "other",
        _words(
            "备注 下一步 打算 说明 电话 联系方式 手机 投资 资金 经费 金额 预算 地点 地址 所在地 依据 来源 位置 面积 附件 性质 受益 "
            "督办 督查 监督 考核单位 验收"
        ),
    ),
    ("problem", ("存在问题", "存在困难", "困难", "问题")),
    # how big the whole work is, or how it is to be done, not what is promised for the year; the task only where no
    # column says more
    ("scale", ("建设规模", "规模", "工作要求", "工作举措", "工作措施", "推进举措", "保障措施", "下达")),
    ("contact", ("联系人", "联络员", "经办人", "填报人")),
    (
        "progress",
        _words("进展 完成情况 推进情况 落实情况 实施情况 进度情况 完成进度 实际完成"),
    ),
    ("start", ("开工时间", "启动时间", "开始时间", "起始时间", "开工日期")),
    (
        "deadline",
        _words(
            "时限 完成时间 完成期限 完成日期 截止 时间节点 时间要求 时间安排 办结时间 竣工时间 "
            "完工时间 完成节点 建设期限 建设周期 建设时间 实施时间 实施期限 起止 时间进度 进度安排 进度计划 计划进度 推进计划 实施计划"
        ),
    ),
    ("cooperating", _words("配合 协办 协同 协助 参与 协作 会办")),
    ("leader", ("领导", "分管区长", "分管市长", "分管县长")),
    ("person", ("责任人", "负责人")),
    ("lead", ("牵头", "主责", "主办", "主管", "主要责任", "第一责任")),
    (
        "executing",
        _words(
            "属地 实施单位 实施主体 落实单位 承建单位 建设单位 执行单位 建设主体 业主 代建单位 项目法人 项目单位 申报单位"
        ),
    ),
    (
        "responsible",
        _words("责任单位 责任部门 责任主体 承办 责任科室 责任处室 承担单位 负责单位 负责部门 单位名称"),
    ),
    ("level", ("级别", "层级")),
    ("measure", ("计量单位", "度量单位")),
    ("total", ("合计", "总计", "小计", "总数", "总量")),
    ("quantity", _words("数量 任务数 目标数 目标值 任务量 计划数 指标值 年度任务数")),
    ("no", ("序号", "编号", "序 号", "项目号")),
    ("section", ("类别", "领域", "分类", "板块", "大类", "类型")),
    # a goal beside a task column only adds figures; alone it is the task
    (
        "goal",
        _words("年度目标 全年目标 工作目标 考核目标 目标要求 预期目标 总体目标 绩效目标 年度计划"),
    ),
    (
        "task",
        _words(
            "任务分解 工作任务 项目内容 主要内容 建设内容 工作内容 具体内容 实施内容 任务内容 "
            "目标任务 具体任务 主要任务 重点任务 年度任务 建设任务 任务目标 具体项目 "
            "子项目 子任务 分项 指标 举措 措施 任务清单 简介 概况 内容"
        ),
    ),
    ("goal", ("目标", "年计划")),
    (
        "project",
        _words("项目名称 实事 项目 事项 任务名称 工作名称 重点工作 名称 任务 工程"),
    ),
)
# Headings that mean something only when nothing else stands in the cell.
EXACT_HEADINGS: dict[str, str] = {
    "序": "no",
    "号": "no",
    "编号": "no",
    "单位": "measure",  # beside a column of units, 单位 is the unit of measure
    "目标": "goal",
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
MARKING = _words("分值 评分 计分 扣分标准 赋分")
# Words after a unit's name in the heading of its quota column: 区本级任务 is 区本级.
QUOTA_TAILS = _words("任务数 任务量 目标数 指标数 任务 目标 指标 数量")
TOTALS = ("合计", "总计", "小计", "总数", "共计")

# What stands in a column of deadlines without naming a day.
DATELESS = _words(
    "长期 常年 全年 持续 常态 适时 随时 按 汛期 入冬 春节 开学 已完成 已完工 已开工 分阶段 待定"
)

# --- Empty cells ------------------------------------------------------------------------------------------
NONE_MARKS = frozenset(
    {"/", "//", "-", "--", "---", "—", "——", "－", "－－", "–", "\\", "无", "／", "*", "0", "○", "△"}
)
NONE_UNITS = NONE_MARKS - {"0"}

# --- Units ------------------------------------------------------------------------------------------------
# How a unit's name ends. Used to tell where one name ends and the next begins when only a space or a line
# break stands between, and to recognise a column of units.
UNIT_ENDINGS = _words(
    "局 委 办 院 部 会 镇 乡 街道 街镇 区 县 市 旗 州 中心 集团 公司 大队 支队 "
    "总队 中队 政府 医院 学校 大学 学院 站 所 处 室 联 科协 侨联 妇联 残联 社 "
    "银行 企业 单位 部门 厂 馆 组 队 园 园区 开发区 管委会 办事处 指挥部 专班 供电 "
    "法院 检察院 团委 科 股 商会 协会 基金会 台 段 苏木 城投 本级"
)
# Ends like a unit but goes on (人力资源社会|保障局, 住房和城乡|建设局).
UNFINISHED_ENDINGS = _words("社会 城市 城乡 社区 城区 地区 场所 超市 全部 内部 县乡 镇区")
# How a new name begins. 市, 区, 县 and so on stand for the jurisdiction (区教育局).
UNIT_BEGINNINGS = _words("省 市 区 县 州 旗 团 各 相关 有关 国家 国网 全")
# A part of a bigger unit that is written after it with a space (市公安局 交警支队): not a name of its own.
UNIT_PARTS = _words("大队 支队 总队 中队 分局 科 处 所")
# A collective name stands for several units; it stays a name and a note says so.
COLLECTIVE_BEGINNINGS = _words("各 相关 有关 全市 全区 全县 其他 其它 所有")
COLLECTIVE_NAMES = ("企业", "成员单位", "街镇", "乡镇", "属地街道", "属地政府")
COLLECTIVE_PARTS = _words(
    "属国有企业 属国企 属各 直各 等单位 等部门 成员单位 各部门 各单位 有关部门 有关单位 相关部门 相关单位"
)
# Labels inside a cell of units: 牵头单位：…；配合单位：…
LEAD_LABELS = _words("牵头单位 牵头部门 主责单位 主责部门 主办单位 牵头 主责 主办")
COOPERATING_LABELS = _words("配合单位 配合部门 协办单位 协同单位 责任单位 责任部门 配合 协办 参与单位")
COMPOUND_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 东方 独孤 南宫 端木 轩辕 百里 呼延 澹台".split()
)

# In brackets beside 责任单位, or in a note: the first unit leads, the others help.
FIRST_LEADS = _words("第一位 第一个 首位 首个 第一的 第一家 在前 在首")
# How a post ends that stands for the person who holds it.
POSTS = _words(
    "省长 市长 州长 县长 区长 旗长 镇长 乡长 局长 厅长 处长 科长 所长 院长 校长 站长 行长 会长 秘书长 队长 组长 部长 台长 "
    "主任 书记 主席 委员 调研员 巡视员 专员 经理 董事长 总裁 总监 工程师 政委 负责人 联络员 常委 成员 助理"
)

# --- Levels -----------------------------------------------------------------------------------------------
LEVELS = _words("国家级 省级 市级 区级 县级 州级 镇级 乡级 街道级 部级")

# --- Measure words ----------------------------------------------------------------------------------------
# Longer words stand for themselves before their beginnings do (人次 before 人): the reader sorts by length.
MEASURES = (
    "个 所 家 户 台 场 人 名 处 张 条 片 座 栋 幢 套 间 项 次 件 辆 部 盏 株 棵 只 门 节 期 份 册 本 块 幅 宗 对 "
    "组 支 班 席 位 口 眼 孔 道 段 批 例 篇 档 艘 架 头 羽 匹 枚 把 顶 双 副 笔 单 袋 瓶 桶 盒 箱 榀 樘 扇 面 "
    "根 路 杆 趟 列 颗 粒 尊 厢 轮 笼 段次 家次 辆次 亩次 轮次 天 "
    "人次 场次 班次 车次 个课时 课时 个学时 学时 户次 件次 床 床位 泊位 车位 岗位 站点 点位 单元 学位 标段 "
    "公里 千米 米 延米 平方米 平方 ㎡ m² 平方公里 平方千米 立方米 立方 亩 公顷 吨 千克 公斤 升 吨/日 立方米/日 km KM "
    "千瓦 兆瓦 千瓦时 度 元 美元 欧元 元/人 微克/立方米 毫克/升 分贝 个百分点 百分点 % ‰"
).split()
# Measures that are also nouns: the truth of the trade counts them in 个 or their own word.
NOUN_MEASURES: dict[str, str] = {
    "床位": "张",
    "床": "张",
    "泊位": "个",
    "车位": "个",
    "岗位": "个",
    "站点": "个",
    "点位": "个",
    "单元": "个",
    "学位": "个",
    "标段": "个",
    "个百分点": "百分点",
    "场次": "场",
    "个课时": "课时",
    "个学时": "学时",
    "平方千米": "平方公里",
    "千米": "公里",
    "公斤": "千克",
    "延米": "米",
    "平方": "平方米",
    "㎡": "平方米",
    "m²": "平方米",
    "立方": "立方米",
    "km": "公里",
    "KM": "公里",
}
# A noun straight after the number, without a measure word, counts in 个 (24路口).
COUNTED_NOUNS = _words("点位 路口 路段 小区 社区 项目 街镇 街道 行政村 自然村 村 学校 公园")
# Households without a measure word count in 户 (2000农户).
HOUSEHOLDS = ("农户", "家庭", "居民户", "困难户")
# A number of people without a measure word counts in 人 (10万职工).
PEOPLE = (
    "职工 群众 市民 居民 老人 老年人 学生 儿童 妇女 残疾人 劳动者 青年 农民 农民工 师生 困难群众 参保人 "
    "新市民 务工人员 从业人员 患者 党员 干部 志愿者 教师 退役军人 大学生 高校毕业生 失业人员 女性 适龄妇女"
).split()
# 民 for 名 is a slip of the input method (both typed min or ming) that is met before people: 5000民职工.
MISSPELT_PERSON_MEASURE = "民"
# After 个: spans of time, not things.
TIME_AFTER_GE = _words("月 工作日 小时 季度 星期 自然日 学年 学期 百分点")
# Measures that cannot be cut in pieces; everything else in MEASURES may have a decimal part.
DIVISIBLE = frozenset(
    "公里 千米 米 延米 平方米 平方公里 平方千米 立方米 亩 公顷 吨 千克 公斤 升 吨/日 立方米/日 千瓦 兆瓦 千瓦时 度 元 美元 欧元 % ‰ 百分点 微克/立方米 毫克/升 分贝".split()
)
# Measures that may stand for one another when a report is compared with a promise.
ALIKE_MEASURES = (
    frozenset({"人", "名", "人次", "位", "例"}),
    frozenset({"个", "处", "家", "所", "座", "幢", "栋", "块", "片", "项"}),
    frozenset({"场", "次", "期"}),
)
# Telephone numbers that stand before a noun; never quantities of people.
HOTLINES = frozenset(
    "110 119 120 122 114 12345 12315 12328 12333 12338 12355 12369 12348 12319 12329 12388 95598".split()
)

# --- What stands around a number ------------------------------------------------------------------------
# comparator, words before the number, words after the measure
COMPARATORS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "<=",
        _words("控制在 不超过 不高于 不多于 不大于 最多 至多 限制在 压降至 压降到"),
        ("以内", "之内", "以下"),
    ),
    ("<", ("低于", "小于", "少于"), ()),
    (">=", ("不少于", "不低于", "不小于", "至少", "最少", "力争达到"), ("以上", "及以上", "或以上")),
    (">", ("超过", "超", "突破", "多于", "大于", "高于"), ()),
    ("~", ("约为", "大约", "约", "近", "将近", "接近"), ("左右", "上下")),
)
# 余 and 多 between number and measure: at least that many.
MORE = ("余", "多", "几")
GROWTH_WORDS = _words("增长 提升 提高 增加 增幅 上升 下降 降低 减少 降幅 压减")
LEVEL_WORDS = _words("达到 达 总量 总数 保有量 累计达 稳定在 保持在")
COVERAGE_WORDS = ("覆盖", "全覆盖", "配置率", "普及率", "配置", "配备")
# The stages and acts that promise a thing; a verb straight before the number joins the quote.
VERBS = (
    "新建更新 新建改建 新改建 改扩建 新建 新增 改建 扩建 迁建 翻建 建成 建设 增设 开设 开办 完成 完工 竣工 开工 启动 "
    "打造 创建 改造 提升 更新 举办 开展 组织 提供 发放 安装 加装 更换 培训 培养 帮助 支持 推出 实施 建立 设立 布设 "
    "配备 配送 引进 培育 投放 新开 新辟 优化 修缮 整治 治理 清淤 绿化 铺设 开通 交付 竣工交付 救助 资助 补贴 筛查 "
    "新增就业 安置 分配 筹集 筹措 供应 维修 检测 巡查 拆除 更整新 盘活 招募 募集 受理 实现 累计 达到 新开工 续建 完善"
).split()
# Those that say nothing about the thing and are left out of its name.
EMPTY_VERBS = (
    "新建更新 新建改建 新改建 改扩建 新建 新增 改建 扩建 建成 建设 增设 开设 开办 完成 打造 创建 举办 开展 组织 提供 "
    "安装 实施 建立 设立 实现 推出 累计 达到 提升改造 提升 改造"
).split()
# The stages through which one thing goes: 新增400台、完工200台.
STAGE_VERBS = _words("新增 新建 开工 动工 完工 竣工 启动 建成 交付 完成 续建 新开工 投用 达到 累计")
# The year's goal is the whole work, or a stage of it.
WHOLE = _words("全部 全面 建成 竣工 完工 投用 投入使用 交付 通车 完成建设")
STAGES = _words("主体 基础 封顶 前期 开工 启动 部分")
# Sizes of a thing already counted (新建学校1所，建筑面积5800平方米); alone they are promises.
INVESTMENT = _words("总投资 计划投资 估算投资 概算投资 概算总投资 项目投资 投资概算 预计投资")
DIMENSIONS = _words("宽 路宽 宽度 幅宽 管径 直径 高 高度 净高 深 深度 厚 厚度 层高 半径 间距")
ATTRIBUTES = _words("建筑面积 总建筑面积 占地面积 占地 用地面积 总用地 总投资 总投资约 投资约 工期")
# Before a small number in Chinese characters only these make it a quantity (新建一所学校); anything else is
# likely a set phrase (五个中心, 三项机制).
BUILDING_VERBS = _words("新建 新增 改建 扩建 改扩建 迁建 翻建 建成 增设 新开工 竣工 新开通")
# Measures only where the clause before speaks of them: 优良天数达320天, but not 每周2天.
COUNTED_ONLY_AFTER: dict[str, str] = {"天": "天数"}
# A measure before one of these belongs to a name: 2期工程, 3路公交.
NAMES_AFTER: dict[str, tuple[str, ...]] = {
    "期": ("工程", "项目", "建设"),
    "路": ("公交", "车", "线", "等"),
    "度": ("电", "假"),
    "人": ("口", "均", "大", "民", "工智能"),
    "条": ("龙",),
    "班": _words("学校 小学 初中 高中 中学 幼儿园 九年 规模 制"),  # 36班小学1所 is one school
}
# Before a Chinese numeral these make a name or an ordinal of it: 第五次, 十五五, 每一户, 同一个.
NOT_BEFORE_NUMERALS = _words("第 十 百 千 万 “ 之 每 同 任 上 下 □")
# With these concrete measures a small Chinese numeral after any verb is a figure (建设两座水厂).
CONCRETE_MEASURES = _words("所 座 栋 幢 条 台 辆 家")
# With these as well where the figure ends the clause (建设健身广场三处).
COUNTED_LAST = _words("个 处 间 户 名 盏 套 公里 亩")
# With these measures a small Chinese numeral is a manner of speaking (一批, 一项, 一面).
SPOKEN_MEASURES = _words("批 次 项 件 对 面 部 道 口 段 路 度 名 头")
# 十项工程, 十件实事 are the title of a programme, not a figure in it.
PROGRAMME_MEASURES = ("个", "项", "件", "条")
# After a round Chinese number these make a name of it (千人计划, 百场工程); 百场演练 stays a quantity.
NAME_ENDINGS = ("计划", "工程", "行动", "战略", "大会战", "大讲堂", "联动", "机制", "协同", "一体")
# 由120元提高到150元: the figure before is what has been so far.
RAISED = _words("提高 提升 增加 增长 上升 上调 降低 下降 降 减少 压减 压缩 扩大 调整 缩短 延长 提标")
# 每个面积100平方米, 每月2次: how each is to be, not how much is promised in all.
EACH_THING = _words("个 处 座 所 家 间 条 栋 点 村 镇 乡 校 社区 街道 乡镇")
EACH_TIME = _words("月 周 季度 季 天 日")
TIMES = _words("次 场 期")
# After one of these the figures are parts of a total already read.
PART_WORDS = ("其中", "包括", "包含", "涉及", "分别为", "含")

# --- Progress ---------------------------------------------------------------------------------------------
# Read clause by clause; the first status one of whose phrases is said wins. A share after it (完成年度目标的34%)
# takes a phrase its meaning.
STATUS_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("suspended", ("暂停", "暂缓", "停止实施", "中止", "停办")),
    ("over_fulfilled", ("超额完成", "超额实现", "超年度目标", "超计划完成", "超目标完成")),
    (
        "done",
        _words(
            "完成年度目标 完成年度任务 完成年度计划 完成全年目标 完成全年任务 完成目标任务 "
            "完成全年计划 全部完成 全面完成 全部完工 全部竣工 全部建成 圆满完成"
        ),
    ),
    (
        "lagging",
        _words("进度滞后 进展滞后 进展缓慢 未达序时 未达到序时 滞后于 低于序时 落后于序时 未完成"),
    ),
    ("not_started", _words("尚未启动 未启动 尚未开工 未开工 尚未开展 未开展 待启动 待开工")),
)
# After a suspension these say that it is over.
RESUMED = ("恢复", "重启", "重新启动", "复工")
# A clause with one of these tells what is hoped for or missing, not what is done.
NOT_YET = _words("预计 力争 确保 争取 计划 下一步 将于 将在 尚未 未能 有望 拟")
# A share of the target is not a figure of its own: 完成年度目标的34%, 占全年目标32%.
SHARE_WORDS = _words("目标 任务 计划 总数 总量 进度 序时")
# A figure in such a clause tells of preparation, not of delivery (已确定50个小区名单).
PREPARING = (
    "名单 方案 选址 制定 制订 编制 拟定 拟建 拟于 计划于 计划、 确定 摸排 排摸 勘察 立项 入围 已通知 申报 招标 初步设计 "
    "设计方案 预算 意向 征询 洽谈 接洽 走访 前期 筹备 审批 批复 调研 摸底"
).split()
# The same in a report only: in a target 预计 is the target itself.
EXPECTING = _words("暂停 预计 将于 将在 剩余 其余 正在 下一步 计划")
# Names that contain a word of the list above and mean a thing delivered (保障计划).
PLANS = ("保障计划", "行动计划", "培养计划", "成长计划", "关爱计划", "保险计划")
BLOCKERS = _words(
    "未下发 等待 尚未到位 未到位 资金缺口 落实项目资金 申请经费 未批复 受阻 存在困难 矛盾 尚未批复 资金未落实"
)
FORECASTS = ("预计", "计划于", "力争于", "拟于")
# What a report adds in front of a repeated target.
ECHO_FILLERS = _words("已经 已 初步 基本 完成了 完成 了 的 工作 正在 目前 一季度")

# --- Page furniture -----------------------------------------------------------------------------------------
# A paragraph that begins so ends a table that has no row breaks.
FURNITURE_BEGINNINGS = tuple(
    (
        "文件预览 附件下载 相关文章 当前页二维码 上一篇 下一篇 分享到 打印本页 打印 关闭窗口 关闭 收藏 扫一扫 责任编辑 编辑： "
        "版权所有 主办单位：  网站地图 联系我们 网站标识码 留言咨询 纠错 您的姓名 使用说明 返回顶部 返回列表 相关链接 "
        "相关附件 相关解读 政策解读 字号 【字号 视力保护 当前位置 您现在的位置 首页 来源： 信息来源 发布时间 发布日期 浏览次数 "
        "阅读次数 访问量 点击数 抄送 抄报 主送 附件： 附件: 附表 附件 附： 附注 注： 注: （此件 (此件 此件公开 印发 打开微信 "
        "分享 我要纠错 用微信 技术支持 备注： 备注: 说明： 说明: 承办单位： 备案号 公开属性 信息公开 索引号"
    ).split()
)
# Anywhere in a short paragraph.
FURNITURE_PARTS = _words("ICP备 公网安备 浏览器 二维码 门户网站 版权所有 政府网站标识码 Copyright")

# --- The document about itself --------------------------------------------------------------------------------
ISSUER_LABELS = _words("发布机构 机构名称 发文机关 发文单位 信息来源 发布单位 来源 公开机构 制发机关")
DATE_LABELS = _words("成文日期 发文日期 印发日期 发布日期 发布时间 生成日期 公开日期")
ISSUER_ENDINGS = _words(
    "人民政府办公室 人民政府办公厅 人民政府 政府办公室 办公室 办公厅 管理委员会 管委会 "
    "委员会 督查室 领导小组 指挥部 局"
)
TITLE_ENDINGS = _words(
    "通知 意见 方案 安排 计划 分解表 清单 情况 公告 报告 任务表 一览表 函 通报 工作表 "
    "情况表 进度表 进展表 计划表 责任表 推进表 项目表 目标表 统计表 时间表 明细表 汇总表 分配表 台账"
)
