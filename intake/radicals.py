"""Characters that a PDF writes as the radical of the same shape, as the characters that are meant."""

from __future__ import annotations

import re
import unicodedata

from intake import words

# Kangxi radicals, the supplement, compatibility ideographs, Latin ligatures. Full-width forms are left as
# issued: they look different, and the rules read them.
_FORMS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")


def without_radicals(text: str) -> str:
    """Return the text with each such form replaced by the character that it looks like."""
    return _FORMS.sub(
        lambda match: words.radicals.RADICALS.get(match[0]) or unicodedata.normalize("NFKC", match[0]), text
    )
