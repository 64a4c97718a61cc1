"""What people take for a password because it is at hand: the list and the patterns that :mod:`passwords` refuses.

The rule is that of OWASP ASVS 5.0 (V6.2.4: not among the most common ones that fit the other rules; V6.2.11: not
made of words of one's own surroundings) and NIST SP 800-63B-4 (3.1.1.2: a blocklist of common, expected or
compromised values). The words are our own: what is typed along the keyboard, counted up, or read off the door
of a district office; years and days stand in patterns. None of it is taken from leaked lists.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain

ROWS = ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "!@#$%^&*()_+")
COLUMNS = (
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
    "!qaz",
    "@wsx",
    "#edc",
)
LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyz", "01234567890"
SHORTEST_WALK = 4  # keys beside one another
# Whoever writes one of these has written nothing of his own, whatever stands around it.
ALWAYS = (
    *("password", "passw0rd", "p@ssw0rd", "p@ssword", "pa55word", "qwerty", "asdfgh", "zxcvbn", "1q2w3e4r"),
    *("1qaz2wsx", "12345678", "87654321", "abcdefgh", "abcd1234", "a1b2c3d4", "letmein", "changeme"),
    *("welcome", "iloveyou", "woaini", "woaizhongguo", "wodemima", "mima1234", "admin123", "root123"),
    *("administrator", "guanliyuan", "duban", "duchashi", "ducha123", "zhengfu123", "111222333", "5201314"),
)
# These count for nothing: what is left beside them has to be a password by itself.
WORDS = (
    *("admin", "root", "user", "guest", "test", "temp", "demo", "login", "pass", "pwd", "secret", "master"),
    *(
        "super",
        "system",
        "server",
        "manager",
        "office",
        "default",
        "public",
        "hello",
        "love",
        "happy",
        "lucky",
    ),
    *("spring", "summer", "autumn", "winter", "monday", "friday", "sunday", "dragon", "monkey", "sunshine"),
    *("mima", "nihao", "zhongguo", "china", "beijing", "shanghai", "guangzhou", "shenzhen", "chengdu"),
    *("ducha", "duchake", "dubanke", "zhengfu", "quzhengfu", "shizhengfu", "xianzhengfu", "zhengwu", "zfb"),
    *("bangong", "bangongshi", "jiedao", "jiedaoban", "minzheng", "minzhengju", "jiaoyuju", "caizhengju"),
    *("weijian", "weijianju", "zhujian", "chengguan", "gongan", "fagaiju", "shequ", "xiangmu", "renwu"),
    *("minsheng", "shishi", "lianluoyuan", "lingdao", "juzhang", "zhuren", "kezhang", "gov", "gongwu"),
    *(
        "督查室",
        "督查",
        "督办",
        "区政府",
        "市政府",
        "县政府",
        "政府",
        "办公室",
        "街道",
        "管理员",
        "密码",
        "你好",
    ),
)
_YEARS = re.compile(
    r"(?:19|20)\d\d(?:[-./年]?(?:0?[1-9]|1[0-2])(?:[-./月]?(?:0?[1-9]|[12]\d|3[01]))?)?[年月日]?"
)


def left_over(plain: str) -> str:
    """What is left of a password in small letters without common words, walks, counting, years and days."""
    rest = plain
    for piece in _pieces():
        rest = rest.replace(piece, " ")
    return _YEARS.sub(" ", rest).replace(" ", "")


@cache
def _pieces() -> tuple[str, ...]:
    """Words and walks, the longest first."""
    runs = (*ROWS, *COLUMNS, LETTERS, DIGITS)
    walks = chain.from_iterable(_walks(one) for run in runs for one in (run, run[::-1]))
    return tuple(sorted({*ALWAYS, *WORDS, *walks}, key=lambda one: (-len(one), one)))


def _walks(run: str) -> list[str]:
    """Every way along the run of four keys or more."""
    lengths = range(SHORTEST_WALK, len(run) + 1)
    return [run[start : start + length] for length in lengths for start in range(len(run) - length + 1)]
