"""Passwords: what everybody would try is refused, what one made up oneself is taken."""

from __future__ import annotations

import pytest

from engine.errors import DubanError
from workflows.common_passwords import left_over
from workflows.passwords import check_password

TAKEN = (
    "三只灰鹅慢慢走过旧石桥边上",
    "grey-geese-cross-the-bridge",
    "Xk7#vTq9Lm2z",
    "绿皮火车2024慢慢开过桥",
    "tomato soup for breakfast",
    "Lamp&Kettle.47",
)


@pytest.mark.parametrize(
    "password",
    [
        "qwertyuiop12",
        "Poiuytrewq1!",
        "1qaz@wsx3edc",
        "1QAZ2wsx3EDC",
        "123456789012",
        "098765432109",
        "abcdefghijkl",
        "Zhengfu2024!",
        "quzhengfu2024",
        "Duchashi2024",
        "Minzheng@2026",
        "jiedaoban123456",
        "20240101abcd",
        "2024年1月1日督查室",
        "admin2024admin",
        "Welcome2024!!",
        "changeme-now-please",
        "my-password-is-long",
        "Spring2026Beijing",
        "!@#$%^&*()_+",
        "woaini5201314",
    ],
)
def test_what_everybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(DubanError) as refused:
        check_password(password)
    assert refused.value.code == "PASSWORD_WEAK"


@pytest.mark.parametrize("password", TAKEN)
def test_what_one_made_up_is_taken(password: str) -> None:
    check_password(password)
    assert left_over(password.lower())


@pytest.mark.parametrize(
    ("password", "rest"), [("zhengfu2024abxyzk", "abxyzk"), ("zhengfu2024abxyz", "abxyz")]
)
def test_six_signs_of_one_s_own_are_asked_for(password: str, rest: str) -> None:
    assert left_over(password) == rest
    if len(rest) >= 6:
        check_password(password)
        return
    with pytest.raises(DubanError):
        check_password(password)
