"""Secrets of channels: unreadable without the key, told apart from altered ones, never in a sentence."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DubanError
from notifications.vault import Vault

KEY, OTHER = b"k" * 32, b"K" * 32


@given(st.dictionaries(st.text(), st.text(), max_size=5), st.binary(min_size=32, max_size=64))
def test_what_is_locked_is_unlocked_with_the_same_key(secrets: dict[str, str], key: bytes) -> None:
    assert Vault(key).unlock(Vault(key).lock(secrets)) == secrets


def test_nothing_to_lock_needs_no_key_to_read() -> None:
    assert Vault(KEY).lock({}) == ""
    assert Vault(OTHER).unlock("") == {}


def test_the_same_secrets_never_look_the_same() -> None:
    assert Vault(KEY).lock({"token": "t"}) != Vault(KEY).lock({"token": "t"})


def test_the_stored_text_says_nothing() -> None:
    locked = Vault(KEY).lock({"token": "canary-1234567890"})
    assert "canary" not in locked
    assert "token" not in locked


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-4], lambda text: text[:20] + "A" + text[21:], str.lower]
)
def test_altered_secrets_are_refused_with_a_sentence(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(DubanError) as refused:
        Vault(KEY).unlock(spoil(Vault(KEY).lock({"token": "x"})))
    assert refused.value.code == "SECRETS_LOCKED"


def test_another_key_is_refused_with_a_sentence_that_says_what_to_do() -> None:
    with pytest.raises(DubanError) as refused:
        Vault(OTHER).unlock(Vault(KEY).lock({"token": "canary-1234567890"}))
    assert refused.value.code == "SECRETS_LOCKED"
    assert "duban channels change" in refused.value.message
    assert "canary" not in refused.value.message


def test_the_key_of_the_links_does_not_open_the_vault_by_itself() -> None:
    from base64 import urlsafe_b64encode

    from cryptography.fernet import Fernet, InvalidToken

    locked = Vault(KEY).lock({"token": "x"})
    for key in (KEY, hashlib.sha256(KEY).digest(), hmac.digest(KEY, b"", "sha256")):
        with pytest.raises(InvalidToken):
            Fernet(urlsafe_b64encode(key)).decrypt(locked)
