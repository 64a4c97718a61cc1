"""What errors say in English, by their code; in Chinese they bring their own sentence."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "PASSWORD_TWICE": "The two passwords are not the same. Type them again.",
    "PASSWORD_WEAK": "Choose 12 to 200 characters that nobody guesses: no common password, no repeated signs, not your own name.",
    "SETUP_LINK": "This set-up link was used or has expired. Ask an administrator for a new one.",
    "SIGN_IN_LIMIT": "Too many attempts. Wait 15 minutes; if you forgot the password, ask an administrator for a set-up link.",
    "SIGN_IN_REFUSED": "User name or password is wrong. If you forgot the password, ask an administrator for a set-up link.",
    "USER_NAME": "A user name has 2 to 60 characters and no blanks.",
}
