"""Empty cells, names of units and persons, levels."""

from __future__ import annotations

from intake.words.listing import listed

NONE_MARKS = frozenset(
    {"/", "//", "-", "--", "---", "—", "——", "－", "－－", "–", "\\", "无", "／", "*", "0", "○", "△"}
)
NONE_UNITS = NONE_MARKS - {"0"}
# How a unit's name ends. Used to tell where one name ends and the next begins when only a space or a line
# break stands between, and to recognise a column of units.
UNIT_ENDINGS = listed(
    "局 厅 委 办 院 部 会 镇 乡 街道 街镇 区 县 市 旗 州 中心 集团 公司 大队 支队 "
    "总队 中队 政府 医院 学校 大学 学院 站 所 处 室 联 科协 侨联 妇联 残联 社 "
    "银行 企业 单位 部门 厂 馆 组 队 园 园区 开发区 管委会 办事处 指挥部 专班 供电 "
    "法院 检察院 团委 科 课 署 公所 股 商会 协会 基金会 台 段 苏木 城投 本级"
)
# Ends like a unit but goes on (人力资源社会|保障局, 住房和城乡|建设局).
UNFINISHED_ENDINGS = listed(
    "大厅 餐厅 客厅 展厅 前厅 社会 城市 城乡 社区 城区 地区 场所 超市 全部 内部 县乡 镇区"
)
# How a new name begins. 市, 区, 县 and so on stand for the jurisdiction (区教育局).
UNIT_BEGINNINGS = listed("省 市 区 县 州 旗 团 各 相关 有关 国家 国网 全")
# What names begin with and none consists of.
LEVEL_SIGNS = listed("省 市 州 区 县 旗 镇 乡")
# A part of a bigger unit that is written after it with a space (市公安局 交警支队): not a name of its own.
UNIT_PARTS = listed("大队 支队 总队 中队 分局 科 处 所")
# A collective name stands for several units; it stays a name and a note says so.
COLLECTIVE_BEGINNINGS = listed("各 相关 有关 全市 全区 全县 其他 其它 所有")
COLLECTIVE_NAMES = ("企业", "成员单位", "街镇", "乡镇", "属地街道", "属地政府")
COLLECTIVE_PARTS = listed(
    "属国有企业 属国企 属各 直各 等单位 等部门 成员单位 各部门 各单位 有关部门 有关单位 相关部门 相关单位"
)
# Labels inside a cell of units: 牵头单位：…；配合单位：…
LEAD_LABELS = listed("牵头单位 牵头部门 主责单位 主责部门 主办单位 牵头 主责 主办")
COOPERATING_LABELS = listed("配合单位 配合部门 协办单位 协同单位 责任单位 责任部门 配合 协办 参与单位")
COMPOUND_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 东方 独孤 南宫 端木 轩辕 百里 呼延 澹台".split()
)
# The surnames of nine people in ten: a column of such names without a heading that says so is one of persons.
SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
# In brackets beside 责任单位, or in a note: the first unit leads, the others help.
FIRST_LEADS = listed("第一位 第一个 首位 首个 第一的 第一家 在前 在首")
# 下同 in a list of units: the rule that it speaks of holds from there on.
SAME_BELOW = listed("下同 以下同 以下相同 下列同此")
# How a post ends that stands for the person who holds it.
POSTS = listed(
    "省长 市长 州长 县长 区长 旗长 镇长 乡长 局长 厅长 处长 科长 所长 院长 校长 站长 行长 会长 秘书长 队长 组长 部长 台长 "
    "主任 书记 主席 委员 调研员 巡视员 专员 经理 董事长 总裁 总监 工程师 政委 负责人 联络员 常委 成员 助理"
)
LEVELS = listed("国家级 省级 市级 区级 县级 州级 镇级 乡级 街道级 部级")
