"""Quantities as people type them, and which are too large or too fine to be kept exactly."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

MOST = Decimal(10) ** 15  # no promise is larger; what is was mistyped
PLACES = 12  # after the point
_NUMBER = re.compile(r"[-+]?(?:\d{1,15}(?:\.\d{0,12})?|\.\d{1,12})", re.ASCII)


def is_kept(value: Decimal) -> bool:
    """Whether it is a number that can be stored and counted with exactly."""
    if not value.is_finite():
        return False
    exponent = value.as_tuple().exponent
    return abs(value) < MOST and isinstance(exponent, int) and exponent >= -PLACES


def number_in(text: str) -> Decimal | None:
    """The number that the text is, without exponent, its digits wide or not; ``None`` for anything else."""
    plain = narrow(text).strip().replace(",", "").replace(" ", "")
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def narrow(text: str) -> str:
    """Full-width digits and signs as their plain ones; units such as ㎡ and the small ² stay as they are."""
    return "".join(unicodedata.normalize("NFKC", sign) if "！" <= sign <= "～" else sign for sign in text)
