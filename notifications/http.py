"""The only way out over HTTP: bounded in time and size, to listed hosts, and silent about secrets."""

from __future__ import annotations

import base64
import http.client
import logging
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from json import dumps, loads
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, quote_plus

import requests
import urllib3

from notifications import verdicts
from notifications.http_line import Adapter, Failed, Line
from notifications.kinds import Network

__all__ = ["Client", "Failed", "HttpAnswer"]

MOST_BYTES = 64 * 1024  # of an answer; the rest is not read
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_OWN_HEADERS = {"User-Agent": "duban", "Accept": "application/json", "Accept-Encoding": "identity"}
_NAMED_SECRET = re.compile(r"\b((?:access_)?token|key|sign|\w*secret|authorization)=[^\s&\"']+", re.I)
_SHORTEST_SECRET = 4

# These loggers write whole addresses, keys included, some of them as warnings.
for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(lambda _record: False)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a server answered, whatever its status; names of headers in lower case, at most 64 KB of the body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The parsed body. Raises ``ValueError`` if it is no JSON."""
        try:
            return loads(self.body.decode("utf-8-sig"))
        except RecursionError:
            pass
        raise ValueError("nested too deeply")


class Client:
    """Calls to listed hosts. A redirect is an answer and followed by nobody; no proxy of the environment counts.

    A host's name is resolved once for each connection, and the connection made to that address;
    ``vendor_hosts`` are reached over https on port 443 at public addresses only, the operator's hosts also
    elsewhere. ``secrets`` are taken out of whatever :meth:`redact` is given. Used by one thread at a time.
    """

    def __init__(
        self, network: Network, vendor_hosts: Collection[str] = (), secrets: Sequence[str] = ()
    ) -> None:
        self._network = network
        self._line = Line(network, vendor_hosts)
        self._secrets: set[str] = set()
        self._session: requests.Session | None = None
        for secret in secrets:
            self.hide(secret)

    def hide(self, secret: str) -> None:
        """From now on :meth:`redact` takes this out as well, such as a token that a vendor handed out."""
        if len(secret) >= _SHORTEST_SECRET:
            coded = base64.b64encode(secret.encode()).decode()
            shapes = {secret, quote(secret, safe=""), quote_plus(secret), coded, quote(coded, safe="")}
            self._secrets |= shapes | {coded.rstrip("=")}

    def open(self) -> None:
        """The connection is kept from now on; nothing is contacted before it is needed."""
        self._session = self._session or self._new_session()

    def close(self) -> None:
        """Connections are given back; never raises."""
        if self._session:
            self._session.close()
        self._session = None
        self._line.close()

    def post(
        self,
        url: str,
        *,
        json: object | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> HttpAnswer:
        """The answer to a POST of ``json`` (as raw UTF-8) or ``body``. Raises :class:`Failed`."""
        if json is not None:
            body = dumps(json, ensure_ascii=False).encode("utf-8", "replace")
            headers = {"Content-Type": "application/json; charset=utf-8", **headers}
        return self._call("POST", url, body or b"", headers)

    def get(self, url: str, *, headers: Mapping[str, str] = _NO_HEADERS) -> HttpAnswer:
        """The answer to a GET. Raises :class:`Failed`."""
        return self._call("GET", url, None, headers)

    def redact(self, text: str) -> str:
        """The text on one line of at most 240 characters, without secrets and addresses of any kind."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "…")
        return verdicts.redact(_NAMED_SECRET.sub(r"\1=…", text), ())

    def _call(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> HttpAnswer:
        was_open = self._session is not None
        self.open()
        answer = self._attempt(method, url, body, headers)
        if not was_open:
            self.close()
        if isinstance(answer, Failed):
            raise answer  # here, where no other error is being handled that would travel along
        return answer

    def _attempt(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> HttpAnswer | Failed:
        assert self._session is not None
        try:
            with self._line.limited():
                prepared = self._session.prepare_request(
                    requests.Request(method, url, data=body, headers=dict(headers))
                )
                limits = (self._network.connect, self._network.read)
                answer = _read(
                    self._session.send(prepared, stream=True, timeout=limits, allow_redirects=False)
                )
            return Failed("answer_lost", ambiguous=True) if self._line.cut else answer
        except Failed as failed:
            return Failed(failed.code, failed.ambiguous)
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            return Failed("answer_lost", ambiguous=True) if self._line.sent else Failed(_why(error))

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.headers.clear()
        session.headers.update(_OWN_HEADERS)
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            session.mount(scheme, Adapter(self._line))
        return session


def _read(response: requests.Response) -> HttpAnswer:
    """The answer; its connection can be used again if it ended within the limit, else it is closed."""
    with response:
        body = response.raw.read(MOST_BYTES + 1, decode_content=True)
        headers = {name.lower(): value for name, value in response.headers.items()}
        if len(body) <= MOST_BYTES:
            response.raw.release_conn()
        return HttpAnswer(response.status_code, headers, body[:MOST_BYTES])


def _why(error: Exception) -> str:
    """The code where the request was not sent as a whole."""
    if isinstance(error, requests.exceptions.SSLError):
        return "tls_failed"
    if isinstance(error, requests.exceptions.InvalidHeader | UnicodeError):
        return "bad_request"
    return "host_not_allowed" if isinstance(error, ValueError) else "unreachable"
