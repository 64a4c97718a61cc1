"""A browser without scripts for stories: reads links and forms of a page and hands forms in, over real HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx


@dataclass
class Form:
    """Where it goes and what stands in its fields; ``buttons`` are those with a name and a value."""

    action: str
    is_multipart: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    choices: set[str] = field(default_factory=set)  # names of radio buttons


@dataclass
class Page:
    """A page as it came, with its links by words and its forms."""

    response: httpx.Response
    links: list[tuple[str, str]]
    forms: list[Form]

    @property
    def text(self) -> str:
        return self.response.text

    def link(self, end: str) -> str:
        """The first address that ends so."""
        return next(href for _words, href in self.links if href.partition("?")[0].endswith(end))

    def form(self, action: str) -> Form:
        """The form whose address ends so."""
        return next(form for form in self.forms if form.action.partition("?")[0].endswith(action))


class Browser:
    """Follows links and hands in forms as somebody at a phone does; ``host`` is the public name of the service."""

    def __init__(self, client: httpx.Client, base_url: str) -> None:
        self._client, self._base_url = client, base_url

    def open(self, url: str) -> Page:
        """The page behind an address of the service, wherever the server really is."""
        return _page(self._client.get(self._path(url), headers=self._headers(), follow_redirects=True), url)

    def submit(self, page: Page, form: Form, values: Mapping[str, str]) -> Page:
        """What the service answers to the filled form, redirections followed."""
        unknown = set(values) - set(form.fields) - {name for name, _value in form.buttons} - form.choices
        assert not unknown, f"no such fields: {unknown}, there are {sorted(form.fields)}"
        target = urljoin(str(page.response.request.url), form.action)
        filled = {**form.fields, **values}
        parts = (
            {name: (None, value.encode()) for name, value in filled.items()} if form.is_multipart else None
        )
        response = self._client.post(
            self._path(target),
            data=None if form.is_multipart else filled,
            files=parts,
            headers=self._headers() | {"Origin": self._base_url},
            follow_redirects=True,
        )
        return _page(response, target)

    def _path(self, url: str) -> str:
        parsed = httpx.URL(url)
        return parsed.raw_path.decode()

    def _headers(self) -> dict[str, str]:
        return {"Host": httpx.URL(self._base_url).netloc.decode()}


def _page(response: httpx.Response, url: str) -> Page:
    assert response.status_code in (200, 422), (
        url.rpartition("/")[2],
        response.status_code,
        response.text[:2000],
    )
    reader = _Reader()
    reader.feed(response.text)
    return Page(response, reader.links, reader.forms)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._href: str | None = None
        self._words: list[str] = []
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self._href, self._words = given["href"], []
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), "multipart" in given.get("enctype", "")))
        if self.forms and given.get("name"):
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        fields, kind = self.forms[-1].fields, given.get("type", "text")
        if tag == "button":
            self.forms[-1].buttons.append((given["name"], given.get("value", "")))
        if tag == "button" or kind in ("submit", "file"):
            return
        if kind == "radio":
            self.forms[-1].choices.add(given["name"])
        if kind == "checkbox" and "checked" not in given:
            return
        if tag in ("input", "textarea", "select") and (kind != "radio" or "checked" in given):
            fields[given["name"]] = given.get("value", "")
        if tag == "textarea":
            self._area = given["name"]

    def handle_data(self, data: str) -> None:
        if self._href is not None:
            self._words.append(data)
        if self._area is not None:
            self.forms[-1].fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href is not None:
            self.links.append((" ".join("".join(self._words).split()), self._href))
            self._href = None
        if tag == "textarea":
            self._area = None
