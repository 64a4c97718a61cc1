"""What we ask an identity provider (OpenID Connect, authorization code with PKCE), and who it says has come.

Every call goes out over ``notifications.http``: no redirect is followed, time and size are bounded, and only the
provider's own host and the operator's list are reached.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from engine.addresses import is_protected
from engine.errors import DubanError
from notifications.http import Client, Failed, HttpAnswer
from notifications.kinds import Network
from workflows.id_token import Expected, UnknownKey, checked, refused
from workflows.pending_sign_in import Pending, PendingSignIns

PACKAGES = ("authlib", "joserfc")  # of the extra
WELL_KNOWN = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
FRESH = timedelta(hours=1)  # how long what the provider says of itself is not asked again
LONGEST_CALL = 10.0  # seconds: somebody waits in front of a page
AT_ONCE = 8  # calls; whoever comes then is told to try again, and pages stay open for everybody else
_FORM = MappingProxyType({"Content-Type": "application/x-www-form-urlencoded"})


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """The provider as the operator set it up; ``labels`` name it on the button, by language."""

    issuer: str
    client_id: str
    redirect_uri: str
    network: Network
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid", "profile")
    account_claim: str = "preferred_username"
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who has come: ``subject`` for good, ``account`` by the name that people know (empty where none was told)."""

    issuer: str
    subject: str
    account: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and its keys, as of a moment."""

    metadata: Mapping[str, Any]
    keys: tuple[Mapping[str, Any], ...]
    at: datetime


class IdentityProvider:
    """The provider of the office. ``pending`` are the sign-ins that wait for its answer. Any thread may call."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self.pending = PendingSignIns()
        self._known: _Known | None = None
        self._calls = BoundedSemaphore(AT_ONCE)
        network, host = settings.network, urlsplit(settings.issuer).netloc
        self._network = replace(network, hosts=(*network.hosts, host), total=min(network.total, LONGEST_CALL))

    def address(self, pending: Pending, now: datetime, *, anew: bool = False) -> str:
        """Where the browser goes to sign in; ``anew``: also those whom the provider still knows prove who they are.

        Raises DubanError OIDC_UNREACHABLE, OIDC_HOST, OIDC_ANSWER, OIDC_ISSUER.
        """
        endpoint: str = self._present(now).metadata["authorization_endpoint"]
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_uri,
            "scope": " ".join(dict.fromkeys(("openid", *self.settings.scopes))),
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": pending.challenge,
            "code_challenge_method": "S256",
            "ui_locales": pending.locale,
        } | ({"prompt": "login"} if anew else {})
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def identity(self, code: str, pending: Pending, now: datetime) -> Identity:
        """Who has signed in there.

        Raises DubanError OIDC_CODE, OIDC_CLIENT, OIDC_TOKEN and those of ``address``.
        """
        known = self._present(now)
        token = self._redeemed(known, code, pending)
        settings = self.settings
        expected = Expected(settings.issuer, settings.client_id, pending.nonce)
        try:
            claims = checked(token, known.keys, expected, now)
        except UnknownKey:
            claims = self._with_new_keys(token, expected, now)
        return Identity(settings.issuer, claims["sub"], _account(claims, settings.account_claim))

    def sign_out_address(self) -> str:
        """Where people leave the provider, too; empty where it offers that to nobody, or has not been asked yet."""
        endpoint = self._known.metadata.get("end_session_endpoint") if self._known else None
        if not isinstance(endpoint, str) or not is_protected(endpoint):
            return ""
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode({'client_id': self.settings.client_id})}"

    def check(self, now: datetime) -> None:
        """The provider answers and is the one that is set up. Raises the errors of ``address``."""
        self._known = None
        self._present(now)

    def _with_new_keys(self, token: str, expected: Expected, now: datetime) -> Mapping[str, Any]:
        self._known = None
        try:
            return checked(token, self._present(now).keys, expected, now)
        except UnknownKey:
            raise refused("kid") from None

    def _present(self, now: datetime) -> _Known:
        known = self._known
        if known is None or not known.at <= now < known.at + FRESH:
            metadata = self._metadata()
            known = self._known = _Known(metadata, self._keys(metadata["jwks_uri"]), now)
        return known

    def _metadata(self) -> Mapping[str, Any]:
        found = self._object(self.settings.issuer.rstrip("/") + WELL_KNOWN)
        if found.get("issuer") != self.settings.issuer:
            raise other_issuer()
        if not all(is_protected(found.get(name)) for name in ENDPOINTS):
            raise _unreadable()
        return found

    def _keys(self, address: str) -> tuple[Mapping[str, Any], ...]:
        keys = self._object(address).get("keys")
        if not isinstance(keys, list):
            raise _unreadable()
        return tuple(key for key in keys if isinstance(key, dict))

    def _redeemed(self, known: _Known, code: str, pending: Pending) -> str:
        """The ID token that the code stands for."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.redirect_uri,
            "code_verifier": pending.verifier,
        }
        headers = dict(_FORM)
        ways = known.metadata.get("token_endpoint_auth_methods_supported")
        if self.settings.client_secret and (not isinstance(ways, list) or "client_secret_basic" in ways):
            headers["Authorization"] = f"Basic {self._credentials()}"
        else:
            sent["client_id"] = self.settings.client_id
            if self.settings.client_secret:
                sent["client_secret"] = self.settings.client_secret
        answer = self._called(known.metadata["token_endpoint"], urlencode(sent).encode(), headers)
        said = _object_of(answer)
        if answer.status != 200:
            raise _code_refused() if said.get("error") == "invalid_grant" else _client_refused()
        token = said.get("id_token")
        if not isinstance(token, str):
            raise _unreadable()
        return token

    def _credentials(self) -> str:
        both = quote_plus(self.settings.client_id), quote_plus(self.settings.client_secret)
        return base64.b64encode(":".join(both).encode()).decode()

    def _object(self, address: str) -> Mapping[str, Any]:
        answer = self._called(address)
        if answer.status != 200:
            raise _unreadable()
        return _object_of(answer)

    def _called(
        self, address: str, body: bytes | None = None, headers: Mapping[str, str] = MappingProxyType({})
    ) -> HttpAnswer:
        """The answer to a GET, or to a POST of that body."""
        if not self._calls.acquire(blocking=False):
            raise _unreachable()
        client, code = Client(self._network), ""
        try:
            answer = client.get(address) if body is None else client.post(address, body=body, headers=headers)
        except Failed as failed:
            code = failed.code
        finally:
            client.close()
            self._calls.release()
        if code:
            raise _host_not_listed(address) if code == "host_not_allowed" else _unreachable()
        if answer.status >= 500:
            raise _unreachable()
        return answer


def other_issuer() -> DubanError:
    """The error where somebody else answers than the provider that is set up."""
    return DubanError(
        "OIDC_ISSUER", "回答的不是设置的那个身份认证：请管理员核对配置 [oidc] issuer，一个字也不能差。"
    )


def _account(claims: Mapping[str, Any], name: str) -> str:
    """The name by which people know the account; an e-mail address only if the provider has verified it."""
    told = claims.get(name)
    if not isinstance(told, str) or (name == "email" and claims.get("email_verified") is not True):
        return ""
    account = told.strip()
    return account if account.isprintable() else ""  # no database keeps every sign


def _object_of(answer: HttpAnswer) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _unreadable()
    return found


def _unreachable() -> DubanError:
    return DubanError(
        "OIDC_UNREACHABLE", "统一身份认证现在连不上：请稍后再试，或用用户名和密码登录。", retry=True
    )


def _host_not_listed(address: str) -> DubanError:
    host = urlsplit(address).netloc
    return DubanError(
        "OIDC_HOST", f"身份认证要用的主机 {host} 还没有准许连接：请管理员写进配置 [outbound] hosts。"
    )


def _unreadable() -> DubanError:
    return DubanError("OIDC_ANSWER", "统一身份认证的回答看不懂：请稍后再试，仍不行请告诉管理员。")


def _code_refused() -> DubanError:
    return DubanError("OIDC_CODE", "身份认证说这次登录已经用过或过期：请再点一次登录按钮。")


def _client_refused() -> DubanError:
    return DubanError("OIDC_CLIENT", "身份认证不认督办这个应用：请管理员核对 client_id、密钥和回调地址。")


def is_installed(packages: Sequence[str] = PACKAGES) -> bool:
    """Whether the optional packages are there that check what a provider says."""
    return all(find_spec(name) is not None for name in packages)
