"""Measure words: what a number can count in."""

from __future__ import annotations

from intake.words.listing import listed

# Longer words stand for themselves before their beginnings do (人次 before 人): the reader sorts by length.
MEASURES = (
    "个 所 家 户 台 场 人 名 处 张 条 片 座 栋 幢 套 间 项 次 件 辆 部 盏 株 棵 只 门 节 期 份 册 本 块 幅 宗 对 "
    "组 支 班 席 位 口 眼 孔 道 段 批 例 篇 档 艘 架 头 羽 匹 枚 把 顶 双 副 笔 单 袋 瓶 桶 盒 箱 榀 樘 扇 面 "
    "根 路 杆 趟 列 颗 粒 尊 厢 轮 笼 段次 家次 辆次 亩次 轮次 天 "
    "人次 场次 班次 车次 个课时 课时 个学时 学时 户次 件次 床 床位 泊位 车位 岗位 站点 点位 单元 学位 标段 "
    "公里 千米 米 公尺 延米 平方米 平方公尺 立方公尺 公吨 平方 ㎡ m² 平方公里 平方千米 立方米 立方 亩 公顷 吨 千克 公斤 升 吨/日 立方米/日 km KM "
    "批次 册次 首 曲 斤 尾 窝 捆 封 桩 基 具 台套 套件 条段 条次 项次 点次 座次 架次 航次 台次 起 宗次 客 人天 类 种 款 "
    "吨标准煤 蒸吨 标箱 毫升 小时 工作日 个工作日 分钟 岁 微克/立方米 μg/m³ 毫克/立方米 mg/L "
    "千瓦 兆瓦 千瓦时 千伏安 兆伏安 度 元 美元 欧元 元/人 微克/立方米 毫克/升 分贝 个百分点 百分点 % ‰"
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
    "μg/m³": "微克/立方米",
    "mg/L": "毫克/升",
    "个工作日": "工作日",
}
# A noun straight after the number, without a measure word, counts in 个 (24路口).
COUNTED_NOUNS = listed("点位 路口 路段 小区 社区 项目 街镇 街道 行政村 自然村 村 学校 公园")
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
TIME_AFTER_GE = listed("月 多月 半月 工作日 小时 季度 星期 自然日 学年 学期 百分点")
# Measures that cannot be cut in pieces; everything else in MEASURES may have a decimal part.
DIVISIBLE = frozenset(
    "公里 千米 米 公尺 延米 平方米 平方公尺 立方公尺 公吨 平方公里 平方千米 立方米 亩 公顷 吨 千克 公斤 斤 升 吨/日 立方米/日 千瓦 兆瓦 千瓦时 千伏安 兆伏安 度 元 美元 欧元 % ‰ /10万 百分点 微克/立方米 毫克/立方米 毫克/升 分贝 吨标准煤 蒸吨 毫升 小时 分钟 岁".split()
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
