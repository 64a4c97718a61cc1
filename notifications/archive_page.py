"""The first page of an archive package: on its own, without script, for screen and A4; everything is escaped."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.templating import template_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell; with ``href`` it leads to a member of the package."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with a table; without rows it says that there is nothing."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """What the page shows, as finished strings."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    is_draft: bool = False


def archive_html(page: ArchivePage) -> bytes:
    """The file; the same page gives the same bytes, whenever it is written."""
    return template_of("archive.html.j2").render(page=page).encode(errors="replace")
