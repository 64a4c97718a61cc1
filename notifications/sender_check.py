"""Whether the receiving mail server found a sender forged, as it notes in Authentication-Results (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(?:^|;)\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.I)


def is_forged(headers: Sequence[str]) -> bool:
    """Whether the server says so: ``dmarc=fail``, or ``spf=fail`` without any ``dkim=pass``.

    ``headers`` are the values from the top down. Only those of the server that wrote the topmost count: what stands
    below may have come with the mail. Without any nothing is known.
    """
    parted = [_COMMENT.sub("", " ".join(one.split())).partition(";") for one in headers]
    own = [results for server, _, results in parted if _name(server) == _name(parted[0][0])]
    found = {(method.lower(), said.lower()) for one in own for method, said in _RESULT.findall(one)}
    return ("dmarc", "fail") in found or (("spf", "fail") in found and ("dkim", "pass") not in found)


def _name(server: str) -> str:
    """The server's name without the version that may follow it."""
    return server.strip().split(" ")[0].casefold()
