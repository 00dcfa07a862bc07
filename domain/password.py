"""What a password must be so that nobody guesses it. The rules and the list are Meguru's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

LEAST_LENGTH = 12
"""Characters: length does more than special characters do."""
MOST_LENGTH = 200
_LEAST_UNCOMMON = 6
_COMMON = (
    *("password", "passw0rd", "passwort", "letmein", "welcome", "iloveyou", "admin", "administrator", "guest", "login"),
    *("qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "1qaz2wsx", "qazwsx", "abc", "abcdef"),
    *("dragon", "monkey", "sunshine", "princess", "football", "baseball", "master", "shadow", "secret", "test"),
    *("meguru", "sakura", "himitsu", "aishiteru", "arigatou", "nihon", "nippon", "japan", "tokyo", "yakusho"),
    *("パスワード", "ひみつ", "あいうえお", "めぐる", "さくら"),
)
"""Parts of the passwords that are tried first everywhere, and of those that are at hand in a city hall."""
_ROW = "01234567890 abcdefghijklmnopqrstuvwxyz zyxwvutsrqponmlkjihgfedcba 09876543210"


def weakness(password: str, personal: Iterable[str] = ()) -> str | None:
    """The code of what makes a password easy to guess, None: nothing that is known.

    `personal` are texts that others know of the person, such as the mail address.
    """
    if len(password) < LEAST_LENGTH:
        return "password_too_short"
    if len(password) > MOST_LENGTH:
        return "password_too_long"
    left = password.lower()
    known = {part for text in personal for part in re.split(r"[\W_]+", text.lower()) if len(part) > 2}
    for part in sorted({*known, *_COMMON}, key=len, reverse=True):
        left = left.replace(part, "")
    return "password_too_easy" if len(set(_without_rows(left))) < _LEAST_UNCOMMON else None


def _without_rows(text: str) -> str:
    """Without what stands side by side in the alphabet or among the digits: 1234, abcd, 9876."""
    return "".join(c for i, c in enumerate(text) if not i or text[i - 1 : i + 1] not in _ROW)
