"""What goes through Apprise: weakly told, to listed hosts only, and nothing at all without the package."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from engine.errors import DubanError
from notifications.channel import VerdictKind
from notifications.channels import KINDS
from notifications.kinds import ChannelConfig
from tests.channels_contract.fake import Answer
from tests.vendors.apprise import PASSWORD, AppriseHarness


def built(url: str) -> Any:
    return KINDS["apprise"].build(ChannelConfig("x", {}, {"url": url}), AppriseHarness().network())


def test_what_apprise_calls_a_success_is_accepted_weakly_even_where_the_vendor_refused() -> None:
    with AppriseHarness() as harness:
        harness.fake.script.append(Answer({"errcode": 93000, "errmsg": "invalid webhook"}))
        verdict = harness.channel().send(harness.envelope())
    assert (verdict.kind, verdict.weak, verdict.answer) == (VerdictKind.ACCEPTED, True, "")
    assert AppriseHarness().channel().traits.weak


def test_what_it_calls_a_failure_may_have_arrived() -> None:
    with AppriseHarness() as harness:
        harness.fake.script.append(Answer(b"", 500))
        verdict = harness.channel().send(harness.envelope())
    assert (verdict.kind, verdict.weak, verdict.ambiguous) == (VerdictKind.TRANSIENT, True, True)


@pytest.mark.parametrize("hosts", [(), ("other.example.com",), ("127.0.0.1:1",)])
def test_a_host_in_the_address_must_be_listed(hosts: tuple[str, ...]) -> None:
    with AppriseHarness() as harness:
        harness.hosts = hosts
        verdict = harness.channel().send(harness.envelope())
        assert (verdict.code, harness.fake.connections) == ("host_not_allowed", 0)


def test_a_redirect_is_not_followed() -> None:
    with AppriseHarness() as harness, AppriseHarness() as other:
        harness.hosts = (harness.fake.host, other.fake.host)
        harness.fake.script.append(Answer(b"", 307, {"Location": f"{other.fake.url}/"}))
        assert harness.channel().send(harness.envelope()).code == "apprise_failed"
        assert other.fake.connections == 0


def test_a_page_arrives_with_its_subject_and_without_markup() -> None:
    with AppriseHarness() as harness:
        harness.channel().send(harness.envelope(subject="*区民政局* @all", page="1项逾期"))
        (message,) = harness.fake.received
    assert (message["title"], message["message"]) == ("＊区民政局＊ ＠all", "1项逾期")


@pytest.mark.parametrize("url", ["", "nonsense", f"unknown://{PASSWORD}@host", f"slack://{PASSWORD}"])
def test_an_address_that_apprise_does_not_know_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(DubanError) as caught:
        built(url)
    assert caught.value.code == "CHANNEL_SETTING"
    assert PASSWORD not in f"{caught.value!r}{caught.value.__context__!r}{caught.value.__cause__!r}"


def test_without_the_package_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(DubanError, match=r"duban\[apprise\]") as caught:
        built("json://127.0.0.1/")
    assert caught.value.code == "APPRISE_MISSING"
