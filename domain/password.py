"""What a password must be so that nobody guesses it. The rules and the words are Meguru's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

LEAST_LENGTH = 12
"""Characters: length does more than special characters do."""
MOST_LENGTH = 200
_LEAST_UNCOMMON = 6
_COMMON = (
    *("password", "passw0rd", "passwort", "letmein", "welcome", "iloveyou", "admin", "administrator", "guest", "login"),
    *("qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "1qaz2wsx", "qazwsx", "abc", "abcdef"),
    *("dragon", "monkey", "sunshine", "princess", "football", "baseball", "master", "shadow", "secret", "test"),
    *("meguru", "sakura", "himitsu", "aishiteru", "arigatou", "nihon", "nippon", "japan", "tokyo", "yakusho"),
    *("shiyakusho", "kuyakusho", "yakuba", "cityhall", "kikaku", "seisaku", "soumu", "jouhou", "zaisei", "jinji"),
    *("keikaku", "shinchoku", "houkoku", "shichou", "shokuin", "reiwa", "heisei", "showa"),
    *("市役所", "町役場", "村役場", "企画", "政策", "総務", "情報", "計画", "進捗", "職員", "令和", "平成"),
    *("パスワード", "ひみつ", "あいうえお", "めぐる", "さくら"),
)
"""Parts of the passwords that are tried first everywhere, and of those that are at hand in a city hall."""
_YEAR = re.compile(r"(19|20)\d\d")
_ROW = "01234567890 abcdefghijklmnopqrstuvwxyz zyxwvutsrqponmlkjihgfedcba 09876543210"


def weakness(
    password: str, personal: Iterable[str] = (), is_used: Callable[[str], bool] = lambda _: False
) -> str | None:
    """The code of what makes a password easy to guess, None: nothing that is known.

    `personal` are texts that others know of the person and the city, such as the mail address. `is_used` tells whether
    a password of a fitting length stands on a list of those that many people use.
    """
    if len(password) < LEAST_LENGTH:
        return "password_too_short"
    if len(password) > MOST_LENGTH:
        return "password_too_long"
    if is_used(password) or is_used(password.lower()):
        return "password_too_easy"
    left = _YEAR.sub("", password.lower())
    known = {part for text in personal for part in re.split(r"[\W_]+", text.lower()) if len(part) > 2}
    for part in sorted({*known, *_COMMON}, key=len, reverse=True):
        left = left.replace(part, "")
    return "password_too_easy" if len(set(_without_rows(left))) < _LEAST_UNCOMMON else None


def _without_rows(text: str) -> str:
    """Without what stands side by side in the alphabet or among the digits: 1234, abcd, 9876."""
    return "".join(c for i, c in enumerate(text) if not i or text[i - 1 : i + 1] not in _ROW)
