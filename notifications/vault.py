"""The secrets of channels as they are stored: encrypted with a key that lies outside the database."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import DubanError

PURPOSE = b"duban: secrets of channels, 1"  # the same key file makes report links, under a purpose of its own


class Vault:
    """Locks and unlocks with a key that is derived from the installation's own (at least 32 random bytes)."""

    def __init__(self, key: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key)
        self._fernet = Fernet(urlsafe_b64encode(derived))

    def lock(self, secrets: Mapping[str, str]) -> str:
        """The secrets as text that says nothing without the key; nothing at all stays empty."""
        if not secrets:
            return ""
        return self._fernet.encrypt(json.dumps(dict(secrets)).encode()).decode()

    def unlock(self, locked: str) -> dict[str, str]:
        """What was locked. Raises DubanError SECRETS_LOCKED where it was done with another key, or altered."""
        if not locked:
            return {}
        try:
            found: dict[str, str] = json.loads(self._fernet.decrypt(locked.encode()))
        except InvalidToken:
            raise DubanError(
                "SECRETS_LOCKED",
                "密钥文件换过，存着的渠道密钥解不开：请放回原来的密钥文件，或用 duban channels change 重新输入密钥。",
            ) from None
        return found
