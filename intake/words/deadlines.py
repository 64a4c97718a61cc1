"""What stands for a deadline and names no date."""

from __future__ import annotations

from intake.words.listing import listed

# Work without an end: it is done again and again.
RECURRING = listed(
    "每月 每季 每周 每半年 每年 每旬 每日 每天 按月 按季 长期 常年 全年 持续 常态 经常 日常 随时 不定期 定期"
)
# Days and seasons that move or that each place sets for itself; longer ones first.
MOVING_DAYS = listed(
    "农历新年 新春佳节 春节 元宵节 清明节 清明 端午节 端午 中秋节 中秋 重阳节 重阳 主汛期 汛期 雨季 梅雨季 台风季 供暖季 供暖期 采暖期 采暖季 入冬 "
    "冬季 春耕 三夏 三秋 秋收 秋季学期开学 春季学期开学 秋季开学 春季开学 新学期开学 新学期 秋季学期 春季学期 开学 高考 中考 暑假 寒假"
)
# Beside the figure of a later step these say that it holds the earlier ones: 6月底前3所、年底前达到5所.
IN_ALL = listed("累计 达到 达 总数 共 合计")
# These say that it comes on top of them.
MORE = listed("再 另 新增 其余 剩余 余下 第二批 二期 继续")
