"""A paper as one web page on its own: styles inside, no script, nothing from elsewhere; for screen, phone and A4."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifications.paper import Paper


def paper_html(paper: Paper) -> bytes:
    """The file; the same paper gives the same bytes, whenever it is written."""
    return _environment().get_template("paper.html.j2").render(paper=paper).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
