"""What a form hands in, read as it arrives: a file that is too big is dropped while the rest is kept.

``read_form`` for most forms; ``read_upload`` where files come and what was typed beside them is shown again;
``read_small`` for whoever is not signed in. Signs that cannot be kept are gone from every text.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from engine.errors import DubanError
from web.typed import readable
from workflows.attachments import MOST_BYTES, MOST_FILES

MOST_FIELD = 64 * 1024  # bytes of one typed text
MOST_PLAIN = 2 * 1024 * 1024  # bytes of a form without files: a Chinese character takes nine of them
MOST_SMALL = 16 * 1024  # bytes of what somebody sends who is not signed in
MOST_PARTS = 300
MOST_READ = 120 * 1024 * 1024  # bytes after which nobody listens any more
PLAIN = (b"application/x-www-form-urlencoded", b"")  # without a kind there is no body
IN_MEMORY = 512 * 1024


@dataclass
class Upload:
    """A file under the name that its sender gave it; one that was ``too_big`` has no content."""

    name: str
    content: IO[bytes]
    size: int = 0
    too_big: bool = False


@dataclass
class Sent:
    """The typed fields and the files; ``is_whole`` is false where the form did not arrive completely."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    is_whole: bool = True

    def get(self, name: str) -> str:
        """What was typed there, line ends as one sign; nothing where the field is missing."""
        return self.fields.get(name, "").replace("\r\n", "\n")

    def close(self) -> None:
        """Nothing is kept of the files."""
        for upload in self.files:
            upload.content.close()


class FormBrokenError(DubanError):
    """A form that did not arrive completely, or was too large; nothing of it was taken."""

    def __init__(self) -> None:
        super().__init__("FORM_BROKEN", "内容没有完整送达：请检查网络和附件的大小，再提交一次。")


async def read_form(request: Request) -> Sent:
    """The form of the request, complete. Raises FormBrokenError."""
    return _whole(await read_upload(request))


async def read_small(request: Request) -> Sent:
    """A few typed fields, and nothing else is even listened to. Raises FormBrokenError."""
    kind, _ = parse_options_header(request.headers.get("content-type"))
    return _whole(await _plain(request, MOST_SMALL) if kind in PLAIN else Sent(is_whole=False))


async def read_upload(request: Request) -> Sent:
    """What arrived of the form, whatever it is; never more in memory than a few fields.

    Whoever asks looks at ``is_whole``, so that what was typed can be shown again.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind in PLAIN:
        return await _plain(request)
    if kind != b"multipart/form-data" or b"boundary" not in options:
        return Sent(is_whole=False)
    reader = _Reader()
    read = 0
    try:
        parser = MultipartParser(options[b"boundary"], reader.callbacks())  # type: ignore[arg-type]
        async for chunk in request.stream():
            read += len(chunk)
            if read > MOST_READ or reader.parts > MOST_PARTS:
                reader.sent.is_whole = False
                break
            parser.write(chunk)
    except FormParserError:
        reader.sent.is_whole = False
    return reader.finished()


def _whole(sent: Sent) -> Sent:
    if not sent.is_whole:
        sent.close()
        raise FormBrokenError
    return sent


async def _plain(request: Request, most: int = MOST_PLAIN) -> Sent:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return Sent(is_whole=False)
    pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return Sent({readable(name): readable(value) for name, value in pairs})


class _Reader:
    """Takes the parts as the parser finds them."""

    def __init__(self) -> None:
        self.sent = Sent()
        self.parts = 0
        self._names: tuple[str, str | None] = ("", None)
        self._header = [b"", b""]
        self._disposition = b""
        self._text = b""
        self._upload: Upload | None = None

    def callbacks(self) -> dict[str, object]:
        """By the names that the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_header_field": lambda data, start, end: self._add(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._add(1, data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_end": self._all_there,
        }

    def finished(self) -> Sent:
        """What was handed in; a form that broke off is not whole."""
        self.sent.is_whole = self.sent.is_whole and self._is_complete
        return self.sent

    _is_complete = False

    def _all_there(self) -> None:
        self._is_complete = True

    def _begin(self) -> None:
        self.parts += 1
        self._disposition, self._text, self._upload = b"", b"", None

    def _add(self, which: int, data: bytes) -> None:
        if len(self._header[which]) < MOST_FIELD:
            self._header[which] += data

    def _header_end(self) -> None:
        if self._header[0].lower() == b"content-disposition":
            self._disposition = self._header[1]
        self._header = [b"", b""]

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = readable(options.get(b"name", b"").decode(errors="replace"))
        file_name = options.get(b"filename")
        self._names = (name, None if file_name is None else readable(file_name.decode(errors="replace")))
        if file_name:
            self._upload = Upload(self._names[1] or "", tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - Sent.close does

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._upload is not None:
            self._keep(self._upload, data[start:end])
        elif self._names[1] is None and len(self._text) < MOST_FIELD:
            self._text += data[start:end]

    def _keep(self, upload: Upload, data: bytes) -> None:
        upload.size += len(data)
        if upload.too_big or len(self.sent.files) >= MOST_FILES:
            return
        if upload.size > MOST_BYTES:
            upload.too_big = True
            upload.content.seek(0)
            upload.content.truncate()
            return
        upload.content.write(data)

    def _end(self) -> None:
        if self._upload is not None:
            self._upload.content.seek(0)
            self.sent.files.append(self._upload)
        elif self._names[1] is None:
            self.sent.fields[self._names[0]] = readable(self._text.decode(errors="replace"))


def check_arrived(sent: Sent) -> None:
    """Nothing, if all of it arrived. Raises FormBrokenError, and DubanError FILE_TOO_BIG."""
    if not sent.is_whole:
        raise FormBrokenError
    if any(upload.too_big for upload in sent.files):
        raise DubanError("FILE_TOO_BIG", "附件超过 10 MB：请压缩或拆分后重新选择，文字还在。")


def uploads(sent: Sent) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file that is not too big."""
    for upload in sent.files:
        if not upload.too_big:
            upload.content.seek(0)
            yield upload.name, upload.content.read()
