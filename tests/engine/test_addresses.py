"""Which addresses stay on this machine, or are encrypted: both sides of each edge."""

from __future__ import annotations

import pytest

from engine.addresses import is_protected


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://id.example.org/x", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]/", True),
        ("http://localhost", True),
        ("http://127.8.0.1/", True),
        ("http://128.0.0.1/", False),
        ("http://x.localhost/", False),
        ("https://[", False),
        ("ftp://127.0.0.1/", False),
        ("http://id.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost@id.example.org/", False),
        ("https://", False),
        ("", False),
        (None, False),
    ],
)
def test_only_https_and_this_machine_are_protected(address: object, is_safe: bool) -> None:
    assert is_protected(address) is is_safe
