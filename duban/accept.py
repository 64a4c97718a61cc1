"""``python -m duban.accept SEEDS``: what intake reads in the seed documents beside what a careful reader found.

``SEEDS`` is a folder with ``seeds/*.txt`` and ``truth/seed_NNN.json``. Every mismatch is printed. The exit code is
0 when the required documents are as required, 1 when not, 2 when the folder is missing.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duban.accept_published import check_published
from intake.decomposition import interpret
from intake.draft_json import to_json
from intake.text import read_text

# Projects and sub-tasks that each document must give. None is left out: a missing file fails as a wrong reading does.
REQUIRED: Mapping[str, tuple[int, int | None]] = {
    "000": (10, 25),
    "001": (45, 45),
    "002": (12, 23),
    "003": (10, 22),
    "004": (30, None),  # each sentence a sub-task is one judgement of several: compared project by project
}
# In prose a reader may split finer or coarser (the truth says so): other splits are listed, and what the sub-tasks
# promise and whom they bind is compared for each project as a whole.
JUDGED = frozenset({"002", "004"})
# What must agree exactly; indicators have their own bounds.
EXACT = (
    *("projects", "sub-tasks", "lead units", "cooperating units", "persons", "quotas"),
    *("levels", "deadlines", "phases", "monthly targets", "actuals", "statuses"),
)
LEAST_FOUND, MOST_WRONG = 0.95, 0.03
# A careful reader tells these from the words; in progress, lagging or not told is a matter of opinion.
PLAIN_STATUSES = ("done", "over_fulfilled", "suspended")
# A reader counts people in any of these; month's figures are compared by number and kind of thing.
_PEOPLE = {"人": "人", "名": "人", "人次": "人"}
_MISSING = "make accept 需要一份带标准答案的文件夹：其中 seeds/ 放原文（.txt），truth/ 放 seed_NNN.json。用法：make accept SEEDS=文件夹"


@dataclass(slots=True)
class Tally:
    """Found, expected and wrong of one kind of thing, with the lines that explain each mismatch."""

    found: int = 0
    expected: int = 0
    wrong: int = 0
    lines: list[str] = field(default_factory=list)

    def compare(self, place: str, read: Iterable[Any], truth: Iterable[Any]) -> None:
        """Count two bags of things against each other."""
        got, wanted = Counter(read), Counter(truth)
        missing, extra = wanted - got, got - wanted
        self.found += (got & wanted).total()
        self.expected += wanted.total()
        self.wrong += extra.total()
        self.lines += [f"{place}: missing {one}" for one in missing.elements()]
        self.lines += [f"{place}: wrong {one}" for one in extra.elements()]

    @property
    def exact(self) -> bool:
        """Nothing missing, nothing wrong."""
        return self.found == self.expected and not self.wrong


def main(arguments: list[str]) -> int:
    """Compare each document of the folder and say whether intake is as required."""
    folder = Path(arguments[0]) if arguments and arguments[0] else None
    if folder is None or not (folder / "truth").is_dir() or not (folder / "seeds").is_dir():
        print(_MISSING, file=sys.stderr)
        return 2
    failures: list[str] = []
    seen: set[str] = set()
    for path in sorted((folder / "truth").glob("seed_*.json")):
        truth = json.loads(path.read_text("utf-8"))
        seen.add(truth["seed"])
        failures += [f"{truth['seed']}: {one}" for one in _document(folder, truth)]
        failures += [f"{truth['seed']}: {one}" for one in check_published(folder, truth)]
    failures += [f"{seed}: no truth file" for seed in REQUIRED if seed not in seen]
    print(f"\n{len(seen)} documents, {len(failures)} not as required")
    print("".join(f"  NOT AS REQUIRED {one}\n" for one in failures), end="")
    return 1 if failures else 0


def _document(folder: Path, truth: Mapping[str, Any]) -> list[str]:
    """Print how the reading of one document compares with its truth; what is not as required."""
    path = folder / "seeds" / truth["file"]
    draft = to_json(interpret(read_text(path.read_bytes(), path.name)), stored=False)
    tallies = compare(draft, truth)
    failures = [*check_tallies(tallies), *check_counts(draft, truth)]
    if any(one["code"] == "SUM_MISMATCH" for one in draft["findings"]):
        failures.append("quotas that add up")
    print(f"\n{truth['seed']} {draft['document']['title']} ({draft['document']['kind']})")
    for name, tally in tallies.items():
        print(f"  {name:<18} found {tally.found:>4} / expected {tally.expected:>4}   wrong {tally.wrong}")
        print("".join(f"      {line}\n" for line in tally.lines), end="")
    return failures


def check_tallies(tallies: Mapping[str, Tally]) -> list[str]:
    """The kinds of things that are not as required; splits that are a judgement are no failure."""
    failures = [name for name in EXACT if not tallies[name].exact]
    indicators = tallies["indicators"]
    if (
        indicators.found < LEAST_FOUND * indicators.expected
        or indicators.wrong > MOST_WRONG * indicators.expected
    ):
        failures.append("indicators")
    return failures


def check_counts(draft: Mapping[str, Any], truth: Mapping[str, Any]) -> list[str]:
    """Numbers of projects and sub-tasks, in the reading and in the truth itself, that are not the required ones."""
    if truth["seed"] not in REQUIRED:
        return []
    projects, subtasks = REQUIRED[truth["seed"]]
    failures = []
    for name, plan in (("reading", draft), ("truth", truth)):
        if len(plan["projects"]) != projects:
            failures.append(f"{len(plan['projects'])} projects in the {name}, not {projects}")
        if subtasks is not None and len(list(_subtasks(plan))) != subtasks:
            failures.append(f"{len(list(_subtasks(plan)))} sub-tasks in the {name}, not {subtasks}")
    return failures


def compare(draft: Mapping[str, Any], truth: Mapping[str, Any]) -> dict[str, Tally]:
    """Tallies by kind of thing for a draft in the JSON of the contract and a truth file."""
    tallies = {name: Tally() for name in (*EXACT, "indicators", "judged splits")}
    tallies["projects"].compare(
        "document", map(_project_key, draft["projects"]), map(_project_key, truth["projects"])
    )
    judged = truth["seed"] in JUDGED
    splits = tallies["judged splits" if judged else "sub-tasks"]
    splits.compare("document", map(_key, _subtasks(draft)), map(_key, _subtasks(truth)))
    _statuses(tallies["statuses"], draft, truth)
    for place, read, wanted in _wholes(draft, truth) if judged else _pairs(draft, truth):
        _units(tallies, place, read, wanted)
        _figures(tallies, place, read, wanted)
        _months(tallies, place, read, wanted)
    _projects(tallies, draft, truth)
    _phases(tallies["phases"], draft, truth)
    return tallies


def _project_key(project: Mapping[str, Any]) -> tuple[str, str]:
    return str(project["no"]), plain(project["title"])


def _key(subtask: Mapping[str, Any]) -> tuple[str, str]:
    return str(subtask["no"]), plain(subtask["title"])


def plain(text: str) -> str:
    """A text by its letters and digits only: layout and punctuation are no difference."""
    return re.sub(r"[\W_]", "", text)


def _subtasks(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for project in plan["projects"]:
        yield from project["subtasks"]


def _pairs(
    draft: Mapping[str, Any], truth: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Sub-tasks of the same number; one that only one side has is paired with an empty one."""
    read = {str(one["no"]): one for one in _subtasks(draft)}
    wanted = {str(one["no"]): one for one in _subtasks(truth)}
    for number in dict.fromkeys([*wanted, *read]):
        yield number, read.get(number, {}), wanted.get(number, {})


def _wholes(
    draft: Mapping[str, Any], truth: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Projects of the same number, each as one sub-task: all its promises, each of its units once."""
    read = {str(one["no"]): one for one in draft["projects"]}
    wanted = {str(one["no"]): one for one in truth["projects"]}
    for number in dict.fromkeys([*wanted, *read]):
        yield f"project {number}", _whole(read.get(number)), _whole(wanted.get(number))


def _whole(project: Mapping[str, Any] | None) -> Mapping[str, Any]:
    subtasks = project["subtasks"] if project else []
    whole: dict[str, Any] = {"indicators": [one for sub in subtasks for one in sub["indicators"]]}
    for name in ("lead_units", "cooperating_units", "responsible", "level"):
        whole[name] = list(dict.fromkeys(one for sub in subtasks for one in sub.get(name, [])))
    return whole


def _statuses(tally: Tally, draft: Mapping[str, Any], truth: Mapping[str, Any]) -> None:
    """Where the truth tells statuses, the plain ones must be those of the same sub-tasks and of no others."""
    told = {str(one["no"]): (one.get("progress") or {}).get("status") for one in _subtasks(truth)}
    if not any(told.values()):
        return
    read = [(str(one["no"]), part["status"]) for one in _subtasks(draft) for part in one["progress"]]
    tally.compare(
        "document",
        [one for one in read if one[1] in PLAIN_STATUSES],
        [(number, status) for number, status in told.items() if status in PLAIN_STATUSES],
    )


def _units(tallies: dict[str, Tally], place: str, read: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name, field_name in (("lead units", "lead_units"), ("cooperating units", "cooperating_units")):
        tallies[name].compare(place, read.get(field_name, []), wanted.get(field_name, []))
    tallies["persons"].compare(place, read.get("responsible", []), wanted.get("responsible", []))
    tallies["levels"].compare(place, read.get("level", []), wanted.get("level", []))
    deadline = (read.get("deadline") or {}).get("date")
    stated = wanted.get("deadline")
    tallies["deadlines"].compare(place, [deadline] if deadline else [], [stated] if stated else [])


def _figures(
    tallies: dict[str, Tally], place: str, read: Mapping[str, Any], wanted: Mapping[str, Any]
) -> None:
    indicators = wanted.get("indicators", [])
    tallies["indicators"].compare(place, map(_figure, read.get("indicators", [])), map(_figure, indicators))
    got = _cells(
        (unit, number) for one in read.get("indicators", []) for unit, number in one["quotas"].items()
    )
    shares = _cells(
        (unit, number)
        for unit, numbers in wanted.get("per_unit", {}).items()
        for number in (numbers if isinstance(numbers, list) else [numbers])
    )
    tallies["quotas"].compare(place, got, shares)


def _cells(shares: Iterable[tuple[str, Any]]) -> list[tuple[str, tuple[float, ...]]]:
    """One entry for each cell of the matrix: the unit and its figures in the order of the indicators."""
    cells: dict[str, tuple[float, ...]] = {}
    for unit, number in shares:
        cells[unit] = (*cells.get(unit, ()), float(number))
    return list(cells.items())


def _figure(indicator: Mapping[str, Any]) -> tuple[float, str, str, tuple[str, ...]]:
    unit = indicator["unit"].replace("（", "(").replace("）", ")")
    return float(indicator["quantity"]), unit, indicator["comparator"], tuple(indicator.get("level", []))


def _months(
    tallies: dict[str, Tally], place: str, read: Mapping[str, Any], wanted: Mapping[str, Any]
) -> None:
    """Texts of targets and reports must agree; of the figures, those the reader pairs must be among the read."""
    texts = [(one["period"], plain(one["text"])) for one in read.get("milestones", [])]
    targets = [(one["period"], plain(one["target_text"])) for one in wanted.get("milestones", [])]
    tallies["monthly targets"].compare(place, texts, targets)
    report = wanted.get("progress") or {}
    if "actual_text" not in report:
        return
    said = [(one["period"], plain(one["text"])) for one in read.get("progress", [])]
    tallies["actuals"].compare(place, said, [(report["period"], plain(report["actual_text"]))])
    for name, column, side in (
        ("monthly targets", "milestones", "target"),
        ("actuals", "progress", "actual"),
    ):
        figures = [
            _rough(one["quantity"], one["unit"])
            for part in read.get(column, [])
            for one in part["quantities"]
        ]
        pairs = [_rough(one[side], one["unit"]) for one in report["numeric"]]
        tallies[name].compare(place, [one for one in figures if one in pairs], pairs)


def _rough(number: Any, unit: str) -> tuple[float, str]:
    return float(number), _PEOPLE.get(unit, unit)


def _projects(tallies: dict[str, Tally], draft: Mapping[str, Any], truth: Mapping[str, Any]) -> None:
    """Leads, helpers and leaders that the truth states for whole projects."""
    read = {str(one["no"]): one for one in draft["projects"]}
    for wanted in truth["projects"]:
        place, got = f"project {wanted['no']}", read.get(str(wanted["no"]), {})
        tallies["lead units"].compare(place, got.get("lead_units", []), wanted["lead_units"])
        tallies["persons"].compare(place, got.get("leaders", []), wanted["leader"])
        if "cooperating_units" in wanted:
            helpers = got.get("cooperating_units", [])
            tallies["cooperating units"].compare(place, helpers, wanted["cooperating_units"])


def _phases(tally: Tally, draft: Mapping[str, Any], truth: Mapping[str, Any]) -> None:
    """The truth keeps phases as the letter's words: 11月…12月 must be the months in which the phases end."""
    words = next((one for one in truth.get("mechanism", []) if re.search(r"\d+月.*完成.*\d+月", one)), "")
    months = [int(month) for month in re.findall(r"(\d+)月", words)]
    read = [int(one["ends_on"][5:7]) for one in draft["phases"]]
    tally.compare("document", read, months)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
