"""Settings: what is refused, with which code and naming what; what the environment overrides."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from duban.config_file import HIDDEN, shown, template, write_template
from duban.settings import Settings, load_settings
from duban.wiring import provider_of
from engine.errors import DubanError

pytestmark = pytest.mark.usefixtures("bare")


def refusal(text: str | None = None) -> DubanError:
    """The error with which these settings are refused."""
    if text is not None:
        Path("duban.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DubanError) as caught:
        load_settings()
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("prot = 8300", "CONFIG_UNKNOWN", "prot"),
        ('[smtp]\nhostname = "x"', "CONFIG_UNKNOWN", "smtp.hostname"),
        ("port = 'many'", "CONFIG_VALUE", "port"),
        ("port = 65536", "CONFIG_VALUE", "port"),
        ("port = -1", "CONFIG_VALUE", "port"),
        ("[smtp]\nport = 0", "CONFIG_VALUE", "smtp.port"),
        ("[smtp]\nport = 25.5", "CONFIG_VALUE", "smtp.port"),
        ('[smtp]\nsecurity = "ssl"', "CONFIG_VALUE", "smtp.security"),
        ("[smtp]\nread_seconds = 0", "CONFIG_VALUE", "smtp.read_seconds"),
        ('smtp = "mail.example.com"', "CONFIG_VALUE", "smtp"),
        ('channel = "sms"', "CONFIG_VALUE", "channel"),
        ('channel = "email"', "CONFIG_VALUE", "smtp.host"),
        ('[smtp]\nhost = "mail.example.com"', "CONFIG_VALUE", "mail.from_address"),
        ('time_zone = "Asia/Nowhere"', "CONFIG_VALUE", "time_zone"),
        ('log_format = "xml"', "CONFIG_VALUE", "log_format"),
        ('allow_network = "perhaps"', "CONFIG_VALUE", "allow_network"),
        ('allowed_hosts = "duban.example.org"', "CONFIG_VALUE", "allowed_hosts"),
        ('[mail]\ndomain = "a b"', "CONFIG_VALUE", "mail.domain"),
        ('[outbound]\nhosts = "im.example.org"', "CONFIG_VALUE", "outbound.hosts"),
        ('[outbound]\nhosts = ["https://im.example.org"]', "CONFIG_VALUE", "outbound.hosts"),
        ('[outbound]\nhosts = ["im.example.org:https"]', "CONFIG_VALUE", "outbound.hosts"),
        ("[outbound]\ntotal_seconds = 0", "CONFIG_VALUE", "outbound.total_seconds"),
        ('[oidc]\nissuer = "https://id.example.org"', "CONFIG_VALUE", "oidc.client_id"),
        ('[oidc]\nissuer = "http://id.example.org"\nclient_id = "d"', "CONFIG_VALUE", "oidc.issuer"),
        ('[oidc]\nsecret = "x"', "CONFIG_UNKNOWN", "oidc.secret"),
        (
            'base_url = "http://duban.example.org"\n[oidc]\nissuer = "https://id.example.org"\nclient_id = "d"',
            "CONFIG_VALUE",
            "base_url",
        ),
        (
            'host = "0.0.0.0"\nallow_network = true\n[oidc]\nissuer = "https://id.example.org"\nclient_id = "d"',
            "CONFIG_VALUE",
            "base_url",
        ),
        ("port = ", "CONFIG_SYNTAX", "末尾"),
        ("port = 8301\nhost = 127.0.0.1", "CONFIG_SYNTAX", "第2行"),
    ],
)
def test_a_wrong_line_is_refused_by_name(text: str, code: str, named: str) -> None:
    error = refusal(text)
    assert error.code == code
    assert named in error.message


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        ("DUBAN_PROT", "8300", "CONFIG_UNKNOWN"),
        ("DUBAN_SMTP__HOSTNAME", "x", "CONFIG_UNKNOWN"),
        ("DUBAN_PORT__NUMBER", "1", "CONFIG_UNKNOWN"),
        ("DUBAN_PORT", "many", "CONFIG_VALUE"),
        ("DUBAN_ALLOWED_HOSTS", "duban.example.org", "CONFIG_VALUE"),
        ("DUBAN_CONFIG", "missing.toml", "CONFIG_MISSING"),
        ("DUBAN_CONFIG", ".", "CONFIG_MISSING"),
    ],
)
def test_a_wrong_variable_is_refused(
    variable: str, value: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert refusal().code == code


@pytest.mark.parametrize(
    ("host", "is_refused"),
    [
        ("127.0.0.1", False),
        ("127.8.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("192.0.2.1", True),
        ("duban.example.org", True),
    ],
)
def test_only_this_machine_is_served_unless_the_operator_says_so(host: str, is_refused: bool) -> None:
    Path("duban.toml").write_text(f'host = "{host}"\nallow_network = true', encoding="utf-8")
    assert load_settings().host == host
    Path("duban.toml").write_text(f'host = "{host}"', encoding="utf-8")
    if is_refused:
        assert "allow_network" in refusal().message
    else:
        assert load_settings().host == host


def test_a_file_from_notepad_is_read() -> None:
    Path("duban.toml").write_bytes(b"\xef\xbb\xbfport = 8301\r\n")
    assert load_settings().port == 8301


def test_a_file_in_another_encoding_is_refused() -> None:
    Path("duban.toml").write_bytes('[mail]\nfrom_name = "督办"'.encode("gb18030"))
    with pytest.raises(DubanError) as caught:
        load_settings()
    assert caught.value.code == "CONFIG_SYNTAX"
    assert "UTF-8" in caught.value.message


def test_the_environment_wins_over_the_file_setting_by_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("duban.toml").write_text(
        'port = 8301\n[smtp]\nhost = "old.example.com"\nport = 25\n[mail]\nfrom_address = "a@example.com"',
        encoding="utf-8",
    )
    monkeypatch.setenv("DUBAN_SMTP__HOST", "new.example.com")
    settings = load_settings()
    assert (settings.port, settings.smtp.host, settings.smtp.port) == (8301, "new.example.com", 25)
    assert settings.default_channel == "email"


def test_without_a_mail_server_everything_stays_in_the_inbox() -> None:
    assert load_settings().default_channel == "inbox"


def test_the_template_names_every_setting_with_its_default_and_changes_nothing() -> None:
    write_template(Path("duban.toml"))
    assert load_settings() == Settings()
    uncommented = "\n".join(
        line.removeprefix("# ") if " = " in line else line for line in template().splitlines()
    )
    values = tomllib.loads(uncommented)
    assert set(values) == set(Settings.model_fields)
    assert set(values["smtp"]) == set(type(Settings().smtp).model_fields)
    Path("duban.toml").write_text(uncommented, encoding="utf-8")
    assert load_settings() == Settings()


def test_the_template_is_for_the_owner_only_and_never_overwrites() -> None:
    path = Path("duban.toml")
    write_template(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("port = 8301", encoding="utf-8")
    with pytest.raises(DubanError) as caught:
        write_template(path)
    assert caught.value.code == "CONFIG_EXISTS"
    assert path.read_text(encoding="utf-8") == "port = 8301"


def test_passwords_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_SMTP__PASSWORD", "a-secret")
    monkeypatch.setenv("DUBAN_DATABASE_URL", "postgresql://duban:another-secret@db.example.com/duban")
    settings = load_settings()
    values = shown(settings)
    assert values["smtp.password"] == HIDDEN
    assert values["database_url"] == "postgresql://duban:***@db.example.com/duban"
    assert "a-secret" not in repr(settings.smtp) + str(values)
    assert "another-secret" not in repr(settings.smtp) + str(values)


def test_hosts_of_channels_are_names_with_or_without_a_port() -> None:
    hosts = ["IM.example.org", "im.example.org:8443", "10.0.0.8", "127.0.0.1:9000", "[::1]:9000"]
    Path("duban.toml").write_text(f"[outbound]\nhosts = {hosts}", encoding="utf-8")
    assert load_settings().outbound.hosts == [one.lower() for one in hosts]


@pytest.mark.parametrize(
    ("issuer", "base"),
    [("https://id.example.org", "https://duban.example.org"), ("http://127.0.0.1:8080/realm", "")],
)
def test_an_identity_provider_is_taken_over_https_or_on_this_machine(
    issuer: str, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_OIDC__CLIENT_SECRET", "canary-secret")
    lines = f'base_url = "{base}"\n[oidc]\nissuer = "{issuer}"\nclient_id = "duban"\n'
    Path("duban.toml").write_text(lines, encoding="utf-8")
    settings = load_settings()
    provider = provider_of(settings)
    assert provider is not None
    assert provider.settings.redirect_uri.endswith("/sign-in/oidc/callback")
    assert provider.settings.client_secret == "canary-secret"
    assert shown(settings)["oidc.client_secret"] == HIDDEN
    assert "canary" not in repr(settings) + repr(provider.settings)


def test_an_identity_provider_without_its_packages_is_told_what_to_install() -> None:
    lines = '[oidc]\nissuer = "https://id.example.org"\nclient_id = "duban"\n'
    Path("duban.toml").write_text(lines, encoding="utf-8")
    with pytest.raises(DubanError, match=r"duban\[oidc\]") as caught:
        provider_of(load_settings(), ("no_such_package",))
    assert caught.value.code == "OIDC_EXTRA"


def test_without_an_issuer_there_is_no_identity_provider() -> None:
    assert provider_of(load_settings(), ("no_such_package",)) is None
