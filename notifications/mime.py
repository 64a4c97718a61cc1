"""An envelope as the bytes of a mail; the same envelope gives the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import re
from email.charset import SHORTEST, Charset
from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, compat32
from email.utils import format_datetime
from urllib.parse import quote

from notifications.channel import Envelope, File

LINE_LENGTH = 76

_DOT_ATOM = re.compile(
    r"[^\s.<>,;:()\[\]\\\"@]+(?:\.[^\s.<>,;:()\[\]\\\"@]+)*"
)  # RFC 5322, quoted strings left out
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_UNRESERVED = "!#$&+-.^_`|~"  # RFC 8187, what a filename* may hold as it is beside letters and digits
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_UTF8 = Charset("utf-8")  # of our own: other packages in this process change the one that all share
_UTF8.header_encoding = SHORTEST


class UnsafeHeader(ValueError):  # noqa: N818 - it names what was found
    """A line break, control character or lone surrogate in something that becomes a header."""


class BadAddress(ValueError):  # noqa: N818
    """Not one plain mail address."""


class _Folded(EmailPolicy):
    """Long headers folded by :mod:`email.header`, because the policy's own folding loses spaces at its folds."""

    def fold(self, name: str, value: str) -> str:
        """The header with its line ends; a plain ``str`` is one that was folded when it was written."""
        if type(value) is str:
            return f"{name}: {value}{self.linesep}"
        if isinstance(value, AddressHeader):
            return f"{name}: {self._folded_address(name, value.addresses[0])}{self.linesep}"
        if name == "Subject":
            return f"{name}: {self._encoded(name, str(value))}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as it goes on the wire."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")

    def _folded_address(self, name: str, address: Address) -> str:
        spec = f"<{address.addr_spec}>"
        if not address.display_name:
            return spec
        shown = self._encoded(name, address.display_name)
        is_long = len(shown.rpartition(self.linesep)[2]) + len(spec) + 1 > LINE_LENGTH - len(name)
        return f"{shown}{self.linesep if is_long else ''} {spec}"

    def _encoded(self, name: str, text: str) -> str:
        header = Header(text, _UTF8, maxlinelen=LINE_LENGTH, header_name=name)
        return header.encode(linesep=self.linesep)


def build(envelope: Envelope) -> EmailMessage:
    """The mail with a text and, if there are any, an HTML alternative and files.

    Base64 for all parts, so that no relay has a reason to rewrap or to stuff dots, and boundaries that
    derive from the key, so that a repeat is the same to the byte. Raises :class:`UnsafeHeader` or
    :class:`BadAddress`.
    """
    mail = EmailMessage(policy=_Folded(linesep="\r\n", utf8=needs_utf8(envelope)))
    for name, value in _headers(envelope).items():
        mail[name] = value
    mail.set_content(_body(envelope.text), cte="base64")
    if envelope.html:
        mail.add_alternative(_body(envelope.html), subtype="html", cte="base64")
        mail.set_boundary(_boundary(envelope.key))
    if envelope.files:
        mail.make_mixed(_boundary(f"{envelope.key} files"))
    for file in envelope.files:
        mail.attach(_attachment(file))
    mail["Content-Language"] = _safe(envelope.locale)
    return mail


def _boundary(key: str) -> str:
    return f"=_{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _attachment(file: File) -> EmailMessage:
    """The file as a part whose name every reader finds: QQ Mail by ``name``, others by ``filename*``."""
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise UnsafeHeader(file.media_type)
    name, fold = _safe(file.name), "\r\n "
    shown = _parameter(name)
    part = EmailMessage(policy=compat32)  # headers stay as they are written
    part["Content-Type"] = f"{file.media_type};{fold}name={shown}"
    part["Content-Transfer-Encoding"] = "base64"
    wide = f"utf-8''{quote(name, safe=_UNRESERVED)}"
    part["Content-Disposition"] = f"attachment;{fold}filename={shown};{fold}filename*={wide}"
    part.set_payload(base64.encodebytes(file.content).decode("ascii"))
    return part


def _parameter(name: str) -> str:
    """The name within quotes: as it is where that is safe, else in words of RFC 2047."""
    if name.isascii() and not set(name) & set('"\\'):
        return f'"{name}"'
    words = Header(name, _UTF8, maxlinelen=LINE_LENGTH, header_name="filename").encode(linesep="\r\n")
    return f'"{words}"'


def needs_utf8(envelope: Envelope) -> bool:
    """Whether the recipient cannot be written in ASCII (a Chinese domain can, a Chinese local part cannot)."""
    return not ascii_domain(envelope.to_address).isascii()


def ascii_domain(address: str) -> str:
    """The address with its domain in the form that DNS knows. Raises :class:`BadAddress`."""
    local, _, domain = address.rpartition("@")
    if not _DOT_ATOM.fullmatch(local) or not _DOT_ATOM.fullmatch(domain):
        raise BadAddress(address)
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise BadAddress(address) from None


def _headers(envelope: Envelope) -> dict[str, str | Address]:
    headers: dict[str, str | Address] = {
        "From": _own_address(envelope.from_name, envelope.from_address),
        "To": _address(envelope.to_name, envelope.to_address),
        "Subject": _safe(envelope.subject),
        "Date": format_datetime(envelope.dated),
        "Message-ID": _safe(envelope.message_id),
        "Auto-Submitted": "auto-generated",
    }
    if envelope.reply_to:
        headers["Reply-To"] = _own_address(envelope.reply_to_name, envelope.reply_to)
    if envelope.references:
        headers["In-Reply-To"] = headers["References"] = _safe(envelope.references)
    return headers


def _own_address(name: str, address: str) -> Address:
    """Sender and reply address are the operator's choice, so they are ASCII for every server's sake."""
    if not ascii_domain(_safe(address)).isascii():
        raise BadAddress(address)
    return _address(name, address)


def _address(name: str, address: str) -> Address:
    """One address that stays one, whatever its name contains."""
    local, _, domain = ascii_domain(_safe(address)).rpartition("@")
    return Address(display_name=_safe(name), username=local, domain=domain)


def _safe(value: str) -> str:
    """The value itself: what is unsafe is refused, not mended, because it should never have got here."""
    if _CONTROL.search(value):
        raise UnsafeHeader(value)
    return value


def _body(text: str) -> str:
    return text.encode(errors="replace").decode()
