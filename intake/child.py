"""The process in which a file from outside is parsed: the file on standard input, one JSON object out."""

from __future__ import annotations

import gc
import json
import sys
from typing import Any

from engine.errors import IntakeError
from intake.document_json import reading_to_json
from intake.limits import Limits, apply_to_this_process, damaged, too_much_memory


def main() -> int:
    """Read the document on standard input and print its reading, or the refusal, as JSON."""
    order = json.loads(sys.argv[1])
    limits = Limits(**order["limits"])
    apply_to_this_process(limits)
    gc.disable()  # the process lives for one document
    answer = _read(order["name"], limits)
    sys.stdout.write(json.dumps(answer, separators=(",", ":")))
    return 0


def _read(name: str, limits: Limits) -> dict[str, Any]:
    try:
        from intake.reading import parse

        return reading_to_json(parse(sys.stdin.buffer.read(limits.max_bytes + 1), name, limits))
    except IntakeError as refusal:
        return _refused(refusal)
    except MemoryError:
        return _refused(too_much_memory(name))
    except Exception as error:  # whatever a parser stumbles over: the file is not as its format says
        return _refused(damaged(name), detail=f"{type(error).__name__}: {error}"[:500])


def _refused(refusal: IntakeError, detail: str = "") -> dict[str, Any]:
    cause = refusal.__cause__
    detail = detail or (f"{type(cause).__name__}: {cause}"[:500] if cause else "")
    return {"error": {"code": refusal.code, "message": refusal.message, "detail": detail}}


if __name__ == "__main__":
    sys.exit(main())
