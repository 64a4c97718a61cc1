"""Setting channels up: what is stored, refused, recorded; and what a lost key costs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from db import channels, outbox, runs, tables
from db.session import Database
from engine.errors import DubanError
from notifications.channel import Envelope
from notifications.out_of_order import OutOfOrder
from tests.channel_kinds import ToldChannel, factory
from workflows.audit_record import as_values, record_of
from workflows.channel_factory import channels_of
from workflows.list_channels import ChannelLine, list_channels
from workflows.set_up_channel import Given, add_channel, change_channel, retire_channel

NOW = datetime(2024, 3, 1, 1, tzinfo=UTC)
GOOD = Given({"region": "north"}, {"token": "canary-token"})


def added(database: Database, name: str = "民政局群", given: Given = GOOD) -> int:
    """A channel of the tests' kind."""
    return add_channel(database, factory(), "test-robot", name, given, NOW, "督查室")


def opened(database: Database, key: bytes | None = None) -> dict[str, ToldChannel | OutOfOrder]:
    """What the office would have."""
    with database.read() as session:
        return channels_of(session, factory(key) if key else factory())  # type: ignore[return-value]


def listed(database: Database, key: bytes | None = None) -> dict[str, ChannelLine]:
    """The list by name."""
    with database.read() as session:
        lines = list_channels(session, factory(key) if key else factory(), NOW, has_mail=False)
    return {line.name: line for line in lines}


def edition(database: Database) -> tuple[int, int]:
    """What the running service watches."""
    with database.read() as session:
        return channels.edition(session)


def test_a_channel_is_built_from_what_was_entered(database: Database) -> None:
    added(database)
    channel = opened(database)["民政局群"]
    assert isinstance(channel, ToldChannel)
    assert dict(channel.config.values) == {"region": "north"}
    assert dict(channel.config.secrets) == {"token": "canary-token"}


def test_no_row_and_no_record_holds_a_secret(database: Database) -> None:
    added(database)
    change_channel(database, factory(), "民政局群", Given({}, {"sign": "canary-sign"}), NOW, "督查室")
    with database.read() as session:
        setup = channels.find(session, "民政局群")
        assert setup is not None
        told = [as_values(event) for event in record_of(session)]
        everything = repr((setup.model_dump(), told))
    assert [event["what"] for event in told] == ["add_channel", "change_channel"]
    assert told[0]["details"]["secrets"] == ["token"]
    assert "canary" not in everything


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (Given({}, {"token": "t"}), "CHANNEL_SETTING"),  # region is missing
        (Given({"region": " "}, {"token": "t"}), "CHANNEL_SETTING"),
        (Given({"region": "north"}), "CHANNEL_SETTING"),  # the token is missing
        (Given({"region": "north", "token": "t"}), "SECRET_IN_THE_OPEN"),
        (
            Given({"region": "https://im.example.org/send?access_token=t"}, {"token": "t"}),
            "SECRET_IN_THE_OPEN",
        ),
        (Given({"region": "https://u:p@im.example.org/"}, {"token": "t"}), "SECRET_IN_THE_OPEN"),
        (Given({"region": "north", "colour": "red"}, {"token": "t"}), "CHANNEL_SETTING"),
        (Given({"region": "north"}, {"token": "t", "region": "x"}), "CHANNEL_SETTING"),
        (Given({"region": "nowhere"}, {"token": "t"}), "CHANNEL_SETTING"),  # the kind's own refusal
        (Given({"region": "north"}, {"token": "a\nb"}), "CHANNEL_SETTING"),
        (Given({"region": "n" * 4001}, {"token": "t"}), "CHANNEL_SETTING"),
    ],
)
def test_what_does_not_do_is_refused_and_nothing_stored(
    sqlite_database: Database, given: Given, code: str
) -> None:
    with pytest.raises(DubanError) as refused:
        added(sqlite_database, given=given)
    assert refused.value.code == code
    assert edition(sqlite_database) == (0, 0)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("民政局群", True),
        ("群" * 40, True),
        ("群" * 41, False),
        ("", False),
        ("dingtalk-1.a_b", True),
        ("民政 群", False),
        ("民政、群", False),
        ("a:b", False),
        ("a\n", False),
        ("inbox", False),
        ("email", False),
    ],
)
def test_a_name_is_one_word(sqlite_database: Database, name: str, fits: bool) -> None:
    if fits:
        assert added(sqlite_database, name) > 0
        return
    with pytest.raises(DubanError) as refused:
        added(sqlite_database, name)
    assert refused.value.code == "CHANNEL_NAME"


def test_two_channels_never_share_a_name(database: Database) -> None:
    added(database)
    with pytest.raises(DubanError) as refused:
        added(database)
    assert refused.value.code == "CHANNEL_EXISTS"
    retire_channel(database, "民政局群", NOW, "督查室")
    with pytest.raises(DubanError) as still:
        added(database)
    assert "重新启用" in still.value.message


def test_an_unknown_kind_names_those_there_are(sqlite_database: Database) -> None:
    with pytest.raises(DubanError) as refused:
        add_channel(sqlite_database, factory(), "pigeon", "信鸽", GOOD, NOW, "督查室")
    assert refused.value.code == "NO_SUCH_CHANNEL_KIND"
    assert "test-robot" in refused.value.message


def test_a_change_keeps_what_it_does_not_name(database: Database) -> None:
    added(database, given=Given({"region": "north", "keyword": "督办"}, {"token": "old", "sign": "s"}))
    given = Given({"region": "south", "keyword": ""}, {"token": "new"})
    assert change_channel(database, factory(), "民政局群", given, NOW, "督查室") == 2
    channel = opened(database)["民政局群"]
    assert isinstance(channel, ToldChannel)
    assert dict(channel.config.values) == {"region": "south"}  # an empty value takes one back
    assert dict(channel.config.secrets) == {"token": "new", "sign": "s"}


@pytest.mark.parametrize(("revision", "stored"), [(None, True), (2, True), (1, False), (3, False)])
def test_a_change_of_another_revision_stores_nothing(
    database: Database, revision: int | None, stored: bool
) -> None:
    added(database)
    change_channel(database, factory(), "民政局群", Given({"region": "south"}), NOW, "督查室")
    before = edition(database)
    given = Given({"region": "east"})
    if stored:
        change_channel(database, factory(), "民政局群", given, NOW, "督查室", revision=revision)
    else:
        with pytest.raises(DubanError) as refused:
            change_channel(database, factory(), "民政局群", given, NOW, "督查室", revision=revision)
        assert refused.value.code == "REVISION_CONFLICT"
    assert (edition(database) != before) is stored


def test_a_change_makes_the_channel_try_again_at_once(database: Database) -> None:
    added(database)
    with database.write() as session:
        outbox.pause(session, "民政局群", (60,), NOW, NOW)
        runs.open_finding(session, "CHANNEL_ILL", "民政局群", "密钥不对。", NOW)
    assert listed(database)["民政局群"].trouble == "密钥不对。"
    change_channel(database, factory(), "民政局群", Given({}, {"token": "new"}), NOW, "督查室")
    line = listed(database)["民政局群"]
    assert (line.trouble, line.rests_until) == ("", None)


def test_every_change_shows_in_the_edition(database: Database) -> None:
    seen = [edition(database)]
    added(database)
    seen.append(edition(database))
    change_channel(database, factory(), "民政局群", Given({"region": "south"}), NOW, "督查室")
    seen.append(edition(database))
    retire_channel(database, "民政局群", NOW, "督查室")
    seen.append(edition(database))
    change_channel(database, factory(), "民政局群", Given(), NOW, "督查室")
    seen.append(edition(database))
    assert len(set(seen)) == 5


def test_a_retired_channel_is_no_way_out_until_it_is_taken_up_again(database: Database) -> None:
    added(database)
    retire_channel(database, "民政局群", NOW, "督查室", "群解散了")
    assert opened(database) == {}
    assert not listed(database)["民政局群"].is_active
    with pytest.raises(DubanError) as refused:
        retire_channel(database, "民政局群", NOW, "督查室")
    assert refused.value.code == "CHANNEL_RETIRED"
    change_channel(database, factory(), "民政局群", Given(), NOW, "督查室")
    assert list(opened(database)) == ["民政局群"]


def test_who_retires_a_channel_is_told_who_counted_on_it(database: Database) -> None:
    added(database)
    with database.write() as session:
        unit = tables.Unit(name="区民政局")
        session.add(unit)
        session.flush()
        post = tables.Post(unit_id=unit.id or 0, kind="liaison")
        session.add_all([post, tables.UnitRobot(unit_id=unit.id or 0, channel="民政局群")])
        session.flush()
        holder = tables.Contact(post_id=post.id or 0)
        gone = tables.Contact(post_id=post.id or 0, ended_at=NOW)
        session.add_all([holder, gone])
        session.flush()
        for contact, rank in ((holder, 1), (holder, 2), (gone, 1)):
            way = tables.ContactChannel(contact_id=contact.id or 0, rank=rank, channel="民政局群")
            session.add(way)
    done = retire_channel(database, "民政局群", NOW, "督查室")
    assert (done.contacts, done.units, done.waiting) == (1, 1, 0)


def test_a_lost_key_puts_only_the_channels_with_secrets_out_of_order(database: Database) -> None:
    added(database)
    listed_before = listed(database)["民政局群"]
    other = b"another key, thirty-two bytes at least"
    channel = opened(database, other)["民政局群"]
    assert isinstance(channel, OutOfOrder)
    verdict = channel.send(_envelope())
    assert (verdict.code, verdict.channel_fault, verdict.is_accepted) == ("secrets_locked", True, False)
    line = listed(database, other)["民政局群"]
    assert "密钥文件" in line.trouble
    assert listed_before.secrets == ("token",)


@pytest.mark.parametrize(
    ("secrets", "mended"), [({"token": "new"}, True), ({"sign": "new"}, False), ({}, False)]
)
def test_with_a_lost_key_all_required_secrets_are_entered_anew(
    database: Database, secrets: dict[str, str], mended: bool
) -> None:
    added(database, given=Given({"region": "north"}, {"token": "old", "sign": "old"}))
    other = b"another key, thirty-two bytes at least"
    if not mended:
        with pytest.raises(DubanError) as refused:
            change_channel(database, factory(other), "民政局群", Given({}, secrets), NOW, "督查室")
        assert refused.value.code == "SECRETS_LOCKED"
        return
    change_channel(database, factory(other), "民政局群", Given({}, secrets), NOW, "督查室")
    channel = opened(database, other)["民政局群"]
    assert isinstance(channel, ToldChannel)
    assert dict(channel.config.secrets) == {"token": "new"}


def test_without_set_ups_only_the_inbox_is_listed(sqlite_database: Database) -> None:
    assert list(listed(sqlite_database)) == ["inbox"]


def _envelope() -> Envelope:
    return Envelope("k", "<k@example.org>", "民政局群", "", "", "", "", "s", "t", "", NOW)
