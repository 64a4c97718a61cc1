"""What the check-up says of the identity provider: whether it is set up, installed, and answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from duban.checkup import Check
from duban.settings import Settings
from duban.wiring import provider_of
from engine.errors import DubanError


def oidc_checks(settings: Settings, at: datetime) -> Iterator[Check]:
    """Nothing where nobody signs in by a provider."""
    try:
        provider = provider_of(settings)
        if provider is None:
            return
        provider.check(at)
    except DubanError as error:
        yield Check("oidc", "error", f"{error.message} [{error.code}]")
        return
    yield Check("oidc", "ok", f"统一身份认证答复正常，回调地址 {provider.settings.redirect_uri}")
