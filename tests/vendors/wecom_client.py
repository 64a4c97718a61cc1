"""What a member sees of WeCom's markdown, by a reader that takes more for markup than WeCom does.

It knows nothing of how we write: whatever any client might turn into a link, a mention, emphasis, a heading, a
quote or a tag counts, so that typed text that does nothing here does nothing anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ESCAPED = re.compile(r"\\(.)")
_TOKEN = re.compile(
    r"!\[(?P<image>[^\]\n]*)\]\((?P<source>[^)\n]*)\)"
    r"|\[(?P<label>[^\]\n]*)\]\((?P<href>[^)\n]*)\)"
    r"|<@(?P<mention>[^>\n]*)>"
    r"|<font color=\"(?P<colour>[^\"\n]*)\">(?P<coloured>[^<\n]*)</font>"
    r"|<(?P<tag>/?[A-Za-z!?][^>\n]*)>"
    r"|\*\*(?P<strong>[^*\n]+)\*\*"
    r"|(?P<italic>\*[^*\n]+\*|_[^_\n]+_)"
    r"|(?P<code>`[^`\n]*`)"
    r"|(?P<address>(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.)[^\s]+)"
    r"|(?P<everybody>@(?:all|所有人))"
    r"|(?P<entity>&#?[A-Za-z0-9]+;)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Seen:
    """What one message shows and does."""

    text: str = ""
    headings: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    strong: list[str] = field(default_factory=list)
    coloured: list[tuple[str, str]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)  # markup that we never write


def seen(content: str) -> Seen:
    """The message as shown."""
    shown = Seen()
    lines = [_line(line, shown) for line in content.split("\n")]
    shown.text = "\n".join(lines)
    return shown


def _line(line: str, shown: Seen) -> str:
    heading = re.match(r"\s*#{1,6}", line)
    line = re.sub(r"^\s*(?:#{1,6} ?|> ?)", "", line)
    shown.odd += _ESCAPED.findall(line)
    out, at = "", 0
    for match in _TOKEN.finditer(line):
        out += line[at : match.start()] + _token(match, shown)
        at = match.end()
    out += line[at:]
    if heading:
        shown.headings.append(out)
    return out


def _token(match: re.Match[str], shown: Seen) -> str:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    if "label" in found:
        shown.links.append((found["label"], found["href"]))
        return found["label"]
    if "mention" in found:
        shown.mentions.append(found["mention"])
        return ""
    if "colour" in found:
        shown.coloured.append((found["colour"], found["coloured"]))
        return found["coloured"]
    if "strong" in found:
        shown.strong.append(found["strong"])
        return found["strong"]
    shown.odd.append(match.group())
    return match.group()
