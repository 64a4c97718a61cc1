"""页面措辞。键与 en/milestones.py 完全相同；花括号里是数据。"""

from __future__ import annotations

WORDS: dict[str, str] = {}
