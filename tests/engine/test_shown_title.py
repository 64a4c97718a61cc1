"""A title is shown without the number that stands before it anyway."""

import pytest

from engine.model import shown_title


@pytest.mark.parametrize(
    ("no", "title", "shown"),
    [
        ("一.1", "1.新增6所学堂", "新增6所学堂"),
        ("十.12", "12、改造12个小区", "改造12个小区"),
        ("3", "（3）建设4个诊室", "建设4个诊室"),
        ("一.2", "1.新增6所学堂", "1.新增6所学堂"),  # another number is part of the title
        ("1", "1.6万名学生筛查", "1.6万名学生筛查"),  # a quantity
        ("1", "新增6所学堂", "新增6所学堂"),
        ("1", "1.", "1."),
        ("1", "100万平方米", "100万平方米"),
    ],
)
def test_a_running_number_is_shown_once(no: str, title: str, shown: str) -> None:
    assert shown_title(no, title) == shown
