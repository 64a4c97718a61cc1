"""The words of a page around a document: navigation, metadata, forms, print dates."""

from __future__ import annotations

import re

from intake import words

_BULLET = re.compile(r"^\s*[•·●▪■]\s")


def is_furniture(text: str) -> bool:
    """True for a paragraph that belongs to the page and not to the document."""
    bare = text.strip().lstrip("【[<")
    if bare.lower().startswith(words.english.FURNITURE):
        return True
    if _BULLET.match(bare) or bare.startswith(words.pages.FURNITURE_BEGINNINGS):
        return True
    return len(bare) <= 60 and any(part in bare for part in words.pages.FURNITURE_PARTS)
