"""The door: pages are for known host names, only our own pages may change anything, and every answer tells
the browser to load nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.access import is_by_link

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN_UNDER_ANY_NAME = ("/r/", "/static/", "/public/", "/healthz", "/readyz")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; style-src 'self'{styles}; img-src 'self'; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A mail brings its styles in attributes; its frame inherits the page's policy, and allows no script.
POLICY_WITH_MAIL = POLICY.format(styles=" 'unsafe-inline'")
POLICY_WITH_PREVIEW = POLICY_WITH_MAIL + "; script-src 'self'; connect-src 'self'"  # a mail beside what moves
POLICY_WITH_SCRIPTS = POLICY.format(styles="") + "; script-src 'self'; connect-src 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY_WITH_SCRIPTS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Without a referrer browsers send `Origin: null` with our own forms, too, and could not be told apart.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
HEADERS_BY_LINK = {**HEADERS, "Content-Security-Policy": POLICY.format(styles="")}


class Guard:
    """Wraps the whole application, error pages included."""

    def __init__(self, app: ASGIApp, allowed_hosts: Iterable[str] = (), public_host: str = "") -> None:
        self.app = app
        self._public_host = public_host.lower()
        known = (*allowed_hosts, host_name(public_host))
        self._hosts = OWN_NAMES | {host.lower() for host in known if host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses, or hands on and adds the headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        scope = _readable(scope)
        by_link = is_by_link(scope["path"])

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (HEADERS_BY_LINK if by_link else HEADERS).items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        await (refusal or self.app)(scope, receive, send_guarded)

    def _refusal(self, method: str, path: str, headers: Headers) -> Response | None:
        host = headers.get("host", "").lower()
        if host_name(host) not in self._hosts and not path.startswith(OPEN_UNDER_ANY_NAME):
            return PlainTextResponse(
                "这个主机名没有登记：请用 base_url 的地址打开，或在配置项 allowed_hosts 中登记。\n"
                "This host name is not registered.\n",
                status_code=421,
            )
        if method not in SAFE_METHODS and not self._is_ours(headers.get("origin", ""), host):
            return PlainTextResponse(
                "请求不是从本系统的页面发出的，没有办理。\nThe request did not come from our own page.\n",
                status_code=403,
            )
        return None

    def _is_ours(self, origin: str, host: str) -> bool:
        """Whether a page of ours sent it; a proxy may hand on another Host than the browser saw."""
        try:
            sender = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        return bool(sender) and sender in (host, self._public_host)


def _readable(scope: Scope) -> Scope:
    """The request with a sign for what is none, as for bytes that are no text: no database or folder takes a NUL."""
    return {
        **scope,
        "path": scope["path"].replace("\0", "\ufffd"),
        "query_string": scope["query_string"].replace(b"%00", b"%EF%BF%BD").replace(b"\0", b""),
    }


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
