"""How reports say how far a thing is."""

from __future__ import annotations

from intake.words.listing import listed

# Read clause by clause; the first status one of whose phrases is said wins. A share after it (完成年度目标的34%)
# takes a phrase its meaning.
STATUS_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("suspended", listed("暂停 暂缓 停止实施 中止 停办 停工 缓建 停建 停滞")),
    (
        "over_fulfilled",
        listed("超额完成 超额实现 超年度目标 超年度任务 超计划完成 超目标完成 超全年目标 超全年任务"),
    ),
    (
        "done",
        listed(
            "完成年度目标 完成年度任务 完成年度计划 完成全年目标 完成全年任务 完成目标任务 "
            "完成全年计划 完成目标 完成既定目标 全部完成 全面完成 全部完工 全部竣工 全部建成 全部交付 全部投用 圆满完成 均已完成 均已完工 "
            "均已竣工 均已建成 已全部"
        ),
    ),
    (
        "lagging",
        listed(
            "进度滞后 进展滞后 推进滞后 建设滞后 进展缓慢 推进缓慢 进度缓慢 进度偏慢 进展偏慢 推进偏慢 未达序时 未达到序时 未达时序 未达到时序 "
            "滞后于 低于序时 落后于序时 慢于序时 未完成 进度较慢 进展较慢 推进较慢 相对较慢 低于目标"
        ),
    ),
    (
        "not_started",
        listed("尚未启动 未启动 尚未开工 未开工 尚未开展 未开展 未动工 未实施 待启动 待开工 待实施"),
    ),
)
# What stands alone in a column of lights or of status. A yellow light is behind, as in our own standings.
LIGHTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("suspended", listed("暂停 暂缓 中止 终止 停办 撤销 撤案")),
    ("over_fulfilled", listed("超额完成 超前完成")),
    ("done", listed("已完成 完成 已完工 已结案 结案 解除列管 解列 销号 已销号 已办结 办结 蓝灯 已达成 达成")),
    (
        "lagging",
        listed(
            "红灯 红 黄灯 黄 橙灯 落后 滞后 进度落后 进度滞后 严重落后 未完成 逾期 超期 未达成 预警 较慢 偏慢 缓慢 进度较慢 进展较慢 未达序 未达到序时 未达标 不达标 低于序时 滞后于序时"
        ),
    ),
    ("not_started", listed("未启动 尚未启动 未开始 未开工 未执行 尚未执行 未办理 灰灯 白灯")),
    (
        "in_progress",
        listed("绿灯 绿 正常 符合 符合进度 超前 执行中 办理中 推进中 进行中 在办 持续列管 继续列管 持续办理"),
    ),
)
# Such a word says that what was due is done: all of it at the year's end, or where no month is named; within the year
# the work goes on.
ON_TRACK = listed(
    "完成任务 完成目标 完成目标任务 达标 已达标 达序 已达序 达到序时 达序时 达到序时进度 达到序时要求"
)
# Headings that ask a question (是否达序), and the answers to it: true for yes.
QUESTION = "是否"
ANSWERS = {"是": True, "已": True, "√": True, "否": False, "未": False, "×": False}
# Said of the whole of a single thing, these tell that it is done; of several things (5所) they need a figure.
FINISHED = listed(
    "建成投用 竣工验收 投入使用 已竣工 已完工 已通车 已开通 已交付 已启用 已投用 已建成 建成开放 正式运营 建成使用"
)
# With one of these beside it something of it is left to do.
UNFINISHED = listed("正在 剩余 其余 下一步 在建 加快 推进 部分 尚 未 将")
# Words of a date to come: a clause with one of them and without 已 tells what is hoped for.
TO_COME = listed("底前 月前 日前 年内 前完成")
# After a suspension these say that it is over.
RESUMED = listed("恢复 重启 重新启动 复工 复建 续建")
# A clause with one of these tells what is hoped for or missing, not what is done.
NOT_YET = listed("预计 力争 确保 争取 计划 下一步 将于 将在 尚未 未能 有望 拟")
# What follows one of these in a sentence is still to come.
FROM_NOW_ON = listed("下一步 接下来 下阶段 下步")
# A clause that begins so tells what is reached; the figure in the clause before it is the target said again,
# unless that clause tells of something reached itself.
SO_FAR = listed("目前 截至 截止 现已 至今 当前")
REACHED = listed("已 完成 建成 达到 实现 竣工 投用 超")
# A share of the target is not a figure of its own: 完成年度目标的34%, 占全年目标32%.
SHARE_WORDS = listed("目标 任务 计划 总数 总量 进度 序时 完成率 完成比例")
# Shares that can be held against the figure: of the target itself, not of what is due by now.
WHOLE_SHARE_WORDS = listed("目标 任务 计划 完成率 完成比例")
NOT_WHOLE_SHARES = listed("序时 时序 季度 半年 本月 当月 投资 时间进度")
# A figure in such a clause tells of preparation, not of delivery (已确定50个小区名单).
PREPARING = (
    "名单 方案 选址 制定 制订 编制 拟定 拟建 拟于 计划于 计划、 确定 摸排 排摸 勘察 立项 入围 已通知 申报 招标 初步设计 "
    "设计方案 预算 意向 征询 洽谈 接洽 走访 前期 筹备 审批 批复 调研 摸底"
).split()
# Beginnings: a figure of them tells nothing of a promise that speaks of no beginning (已开工18座 of 新建20座).
BEGUN = listed("开工 动工 启动 进场 签约")
# Nor does a figure of what is being made tell what is done (在建22部, 另1处施工中).
IN_THE_MAKING = listed("在建 施工中 建设中 推进中 办理中 进行中")
# Clauses that begin so tell parts of a total already told.
PARTS = listed("其中 包括 分别为")
# Beside a promise of things, a share with one of these compares with another year.
COMPARED = listed("同比 环比 较上年 比上年 较去年 比去年")
# The same in a report only: in a target 预计 is the target itself.
EXPECTING = listed(
    "尚未 未开工 未完工 未完成 未建 未动工 未启动 暂停 预计 将于 将在 剩余 其余 正在 下一步 计划"
)
# A figure in such a clause is of the month or quarter alone, not of all that is done so far.
OF_PERIOD = listed("本月 当月 本季度 本季 当季 本周 本旬 本期 上月 环比 本轮 今日 新近")
# Beside a figure with one of these, a figure of a single month (9月完工12台) is of that month alone.
CUMULATIVE = listed("累计 总计 共计 合计 截至 截止 至今 今年以来 年初以来")
# The sum of what was listed before it: 城区8座，乡镇6座，合计14座.
SUMS = listed("合计 共计 总计")
# What remains of a total: 20座中已完工12座，剩余8座.
REMAINING = listed("剩余 其余 余下 尚有 还有 剩下")
# Growth that goes down, and up: 下降8% promised is not met by 上升9%.
DOWN = listed("下降 降低 减少 压减 压降 降幅 缩减 回落")
UP = listed("上升 增长 增加 提高 提升 增幅 反弹")
# Names that contain a word of the list above and mean a thing delivered (保障计划).
PLANS = listed("保障计划 行动计划 培养计划 成长计划 关爱计划 保险计划 预算收入 预算支出")
BLOCKERS = listed(
    "未下发 未下达 等待 尚未到位 未到位 资金缺口 落实项目资金 申请经费 未批复 受阻 存在困难 矛盾 尚未批复 资金未落实 未落实 流标 阻工 阻力 "
    "资金短缺 资金不足 经费不足 资金紧张 资金压力 人员不足 力量不足 难度大 难度较大 意见不统一 意见不一 用地受限 条件受限 有待协调 需协调 "
    "待上级 待批复 待审批 手续不全 手续未办"
)
FORECASTS = listed("预计 预期 计划于 力争于 力争 拟于 有望 将于")
# What a report adds in front of a repeated target; alone it proves nothing, beside a figure it does.
ECHO_FILLERS = listed("已经 已 初步 基本 完成了 完成 了 的 工作 正在 目前 一季度")
