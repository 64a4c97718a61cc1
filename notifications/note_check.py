"""What is wrong with a template before anybody gets a message from it: an allow-list of syntax and of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError, nodes

from notifications.note_sandbox import FILTERS, LOOP, TESTS, note_environment
from notifications.note_values import WITH_BUTTON, ListOf, Record, Row, Shape, Text, shape_of_kind

LONGEST = 32 * 1024  # characters of a template
DEEPEST = 6  # loops and conditions within one another
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_ADDRESS = re.compile(r"\]\(([^()]*)\)")
_WRITTEN = re.compile(r"https?://[^\s{}]+", re.IGNORECASE)
_OWN_LINK = re.compile(r"\{\{-?\s*mail\.link\s*-?\}\}")
_BUTTON = re.compile(r"\[\[[^\n]+\]\]\(\s*\{\{-?\s*mail\.link\s*-?\}\}\s*\)")
_LOOP = Record(dict.fromkeys(LOOP, Text()))
_WORDS = {
    "Call": "调用（名称后面带括号）",
    "Macro": "macro",
    "CallBlock": "call",
    "Include": "include",
    "Import": "import",
    "FromImport": "from … import",
    "Extends": "extends",
    "Block": "block",
    "Assign": "set",
    "AssignBlock": "set",
    "With": "with",
    "FilterBlock": "filter 块",
    "ScopedEvalContextModifier": "autoescape",
    "Concat": "~ 连接",
    "List": "方括号列表",
    "Dict": "花括号字典",
    "Tuple": "圆括号列表",
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Pos", "Neg"), "算术"),
}
Scope = Mapping[str, Shape | None]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a template: its line (0: the whole), a stable code, and what to do."""

    line: int
    code: str
    sentence: str


def problems_in(source: str, kind: str) -> list[Problem]:
    """Everything wrong with the template that shows without rendering it, by line."""
    if len(source) > LONGEST:
        return [Problem(0, "TOO_LONG", f"模板有 {len(source)} 个字，最多 {LONGEST} 个：请精简。")]
    found = list(_characters(source)) + list(_addresses(source))
    if kind in WITH_BUTTON and not _BUTTON.search(source):
        sentence = "没有打开填报页的按钮：请加一行 [[{{ mail.button }}]]({{ mail.link }})。"
        found.append(Problem(0, "NO_BUTTON", sentence))
    walk = _Walk()
    try:
        walk.body(note_environment().parse(source).body, {"mail": shape_of_kind(kind)}, 0)
    except TemplateSyntaxError as error:
        sentence = f"模板的写法不对（{error.message}）：请检查 {{{{ }}}} 和 {{% %}} 是否成对、拼写是否正确。"
        return sorted([*found, Problem(error.lineno, "SYNTAX", sentence)], key=_order)
    except RecursionError:
        return [Problem(0, "SYNTAX", "括号套得太深，读不下去：请把表达式写简单些。")]
    return sorted({*found, *walk.found}, key=_order)


def _order(problem: Problem) -> tuple[int, str, str]:
    return problem.line, problem.code, problem.sentence


def _characters(source: str) -> Iterator[Problem]:
    for number, line in enumerate(source.split("\n"), 1):
        if CONTROLS.search(line.rstrip("\r")):
            yield Problem(number, "CONTROL_CHARACTER", "这一行有看不见的控制字符：请删去后重新输入。")


def _addresses(source: str) -> Iterator[Problem]:
    for number, line in enumerate(source.split("\n"), 1):
        for address in _ADDRESS.findall(line):
            if not (_WRITTEN.fullmatch(address.strip()) or _OWN_LINK.fullmatch(address.strip())):
                sentence = f"地址“{address}”不能用：只能写固定的网址（https://…）或 {{{{ mail.link }}}}。"
                yield Problem(number, "BAD_ADDRESS", sentence)


class _Walk:
    """Goes through a template's tree; what is not on the allow-list is found, whatever it is."""

    def __init__(self) -> None:
        self.found: set[Problem] = set()

    def body(self, body: list[nodes.Node], scope: Scope, depth: int) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                for one in node.nodes:
                    self._output(one, scope)
            elif isinstance(node, nodes.For | nodes.If) and depth >= DEEPEST:
                self._add(node, "FORBIDDEN", f"for 和 if 套了 {DEEPEST} 层以上：请写简单些。")
            elif isinstance(node, nodes.For):
                self._for(node, scope, depth + 1)
            elif isinstance(node, nodes.If):
                self._if(node, scope, depth + 1)
            else:
                self._forbidden(node)

    def _output(self, node: nodes.Expr, scope: Scope) -> None:
        if isinstance(node, nodes.TemplateData):
            return
        shape = self._shape(node, scope)
        if shape is not None and not isinstance(shape, Text):
            sentence = "这里的值是一组内容，不是文字：请用 for 逐条写，或写到具体的一项。"
            self._add(node, "VALUE_NOT_TEXT", sentence)

    def _for(self, node: nodes.For, scope: Scope, depth: int) -> None:
        if node.recursive:
            self._add(node, "FORBIDDEN", "不能用 recursive：请用普通的 for。")
        several = self._shape(node.iter, scope)
        one = several.of if isinstance(several, ListOf) else None
        if several is not None and one is None:
            self._add(node, "NOT_A_LIST", "for 后面的值不是一组内容，不能逐条写：请核对名称。")
        inner = {**scope, "loop": _LOOP, **self._targets(node.target, one)}
        if node.test is not None:
            self._shape(node.test, inner)
        self.body(node.body, inner, depth)
        self.body(node.else_, scope, depth)

    def _targets(self, target: nodes.Node, one: Shape | None) -> dict[str, Shape | None]:
        """The names that a loop gives to each of its things."""
        if isinstance(target, nodes.Name):
            return {target.name: one}
        names = [part.name for part in target.find_all(nodes.Name)]
        if isinstance(one, Row) and len(one.of) == len(names):
            return dict(zip(names, one.of, strict=True))
        if one is not None:
            self._add(target, "NOT_A_LIST", f"这里每条不是 {len(names)} 个值，不能这样拆开：请核对。")
        return dict.fromkeys(names)

    def _if(self, node: nodes.If, scope: Scope, depth: int) -> None:
        self._shape(node.test, scope)
        self.body(node.body, scope, depth)
        for other in node.elif_:
            self._if(other, scope, depth)
        self.body(node.else_, scope, depth)

    def _shape(self, node: nodes.Node, scope: Scope) -> Shape | None:
        """What the expression is; ``None`` where that cannot be told or something is wrong with it."""
        if isinstance(node, nodes.Name):
            return self._named(node, node.name, scope)
        if isinstance(node, nodes.Getattr):
            return self._part(node, node.attr, self._shape(node.node, scope))
        if isinstance(node, nodes.Getitem):
            return self._item(node, scope)
        if isinstance(node, nodes.Filter):
            return self._filter(node, scope)
        if isinstance(node, nodes.CondExpr):
            self._shape(node.test, scope)
            return self._either([node.expr1, *([node.expr2] if node.expr2 else [])], scope)
        if isinstance(node, nodes.And | nodes.Or):
            return self._either([node.left, node.right], scope)
        return self._judged(node, scope)

    def _either(self, several: list[nodes.Expr], scope: Scope) -> Shape | None:
        shapes = [self._shape(one, scope) for one in several]
        return shapes[0] if all(shape == shapes[0] for shape in shapes) else None

    def _judged(self, node: nodes.Node, scope: Scope) -> Shape | None:
        """Constants, comparisons and tests; everything that is not known by now is forbidden."""
        if isinstance(node, nodes.Compare):
            parts: list[nodes.Expr] = [node.expr, *(operand.expr for operand in node.ops)]
        elif isinstance(node, nodes.Not):
            parts = [node.node]
        elif isinstance(node, nodes.Test):
            self._allowed(node, node.name, TESTS, "is 判断")
            self._arguments(node, scope)
            parts = [node.node]
        elif isinstance(node, nodes.Const) and isinstance(node.value, str | int | None):
            parts = []
        else:
            self._forbidden(node)
            return None
        for one in parts:
            self._shape(one, scope)
        return Text()

    def _item(self, node: nodes.Getitem, scope: Scope) -> Shape | None:
        whole, place = self._shape(node.node, scope), node.arg
        if isinstance(place, nodes.Slice):
            for one in (place.start, place.stop, place.step):
                if one is not None and _number(one) is None:
                    self._shape(one, scope)
            return whole
        if isinstance(place, nodes.Const) and isinstance(place.value, str):
            return self._part(node, place.value, whole)
        number = _number(place)
        if number is None:
            self._add(node, "FORBIDDEN", "方括号里只能写数字、范围或加引号的名称。")
            return None
        return self._at(node, number, whole)

    def _at(self, node: nodes.Node, number: int, whole: Shape | None) -> Shape | None:
        if isinstance(whole, Row) and 0 <= number < len(whole.of):
            return whole.of[number]
        if isinstance(whole, ListOf):
            return whole.of
        if whole is not None:
            self._add(node, "NOT_A_LIST", "方括号前面的值不是一组内容，不能按序号取：请核对名称。")
        return None

    def _part(self, node: nodes.Node, name: str, whole: Shape | None) -> Shape | None:
        if name.startswith("_"):
            self._add(node, "FORBIDDEN", f"不能用以下划线开头的名称“{name}”。")
            return None
        if whole is None:
            return None
        return self._named(node, name, whole.parts if isinstance(whole, Record) else {})

    def _named(self, node: nodes.Node, name: str, known: Scope) -> Shape | None:
        if name in known:
            return known[name]
        near = get_close_matches(name, known, n=1)
        hint = f"是否指 {near[0]}？" if near else f"可用的有：{'、'.join(known) or '没有'}。"
        self._add(node, "UNKNOWN_VALUE", f"没有名为“{name}”的值：{hint}")
        return None

    def _filter(self, node: nodes.Filter, scope: Scope) -> Shape | None:
        self._allowed(node, node.name, FILTERS, "过滤器")
        self._arguments(node, scope)
        whole = self._shape(node.node, scope) if node.node is not None else None
        if node.name in ("cut", "join", "length"):
            return Text()
        if node.name in ("first", "last"):
            return whole.of if isinstance(whole, ListOf) else None
        return whole

    def _arguments(self, node: nodes.Filter | nodes.Test, scope: Scope) -> None:
        if node.dyn_args is not None or node.dyn_kwargs is not None or node.kwargs:
            self._add(node, "FORBIDDEN", f"“{node.name}”的参数不能写名称或星号：请直接写值。")
        for argument in node.args:
            self._shape(argument, scope)

    def _allowed(self, node: nodes.Node, name: str, known: tuple[str, ...], what: str) -> None:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"是否指 {near[0]}？" if near else f"可用的有：{'、'.join(known)}。"
            self._add(node, "FORBIDDEN", f"{what}“{name}”不能用：{hint}")

    def _forbidden(self, node: nodes.Node) -> None:
        name = type(node).__name__
        self._add(node, "FORBIDDEN", f"模板里不能用{_WORDS.get(name, name)}：只能取值、for、if 和比较。")

    def _add(self, node: nodes.Node, code: str, sentence: str) -> None:
        self.found.add(Problem(node.lineno, code, sentence))


def _number(node: nodes.Node) -> int | None:
    """The whole number that is written there."""
    inner = node.node if isinstance(node, nodes.Neg) else node
    if not (isinstance(inner, nodes.Const) and type(inner.value) is int):
        return None
    return -inner.value if isinstance(node, nodes.Neg) else inner.value
