"""What Taiwan, Hong Kong and Macau write otherwise than the mainland, beyond the shapes of characters.

Texts in traditional characters are read with each character in its simplified shape (the shapes are a library's
knowledge, not ours) and then with these wordings; every name and quote is given back as it was issued.
"""

from __future__ import annotations

from intake.words.listing import listed

# Characters that no text in simplified characters has and hardly any text in traditional ones lacks: if none of
# them stands in a document, nothing more is looked up.
TELLING = frozenset("個處實辦單業務發區縣開關計劃畫項會國與為對於進時後學環設構應機關體經費預標題務點")
# Written with another character of the same sound and meaning: 計畫 is 计划.
SAME_WORDS: dict[str, str] = dict(
    zip(listed("计画 规画 企画 筹画 部份 公佈"), listed("计划 规划 企划 筹划 部分 公布"), strict=True)
)
# After a year of the Republic (113年…) these make plain that a year is meant and not a span of years.
AFTER_YEAR = listed("度 底 末 初 中 前 内 上半年 下半年 全年 第 目标 计划 预算 施政 重要 重点 执行 列管")
# After a number of years these say that it is a span: 110年历史, 100年以上.
AFTER_SPAN = listed("历史 以上 以来 来 间 期 老 的")
