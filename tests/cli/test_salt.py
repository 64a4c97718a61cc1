"""Message-IDs of an installation that sends mail hang on its key file; one without mail needs none."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.keys import read_key
from duban.settings import load_settings
from duban.wiring import key_file, salt_of_ids, settings_with
from notifications.message import message_id

KEY = "reminder:1:email:2024-03-26"


@pytest.mark.parametrize("has_salt", [True, False])
def test_only_an_office_that_sends_mail_makes_the_key_for_it(tmp_path: Path, has_salt: bool) -> None:
    config = tmp_path / "duban.toml"
    server = '[smtp]\nhost = "localhost"\n[mail]\nfrom_address = "duban@example.org"\n' if has_salt else ""
    config.write_text(server, encoding="utf-8")
    settings = settings_with(load_settings(config), str(tmp_path / "duban.db"))
    salt = salt_of_ids(settings)
    assert bool(salt) is has_salt
    assert key_file(settings).exists() is has_salt
    assert (message_id(KEY, "example.org", salt) != message_id(KEY, "example.org")) is has_salt
    assert salt_of_ids(settings) == salt, "the same key gives the same ids after a restart"
    if has_salt:
        assert salt != read_key(key_file(settings)), "the key itself is used for nothing"
