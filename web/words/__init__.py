"""The wording of the pages in zh-CN and en; what is said about figures and lights comes from notifications.

One module a subject in each language's package; both languages have the same keys.
"""

from __future__ import annotations

from importlib import import_module

DEFAULT_LOCALE = "zh-CN"
SUBJECTS = (
    "base",
    "link",
    "cases",
    "changes",
    "access",
    "home",
    "milestones",
    "wall",
    "imports",
    "desk",
    "publish",
    "units",
    "settings",
    "channels",
    "policy",
    "plan",
    "upkeep",
    "service",
    "messages",
)


def _all_of(package: str) -> dict[str, str]:
    """The words of all subjects. Raises ``ValueError`` where two subjects say the same key."""
    words: dict[str, str] = {}
    for subject in SUBJECTS:
        more: dict[str, str] = import_module(f"web.words.{package}.{subject}").WORDS
        if twice := words.keys() & more.keys():
            raise ValueError(f"said twice: {sorted(twice)}")
        words |= more
    return words


LOCALES: dict[str, dict[str, str]] = {"zh-CN": _all_of("zh_cn"), "en": _all_of("en")}


def say(locale: str, key: str, **data: object) -> str:
    """The wording of that key with its data filled in. Raises ``KeyError`` for an unknown key."""
    return LOCALES[locale][key].format(**data)


def knows(locale: str, key: str) -> bool:
    """Whether there is a wording of that key."""
    return key in LOCALES[locale]
