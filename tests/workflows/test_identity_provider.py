"""What an identity provider may get wrong, over real HTTP: each lie is refused by its own code, and the truth is taken."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from engine.errors import DubanError
from tests.web.provider import CLIENT, EC, NEXT, RSA, SECRET, STRANGER, Answer, Provider, a_provider, patient
from tests.workflows.office_2024 import at
from workflows.identity_provider import (
    Identity,
    IdentityProvider,
    ProviderSettings,
    is_installed,
)

NOW = at("2024-04-02T18:00")
HOME = "http://127.0.0.1:8300/sign-in/oidc/callback"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_provider(NOW) as found:
        yield found


@pytest.fixture
def client(provider: Provider) -> IdentityProvider:
    settings = ProviderSettings(provider.issuer, CLIENT, HOME, patient(NOW), client_secret=SECRET)
    return IdentityProvider(settings)


def come(client: IdentityProvider, hours: float = 0) -> Identity:
    """Who has come, after the whole way there and back."""
    now = NOW + timedelta(hours=hours)
    pending, _ = client.pending.begin("/", "zh-CN", now)
    back = httpx.get(client.address(pending, now)).headers["location"]
    return client.identity(dict(parse_qsl(urlsplit(back).query))["code"], pending, now)


def refused(client: IdentityProvider) -> str:
    """The code of the refusal, with what the sentence names in brackets."""
    with pytest.raises(DubanError) as error:
        come(client)
    _, _, named = error.value.message.partition("核对不符（")
    return " ".join(filter(None, (error.value.code, named.partition("）")[0])))


def test_who_has_come_is_told_by_subject_and_by_account(client: IdentityProvider, provider: Provider) -> None:
    assert come(client) == Identity(provider.issuer, "0f8e", "zhang.san")


MOMENT = int(NOW.timestamp())
# what the token says otherwise, and the name of what is wrong; none where it holds
CLAIMS: list[tuple[dict[str, object], str]] = [
    ({}, ""),
    ({"aud": [CLIENT]}, ""),
    ({"aud": [CLIENT, "other"], "azp": CLIENT}, ""),
    ({"azp": CLIENT}, ""),
    ({"exp": MOMENT - 30}, ""),  # within the skew of clocks
    ({"iat": MOMENT + 30}, ""),
    ({"nbf": MOMENT + 30}, ""),
    ({"iss": "http://127.0.0.1:1"}, "iss"),
    ({"iss": None}, "iss"),
    ({"aud": "other"}, "aud"),
    ({"aud": ["other"]}, "aud"),
    ({"aud": []}, "aud"),
    ({"aud": None}, "aud"),
    ({"aud": 5}, "aud"),
    ({"aud": [CLIENT, "other"]}, "azp"),
    ({"aud": [CLIENT, "other"], "azp": "other"}, "azp"),
    ({"azp": "other"}, "azp"),
    ({"exp": MOMENT - 61}, "exp"),
    ({"exp": None}, "exp"),
    ({"exp": "tomorrow"}, "exp"),
    ({"exp": True}, "exp"),
    ({"iat": MOMENT + 61}, "iat"),
    ({"iat": None}, "iat"),
    ({"nbf": MOMENT + 61}, "nbf"),
    ({"nonce": "other"}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"nonce": ["other"]}, "nonce"),
    ({"sub": None}, "sub"),
    ({"sub": ""}, "sub"),
    ({"sub": 17}, "sub"),
    ({"sub": "s" * 255}, ""),
    ({"sub": "s" * 256}, "sub"),
    ({"sub": "张三"}, ""),
    ({"sub": "a\x00b"}, "sub"),
]


@pytest.mark.parametrize(("claims", "wrong"), CLAIMS)
def test_only_a_token_whose_claims_all_hold_is_believed(
    client: IdentityProvider, provider: Provider, claims: dict[str, object], wrong: str
) -> None:
    provider.claims = claims
    if wrong:
        assert refused(client) == f"OIDC_TOKEN {wrong}"
    else:
        assert come(client).account == "zhang.san"


PUBLIC = RSA.as_pem(private=False)
ENCRYPTS = RSAKey.generate_key(2048, {"kid": "enc"})
SHARED = OctKey.import_key(SECRET, {"kid": "oct"})


@pytest.mark.parametrize(
    ("signer", "header", "wrong"),
    [
        (None, {"alg": "none"}, "alg"),
        (None, {"alg": "RS256", "kid": "rsa-1"}, "signature"),
        (PUBLIC, {"alg": "HS256", "kid": "rsa-1"}, "alg"),  # whoever knows the public key could sign
        (PUBLIC, {"alg": "RS256", "kid": "rsa-1"}, "signature"),
        (SECRET.encode(), {"alg": "HS256"}, "alg"),
        (SECRET.encode(), {"alg": "HS256", "kid": "oct"}, "alg"),
        (STRANGER, {"alg": "RS256", "kid": "rsa-1"}, "signature"),
        (STRANGER, {"alg": "RS256"}, "signature"),
        (RSA, {"alg": "RS256", "kid": "rsa-9"}, "kid"),
        (ENCRYPTS, {"alg": "RS256", "kid": "enc"}, "kid"),
        (SECRET.encode(), {"alg": "RS256", "kid": 7}, "alg"),
        (SECRET.encode(), {"kid": "rsa-1"}, "alg"),
        (SECRET.encode(), {"alg": ["RS256"]}, "alg"),
    ],
)
def test_a_forged_token_is_not_believed(
    client: IdentityProvider, provider: Provider, signer: object, header: dict[str, object], wrong: str
) -> None:
    published = provider.published()["keys"]
    published += [{**ENCRYPTS.as_dict(private=False), "use": "enc"}, SHARED.as_dict(), {"kty": "?"}, {}]
    provider.instead["/keys"] = lambda: Answer(200, json.dumps({"keys": published}).encode())
    provider.signer, provider.header = signer, header
    assert refused(client) == f"OIDC_TOKEN {wrong}"


@pytest.mark.parametrize("kid", ["ec-1", None])
def test_a_token_signed_on_an_elliptic_curve_is_taken_with_and_without_the_name_of_its_key(
    client: IdentityProvider, provider: Provider, kid: str | None
) -> None:
    provider.signer, provider.header = EC, {"alg": "ES256"} | ({"kid": kid} if kid else {})
    assert come(client).subject == "0f8e"


def test_a_new_key_of_the_provider_is_fetched_when_a_token_names_it(
    client: IdentityProvider, provider: Provider
) -> None:
    come(client)
    provider.keys, provider.signer = [NEXT], NEXT
    provider.header = {"alg": "RS256", "kid": "rsa-2"}
    come(client)
    assert provider.asked.count("/keys") == 2


def test_what_the_provider_says_of_itself_is_asked_once_an_hour(
    client: IdentityProvider, provider: Provider
) -> None:
    for hours, times in ((0, 1), (0.01, 1), (0.99, 1), (1.0, 2), (1.01, 2)):
        pending, _ = client.pending.begin("/", "zh-CN", NOW)
        client.address(pending, NOW + timedelta(hours=hours))
        assert provider.asked.count("/keys") == times


def _answers(status: int, body: bytes, headers: dict[str, str] | None = None) -> Callable[[], Answer]:
    return lambda: Answer(status, body, headers or {})


KEYS, TOKEN, ITSELF = "/keys", "/token", "/.well-known/openid-configuration"
HUGE = b'{"keys": [' + b" " * 70_000 + b"]}"
AWAY = {"Location": "http://127.0.0.1:9/elsewhere"}


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        (ITSELF, _answers(200, b"<html>"), "OIDC_ANSWER"),
        (ITSELF, _answers(200, b"[]"), "OIDC_ANSWER"),
        (ITSELF, _answers(200, b"[" * 60_000), "OIDC_ANSWER"),
        (ITSELF, _answers(200, b"\xff\xfe"), "OIDC_ANSWER"),
        (ITSELF, _answers(200, b'{"issuer": "https://id.example.com"}'), "OIDC_ISSUER"),
        (ITSELF, _answers(200, b"{}"), "OIDC_ISSUER"),
        (ITSELF, _answers(404, b"{}"), "OIDC_ANSWER"),
        (ITSELF, _answers(302, b"", AWAY), "OIDC_ANSWER"),
        (ITSELF, _answers(500, b"{}"), "OIDC_UNREACHABLE"),
        (KEYS, _answers(200, b'{"keys": "none"}'), "OIDC_ANSWER"),
        (KEYS, _answers(200, b'{"keys": [5, null]}'), "OIDC_TOKEN kid"),
        (KEYS, _answers(200, HUGE), "OIDC_ANSWER"),
        (KEYS, _answers(302, b"", AWAY), "OIDC_ANSWER"),
        (TOKEN, _answers(200, b"{}"), "OIDC_ANSWER"),
        (TOKEN, _answers(200, b"no json"), "OIDC_ANSWER"),
        (TOKEN, _answers(200, b'{"id_token": 5}'), "OIDC_ANSWER"),
        (TOKEN, _answers(200, b'{"id_token": ""}'), "OIDC_TOKEN alg"),
        (TOKEN, _answers(200, b'{"id_token": "x"}'), "OIDC_TOKEN alg"),
        (TOKEN, _answers(200, b'{"id_token": "a.b.c.d.e"}'), "OIDC_TOKEN alg"),
        (TOKEN, _answers(200, HUGE), "OIDC_ANSWER"),
        (TOKEN, _answers(307, b"{}", AWAY), "OIDC_ANSWER"),
        (TOKEN, _answers(400, b'{"error": "invalid_grant"}'), "OIDC_CODE"),
        (TOKEN, _answers(400, b'{"error": ["x"]}'), "OIDC_CLIENT"),
        (TOKEN, _answers(401, b'{"error": "invalid_client"}'), "OIDC_CLIENT"),
        (TOKEN, _answers(502, b"Bad Gateway"), "OIDC_UNREACHABLE"),
    ],
)
def test_an_odd_answer_is_refused_by_its_code(
    client: IdentityProvider, provider: Provider, path: str, answer: Callable[[], Answer], code: str
) -> None:
    provider.instead[path] = answer
    assert refused(client) == code
    del provider.instead[path]
    assert come(client).subject == "0f8e"  # nothing odd is remembered


def test_a_provider_that_is_slow_or_away_is_given_up_in_time(
    client: IdentityProvider, provider: Provider
) -> None:
    over = threading.Event()

    def slow() -> Answer:
        over.wait(60)
        return Answer()

    provider.instead[ITSELF] = slow
    hasty = replace(client.settings, network=replace(client.settings.network, read=0.1, total=0.2))
    assert refused(IdentityProvider(hasty)) == "OIDC_UNREACHABLE"
    over.set()
    away = replace(client.settings, issuer="http://127.0.0.1:9")
    assert refused(IdentityProvider(away)) == "OIDC_UNREACHABLE"


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri"])
def test_an_endpoint_on_a_host_that_nobody_listed_is_not_called(
    client: IdentityProvider, provider: Provider, name: str
) -> None:
    provider.metadata = {name: "https://id.example.com/x"}
    with pytest.raises(DubanError, match=r"主机 id\.example\.com 还没有准许") as error:
        come(client)
    assert error.value.code == "OIDC_HOST"


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "address", ["http://id.example.com/x", "javascript:alert(1)", "", None, 5, "http://["]
)
def test_an_endpoint_that_is_not_protected_is_not_used(
    client: IdentityProvider, provider: Provider, name: str, address: object
) -> None:
    provider.metadata = {name: address}
    assert refused(client) == "OIDC_ANSWER"


@pytest.mark.parametrize(
    ("secret", "metadata", "code"),
    [
        (SECRET, {}, ""),
        (SECRET, {"token_endpoint_auth_methods_supported": ["client_secret_post"]}, ""),
        (
            SECRET,
            {"token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"]},
            "",
        ),
        ("wrong", {}, "OIDC_CLIENT"),
        ("", {}, "OIDC_CLIENT"),
    ],
)
def test_the_secret_goes_as_the_provider_wants_it(
    client: IdentityProvider, provider: Provider, secret: str, metadata: dict[str, object], code: str
) -> None:
    provider.metadata = metadata
    mine = IdentityProvider(replace(client.settings, client_secret=secret))
    if code:
        assert refused(mine) == code
    else:
        assert come(mine).subject == "0f8e"


@pytest.mark.parametrize(
    ("claim", "claims", "account"),
    [
        ("preferred_username", {}, "zhang.san"),
        ("preferred_username", {"preferred_username": " zhang.san\n"}, "zhang.san"),
        ("preferred_username", {"preferred_username": None}, ""),
        ("preferred_username", {"preferred_username": "张三"}, "张三"),
        ("preferred_username", {"preferred_username": "a\x00b"}, ""),
        ("preferred_username", {"preferred_username": ["x"]}, ""),
        ("sub", {}, "0f8e"),
        ("email", {"email": "a@example.com", "email_verified": True}, "a@example.com"),
        ("email", {"email": "a@example.com", "email_verified": False}, ""),
        ("email", {"email": "a@example.com", "email_verified": "true"}, ""),
        ("email", {"email": "a@example.com"}, ""),
    ],
)
def test_the_account_is_what_the_set_up_claim_says_and_an_address_only_if_verified(
    client: IdentityProvider, provider: Provider, claim: str, claims: dict[str, object], account: str
) -> None:
    provider.claims = claims
    assert come(IdentityProvider(replace(client.settings, account_claim=claim))).account == account


def test_no_secret_is_in_what_is_shown_of_the_settings(client: IdentityProvider) -> None:
    assert SECRET not in repr(client.settings)
    assert SECRET not in client.address(client.pending.begin("/", "zh-CN", NOW)[0], NOW)


def test_the_packages_of_the_extra_are_looked_for() -> None:
    assert is_installed()
    assert not is_installed(("authlib", "no_such_package"))
