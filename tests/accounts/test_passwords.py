"""Which passwords are good enough, and how they are kept."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from training.accounts import passwords


@pytest.fixture
def in_app(app: Flask):  # type: ignore[no-untyped-def]
    with app.test_request_context():
        yield


@pytest.mark.usefixtures("in_app")
@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "fourteen chars",
        "passwordpassword",
        "aaaaaaaaaaaaaaaaaaaa",
        "123456789012345678",
        "qwertyuiopasdfghjkl",
        "abcabcabcabcabcabc",
        "x" * 201,
    ],
)
def test_short_and_well_known_ones_are_refused_with_advice(password: str) -> None:
    weakness = passwords.weakness_of(password)
    assert weakness is not None
    assert weakness.endswith(".")


@pytest.mark.usefixtures("in_app")
@pytest.mark.parametrize(
    "password",
    ["seven herons waded past the mill", "चार शब्द जो साथ नहीं जाते", "tram-moss-ladle-orbit"],
)
def test_words_that_do_not_belong_together_are_accepted(password: str) -> None:
    assert passwords.weakness_of(password) is None


@pytest.mark.usefixtures("in_app")
@pytest.mark.parametrize("password", ["kW4#tz9Q", "tram-moss", "seven herons"])
def test_beside_a_second_factor_eight_characters_are_enough(password: str) -> None:
    assert passwords.weakness_of(password, has_second_factor=True) is None
    weakness = passwords.weakness_of(password)
    assert weakness is not None
    assert "at least 15 characters (or 8 with a second factor)" in weakness


@pytest.mark.usefixtures("in_app")
@pytest.mark.parametrize("password", ["kW4#tz9", "password", "12345678", "qwertyui", "aaaaaaaa"])
def test_but_not_seven_and_no_well_known_ones(password: str) -> None:
    assert passwords.weakness_of(password, has_second_factor=True) is not None


@pytest.mark.usefixtures("in_app")
def test_a_password_made_from_the_name_is_refused() -> None:
    personal = ("Ines Valdemar", "ines.valdemar@example.org")
    assert passwords.weakness_of("ines.valdemar@example.org", personal=personal) is not None


def test_a_hash_holds_its_password_and_no_other(app: Flask) -> None:
    with app.app_context():
        stored = passwords.hash_password("seven herons waded past the mill")
        assert stored.startswith("$argon2id$")
        assert "herons" not in stored
        assert passwords.is_right_password(stored, "seven herons waded past the mill")
        assert not passwords.is_right_password(stored, "seven herons waded past the mull")
        assert not passwords.is_right_password("not a hash", "seven herons waded past the mill")
        assert not passwords.is_right_password(None, "seven herons waded past the mill")


def test_the_same_password_never_has_the_same_hash(app: Flask) -> None:
    with app.app_context():
        assert passwords.hash_password("a b c d") != passwords.hash_password("a b c d")


@given(st.text(max_size=300))
def test_no_text_at_all_breaks_the_estimate(text: str) -> None:
    strength = passwords._estimated_strength(text, ("Ines", "ines@example.org"))
    assert strength in range(5)
