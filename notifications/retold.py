"""Sentences that were stored in the office's language, in the reader's: known by their wording."""

from __future__ import annotations

from functools import cache

from notifications.words import sentences


def retold(text: str, locale: str) -> str:
    """The text with the sentence of ours that it begins with in that language; what follows, as the far end's
    answer does, stays as it is, and so does a text that begins with none."""
    for sentence, same in _same(locale):
        if text.startswith(sentence):
            return same + text[len(sentence) :]
    return text


def is_told(text: str) -> bool:
    """Whether the text begins with a sentence of ours."""
    return any(text.startswith(sentence) for sentence, _ in _same("en"))


@cache
def _same(locale: str) -> list[tuple[str, str]]:
    """Each sentence in any language with the same one in that language, the longest first."""
    own = sentences(locale)
    pairs = {told: own[key] for other in ("en", "zh-CN") for key, told in sentences(other).items()}
    return sorted(pairs.items(), key=lambda pair: -len(pair[0]))
