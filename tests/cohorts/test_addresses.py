"""E-mail addresses as trainers type and paste them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from training.cohorts.addresses import FaultyLine, is_email_address, read_addresses


def test_one_address_a_line_with_what_copying_brings_along() -> None:
    result = read_addresses("  Noor@Example.org \r\n\n\tbo@example.org\n")
    assert result.addresses == ("noor@example.org", "bo@example.org")
    assert result.faulty == ()


def test_commas_and_semicolons_separate_as_well() -> None:
    result = read_addresses("a@example.org, b@example.org;c@example.org;")
    assert result.addresses == ("a@example.org", "b@example.org", "c@example.org")


def test_the_same_address_counts_once() -> None:
    assert read_addresses("a@example.org\nA@EXAMPLE.ORG").addresses == ("a@example.org",)


def test_every_faulty_entry_is_named_with_its_line() -> None:
    result = read_addresses("a@example.org\nnot an address\n\nb@, c@example.org")
    assert result.addresses == ("a@example.org", "c@example.org")
    assert result.faulty == (FaultyLine(2, "not an address"), FaultyLine(4, "b@"))


def test_an_address_too_long_for_any_server_is_none() -> None:
    assert not is_email_address("a" * 300 + "@example.org")


@given(st.text(max_size=200))
def test_whatever_is_typed_is_an_address_or_named(text: str) -> None:
    result = read_addresses(text)
    assert all(is_email_address(address) for address in result.addresses)
    assert all(not is_email_address(line.text) for line in result.faulty)
    assert len(set(result.addresses)) == len(result.addresses)
