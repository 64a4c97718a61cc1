"""A zip file (.docx, .xlsx) written anew without its moments, so that the same content is the same bytes."""

from __future__ import annotations

import io
import zipfile

MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows


def same_bytes(content: bytes) -> bytes:
    """The same members in the same order, all of one moment."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 3
            new.writestr(info, old.read(entry))
    return stream.getvalue()
