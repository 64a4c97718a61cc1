"""How reports say how far a thing is."""

from __future__ import annotations

from intake.words.listing import listed

# Read clause by clause; the first status one of whose phrases is said wins. A share after it (完成年度目标的34%)
# takes a phrase its meaning.
STATUS_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("suspended", ("暂停", "暂缓", "停止实施", "中止", "停办")),
    ("over_fulfilled", ("超额完成", "超额实现", "超年度目标", "超计划完成", "超目标完成")),
    (
        "done",
        listed(
            "完成年度目标 完成年度任务 完成年度计划 完成全年目标 完成全年任务 完成目标任务 "
            "完成全年计划 全部完成 全面完成 全部完工 全部竣工 全部建成 圆满完成"
        ),
    ),
    (
        "lagging",
        listed("进度滞后 进展滞后 进展缓慢 未达序时 未达到序时 滞后于 低于序时 落后于序时 未完成"),
    ),
    ("not_started", listed("尚未启动 未启动 尚未开工 未开工 尚未开展 未开展 待启动 待开工")),
)
# What stands alone in a column of lights or of status. A yellow light is behind, as in our own standings.
LIGHTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("suspended", listed("暂停 暂缓 中止 终止 停办 撤销 撤案")),
    ("over_fulfilled", listed("超额完成 超前完成")),
    ("done", listed("已完成 完成 已完工 已结案 结案 解除列管 解列 销号 已销号 已办结 办结 蓝灯 已达成 达成")),
    (
        "lagging",
        listed("红灯 红 黄灯 黄 橙灯 落后 滞后 进度落后 进度滞后 严重落后 未完成 逾期 超期 未达成 预警"),
    ),
    ("not_started", listed("未启动 尚未启动 未开始 未开工 未执行 尚未执行 未办理 灰灯 白灯")),
    (
        "in_progress",
        listed("绿灯 绿 正常 符合 符合进度 超前 执行中 办理中 推进中 进行中 在办 持续列管 继续列管 持续办理"),
    ),
)
# After a suspension these say that it is over.
RESUMED = ("恢复", "重启", "重新启动", "复工")
# A clause with one of these tells what is hoped for or missing, not what is done.
NOT_YET = listed("预计 力争 确保 争取 计划 下一步 将于 将在 尚未 未能 有望 拟")
# A share of the target is not a figure of its own: 完成年度目标的34%, 占全年目标32%.
SHARE_WORDS = listed("目标 任务 计划 总数 总量 进度 序时")
# A figure in such a clause tells of preparation, not of delivery (已确定50个小区名单).
PREPARING = (
    "名单 方案 选址 制定 制订 编制 拟定 拟建 拟于 计划于 计划、 确定 摸排 排摸 勘察 立项 入围 已通知 申报 招标 初步设计 "
    "设计方案 预算 意向 征询 洽谈 接洽 走访 前期 筹备 审批 批复 调研 摸底"
).split()
# The same in a report only: in a target 预计 is the target itself.
EXPECTING = listed("暂停 预计 将于 将在 剩余 其余 正在 下一步 计划")
# Names that contain a word of the list above and mean a thing delivered (保障计划).
PLANS = ("保障计划", "行动计划", "培养计划", "成长计划", "关爱计划", "保险计划")
BLOCKERS = listed(
    "未下发 等待 尚未到位 未到位 资金缺口 落实项目资金 申请经费 未批复 受阻 存在困难 矛盾 尚未批复 资金未落实"
)
FORECASTS = ("预计", "计划于", "力争于", "拟于")
# What a report adds in front of a repeated target.
ECHO_FILLERS = listed("已经 已 初步 基本 完成了 完成 了 的 工作 正在 目前 一季度")
