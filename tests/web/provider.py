"""An identity provider with a memory, over real HTTP on this machine: it tells the truth, or one lie at a time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from notifications.kinds import Network

CLIENT, SECRET = "duban", "client secret+1/ü"
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig", "alg": "RS256"})
EC = ECKey.generate_key("P-256", {"kid": "ec-1", "use": "sig", "alg": "ES256"})
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa-1"})  # not the provider's, under the name of its key
NEXT = RSAKey.generate_key(2048, {"kid": "rsa-2", "use": "sig", "alg": "RS256"})


def patient(now: datetime) -> Network:
    """Calls at that moment that wait for a busy machine, too; whoever tests slowness asks for less."""
    return Network(clock=lambda: now, connect=20, read=20, total=30)


@dataclass
class Answer:
    """What is sent back as it stands."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Provider:
    """``claims`` are laid over the true ones (``None`` takes one away); ``instead`` answers for a path;
    ``signer`` is a key, nothing for a token without a signature, or the bytes of a shared secret.

    ``asked`` are the requests in order; a code works once, with the verifier that belongs to its challenge.
    """

    issuer: str
    now: datetime
    keys: list[Any] = field(default_factory=lambda: [RSA, EC])
    signer: Any = field(default_factory=lambda: RSA)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "rsa-1"})
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    instead: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    subject: str = "0f8e"
    account: str = "zhang.san"
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        """What it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.metadata,
        }

    def published(self) -> dict[str, Any]:
        """Its public keys."""
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def authorized(self, query: str) -> str:
        """Where the browser goes once its user has agreed."""
        given = dict(parse_qsl(query))
        code = secrets.token_urlsafe(8)
        self.codes[code] = given
        back = {"code": code, "state": given["state"], "iss": self.issuer}
        return f"{given['redirect_uri']}?{urlencode(back)}"

    def redeemed(self, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, str]]:
        """The answer of the token endpoint."""
        if not self._is_known(form, authorization):
            return 401, {"error": "invalid_client"}
        given = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if given is None or given["code_challenge"] != _text(digest) or len(form["code_verifier"]) < 43:
            return 400, {"error": "invalid_grant"}
        if given["redirect_uri"] != form["redirect_uri"] or given["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.signed(given["nonce"]), "access_token": "at", "token_type": "Bearer"}

    def signed(self, nonce: str) -> str:
        """The ID token, with whatever lies are told."""
        moment = int(self.now.timestamp())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": moment + 300,
            "iat": moment,
            "nonce": nonce,
            "preferred_username": self.account,
            **self.claims,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        if self.signer is None:
            return f"{_part(self.header)}.{_part(told)}."
        if isinstance(self.signer, bytes):
            text = f"{_part(self.header)}.{_part(told)}"
            return f"{text}.{_text(hmac.digest(self.signer, text.encode(), 'sha256'))}"
        return jwt.encode(self.header, told, self.signer, algorithms=[self.header["alg"]])

    def _is_known(self, form: Mapping[str, str], authorization: str) -> bool:
        if form.get("client_secret"):
            return (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        both = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        return [unquote_plus(one) for one in both] == [CLIENT, SECRET]


@contextmanager
def a_provider(now: datetime) -> Iterator[Provider]:
    """The provider on a free port of this machine."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            provider.asked.append(url.path)
            if url.path in provider.instead:
                self._answer(provider.instead[url.path]())
            elif url.path == "/authorize":
                self._answer(Answer(303, headers={"Location": provider.authorized(url.query)}))
            elif url.path == "/keys":
                self._say(200, provider.published())
            else:
                known = url.path == "/.well-known/openid-configuration"
                self._say(200 if known else 404, provider.described() if known else {})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if self.path in provider.instead:
                self._answer(provider.instead[self.path]())
                return
            self._say(*provider.redeemed(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, value: object) -> None:
            self._answer(Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"}))

        def _answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_address[1]}", now)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()


def _part(value: object) -> str:
    return _text(json.dumps(value).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
