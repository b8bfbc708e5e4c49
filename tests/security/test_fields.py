"""What all forms share: fields without edges, limits on both their sides, and things made once."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from training.forms import (
    EMAIL_RULES,
    NAME_RULES,
    LineField,
    OnceMixin,
    ParagraphField,
    without_edges,
)


class Everything(OnceMixin, Form):
    email = LineField("E-mail address", EMAIL_RULES)
    name = LineField("Name", NAME_RULES)
    text = ParagraphField("Text")


FINE = {"email": "ines@example.org", "name": "Ines", "text": "A thought."}
LONGEST_ADDRESS = f"{'i' * 64}@{'.'.join(['e' * 60] * 3)}.museum"


def errors_of(**changes: str) -> dict[str, list[str]]:
    form = Everything(MultiDict(FINE | changes))
    form.validate()
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def test_what_is_fine_is_taken_without_its_edges() -> None:
    assert errors_of() == {}
    form = Everything(MultiDict({"email": " \tines@example.org\n", "name": "  ", "text": "\n a\n"}))
    assert (form.email.data, form.name.data, form.text.data) == ("ines@example.org", "", "a")
    assert without_edges(7) == 7
    assert without_edges(None) is None


@pytest.mark.parametrize(
    ("field", "fine", "too_long", "message"),
    [
        ("name", 120, 121, "A name has at most 120 characters."),
        ("text", 5000, 5001, "Write at most 5,000 characters."),
    ],
)
def test_a_text_may_be_as_long_as_is_said_and_no_longer(
    field: str, fine: int, too_long: int, message: str
) -> None:
    assert errors_of(**{field: "x" * fine}) == {}
    assert errors_of(**{field: "x" * too_long}) == {field: [message]}
    assert errors_of(**{field: " " + "x" * fine + "\n"}) == {}  # the edges do not count


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("", "Enter an e-mail address."),
        ("   ", "Enter an e-mail address."),
        ("ines", "Enter an e-mail address like name@example.org."),
        ("ines@", "Enter an e-mail address like name@example.org."),
        ("ines@example", "Enter an e-mail address like name@example.org."),
        ("ines larsen@example.org", "Enter an e-mail address like name@example.org."),
        ("ines@example.org, otto@example.org", "Enter an e-mail address like name@example.org."),
    ],
)
def test_what_is_no_address_is_told_what_one_looks_like(email: str, message: str) -> None:
    assert errors_of(email=email) == {"email": [message]}


def test_an_address_has_at_most_254_characters() -> None:
    assert len(LONGEST_ADDRESS) == 254
    assert errors_of(email=LONGEST_ADDRESS) == {}
    one_more = LONGEST_ADDRESS.replace("museum", "museums")
    assert "An e-mail address has at most 254 characters." in errors_of(email=one_more)["email"]


def test_a_name_is_needed_for_the_certificate() -> None:
    needed = "Enter your name as it should stand on a certificate."
    assert errors_of(name=" ") == {"name": [needed]}


def test_what_is_made_has_the_id_that_came_with_the_page() -> None:
    chosen = UUID("0e8dddc7-9ebf-41f3-b08a-5a3f91f1c3c0")
    assert Everything(MultiDict({"made_id": str(chosen)})).chosen_id == chosen


@given(st.text(max_size=40))
def test_a_tampered_id_makes_a_new_one_each_time(typed: str) -> None:
    form = Everything(MultiDict({"made_id": f"x{typed}"}))
    first, second = form.chosen_id, form.chosen_id
    assert isinstance(first, UUID)
    assert first != second
