"""The way out over HTTP against servers that behave badly."""

from __future__ import annotations

import json
import logging
import socket
import traceback

import pytest

from notifications.http import MOST_BYTES, Client, Failed, HttpAnswer
from notifications.http_line import is_public
from tests.notifications.http_servers import (
    CERTIFICATE,
    OK,
    Play,
    client,
    drips,
    hangs,
    reset,
    says,
    server,
)

KEY = "canary+key/of=robot"


def ended(sender: Client, url: str) -> Failed:
    with pytest.raises(Failed) as caught:
        sender.post(url, json={"text": "一"})
    return caught.value


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# Answers


def test_an_answer_is_given_back_whatever_its_status() -> None:
    with server(says(b"HTTP/1.1 418 Teapot\r\nX-Why: tea\r\nContent-Length: 4\r\n\r\nnope")) as heard:
        answer = client().post(f"http://127.0.0.1:{heard.port}/hook", json={})
    assert (answer.status, answer.headers["x-why"], answer.body) == (418, "tea", b"nope")


def test_json_leaves_as_raw_utf_8_and_what_cannot_be_encoded_as_a_question_mark() -> None:
    with server(says(OK)) as heard:
        client().post(f"http://127.0.0.1:{heard.port}/hook", json={"text": "督办\ud800"})
    head, _, body = heard.requests[0].partition(b"\r\n\r\n")
    assert body == '{"text": "督办?"}'.encode()
    assert b"content-type: application/json; charset=utf-8" in head.lower()


def test_only_our_own_headers_go_along() -> None:
    with server(says(OK)) as heard:
        client().get(f"http://127.0.0.1:{heard.port}/a?b=c%2B", headers={"X-One": "1"})
    lines = heard.requests[0].decode().split("\r\n")
    assert lines[0] == "GET /a?b=c%2B HTTP/1.1"
    assert {line.split(":")[0].lower() for line in lines[1:] if line} == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "x-one",
    }


def test_nothing_of_an_answer_goes_into_the_next_call() -> None:
    cookie = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 2\r\n\r\n{}"
    with server(says(cookie), says(OK)) as heard:
        sender = client()
        sender.open()
        for _ in range(2):
            sender.post(f"http://127.0.0.1:{heard.port}/", json={})
        sender.close()
    assert heard.requests[0] == heard.requests[1]
    assert heard.connections == 1


def test_a_call_outside_of_a_batch_keeps_no_connection() -> None:
    with server(says(OK), says(OK)) as heard:
        sender = client()
        for _ in range(2):
            sender.post(f"http://127.0.0.1:{heard.port}/", json={})
    assert heard.connections == 2


def test_a_kept_connection_that_the_server_has_closed_is_opened_anew() -> None:
    closing = says(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
    with server(closing, says(OK)) as heard:
        sender = client()
        sender.open()
        assert [sender.post(f"http://127.0.0.1:{heard.port}/", json={}).status for _ in range(2)] == [200] * 2
        sender.close()


def test_a_redirect_is_an_answer_and_followed_by_nobody() -> None:
    with server(says(OK)) as other:
        there = f"http://127.0.0.1:{other.port}/"
        moved = f"HTTP/1.1 307 Moved\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode()
        with server(says(moved)) as heard:
            assert client().post(f"http://127.0.0.1:{heard.port}/", json={}).status == 307
    assert other.connections == 0


@pytest.mark.parametrize("length", [MOST_BYTES - 1, MOST_BYTES, MOST_BYTES + 1, 50 * MOST_BYTES])
def test_no_more_than_the_limit_of_an_answer_is_kept(length: int) -> None:
    words = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + b"x" * length
    with server(says(words)) as heard:
        answer = client().post(f"http://127.0.0.1:{heard.port}/", json={})
    assert len(answer.body) == min(length, MOST_BYTES)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe", b"[" * 60_000])
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        HttpAnswer(200, {}, body).json()


# Nothing usable came

ENDINGS: list[tuple[str, Play, bool, str, bool]] = [
    ("hung up after the request", lambda connection, _: connection.close(), False, "answer_lost", True),
    ("reset after the request", reset, False, "answer_lost", True),
    ("silent after the request", hangs, False, "answer_lost", True),
    ("no HTTP", says(b"220 mail.example.com ESMTP\r\n"), False, "answer_lost", True),
    ("status that is none", says(b"HTTP/1.1 2x0 OK\r\n\r\n"), False, "answer_lost", True),
    (
        "cut within the body",
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"),
        False,
        "answer_lost",
        True,
    ),
    ("dripping status", drips(b"HTTP"), False, "answer_lost", True),
    ("dripping headers", drips(b"HTTP/1.1 200 OK\r\nX: "), False, "answer_lost", True),
    ("dripping body", drips(b"HTTP/1.1 200 OK\r\n\r\n"), False, "answer_lost", True),
    ("endless continue", says(b"HTTP/1.1 100 Continue\r\n\r\n" * 9), False, "answer_lost", True),
    (
        "bad compression",
        says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
        False,
        "answer_lost",
        True,
    ),
]


@pytest.mark.parametrize(("play", "at_once", "code", "ambiguous"), [one[1:] for one in ENDINGS])
def test_a_server_that_breaks_off_is_told_by_how_far_the_request_got(
    play: Play, at_once: bool, code: str, ambiguous: bool
) -> None:
    with server(play, at_once=at_once) as heard:
        failed = ended(client(total=1.0), f"http://127.0.0.1:{heard.port}/hook?key={KEY}")
    assert (failed.code, failed.ambiguous) == (code, ambiguous)


def test_nobody_listening_is_unreachable() -> None:
    failed = ended(client(), f"http://127.0.0.1:{free_port()}/")
    assert (failed.code, failed.ambiguous) == ("unreachable", False)


def test_an_unknown_name_is_unreachable() -> None:
    failed = ended(client("nobody.invalid"), "http://nobody.invalid/")
    assert (failed.code, failed.ambiguous) == ("unreachable", False)


def test_a_body_that_cannot_be_sent_whole_is_not_ambiguous() -> None:
    with server(reset, at_once=True) as heard, pytest.raises(Failed) as caught:
        client().post(f"http://127.0.0.1:{heard.port}/", body=b"x" * 50_000_000)
    assert (caught.value.code, caught.value.ambiguous) == ("unreachable", False)


# Encryption


def test_a_known_authority_and_the_right_name_are_enough() -> None:
    with server(says(OK), encrypted=True) as heard:
        sender = client("localhost", ca_file=str(CERTIFICATE))
        assert sender.post(f"https://localhost:{heard.port}/", json={}).status == 200
    assert f"host: localhost:{heard.port}" in heard.requests[0].decode().lower()


@pytest.mark.parametrize(
    ("host", "ca_file"),
    [
        ("localhost", ""),
        ("127.0.0.1", str(CERTIFICATE)),
        ("localhost", "missing.pem"),
        ("localhost", __file__),
    ],
)
def test_an_unknown_authority_another_name_or_a_missing_file_sends_nothing(host: str, ca_file: str) -> None:
    with server(says(OK), encrypted=True) as heard:
        failed = ended(client(host, ca_file=ca_file), f"https://{host}:{heard.port}/")
    assert (failed.code, failed.ambiguous, heard.requests) == ("tls_failed", False, [])


def test_a_server_without_encryption_gets_nothing() -> None:
    with server(says(OK), at_once=True) as heard:
        failed = ended(client(), f"https://127.0.0.1:{heard.port}/")
    assert (failed.code, failed.ambiguous, heard.requests) == ("tls_failed", False, [])


def test_a_dripping_handshake_ends_in_time() -> None:
    with server(drips(b"\x16\x03\x03\x40\x00"), at_once=True) as heard:
        failed = ended(client(total=1.0), f"https://127.0.0.1:{heard.port}/")
    assert not failed.ambiguous
    assert failed.code in ("tls_failed", "unreachable")


def test_a_dripping_answer_ends_in_time_inside_encryption() -> None:
    with server(drips(b"HTTP/1.1 200 OK\r\nX: "), encrypted=True) as heard:
        sender = client("localhost", ca_file=str(CERTIFICATE), total=1.0)
        failed = ended(sender, f"https://localhost:{heard.port}/")
    assert (failed.code, failed.ambiguous) == ("answer_lost", True)


# Where calls may lead


@pytest.mark.parametrize(
    ("hosts", "reached"),
    [
        (("127.0.0.1",), True),
        (("127.0.0.1:{port}",), True),
        (("other.example.com", "127.0.0.1:{port}"), True),
        (("127.0.0.1:1",), False),
        (("localhost",), False),
        (("127.0.0.1:x",), False),
        (("other.example.com",), False),
    ],
)
def test_only_a_listed_host_is_reached(hosts: tuple[str, ...], reached: bool) -> None:
    with server(says(OK)) as heard:
        sender = client(*(host.format(port=heard.port) for host in hosts))
        url = f"http://127.0.0.1:{heard.port}/"
        if reached:
            assert sender.post(url, json={}).status == 200
        else:
            assert ended(sender, url).code == "host_not_allowed"
    assert heard.connections == reached


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/",  # vendors are reached encrypted only
        "https://localhost:8443/",  # and at the usual port
        "https://localhost/",  # a public name that leads to this machine
        "https://other.example.com/",
        "ftp://localhost/",
        "file:///etc/hostname",
        "localhost",
        "https://",
        "https://[::1/",
        "https://localhost@other.example.com/",
        "https://other.example.com#@localhost/",
    ],
)
def test_a_vendors_host_is_reached_as_such_only(url: str) -> None:
    failed = ended(client("some.example.com", vendor_hosts=("localhost",)), url)
    assert (failed.code, failed.ambiguous) == ("host_not_allowed", False)


def test_the_operator_may_list_a_host_that_leads_inside() -> None:
    assert ended(client("localhost"), "https://localhost:1/").code == "unreachable"


@pytest.mark.parametrize("spelt", ["http://2130706433:{}/", "http://127.1:{}/", "http://0x7f000001:{}/"])
def test_another_spelling_of_a_listed_address_is_another_host(spelt: str) -> None:
    with server(says(OK)) as heard:
        assert ended(client(), spelt.format(heard.port)).code == "host_not_allowed"
    assert heard.connections == 0


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2400:3200::1", True),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.15.255.255", True),
        ("172.16.0.0", False),
        ("172.31.255.255", False),
        ("172.32.0.0", True),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.63.255.255", True),
        ("100.100.100.200", False),
        ("224.0.0.251", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
    ],
)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    assert is_public(address) is public


# Secrets


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:1/hook?key={KEY}",
        f"http://{KEY}@other.example.com/?key={KEY}",
        f"http://127.0.0.1:x/{KEY}",
        f"{KEY}://127.0.0.1/",
    ],
)
def test_an_error_carries_no_address_and_no_key(url: str) -> None:
    failed = ended(client(secrets=(KEY,)), url)
    told = "".join(traceback.format_exception(failed)) + repr(failed) + repr(failed.__dict__)
    assert (failed.__cause__, failed.__context__, failed.args) == (None, None, (failed.code,))
    assert KEY not in told
    assert "127.0.0.1" not in told


def test_a_header_that_cannot_be_sent_is_refused_without_naming_it() -> None:
    with pytest.raises(Failed) as caught:
        client().post("http://127.0.0.1:1/", json={}, headers={"X-Key": f"a\nb{KEY}"})
    assert (caught.value.code, caught.value.args) == ("bad_request", ("bad_request",))


def test_no_library_writes_the_address_into_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    broken = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon\r\n\r\n{}"
    with server(says(OK), says(broken), reset) as heard:
        url = f"http://127.0.0.1:{heard.port}/hook?key={KEY}"
        for _ in range(2):
            client().post(url, json={})
        ended(client(), url)
    assert [record for record in caplog.records if "hook" in str((record.msg, record.args))] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("keywords not in content", "keywords not in content"),
        (f"bad key {KEY}!", "bad key …!"),
        ("bad key canary%2Bkey%2Fof%3Drobot!", "bad key …!"),
        ("bad key Y2FuYXJ5K2tleS9vZj1yb2JvdA==!", "bad key …!"),
        ("see https://example.com/a?b=c now", "see <url> now"),
        ("/send?access_token=abc&timestamp=1", "/send?access_token=…&timestamp=1"),
        ("from ip: 192.0.2.7,\nhint", "from ip: <ip>, hint"),
        ("好" * 300, "好" * 239 + "…"),
    ],
)
def test_what_is_kept_of_an_answer_says_no_secret(text: str, left: str) -> None:
    assert client(secrets=(KEY, "", "abc")).redact(text) == left


def test_a_token_that_came_later_is_taken_out_too() -> None:
    sender = client()
    sender.hide("later-token")
    assert sender.redact("is later-token valid") == "is … valid"


def test_a_client_shows_no_secret() -> None:
    assert KEY not in repr(client(secrets=(KEY,)))


def test_json_of_an_answer_may_begin_with_a_mark() -> None:
    assert HttpAnswer(200, {}, b"\xef\xbb\xbf" + json.dumps({"errcode": 0}).encode()).json() == {"errcode": 0}
