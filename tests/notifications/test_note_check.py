"""What a template may say: an allow-list, and a sentence with a line for everything else."""

from __future__ import annotations

import pytest
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError

from notifications.note import NoteError
from notifications.note_check import DEEPEST, LONGEST, Problem, problems_in
from notifications.note_sandbox import note_environment, shipped_source
from notifications.note_values import KINDS, WITH_BUTTON, value_lines

# Attacks: (template, code). The kind is one whose templates need no button.
HOSTILE = [
    ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "FORBIDDEN"),
    ("{{ mail.__class__ }}", "FORBIDDEN"),
    ("{{ mail['__class__'] }}", "FORBIDDEN"),
    ("{{ mail.subject.__len__ }}", "FORBIDDEN"),
    ("{{ mail|attr('__class__') }}", "FORBIDDEN"),
    ("{{ self }}", "UNKNOWN_VALUE"),
    ("{{ self._TemplateReference__context }}", "UNKNOWN_VALUE"),
    ("{{ cycler }}", "UNKNOWN_VALUE"),
    ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "FORBIDDEN"),
    ("{{ lipsum(n=1000000) }}", "FORBIDDEN"),
    ("{{ joiner.__init__ }}", "FORBIDDEN"),
    ("{{ namespace(a=1) }}", "FORBIDDEN"),
    ("{{ dict(a=1) }}", "FORBIDDEN"),
    ("{{ range(999999999) }}", "FORBIDDEN"),
    ("{% for i in range(10) %}x{% endfor %}", "FORBIDDEN"),
    ("{{ 'x' * 1000000000 }}", "FORBIDDEN"),
    ("{{ 9 ** 9 ** 9 }}", "FORBIDDEN"),
    ("{{ 1 + 1 }}", "FORBIDDEN"),
    ("{{ mail.subject ~ mail.subject }}", "FORBIDDEN"),
    ("{{ '%1000000000d' % 1 }}", "FORBIDDEN"),
    ("{{ '{0.__class__}'.format(mail) }}", "FORBIDDEN"),
    ("{{ '{0.__class__}'.format_map(mail) }}", "FORBIDDEN"),
    ("{{ '%1000000000s'|format(1) }}", "FORBIDDEN"),
    ("{{ mail.subject|center(1000000000) }}", "FORBIDDEN"),
    ("{{ mail.subject|replace('', 'x') }}", "FORBIDDEN"),
    ("{{ mail.subject|safe }}", "FORBIDDEN"),
    ("{{ mail.lists|map(attribute='x')|join }}", "FORBIDDEN"),
    ("{{ mail|pprint }}", "FORBIDDEN"),
    ("{{ mail.subject is sameas mail }}", "FORBIDDEN"),
    ("{{ mail.subject|cut(*mail.footer) }}", "FORBIDDEN"),
    ("{{ mail.subject|cut(length=3) }}", "FORBIDDEN"),
    ("{% include '/etc/passwd' %}", "FORBIDDEN"),
    ("{% import 'os' as os %}", "FORBIDDEN"),
    ("{% from 'os' import popen %}", "FORBIDDEN"),
    ("{% extends 'base.html.j2' %}", "FORBIDDEN"),
    ("{% block x %}{% endblock %}", "FORBIDDEN"),
    ("{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}", "FORBIDDEN"),
    ("{% call x() %}{% endcall %}", "FORBIDDEN"),
    ("{% filter upper %}x{% endfilter %}", "FORBIDDEN"),
    ("{% set x = 1 %}", "FORBIDDEN"),
    ("{% set x %}a{% endset %}", "FORBIDDEN"),
    ("{% with a = 1 %}{% endwith %}", "FORBIDDEN"),
    ("{% autoescape false %}{% endautoescape %}", "FORBIDDEN"),
    ("{% for g in mail.groups recursive %}{{ loop(g) }}{% endfor %}", "FORBIDDEN"),
    ("{% for g in mail.groups %}{{ loop.cycle('a') }}{% endfor %}", "FORBIDDEN"),
    ("{{ [1, 2] }}", "FORBIDDEN"),
    ("{{ {'a': 1} }}", "FORBIDDEN"),
    ("{{ (1, 2) }}", "FORBIDDEN"),
    ("{{ 1.5 }}", "FORBIDDEN"),
    ("{{ mail[mail.subject] }}", "FORBIDDEN"),
    ("{% for a in mail.groups %}" * (DEEPEST + 1) + "{% endfor %}" * (DEEPEST + 1), "FORBIDDEN"),
    ("{{ " + "(" * 5000, "SYNTAX"),
    ("{{ " + "not " * 5000 + "1 }}", "SYNTAX"),
    ("{{ import os }}", "SYNTAX"),
    ("{% for %}", "SYNTAX"),
    ("甲\x00乙", "CONTROL_CHARACTER"),
    ("\x02[[甲]](x)\x03", "CONTROL_CHARACTER"),
    ("甲\u202e乙", "CONTROL_CHARACTER"),
    ("甲" * (LONGEST + 1), "TOO_LONG"),
    ("[甲]({{ mail.subject }})", "BAD_ADDRESS"),
    ("[甲](javascript:alert`1`)", "BAD_ADDRESS"),
    ("[甲](https://example.org/{{ mail.subject }})", "BAD_ADDRESS"),
    ("[甲]({{ mail.link or mail.subject }})", "BAD_ADDRESS"),
    ("{{ mail }}", "VALUE_NOT_TEXT"),
    ("{{ mail.groups }}", "VALUE_NOT_TEXT"),
    ("{% for x in mail.subject %}{% endfor %}", "NOT_A_LIST"),
    ("{% for a, b in mail.groups %}{% endfor %}", "NOT_A_LIST"),
    ("{{ mail.subject[0] }}", "NOT_A_LIST"),
]


@pytest.mark.parametrize(("source", "code"), HOSTILE)
def test_what_is_not_allowed_is_refused_with_its_code(source: str, code: str) -> None:
    assert code in [problem.code for problem in problems_in(source, "coordinator")]


ATTRIBUTES = [
    "{{ ''.__class__ }}",
    "{{ mail.__class__ }}",
    "{{ mail['__class__'] }}",
    "{{ mail.keys() }}",
    "{{ mail.pop('subject') }}",
    "{{ mail.subject.format }}",
    "{{ '{0.__class__}'.format(mail) }}",
    "{{ cycler }}",
    "{{ range(3) }}",
    "{{ lipsum() }}",
    "{{ dict(a=1) }}",
    "{{ mail|attr('x') }}",
    "{% include 'base.html.j2' %}",
    "{% import 'base.html.j2' as x %}",
    "{{ mail }}",
    "{{ mail.footer|join(mail.groups) }}{{ mail.groups|join }}",
    "{% for g in mail.footer %}{{ loop.cycle }}{% endfor %}",
    "{% for g in mail.footer %}{{ loop.__class__ }}{% endfor %}",
]


@pytest.mark.parametrize("source", ATTRIBUTES)
def test_even_unchecked_a_template_reaches_nothing_but_plain_values(source: str) -> None:
    values = {"subject": "题", "footer": ["a"], "groups": [{"a": "b"}]}
    with pytest.raises((TemplateError, SecurityError, NoteError, TypeError)):
        note_environment().from_string(source).render(mail=values)
    assert values == {"subject": "题", "footer": ["a"], "groups": [{"a": "b"}]}


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_templates_have_nothing_wrong(kind: str) -> None:
    assert problems_in(shipped_source(kind), kind) == []


@pytest.mark.parametrize(
    "source",
    [
        "甲 {{ mail.subject }}",
        "{{ mail['subject'] }}",
        "{% for g in mail.groups if g.count != '0' %}{{ loop.index }} {{ g.heading }}{% else %}无{% endfor %}",
        "{% for g in mail.groups[:3] %}{{ g.items[0].title | cut(20) }}{% endfor %}",
        "{{ mail.footer | join('；') }}{{ mail.footer | first }}{{ mail.footer[-1] }}",
        "{{ mail.groups | length }}{% if mail.tone == 'red' and not mail.notices %}急{% elif mail.how %}缓{% endif %}",
        "{{ mail.how or '无' }}{{ '甲' if mail.how else '乙' }}{{ mail.link is none }}",
        "[须知](https://www.example.com/help?a=1)",
        "{# 说明 #}",
        "{% for g in mail.groups %}{{ loop.index is even }}{% endfor %}",
    ],
)
def test_what_is_allowed_passes(source: str) -> None:
    assert problems_in(source, "coordinator") == []


def test_every_problem_has_its_line_and_a_name_that_was_nearly_right_is_suggested() -> None:
    source = "甲\n{{ mail.subjct }}\n{{ mial.subject }}\n{% for g in mail.groups %}\n{{ g.headng }}\n{% endfor %}\n{{ mail.how|cutt(3) }}"
    assert problems_in(source, "coordinator") == [
        Problem(2, "UNKNOWN_VALUE", "没有名为“subjct”的值：是否指 subject？"),
        Problem(3, "UNKNOWN_VALUE", "没有名为“mial”的值：是否指 mail？"),
        Problem(5, "UNKNOWN_VALUE", "没有名为“headng”的值：是否指 heading？"),
        Problem(7, "FORBIDDEN", "过滤器“cutt”不能用：是否指 cut？"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_a_page_of_their_own_gets_the_button(kind: str) -> None:
    codes = [problem.code for problem in problems_in("甲", kind)]
    assert codes == (["NO_BUTTON"] if kind in WITH_BUTTON else [])


def test_the_values_of_a_kind_can_be_looked_up() -> None:
    assert "mail.groups[…].items[…].facts[…].label" in value_lines("reminder")
    assert "mail.lists[…].lines[…][0].word" in value_lines("digest")
