"""The command line. Commands import what they need when they run, so that help is quick."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer

from duban.commands import (
    archive,
    audit,
    bulletins,
    cases,
    changes,
    channels,
    closing,
    deliveries,
    evaluations,
    links,
    messages,
    plan,
    progress,
    replies,
    reviews,
    safety,
    service,
    setup,
    templates,
    tokens,
    users,
    wall,
    workbook,
)
from engine.errors import DubanError

app = typer.Typer(
    name="duban",
    help="督办：把年度承诺事项跟到办结。Follows up public commitments until they are done.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (
    setup,
    plan,
    progress,
    reviews,
    changes,
    archive,
    service,
    messages,
    deliveries,
    channels,
    templates,
    cases,
    links,
    replies,
    workbook,
    audit,
    bulletins,
    evaluations,
    users,
    tokens,
    wall,
    safety,
    closing,
):  # the order of the help; one a line, so that two who add one do not meet
    group.register(app)


def main() -> Any:
    """Runs a command: 0 done, 1 refused with a sentence and a code, 2 bad usage.

    With ``--json`` the refusal is a JSON object on standard output too, so that it holds JSON alone.
    """
    try:
        app()
    except DubanError as error:
        print(f"{error.message}  [{error.code}]", file=sys.stderr)
        if "--json" in sys.argv[1:]:
            print(json.dumps({"error": {"code": error.code, "message": error.message}}, ensure_ascii=False))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
