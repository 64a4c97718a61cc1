"""The wording of signing in and of choosing a password; the keys are those of zh_cn/access.py."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "role.admin": "administrator",
    "role.coordinator": "coordinator",
    "role.leader": "leader",
    "role.unit": "unit",
    "sign_in.title": "Sign in",
    "sign_in.name": "User name",
    "sign_in.password": "Password",
    "sign_in.button": "Sign in",
    "sign_in.units": "Units need no sign-in to report: open the link in your message.",
    "sign_in.out": "Sign out",
    "set_up.title": "Choose a password",
    "set_up.first": "First start: the administrator",
    "set_up.first.why": "An administrator invites others and sets up channels. This page works once.",
    "set_up.for": "User name: {name} ({role})",
    "set_up.name.hint": "what you type to sign in, for example ducha",
    "set_up.post": "Post",
    "set_up.post.hint": "how the record names you, for example: supervision office",
    "set_up.password.hint": "at least {n} characters; a sentence is easy to remember",
    "set_up.again": "The password again",
    "set_up.button": "Save and sign in",
    "error.403": "Not for you to see",
    "error.403.do": "Your role does not open this page. Ask an administrator if you need it.",
    "error.410": "This link no longer works",
    "error.410.do": "Ask an administrator for a new one.",
}
