"""Which units of measure can be split, so that half of one counts."""

from __future__ import annotations

from functools import lru_cache

# Length, area, volume, mass, energy, time, money and shares. Whatever is not here is counted in wholes.
DIVISIBLE_UNITS = """
    米 延米 延长米 公里 千米 里 厘米 毫米 海里
    平方米 平方公里 平方千米 平米 平方 亩 公顷 ㎡ 立方米 立方 方 升 毫升
    吨 吨标准煤 公斤 千克 克 斤
    千瓦 兆瓦 千瓦时 度 小时
    元 人民币 美元 欧元 港元 日元 英镑
    公噸 公吨 噸 公頃 畝 平方公尺 公尺 立方公尺 千瓦時 小時 港幣 新臺幣 新台幣 澳門元 個百分點 百分點
    % ％ ‰ 百分点 个百分点 倍
    m km m2 m3 m² m³ km² km2 kg g t kw kwh mw h cny rmb usd eur
"""
DIVISIBLE = frozenset(DIVISIBLE_UNITS.split())
MULTIPLIERS = "十百千万亿萬億"


@lru_cache(maxsize=1024)
def is_divisible(unit: str) -> bool:
    """Whether a part of one unit counts: 公里 and 万元 do, 台 and 人 do not."""
    unit = unit.strip().lower()
    return unit in DIVISIBLE or unit.lstrip(MULTIPLIERS) in DIVISIBLE
