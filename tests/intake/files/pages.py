"""PDF files as office programs print them: ruled tables, running text, scans."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"  # named in the file, not held in it
SIZE = 10
ROW = 30
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


class Paper:
    """A file being drawn; heights count in points from the upper edge, as people read."""

    def __init__(self, password: str | None = None) -> None:
        self._file = io.BytesIO()
        encryption = StandardEncryption(password, canPrint=0) if password is not None else None
        self.canvas: Any = Canvas(self._file, pagesize=A4, encrypt=encryption, pageCompression=0)
        self.canvas.setFont(FONT, SIZE)

    def text(self, left: float, top: float, text: str) -> None:
        """One line whose upper edge is at ``top``."""
        self.canvas.drawString(left, A4[1] - top - SIZE, text)

    def table(
        self,
        top: float,
        rows: Sequence[Sequence[str | None]],
        widths: Sequence[float],
        left: float = 50,
    ) -> None:
        """A ruled table of rows 30 points high; a cell goes on downwards where the next row has ``None``."""
        for i, row in enumerate(rows):
            at = left
            for j, text in enumerate(row):
                if text is not None:
                    height = ROW * (1 + _below(rows, i, j))
                    self.canvas.rect(at, A4[1] - top - ROW * i - height, widths[j], height)
                    for n, line in enumerate(text.split("\n")):
                        self.text(at + 6, top + ROW * i + 3 + 13 * n, line)
                at += widths[j]

    def picture(self) -> None:
        """A scan: a picture over the whole page, and no text."""
        from reportlab.lib.utils import ImageReader

        bitmap = b"BM" + (58).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
        bitmap += b"\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0" + bytes(24) + b"\xff\xff\xff\0"
        self.canvas.drawImage(ImageReader(io.BytesIO(bitmap)), 0, 0, *A4)

    def next_page(self) -> None:
        """Ends the page."""
        self.canvas.showPage()
        self.canvas.setFont(FONT, SIZE)

    def data(self) -> bytes:
        """The finished file."""
        self.canvas.save()
        return self._file.getvalue()


def _below(rows: Sequence[Sequence[str | None]], row: int, column: int) -> int:
    count = 0
    while row + count + 1 < len(rows) and rows[row + count + 1][column] is None:
        count += 1
    return count
