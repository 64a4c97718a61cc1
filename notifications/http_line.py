"""Where an outgoing call may lead, and the connections that lead there: resolved once, checked, cut in time."""

from __future__ import annotations

import ipaddress
import math
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from notifications.kinds import Network

Address = tuple[int, Any]  # family, and what a socket of that family connects to
_AGAIN = 0.05  # seconds until a call that goes on after its time is cut once more
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Failed(Exception):  # noqa: N818 - it says what happened
    """No usable answer came. ``code`` is a verdict code; ``ambiguous``: the request may have arrived whole.

    It carries nothing else: no address, no key, and no other error behind it.
    """

    def __init__(self, code: str, ambiguous: bool = False) -> None:
        super().__init__(code)
        self.code, self.ambiguous = code, ambiguous


class Line:
    """One call after the other over checked connections.

    Of the present call: ``sent`` once the request left as a whole, ``cut`` once its time was up.
    """

    def __init__(self, network: Network, vendor_hosts: Collection[str] = ()) -> None:
        self._network = network
        self._vendors = {host.lower() for host in vendor_hosts}
        self._authorities: ssl.SSLContext | None = None
        self._held: socket.socket | None = None
        self._watch = _Watch(network.total, self._cut)
        self.sent = self.cut = False

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Whatever happens inside ends in time, even against a server that sends a byte now and then."""
        self.sent, self.cut, self._held = False, False, None
        self._watch.begin()
        try:
            yield
        finally:
            self._watch.end()

    def close(self) -> None:
        """Nobody watches any more; the next call is watched anew."""
        self._watch.close()

    def hold(self, held: socket.socket | None) -> None:
        """This is what is cut when time is up; at once if it is up already."""
        self._held = held
        if self._watch.left() <= 0:
            self._cut()

    def allows(self, host: str, port: int, *, secure: bool) -> bool:
        """Whether a call may lead to that name at all; its addresses are looked at when it does."""
        is_vendor = secure and port == 443 and host.lower() in self._vendors
        return is_vendor or is_listed(self._network, host, port)

    def connect(self, host: str, port: int, *, secure: bool) -> socket.socket:
        """A connection to an address of that host, all of whose addresses may be reached. Raises :class:`Failed`."""
        if not self.allows(host, port, secure=secure):
            raise Failed("host_not_allowed")
        listed = is_listed(self._network, host, port)
        addresses = self._resolved(host, port)
        if not listed and not all(is_public(address[0]) for _, address in addresses):
            raise Failed("host_not_allowed")
        for family, address in addresses:
            if connection := self._connected(family, address):
                return connection
        raise Failed("unreachable")

    def authorities(self) -> ssl.SSLContext:
        """The public authorities and the operator's own. Raises :class:`Failed` if that file cannot be read."""
        if self._authorities is None:
            self._authorities = _authorities(self._network.ca_file)
        return self._authorities

    def _cut(self) -> None:
        self.cut = True
        if self._held is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._held, socket.SHUT_RDWR)  # below TLS: no farewell that may block

    def _resolved(self, host: str, port: int) -> list[Address]:
        """Asked in a thread: the system's resolver knows no time limit of ours."""
        answers: queue.SimpleQueue[list[Address]] = queue.SimpleQueue()
        threading.Thread(target=lambda: answers.put(_look_up(host, port)), daemon=True).start()
        try:
            return answers.get(timeout=self._left())
        except queue.Empty:
            return []

    def _connected(self, family: int, address: Any) -> socket.socket | None:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(self._left())
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
        except OSError:
            connection.close()
            return None
        return connection

    def _left(self) -> float:
        return max(0.001, min(self._network.connect, self._watch.left()))


class _Watch:
    """One thread for as long as connections are kept: it cuts a call whose time is up, and starts none for each."""

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        self._seconds, self._cut = seconds, cut
        self._deadline = math.inf
        self._lock = threading.Lock()
        self._over: threading.Event | None = None

    def begin(self) -> None:
        """A call has all its time from now on."""
        with self._lock:
            self._deadline = time.monotonic() + self._seconds
        if self._over is None:
            self._over = threading.Event()
            threading.Thread(target=self._watch, args=(self._over,), daemon=True).start()

    def left(self) -> float:
        """The seconds that the present call has left."""
        return self._deadline - time.monotonic()

    def end(self) -> None:
        """The call is over in time."""
        with self._lock:
            self._deadline = math.inf

    def close(self) -> None:
        """The thread ends by itself."""
        if self._over:
            self._over.set()
        self._over = None

    def _watch(self, over: threading.Event) -> None:
        """Sleeps no longer than a call may take: one that begins meanwhile is still cut in time."""
        while not over.wait(min(self._seconds, self.left() if self.left() > 0 else _AGAIN)):
            with self._lock:
                if self.left() <= 0:
                    self._cut()


class Adapter(HTTPAdapter):
    """What `requests` sends with: connections of that line only, nothing repeated."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The pools open connections of the line."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_pool, HTTPConnectionPool, partial(_Plain, line=self._line)),
            "https": partial(_pool, HTTPSConnectionPool, partial(_Encrypted, line=self._line)),
        }

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The line's authorities count; `requests` would load its own list for each connection."""


def is_listed(network: Network, host: str, port: int) -> bool:
    """Whether the operator lists the host, with this port or without any."""
    listed = {_host_and_port(entry) for entry in network.hosts}
    return not listed.isdisjoint({(host.lower(), None), (host.lower(), port)})


def is_public(address: str) -> bool:
    """Whether anybody on the internet would reach the same machine there: not private, loopback, link-local…"""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def _host_and_port(entry: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{entry.strip()}")
        return (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "", None


def _look_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [(family, address) for family, _, _, _, address in found]


def _authorities(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    try:
        if ca_file:
            context.load_verify_locations(cafile=ca_file)
        return context
    except OSError:  # no such file, or no certificate in it
        pass
    raise Failed("tls_failed")


def _pool(kind: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
    pool = kind(*args, **kwargs)
    pool.ConnectionCls = connection
    return pool


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def _new_conn(self) -> socket.socket:
        return self.line.connect(self.host, self.port, secure=False)

    def connect(self) -> None:
        super().connect()
        self.line.hold(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> None:
        self.line.hold(self.sock)
        super().request(*args, **kwargs)
        self.line.sent = True


class _Encrypted(HTTPSConnection):
    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        self._below: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        connection = self.line.connect(self.host, self.port, secure=True)
        self._below = connection.dup()  # the handshake takes the connection away from its object
        self.line.hold(self._below)
        return connection

    def connect(self) -> None:
        self.ssl_context = self.line.authorities()
        try:
            super().connect()
            self.line.hold(self.sock)
        finally:
            if self._below:
                self._below.close()

    def request(self, *args: Any, **kwargs: Any) -> None:
        self.line.hold(self.sock)
        super().request(*args, **kwargs)
        self.line.sent = True
