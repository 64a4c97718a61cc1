"""What of a page a reader sees: not its scripts, its navigation, nor what is hidden by its style."""

from __future__ import annotations

import re

from lxml.etree import _Element

# Not shown at all, shown as controls, or belonging to the site and not to the document.
_LEFT_OUT = frozenset(
    "script style template noscript head title meta link xml iframe object embed svg math canvas audio video "
    "nav footer aside select option datalist button textarea input".split()
)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)


def is_visible(element: _Element) -> bool:
    """Whether an element is shown as part of the document; comments and instructions are not."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _LEFT_OUT or element.get("hidden") is not None:
        return False
    return not _HIDING.search(element.get("style", ""))
