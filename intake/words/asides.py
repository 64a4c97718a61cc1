"""What stands beside a promise in long wordings and is none itself: background, steps, sizes, costs, amounts a head."""

from __future__ import annotations

from intake.words.listing import listed

# What exists already: 全区现有公厕320座. Ends where an act begins (现有基础上新增5个).
EXISTING = listed("现有 共有 原有 已有 现状 沿线有 辖区有 目前 针对 围绕 该 位于 始建于 建于")
# Set words that contain one of them and tell of nothing.
NOT_EXISTING = listed("共有产权 该项 应该")
# What has been done already; an act after it belongs to it (截至目前已改造156个, 去年建成8家).
PAST = listed(
    "去年 上年度 上一年 往年 此前 前期已 截至目前 截止目前 目前已 已累计 累计已 已完成 已建成 已改造 已有效"
)
# These in front of PAST words make a comparison of them, not a tale (较去年增加5个).
COMPARED = listed("较 比 同 与 于 超 超过 高于 低于 不低于")
# A clause that begins with one of these speaks of what is to be done again.
PLANNED = listed(
    "年内 今年 本年 本年度 全年 计划 拟 再 将 力争 确保 目标 到年底 年底前 着力 重点 推进 继续 进一步"
)
# A clause that begins with one of these tells how a thing is to be done.
MANNER = listed("按照 按 依据 参照 根据")
# A clause that begins with one of these names what the work is held against; its figures are never promised.
HELD_AGAINST = listed("对照 对标")
# Meetings and inquiries on the way; alone they are the promise.
STEPS = listed(
    "摸排 摸底 排摸 调研 推进会 座谈会 居民会议 协调会 调度会 现场会 部署会 专题会 工作会议 动员会 联席会议"
)
# Money for the work and shares of it.
COSTS = listed(
    "投入 投入资金 合计投入 总投入 专项资金 安排资金 补助资金 配套资金 财政资金 项目资金 预算 概算 总造价 造价"
)
FUNDING = listed("财政补助 财政配套 财政承担 财政负担 财政补贴 财政奖补 自筹 配套")
# An amount of money with one of these around it is what somebody gets, not what is to be reached.
AWARDS = listed("奖励 补助 资助 奖补 补贴 津贴 救助 减免 报销 扶持资金 慰问金")
AWARD_LIMITS = listed("最高 不超过 单个 一次性 给予 每")
PER_HEAD = listed("人均 户均 亩均 村均 平均每")
PER_HEAD_GIVEN = listed("补贴 补助 救助 奖励 资助 增收 增加收入 津贴 报销")
# Numbers of parts that describe a thing beside the figures that count it: 设54个班, 提供学位2430个.
PARTS_OF_A_THING = listed("班 教学班 教室班 车道 楼层")
# 每 before one of these names what each is to have; 每千人 and 每万人 are rates and stay.
EACH_OF = (
    "个 座 处 所 家 间 条 栋 幢 名 位 人 户 件 亩 床 生 台 辆 点 村 镇 乡 县 区 市 校 班 组 社区 街道 乡镇 街镇 学校 单位 部门 "
    "小区 楼栋 网格 学生 老人 对象 企业 项目 公里 平方米 吨 只 头 场 次 学期 学年"
).split()
RATES_OF = listed("百 千 万 十万 百万 十 100 1000 10000 10万")
# 各 before one of these, with a bound after it, is for each of them as well: 各镇至少建成1处.
ALL_OF = listed("街道 街镇 镇 乡 乡镇 县 区 市 村 社区 学校 部门 单位 地 园区 县区 区县 县市区")
EACH_BOUNDS = listed("至少 不少于 不低于 最少 均 分别 不超过")
# Groups that each take a number: 三县两区各1家 is five, 6个街道各新建1个 is six.
GROUPS = listed(
    "街道 街镇 镇 乡 乡镇 县 区 市 村 社区 行政村 开发区 园区 功能区 学校 小学 中学 医院 单位 部门 县区 县市 片区 小区"
)
# Set phrases with numerals in them; they count nothing.
SET_PHRASES = listed(
    "千家万户 千山万水 千方百计 千头万绪 千行百业 千村万户 千企万户 万户千家 万家灯火 百家争鸣 百花齐放 百年大计 千秋万代 千军万马 千言万语 "
    "千辛万苦 千锤百炼 百尺竿头 百里挑一 十全十美 一心一意 三心二意 五湖四海 四面八方 七嘴八舌 九牛一毛 百折不挠 千载难逢 万众一心"
)
# Sizes of one thing: 建设道路1条，全长4.8公里.
LENGTHS = listed("全长 总长 总长度 长 长度 长约 全长约")
# Wordings of part of a year; a share of the target beside one of them is a step.
PART_OF_YEAR = r"上半年|[一二三1-3]季度|(?<!\d)(?:[1-9]|1[01])月|[一二三四五六七八九]月|年中"
