"""What makes a password easy to guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.password import LEAST_LENGTH, weakness

PERSONAL = ("hanako.sato@iizuka.example", "Hanako Sato", "飯塚市")


@pytest.mark.parametrize(
    "password",
    [
        *("password1234", "Passw0rdPassw0rd", "123456789012", "qwertyuiop12", "abcdefghijklmnop", "9876543210987"),
        *("aaaaaaaaaaaaaa", "ababababababab", "Meguru-2026-Meguru", "パスワードパスワード12", "sakura.sakura.1"),
        *("hanako.sato.2026", "IizukaHanako1234", "password2026!!", "kikakuseisaku2026", "iizuka-shi-2026!"),
        *("Shiyakusho#1995", "飯塚市役所令和8年2026"),
    ],
)
def test_what_everybody_tries_first_is_easy_to_guess(password: str) -> None:
    assert weakness(password, PERSONAL) == "password_too_easy"


@pytest.mark.parametrize(
    "password", ["correct horse battery", "正しい馬の電池のホチキス", "x7#kd92mQ!ppz", "雨のち晴れの水曜日の傘立て"]
)
def test_a_few_words_that_have_nothing_to_do_with_each_other_are_not(password: str) -> None:
    assert weakness(password, PERSONAL) is None


def test_a_common_word_may_be_a_part_of_a_password() -> None:
    assert weakness("password", ()) == "password_too_short"
    assert weakness("password of the blue kitchen", PERSONAL) is None


def test_a_password_of_a_list_is_easy_to_guess_in_small_letters_too() -> None:
    used = {"correct horse battery"}.__contains__
    assert weakness("correct horse battery", (), used) == "password_too_easy"
    assert weakness("Correct Horse Battery", (), used) == "password_too_easy"
    assert weakness("correct horse batteries", (), used) is None


@given(st.text(max_size=LEAST_LENGTH - 1))
def test_a_short_password_is_too_short_whatever_it_holds(password: str) -> None:
    assert weakness(password) == "password_too_short"


def test_a_password_is_not_a_book() -> None:
    assert weakness("雨" * 201) == "password_too_long"
