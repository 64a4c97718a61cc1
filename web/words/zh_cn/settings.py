"""页面措辞。键与 en/settings.py 完全相同；花括号里是数据。"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "nav.settings": "设置",
    "settings.lead": "消息怎么发出去，规则按哪些数字判断，谁能用这个系统。改动都记录在案。",
    "settings.save": "保存",
    "settings.cancel": "不保存",
    "settings.reason": "原因",
    "settings.now": "现在：{value}",
}
