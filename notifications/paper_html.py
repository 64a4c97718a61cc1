"""A paper as one web page on its own: styles inside, no script, nothing from elsewhere; for screen, phone and A4."""

from __future__ import annotations

from notifications.paper import Paper
from notifications.templating import template_of


def paper_html(paper: Paper) -> bytes:
    """The file; the same paper gives the same bytes, whenever it is written."""
    return template_of("paper.html.j2").render(paper=paper).encode()
