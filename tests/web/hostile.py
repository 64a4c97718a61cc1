"""What nobody sends by accident: values for queries and forms, and the forms that the pages themselves offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlsplit

import httpx
import lxml.html

# Everything that some page reads from its address.
NAMES = (
    *("plan", "page", "unit", "light", "leader", "project", "q", "month", "day", "to", "kind", "show"),
    *("change", "until", "since", "who", "what", "subtask", "head", "version", "period", "year", "accepted"),
    *("post", "task", "state", "channel", "from", "doubts", "told", "n", "sheet", "full", "signed", "done"),
    *("edit", "succeed", "new", "mark", "days", "message", "lang", "next"),
)
# As they stand in an address or a form without files, percent-encoded.
VALUES: Mapping[str, str] = {
    "nothing": "",
    "NUL": "a%00b",
    "lone surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "power": "%C2%B2",
    "full-width": quote_plus("１２"),
    "digits without end": "9" * 5_000,
    "beyond a row": str(2**31),
    "beyond a database": str(2**63),
    "first day": "0001-01-01",
    "first month": "0001-01",
    "last day": "9999-12-31",
    "last month": "9999-12",
    "below zero": "-1",
    "far below zero": "-" + "9" * 30,
    "huge": "1e300",
    "tiny": "1e-300",
    "no number": "NaN",
    "without end": "Infinity",
    "exponent": "1e999999999",
    "decimal": "0." + "3" * 60,
    "brackets": quote_plus('[[[{"a":{}'),
    "object": quote_plus('{"1":[["0001-01-01",null,"x",{"1":"1e300"},null,null]]}'),
    "quotes": quote_plus("'\"<script>%s{{1}}\\"),
    "long": quote_plus("长" * 3_000),
    "lines": "%0D%0A%00%1F",
    "path": quote_plus("../../etc/passwd\x00.txt"),
}


@dataclass(frozen=True)
class PageForm:
    """A form of a page with what it holds as it is shown; ``names`` are all its fields."""

    action: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def encoded(self, **other: str) -> str:
        """Its body, with these percent-encoded values in place of its own."""
        own = {quote_plus(name): quote_plus(value) for name, value in self.fields.items()}
        return "&".join(f"{name}={value}" for name, value in {**own, **other}.items())


def forms_of(page: httpx.Response, method: str) -> Iterator[PageForm]:
    """The forms of the page that are sent that way, as a browser would without anything typed."""
    for form in lxml.html.fromstring(page.text).iter("form"):
        if (form.get("method") or "get").lower() != method:
            continue
        action = form.get("action") or urlsplit(str(page.url)).path
        yield PageForm(action, {name: form.fields[name] or "" for name in form.fields if name})  # type: ignore[attr-defined]
