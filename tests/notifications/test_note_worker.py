"""The process in which templates are rendered: it ends what burns too much, and the next one is served."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.model import Rule
from notifications.card import Card, Span
from notifications.digest_view import digest_page
from notifications.message import CoordinatorContent, FindingLine
from notifications.note_sandbox import shipped_card, shipped_source
from notifications.note_values import KINDS, plain_values
from notifications.note_worker import BadTemplateError, NoteLimits, NoteWorker
from notifications.own_templates import OwnTemplates
from notifications.samples import samples
from notifications.views import MailView, coordinator_view, reminder_view
from tests.notifications.contents import ON, content, item
from tests.notifications.test_digest import digest
from tests.notifications.test_note_check import HOSTILE

LINK = "duban-link:7"
BUTTON = "[[{{ mail.button }}]]({{ mail.link }})\n"
VIEW = reminder_view(content(item(), link=LINK), "题目", "zh-CN")
MANY = reminder_view(content(*[item(Rule.OVERDUE, title=f"第{n}项") for n in range(60)]), "题目", "zh-CN")
GOOD = BUTTON + "{% for g in mail.groups %}{% for i in g.items %}- {{ i.title }}\n{% endfor %}{% endfor %}"


def nested(times: int, body: str) -> str:
    """A body within so many loops over the same sixty items."""
    opening = "".join(f"{{% for i{n} in mail.groups[0]['items'] %}}" for n in range(times))
    return BUTTON + opening + body + "{% endfor %}" * times


def joined(times: int) -> str:
    """A text whose length triples so many times; only its length is put out."""
    text = "mail.subject"
    for _ in range(times):
        text = f"(mail.footer|join({text}))"
    return BUTTON + "{{ " + text + "|length }}"


@pytest.fixture(scope="module")
def worker() -> Iterator[NoteWorker]:
    one = NoteWorker(NoteLimits(cpu_seconds=1))
    yield one
    one.close()


def codes(worker: NoteWorker, source: str, view: MailView = MANY, kind: str = "reminder") -> list[str]:
    with pytest.raises(BadTemplateError) as refused:
        worker.card(source, kind, view)
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_shipped_templates_say_the_same_in_the_process(
    worker: NoteWorker, kind: str, locale: str
) -> None:
    own = OwnTemplates({(kind, locale): shipped_source(kind)}, worker)
    for shipped, rendered in zip(samples(kind, locale), samples(kind, locale, own), strict=True):
        assert rendered.fault is None
        assert rendered.card == shipped.card
        assert rendered.subject == shipped.card.title


@pytest.mark.parametrize(("source", "code"), HOSTILE)
def test_what_the_check_refuses_is_never_rendered(worker: NoteWorker, source: str, code: str) -> None:
    findings = (FindingLine("NO_CONTACT", "post:1", "甲：请乙"),)
    office = CoordinatorContent("督查室", "督查员", ON, 42, findings=findings)
    view = coordinator_view(office, "题目", "zh-CN")
    assert code in codes(worker, source, view, "coordinator")
    assert code in [problem.code for problem in worker.check(source, "coordinator")]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (nested(5, "{% if loop.first is none %}x{% endif %}"), "OVER_TIME"),
        (nested(3, "十个字十个字十个字十"), "OVER_OUTPUT"),
        (joined(17), "OVER_MEMORY"),
        (BUTTON + "{{ mail.groups[7].heading }}", "UNKNOWN_VALUE"),
        (BUTTON + "{% if mail.subject < mail.groups %}x{% endif %}", "FAILED"),
        (BUTTON, "EMPTY"),
    ],
)
def test_what_burns_too_much_or_fails_is_ended_and_the_next_is_served(
    worker: NoteWorker, source: str, code: str
) -> None:
    assert codes(worker, source) == [code]
    assert codes(worker, source) == [code]
    assert len(worker.card(GOOD, "reminder", MANY).blocks) == 60


def test_a_failure_while_rendering_has_its_line(worker: NoteWorker) -> None:
    with pytest.raises(BadTemplateError) as refused:
        worker.card(BUTTON + "甲\n{{ mail.groups[7].heading }}", "reminder", VIEW)
    assert [problem.line for problem in refused.value.problems] == [3]


def test_who_gets_no_time_of_the_clock_is_not_held_to_be_bad() -> None:
    hasty = NoteWorker(NoteLimits(wall_seconds=0.0))
    assert codes(hasty, GOOD) == ["OVER_TIME"]
    assert hasty._stopped == {}
    hasty.close()


def test_a_process_that_died_is_replaced(worker: NoteWorker) -> None:
    first = worker.card(GOOD, "reminder", VIEW)
    child = worker._child
    assert child
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert worker.card(GOOD, "reminder", VIEW) == first
    assert worker._child is not child


def test_a_closed_worker_starts_again_and_leaves_no_process() -> None:
    one = NoteWorker()
    one.close()
    card = one.card(GOOD, "reminder", VIEW)
    child = one._child
    assert child
    one.close()
    assert child.returncode == 0
    assert one.card(GOOD, "reminder", VIEW) == card
    one.close()


def test_several_threads_may_ask_at_once(worker: NoteWorker) -> None:
    views = [replace(VIEW, subject=f"题{n}") for n in range(8)]
    found: dict[int, Card] = {}
    threads = [
        threading.Thread(target=lambda n=n: found.update({n: worker.card(GOOD, "reminder", views[n])}))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n].title for n in range(8)] == [f"题{n}" for n in range(8)]


def test_only_plain_values_that_the_template_names_go_over() -> None:
    page = digest_page(digest(), "zh-CN")
    values = plain_values(page, "{{ mail.subject }}{% for t in mail.tables %}{{ t.heading }}{% endfor %}")
    assert values.keys() == {"subject", "tables"}
    assert values["tables"] == [{"heading": "本单位任务（7项）"}]


def kinds_of(value: Any) -> set[type[Any]]:
    """Every type within the value."""
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {type(value)}.union(*(kinds_of(one) for one in within))


def test_values_are_text_numbers_lists_and_dictionaries() -> None:
    whole = plain_values(digest_page(digest(), "zh-CN"), shipped_source("digest"))
    assert kinds_of(whole) <= {dict, list, str, int, bool, type(None)}


# What the office's own template does to a message


def test_an_own_template_is_what_every_channel_says(worker: NoteWorker) -> None:
    source = "subject: 【甲】{{ mail.to }}\n请看 **{{ mail.headline }}**\n" + GOOD
    own = OwnTemplates({("reminder", "zh-CN"): source}, worker)
    rendered = next(samples("reminder", "zh-CN", own))
    assert rendered.subject == rendered.card.title == "【甲】区示范一局 联络员 李示例"
    for said in ("请看", "1项逾期、1项滞后、1项待报", "改造老旧小区第3批", "打开填报页"):
        assert said in rendered.text
        assert said in rendered.html
    assert rendered.card.button == Span("打开填报页", href="https://duban.example.com/r/demo")
    assert "不归您管？" in rendered.text
    assert next(samples("reminder", "en", own)) == next(samples("reminder", "en"))


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (BUTTON + "请打开填报页", "ITEMS_LEFT_OUT"),
        (GOOD.replace("g.items", "g.items[:1]"), "ITEMS_LEFT_OUT"),
        (GOOD.replace("i.title", "i.title|cut(4)"), "ITEMS_LEFT_OUT"),
        (GOOD + "{{ mail.groups[2].heading }}", "UNKNOWN_VALUE"),
        ("甲", "NO_BUTTON"),
    ],
)
def test_a_template_that_cannot_be_used_gives_way_to_the_shipped_one(
    worker: NoteWorker, source: str, code: str
) -> None:
    own = OwnTemplates({("reminder", "zh-CN"): source}, worker)
    found = [
        (rendered.fault, replace(rendered, fault=None) == shipped)
        for rendered, shipped in zip(
            samples("reminder", "zh-CN", own), samples("reminder", "zh-CN"), strict=True
        )
    ]
    faults = [fault for fault, _ in found if fault]
    assert {fault.code for fault in faults} == {code}
    assert all(is_shipped for fault, is_shipped in found if fault)
    assert {(fault.kind, fault.locale) for fault in faults} == {("reminder", "zh-CN")}


def test_the_view_is_the_same_whoever_renders_it(worker: NoteWorker) -> None:
    assert worker.card(shipped_source("reminder"), "reminder", MANY) == shipped_card("reminder", MANY)
