"""What errors say in English, by their code; in Chinese they bring their own sentence."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "BULLETIN_DECIDED": "Somebody has decided this bulletin already. The page shows how it stands now.",
    "BULLETIN_HELD": "The whole bulletin still waits. Approve it first, then single units that were held apart.",
    "NOTHING_HELD": "There is no message left that could be held or sent. The page shows how it stands now.",
    "NO_REASON": "Say why: it is kept on record.",
    "BAD_PERIOD": "Choose a month of the plan that has begun.",
    "NOTHING_TO_PUBLISH": "The plan has neither targets nor reports in that month. Choose another one.",
    "ALREADY_ACCEPTED": "The sub-task has been accepted or terminated: its reports cannot be sent back any more.",
    "NO_SUCH_FINDING": "That matter is no longer open: a colleague may have settled it. Look at the list as it is now.",
    "NO_SUCH_REPORT": "There is no such report: choose one of those that wait.",
    "REPORT_REPLACED": "The unit has reported again since: review the newest report.",
    "REVIEW_DECIDED": "A colleague has decided about this report meanwhile: nothing was changed.",
    "NO_CONTACT": "Nobody at the unit can be reached. Name a contact and how to reach them first.",
    "PROMPT_REFUSED": "There is nothing for the unit to do: the sub-task is suspended, terminated, claimed complete or accepted.",
    "PASSWORD_TWICE": "The two passwords are not the same. Type them again.",
    "PASSWORD_WEAK": "Choose 12 to 200 characters that nobody guesses: no common password, no repeated signs, not your own name.",
    "SETUP_LINK": "This set-up link was used or has expired. Ask an administrator for a new one.",
    "SIGN_IN_LIMIT": "Too many attempts. Wait 15 minutes; if you forgot the password, ask an administrator for a set-up link.",
    "SIGN_IN_REFUSED": "User name or password is wrong. If you forgot the password, ask an administrator for a set-up link.",
    "NO_SUCH_TOKEN": "There is no such token. Choose one of the list.",
    "TOKEN_DAY": "That day is over. Choose today or a later day, or leave it empty.",
    "TOKEN_NAME": "A token needs a name of its own, of at most 60 characters: say which system uses it.",
    "TOKEN_ROLE": "A token sees everything or one unit: choose one, and name the unit if it is one.",
    "USER_NAME": "A user name has 2 to 60 characters and no blanks.",
}
