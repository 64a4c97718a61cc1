"""The ID token of an identity provider: signed with one of its keys, made for us, for this sign-in, for now.

The checks are those of OpenID Connect Core 1.0, 3.1.3.7. Only signatures with a pair of keys count: with ``none``
anybody could sign, and with ``HS…`` everybody who knows the provider's public key.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import DubanError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
PAIRED = frozenset({"RSA", "EC", "OKP"})  # kinds of keys with a public and a private half
SKEW = 60  # seconds by which the provider's clock may differ from ours
LONGEST_SUBJECT = 255  # as the standard has it
# What parsers say of input that somebody made up.
_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class UnknownKey(Exception):  # noqa: N818 - it says what happened
    """None of the keys is the one that the token names: the provider may have taken a new one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token has to say."""

    issuer: str
    client_id: str
    nonce: str


def checked(
    token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, now: datetime
) -> Mapping[str, Any]:
    """The claims of a token that holds; ``keys`` as the provider publishes them.

    Raises DubanError OIDC_TOKEN with the name of what is wrong, UnknownKey.
    """
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import ClaimError, ExpiredTokenError, JoseError

    header, claims = _verified(token, keys)
    must = {"iss": {"essential": True, "value": expected.issuer}}
    must |= {"aud": {"essential": True, "value": expected.client_id}}
    wrong = ""
    try:
        known = CodeIDToken(claims, header, must, {"client_id": expected.client_id})
        known.validate(int(now.timestamp()), SKEW)
    except ClaimError as error:
        wrong = error.claim
    except ExpiredTokenError:
        wrong = "exp"
    except (JoseError, *_ODD):
        wrong = "claims"
    subject, nonce = claims.get("sub"), claims.get("nonce")
    if not isinstance(subject, str) or not (0 < len(subject) <= LONGEST_SUBJECT and subject.isprintable()):
        wrong = wrong or "sub"
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        wrong = wrong or "nonce"
    if wrong:
        raise refused(wrong)
    return claims


def refused(what: str) -> DubanError:
    """The error for a token that does not hold; ``what`` names a claim, or ``signature``."""
    return DubanError(
        "OIDC_TOKEN", f"身份认证给出的凭证核对不符（{what}），没有登录：请再试一次，仍不行请告诉管理员。"
    )


def _verified(token: str, keys: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that one of the keys has signed."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    kid = _key_id(token)
    candidates = [key for key in map(_usable, keys) if key and (kid is None or key.kid == kid)]
    if not candidates:
        raise UnknownKey
    for key in candidates:
        with suppress(JoseError, *_ODD):
            found = jwt.decode(token, key, algorithms=ALGORITHMS)
            return dict(found.header), dict(found.claims)
    raise refused("signature")


def _key_id(token: str) -> str | None:
    """Which key the token says has signed it."""
    from joserfc import jws
    from joserfc.errors import JoseError

    header: Mapping[str, Any] = {}
    with suppress(JoseError, *_ODD):
        header = jws.extract_compact(token.encode()).headers()
    kid = header.get("kid")
    if header.get("alg") not in ALGORITHMS or not isinstance(kid, str | None):
        raise refused("alg")
    return kid


def _usable(key: Mapping[str, Any]) -> Any:
    """The key if it is a public one to check signatures with; ``None`` for kinds that nobody here knows."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    if key.get("kty") not in PAIRED or key.get("use", "sig") != "sig":
        return None
    with suppress(JoseError, *_ODD):
        return import_key(dict(key))
    return None
