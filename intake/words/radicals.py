"""Shapes that PDF programs write in place of a character: the reader of the page sees the same character.

Only those that Unicode itself does not name as the same stand here: the forms of simplified characters in the
block "CJK Radicals Supplement". For the block of Kangxi radicals (⼀ 一, ⼯ 工) and ligatures Unicode is asked.
"""

RADICALS = dict(
    zip(
        "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰",
        "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙",
        strict=True,
    )
)
