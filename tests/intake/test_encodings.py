"""Plain text in its encodings: UTF-8, GB18030, Big5; one is never taken for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import IntakeError
from intake.encodings import decode

FOLDER = Path(__file__).parent / "documents"
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.txt"))}
TRADITIONAL = [name for name in TEXTS if name.startswith("tw_") or name == "traditional_table"]


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_in_gb18030_is_read_otherwise(name: str) -> None:
    assert decode(TEXTS[name].encode("gb18030"), name) == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_not_even_a_few_lines_in_gb18030_are_read_otherwise(name: str) -> None:
    lines = TEXTS[name].split("\n")
    for start in range(0, len(lines), 10):
        text = "\n".join(lines[start : start + 10])
        assert decode(text.encode("gb18030"), name) == text


@pytest.mark.parametrize("name", TRADITIONAL)
def test_a_text_in_big5_is_read(name: str) -> None:
    assert decode(TEXTS[name].encode("big5hkscs"), name) == TEXTS[name]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("雲溪市政府\n新建中央廚房3座", "big5"),
        ("1\t新建公園2處\t工務局", "big5"),
        ("新建公园2处", "gb18030"),
        ("新建公園2處", "gb18030"),
        ("張甲\n區長", "gb18030"),
        ("甲局、乙局", "gb2312"),
        ("1,200", "ascii"),
        ("費用€50，工務局辦理", "cp950"),
    ],
)
def test_short_texts_are_read_in_their_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "表.txt") == text


@pytest.mark.parametrize("data", [b"\x00\x01\x02\xff", b"\xff\xd8\xff\xe0\x10JFIF\xff\x80\x81\x30\x31"])
def test_what_fits_no_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(IntakeError) as refused:
        decode(data, "表.txt")
    assert refused.value.code == "NOT_TEXT"
