"""What stands around a number and tells what it is, or that it is none."""

from __future__ import annotations

from intake.words.listing import listed

# comparator, words before the number, words after the measure
COMPARATORS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "<=",
        listed(
            "控制在 不超过 不高于 不多于 不大于 最多 至多 限制在 压降至 压降到 降至 降到 降低至 降低到 下降至 下降到 压减至 压减到"
        ),
        ("以内", "之内", "以下"),
    ),
    ("<", ("低于", "小于", "少于"), ()),
    (">=", ("不少于", "不低于", "不小于", "至少", "最少", "力争达到"), ("以上", "及以上", "或以上")),
    (">", ("超过", "超", "突破", "多于", "大于", "高于"), ()),
    ("~", ("约为", "大约", "约", "近", "将近", "接近"), ("左右", "上下")),
)
# Before 约 these make another word of it (签约80台, 节约).
NOT_ABOUT = listed("签 预 节 合 履 契")
# 余 and 多 between number and measure: at least that many.
MORE = ("余", "多", "几")
GROWTH_WORDS = listed("增长 提升 提高 增加 增幅 上升 下降 降低 减少 降幅 压减")
LEVEL_WORDS = listed("达到 达 总量 总数 保有量 累计达 稳定在 保持在")
COVERAGE_WORDS = ("覆盖", "全覆盖", "配置率", "普及率", "配置", "配备")
# The stages and acts that promise a thing; a verb straight before the number joins the quote.
VERBS = (
    "新建更新 新建改建 新改建 改扩建 新建 新增 改建 扩建 迁建 翻建 建成 建设 增设 开设 开办 完成 完工 竣工 开工 启动 "
    "打造 创建 改造 提升 更新 举办 开展 组织 提供 发放 安装 加装 更换 培训 培养 帮助 支持 推出 实施 建立 设立 布设 "
    "打通 拓宽 加固 硬化 亮化 种植 栽植 补植 造林 修复 修建 修筑 敷设 疏浚 疏通 征收 招录 招聘 选派 评选 认定 归集 上线 开发 "
    "扶持 帮扶 孵化 引入 招引 落地 投产 购置 购买 采购 置换 回收 处置 清理 清运 清除 排查 整改 抽检 监测 服务 惠及 接种 "
    "配备 配送 引进 培育 投放 新开 新辟 优化 修缮 整治 治理 清淤 绿化 铺设 开通 交付 竣工交付 救助 资助 补贴 筛查 "
    "新增就业 安置 分配 筹集 筹措 供应 维修 检测 巡查 拆除 更整新 盘活 招募 募集 受理 实现 累计 达到 新开工 续建 完善"
).split()
# Those that say nothing about the thing and are left out of its name.
EMPTY_VERBS = (
    "新建更新 新建改建 新改建 改扩建 新建 新增 改建 扩建 建成 建设 增设 开设 开办 完成 打造 创建 举办 开展 组织 提供 "
    "安装 实施 建立 设立 实现 推出 累计 达到 提升改造 提升 改造"
).split()
# The stages through which one thing goes: 新增400台、完工200台.
STAGE_VERBS = listed("新增 新建 开工 动工 完工 竣工 启动 建成 交付 完成 续建 新开工 投用 达到 累计")
# The year's goal is the whole work, or a stage of it.
WHOLE = listed("全部 全面 建成 竣工 完工 投用 投入使用 交付 通车 完成建设")
STAGES = listed("主体 基础 封顶 前期 开工 启动 部分")
# Sizes of a thing already counted (新建学校1所，建筑面积5800平方米); alone they are promises.
INVESTMENT = listed("总投资 计划投资 估算投资 概算投资 概算总投资 项目投资 投资概算 预计投资")
DIMENSIONS = listed("宽 路宽 宽度 幅宽 管径 直径 高 高度 净高 深 深度 厚 厚度 层高 半径 间距")
ATTRIBUTES = listed(
    "建筑面积 总建筑面积 占地面积 占地 用地面积 总用地 用地 总用地面积 总面积 可容纳 可停放 总投资 总投资约 投资约 工期"
)
# Before a small number in Chinese characters only these make it a quantity (新建一所学校); anything else is
# likely a set phrase (五个中心, 三项机制).
BUILDING_VERBS = listed("新建 新增 改建 扩建 改扩建 迁建 翻建 建成 增设 新开工 竣工 新开通")
# Measures only where the clause before speaks of them: 优良天数达320天, but not 每周2天; 平均预期寿命83岁, but not 80岁以上老人.
COUNTED_ONLY_AFTER: dict[str, tuple[str, ...]] = {
    "天": ("天数", "良天"),
    "岁": ("寿命",),
    "小时": ("时长", "课时", "学时", "服务", "供水小时"),
}
# Spans of time are promised where something is held below them (控制在8分钟以内); else they are part of a name (15分钟生活圈).
SPANS_OF_TIME = listed("分钟 小时 天 工作日")
SHORTENED = listed(
    "压缩在 缩短在 缩短至 缩短到 压缩至 压缩到 压减至 压减到 控制在 不超过 降至 降到 提速至 缩减至 缩减到"
)
# Measures only at the end of a clause: 归集证照300类, but not 5类人群.
ENDING_ONLY = listed("类 种 款")
# A measure before one of these belongs to a name: 2期工程, 3路公交.
NAMES_AFTER: dict[str, tuple[str, ...]] = {
    "期": ("工程", "项目", "建设"),
    "路": ("公交", "车", "线", "等"),
    "度": ("电", "假"),
    "人": ("口", "均", "大", "民", "才", "工智能"),
    "条": ("龙", "件", "例"),
    # A running number before such a word makes no quantity of it: 2.1基层治理, 3.2家政服务.
    "家": ("政", "校"),
    "台": ("账", "胞"),
    "基": listed("层 础 地 本 金 站 点"),
    "具": ("体", "备"),
    "客": listed("户 运 流 车"),
    "起": listed("步 点 来 草"),
    "节": ("能", "水", "约"),
    "门": listed("诊 店 牌"),
    "面": ("积", "向"),
    "部": listed("分 署 门 队"),
    "批": listed("准 复 发"),
    "组": ("织", "建"),
    "单": ("位",),
    "支": listed("持 撑 付"),
    "对": listed("接 标 口 外"),
    "升": ("级", "学"),
    "本": listed("级 地 科 土 区 市 县 年 月"),
    "位": ("于", "置"),
    "列": ("入",),
    "副": ("区", "县", "市"),
    "座": ("谈",),
    "处": listed("理 置 罚"),
    "间": ("隔", "距"),
    "口": ("岸", "腔"),
    "场": ("所", "景"),
    "封": ("闭", "顶"),
    "班": listed("学校 小学 初中 高中 中学 幼儿园 九年 规模 制"),  # 36班小学1所 is one school
}
# Before a Chinese numeral these make a name or an ordinal of it: 第五次, 十五五, 每一户, 同一个.
NOT_BEFORE_NUMERALS = listed("第 十 百 千 万 “ 之 每 同 任 上 下 □")
# With these concrete measures a small Chinese numeral after any verb is a figure (建设两座水厂).
CONCRETE_MEASURES = listed("所 座 栋 幢 条 台 辆 家")
# With these as well where the figure ends the clause (建设健身广场三处).
COUNTED_LAST = listed("个 处 间 户 名 盏 套 公里 亩")
# With these measures a small Chinese numeral is a manner of speaking (一批, 一项, 一面).
SPOKEN_MEASURES = listed("批 次 项 件 对 面 部 道 口 段 路 度 名 头")
# 十项工程, 十件实事 are the title of a programme, not a figure in it.
PROGRAMME_MEASURES = ("个", "项", "件", "条")
# 提供万个岗位 is a quantity after an act with one of these measures; 万家灯火 and the like are none.
MYRIADS_OF = ("个", "场", "名", "户", "亩")
# After a round Chinese number these make a name of it (千人计划, 百场工程); 百场演练 stays a quantity.
NAME_ENDINGS = ("计划", "工程", "行动", "战略", "大会战", "大讲堂", "联动", "机制", "协同", "一体")
# 由120元提高到150元: the figure before is what has been so far.
RAISED = listed("提高 提升 增加 增长 上升 上调 降低 下降 降 减少 压减 压缩 扩大 调整 缩短 延长 提标")
# 每个面积100平方米, 每月2次: how each is to be, not how much is promised in all.
EACH_TIME = listed("月 周 季度 季 天 日")
TIMES = listed("次 场 期")
# After one of these the figures are parts of a total already read.
PART_WORDS = ("其中", "包括", "包含", "涉及", "分别为", "含")
