"""What tells a plan in running text from a letter, a speech or a rule; how its paragraphs name units."""

from __future__ import annotations

from intake.words.listing import listed

# A title with one of these announces tasks of a year; the tasks may then stand in prose without units.
PLAN_TITLES = listed(
    "工作要点 重点工作 实事 实事项目 民生项目 行动计划 行动方案 任务分工 任务分解 责任分解 责任分工 目标任务 重点任务 惠民工程 民生工程 工作安排 工作计划 工作方案 "
    "实施方案 实施计划 任务清单 责任清单 项目清单 工作清单 重点项目 工作任务 攻坚方案 攻坚行动 年度计划 推进计划 建设计划 三年行动 "
    "推进情况 进展情况 完成情况 "
    "施政计划 施政目标 施政重点"  # Taiwan, Hong Kong
)
# A sentence with one of these announces a list of projects, each by its name.
PROJECT_LISTS = listed("实事 民生项目 民生工程 重点项目 惠民工程 十大工程 建设项目")
# How such a sentence ends before its colon; 进展情况： without one is a label.
ANNOUNCING_ENDINGS = listed("是 为 如下 包括 实事 实事项目")
# A title with one of these is of something else, whatever it quotes: who speaks, who is sought, what is ruled.
OTHER_TITLES = listed(
    "讲话 致辞 发言 纪要 会议 召开 举行 招聘 招录 遴选 征集 征求 公示 条例 办法 规定 规则 细则 章程 制度 解读 问答 答记者问 "
    "简报 调研 视察 启事 须知 指南 竞赛 比赛 报名 评选 表彰 任免 培训班 听证 招标 采购 总结 综述 述职 建议的答复 提案 倡议 新闻"
)
# Before the plan itself these say only that it follows: 现将重点工作安排综述如下.
TOLD_BELOW = listed("综述如下")
# Sections that say how the plan is to be carried out: nobody is followed up on them unless they name a unit.
# A heading counts when it contains one of these.
HOW_SECTIONS = listed(
    "指导思想 总体要求 总体思路 总体目标 主要目标 工作目标 发展目标 目标要求 基本原则 工作原则 工作要求 有关要求 相关要求 几点要求 实施要求 "
    "组织领导 组织保障 组织实施 保障措施 加强领导 组织机构 提高认识 思想认识 提高站位 政治站位 强化督查 加强督查 督查考核 督导检查 督导考核 "
    "强化督导 加强督导 监督检查 监督考核 强化考核 严格考核 考核奖惩 考核评价 宣传引导 舆论引导 加强宣传 强化宣传 营造氛围 实施步骤 工作步骤 "
    "方法步骤 时间安排 时间步骤 进度安排 实施时间 实施范围 适用范围 工作背景 基本情况 落实责任 压实责任 明确责任 强化责任 信息报送 资金保障 "
    "经费保障 工作机制 建立机制 健全机制 强化保障 要素保障 责任追究 报送要求 附则 总则 存在问题 存在的问题 下一步 原则"
)
# How a sentence of a plan begins that says what will be done. Adverbs before the verb are passed over.
PLAN_ADVERBS = (
    "全力 着力 持续 深入 切实 大力 积极 加快 高质量 高标准 高水平 有序 系统 稳步 扎实 全面 进一步 坚持 坚决 继续 不断 统筹 "
    "做深做实 努力 有效 主动 依法 严格 精准 科学 重点 深化 年内 全年 今年 着重 锲而不舍 持之以恒 坚持不懈 牢牢 纵深 协同 探索 分类 率先 赓续 加力"
).split()
PLAN_VERBS = (
    "推动 推进 推行 推广 开展 加强 加快 加大 提升 提高 完善 优化 深化 强化 促进 建设 打造 实施 落实 做好 做强 做优 做实 做大 培育 引进 发展 "
    "巩固 拓展 扩大 健全 建立 构建 创建 支持 保障 维护 守牢 改善 夯实 增强 激发 释放 服务 治理 整治 改造 新建 新增 完成 启动 举办 办好 "
    "组织 发放 提供 实现 抓好 抓实 抓牢 稳定 稳住 防范 化解 争创 争取 狠抓 严守 坚守 筹措 安装 配齐 引导 鼓励 保护 修复 保持 确保 "
    "编制 制定 出台 解决 改建 扩建 建成 开工 更新 丰富 繁荣 壮大 盘活 畅通 补齐 筑牢 聚焦 围绕 突出 统筹 创新 规范 加固 提质 深耕 承办 提振 发挥 承接 "
    "兴建 增设 汰换 布建 整建 推展 辅导 协助 补助 研议 办理"  # Taiwan, Hong Kong
).split()
# A sentence with one of these tells a duty of everybody or what was said: no promise of a year.
NORMATIVE = listed(
    "应当 不得 严禁 必须 会议指出 会议强调 会议要求 会议听取 强调指出"
)  # How a paragraph begins that asks something of everybody.
ASKING = listed("要 各 应 须 一要 二要 三要 全体 大家")

# How a clause begins that tells the outcome of the clause before it; it is no sub-task of its own.
OUTCOMES = listed("实现 确保 力争 努力实现 达到 使 让 从而 惠及 受益 满足 方便 其中 涉及 覆盖 预计")

# A bracket or a clause that ends so names who does it: （甲局牵头，乙局配合）, （甲局、乙局按职责分工负责）.
LEADING_ENDINGS = listed(
    "分别牵头 共同牵头 牵头负责 牵头落实 牵头组织 牵头实施 牵头 负责落实 负责 主责 主办 承办 组织实施 落实"
)
HELPING_ENDINGS = listed("配合落实 协同配合 参与配合 配合 协助 协办 参与 协同")
# Where another unit leads, those who share the work by their duties cooperate; else all of them lead.
SHARING_ENDINGS = listed(
    "按职责分工分别负责 按照职责分工 按各自职责 按职责分工负责 按职责分工 按照职责分工负责 分工负责 按职责负责 按职责落实 共同负责 分别负责"
)
# Among units these say when, not who: （县教育局，长期坚持）.
STANDING = listed(
    "长期坚持 持续推进 持续实施 常态化推进 常年坚持 全年 全年推进 全年实施 年内 年内完成 按时序推进 即时 立即整改"
)
# How the name of a thing ends that a unit's name may end with as well: 建设服务驿站（中心） names no unit.
GENERIC_NAMES = frozenset(
    listed(
        "中心 街道 社区 园区 学校 医院 公司 企业 集团 单位 部门 乡镇 街镇 机构 驿站 车站 小组 大学 学院 银行 指挥部"
    )
)
# How a document or a list inside it is set off from the letter before it.
ANNEXES = listed("附件 附表 附录")
# How a name ends that is a unit's even without a label before it; 段, 站, 园 end the names of things as well.
SURE_ENDINGS = listed(
    "局 委 办 办公室 署 厅 政府 街道 镇 乡 公司 集团 联 院 会 部 银行 管委会 办事处 公安 中心 支队 大队 总队 科协 社 学校 单位 部门"
)
# A document reports when its title, or a sentence that ends in 如下, has one of REPORTS and one of REPORTED_ON.
REPORTS = listed(
    "进展情况 完成情况 推进情况 落实情况 实施情况 建设情况 工程情况 项目情况 实施进度 推进进度 工作进度 进度通报 进展通报 督查通报"
)
REPORTED_ON = listed(
    "实事 民生项目 民生工程 惠民工程 重点工作 重点项目 重点任务 重点工程 重点目标 目标任务 年度任务 任务 政府工作报告 专项行动 攻坚行动"
)
# A sentence that ends in 如下 and says of these that they are behind (未达到序时, 进展缓慢) announces a report too.
BEHIND_ON = listed("目标 任务 项目 事项 工程 指标 实事")
# A year looked back on as a whole: its figures belong to no promise.
SUMMARIES = listed("总结 综述 回顾 述职 调研 执法检查 预算 决算 建议 提案 整改 巡察 审计 打算 工作情况的报告")
# From a clause with one of these on a reporting document tells how far things are.
TELLING = listed(
    "已 目前 截至 截止 累计 正在 现有 上半年 下半年以来 一季度 二季度 三季度 今年以来 年初以来 完成率 完成年度 完成全年 占年度 占全年 占总 "
    "序时 低于目标 高于目标 超目标 全部完成 全面完成 均完成 未完成 未开工 未启动 未开展 滞后 较慢 缓慢 暂停 竣工验收 投入使用 稳步推进 有序推进 整改不到位"
)
# A heading with one of these before 进展情况, or one that is such a word alone, names no single thing.
OVERALL = listed("总体 整体 基本 主要 部分 具体 各项 指标 任务 目标 实事")
PLURAL = frozenset(listed("项目 工作 重点项目 工程 重点工作 重点工程"))
# How the name of a project ends: 城北小学扩建项目 says what is done without a verb.
PROJECT_ENDINGS = listed("工程 项目 行动 改造 建设 计划")
# What a number before the tasks counts when it says how many there are: 十件实事, 45项重点任务.
COUNTED = listed("实事 民生项目 民生工程 惠民工程 重点工作 重点任务 重点项目 目标任务 工作任务 任务 工程")
# Behind these words the number is that of another whole, of which the document is a part: 十件实事之三.
NOT_ALL = listed("之 中 里 候选 类 专项 建设 资金")
# 将报告分解为45项, 共12项: a number without the name of what it counts.
SUMMING = listed("共 共计 总计 合计 分解为 细化为 分解成 梳理出 确定了")
# A sentence with one of these speaks of other years.
LAST_YEAR = listed("去年 上年 上一年 往年 近年")
# Below such headings stands what was done, not what is promised.
PAST_SECTIONS = listed(
    "工作情况 工作回顾 回顾 主要成绩 工作成效 取得成效 主要做法 工作开展情况 完成情况 工作总结 工作亮点"
)
# 部分项目进展情况: what follows is a part, whatever number stands before it.
ONLY_SOME = "部分项目"
# How a name ends that a comma may set off from what the project holds: 就业促进工程，包括…
NAMED_ENDINGS = listed("工程 项目 行动")
