"""The contract as tables for people: what the far end does, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from notifications.channel import VerdictKind
from tests.channels_contract.cases import all_cases
from tests.channels_contract.harness import Case, Harness
from tests.notifications.test_answers import MEANINGS

BEGIN, END = "<!-- contract: begin -->", "<!-- contract: end -->"
Results = Mapping[type[Harness], Sequence[tuple[Case, str]]]
_GROUPS = {"status": "HTTP", "body": "HTTP 200, body:", "break": ""}
_BEFORE_ANY = {"nobody listens, unknown name": "unreachable", "host not listed": "host_not_allowed"}


def expected(kinds: Sequence[type[Harness]]) -> Results:
    """What the suite demands."""
    return {kind: [(case, case.code) for case in all_cases(kind)] for kind in kinds}


def tables(results: Results) -> str:
    """One table for what is common, one for each channel's own."""
    over_http = [kind for kind in results if kind.is_http]
    names = "、".join(kind.name for kind in over_http)
    lines = [
        f"Over HTTP, the same in {names}:",
        "",
        *_head(),
        *_common({kind: results[kind] for kind in over_http}),
    ]
    lines += [_row(what, code, MEANINGS[code]) for what, code in _BEFORE_ANY.items()]
    for kind, seen in results.items():
        own = [(case.name, code) for case, code in seen if case.group == "vendor"]
        meanings = {**kind.meanings, **MEANINGS}
        lines += [
            "",
            f"### {kind.name}",
            "",
            *_head(),
            *(_row(what, code, meanings[code]) for what, code in own),
        ]
    return "\n".join(lines)


def replaced(page: str, table: str) -> str:
    """The page with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _common(results: Results) -> Iterator[str]:
    """Cases with the same verdict share a line; who differs is named."""
    seen: dict[tuple[str, str], dict[str, str]] = {}
    for kind, cases in results.items():
        for case, code in cases:
            if case.group in _GROUPS:
                seen.setdefault((case.group, case.name), {})[kind.name] = code
    lines: dict[tuple[str, str, str], list[str]] = {}
    for (group, name), codes in seen.items():
        usual = Counter(codes.values()).most_common(1)[0][0]
        others = "; ".join(f"{kind}: {code}" for kind, code in codes.items() if code != usual)
        lines.setdefault((group, usual, others), []).append(
            name.removeprefix("HTTP 200: ").removeprefix("HTTP ")
        )
    for (group, code, others), names in lines.items():
        what = f"{_GROUPS[group]} {', '.join(names)}".strip()
        yield _row(what, code, MEANINGS[code], f" ({others})" if others else "")


def _head() -> list[str]:
    return ["| what happens | verdict | kind | whose fault |", "| --- | --- | --- | --- |"]


def _row(what: str, code: str, meaning: tuple[VerdictKind, bool, bool], others: str = "") -> str:
    kind, is_ambiguous, is_channels = meaning
    shown = kind.value.replace("_", " ") + (", may have arrived" if is_ambiguous else "")
    fault = "" if kind is VerdictKind.ACCEPTED else "channel" if is_channels else "this message"
    return f"| {what.replace('|', '/')} | `{code}`{others} | {shown} | {fault} |"
