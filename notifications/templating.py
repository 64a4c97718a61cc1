"""The one environment in which the templates of messages and papers are rendered."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def template_of(name: str) -> Template:
    """The shipped template; what is put into ``.html.j2`` is escaped, a missing value is an error."""
    return _environment().get_template(name)


def mail_html(name: str, mail: object) -> str:
    """A mail's page from the shipped template, its styles inline."""
    return _inliner().inline(template_of(name).render(mail=mail, css=_css()))


def mail_text(name: str, mail: object) -> str:
    """A mail's text from the shipped template: at most one blank line in a row, none at the ends."""
    text = template_of(name).render(mail=mail)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _css() -> str:
    return files("notifications").joinpath("templates", "mail.css").read_text(encoding="utf-8")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
