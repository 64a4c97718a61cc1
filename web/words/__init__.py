"""The wording of the pages in zh-CN and en; what is said about figures and lights comes from notifications."""

from __future__ import annotations

from web.words_cases_en import WORDS as CASES_EN
from web.words_cases_zh_cn import WORDS as CASES_ZH_CN
from web.words_changes_en import WORDS as CHANGES_EN
from web.words_changes_zh_cn import WORDS as CHANGES_ZH_CN
from web.words_en import WORDS as EN
from web.words_link_en import WORDS as LINK_EN
from web.words_link_zh_cn import WORDS as LINK_ZH_CN
from web.words_zh_cn import WORDS as ZH_CN

DEFAULT_LOCALE = "zh-CN"
LOCALES: dict[str, dict[str, str]] = {
    "zh-CN": {**ZH_CN, **LINK_ZH_CN, **CASES_ZH_CN, **CHANGES_ZH_CN},
    "en": {**EN, **LINK_EN, **CASES_EN, **CHANGES_EN},
}


def say(locale: str, key: str, **data: object) -> str:
    """The wording of that key with its data filled in. Raises ``KeyError`` for an unknown key."""
    return LOCALES[locale][key].format(**data)


def knows(locale: str, key: str) -> bool:
    """Whether there is a wording of that key."""
    return key in LOCALES[locale]
