"""Codes: the published values, drift and replay, and recovery codes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.accounts import second_factor
from training.charts.qr_code import qr_code

SECRET = "ONLYFORTESTSANDNOWHEREELSE234567"
MOMENT = datetime(2026, 11, 2, 9, 0, 10, tzinfo=UTC)
NOW = second_factor.step_at(MOMENT)

# RFC 6238, appendix B: the SHA-1 row, whose secret is the ASCII text 12345678901234567890. It
# prints eight digits; six-digit codes are the last six of them.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("second", "code"), RFC_CODES)
def test_codes_are_those_of_the_published_table(second: int, code: str) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    step = second_factor.step_at(moment)
    assert second_factor.code_of_step(RFC_SECRET, step) == code[-6:]
    assert second_factor.find_step(RFC_SECRET, code[-6:], at=moment, after=0) == step


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(drift: int) -> None:
    code = second_factor.code_of_step(SECRET, NOW + drift)
    assert second_factor.find_step(SECRET, code, at=MOMENT, after=0) == NOW + drift


@pytest.mark.parametrize("drift", [-3, -2, 2, 3])
def test_and_no_more_than_one(drift: int) -> None:
    code = second_factor.code_of_step(SECRET, NOW + drift)
    assert second_factor.find_step(SECRET, code, at=MOMENT, after=0) is None


@pytest.mark.parametrize("used", [NOW, NOW + 1])
def test_neither_the_last_code_nor_an_earlier_one_counts_again(used: int) -> None:
    for step in range(NOW - 1, used + 1):
        code = second_factor.code_of_step(SECRET, step)
        assert second_factor.find_step(SECRET, code, at=MOMENT, after=used) is None


def test_a_code_of_another_secret_is_not_right() -> None:
    code = second_factor.code_of_step(second_factor.new_secret(), NOW)
    assert code != second_factor.code_of_step(SECRET, NOW)
    assert second_factor.find_step(SECRET, code, at=MOMENT, after=0) is None


def test_two_acts_in_a_row_need_no_waiting_and_a_third_does() -> None:
    after, found = 0, []
    for _ in range(2):
        code = second_factor.next_code(SECRET, at=MOMENT, after=after)
        assert code is not None
        step = second_factor.find_step(SECRET, code, at=MOMENT, after=after)
        assert step is not None
        found.append(step)
        after = step
    assert found == [NOW, NOW + 1]
    assert second_factor.next_code(SECRET, at=MOMENT, after=after) is None
    later = MOMENT + timedelta(seconds=30)
    assert second_factor.next_code(SECRET, at=later, after=after) is not None


def test_a_code_that_is_shown_still_counts_half_a_minute_later() -> None:
    """Chandra reads it, looks for the field, and types with two fingers."""
    code = second_factor.next_code(SECRET, at=MOMENT, after=0)
    assert code is not None
    later = MOMENT + timedelta(seconds=30)
    assert second_factor.find_step(SECRET, code, at=later, after=0) is not None


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_reading_of_a_code(typed: str) -> None:
    code = second_factor.normalised_code(typed)
    assert all("0" <= digit <= "9" for digit in code)
    step = second_factor.find_step(SECRET, code, at=MOMENT, after=0)
    assert (step is not None) == (
        code in {second_factor.code_of_step(SECRET, NOW + drift) for drift in (-1, 0, 1)}
    )


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "१२३४५६", "１２３４５６"])
def test_a_code_may_be_typed_in_groups_and_in_the_digits_of_any_script(typed: str) -> None:
    assert second_factor.normalised_code(typed) == "123456"


def test_recovery_codes_are_ten_different_ones_of_twenty_digits() -> None:
    codes = second_factor.new_recovery_codes()
    assert len(set(codes)) == 10
    assert set(codes).isdisjoint(second_factor.new_recovery_codes())
    for code in codes:
        assert second_factor.is_recovery_code(code)
        assert len(second_factor.normalised_code(code)) == 20
    assert not second_factor.is_recovery_code("123456")


def test_a_secret_has_160_bits_and_is_shown_in_groups() -> None:
    secret = second_factor.new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert secret != second_factor.new_secret()
    assert second_factor.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"
    assert second_factor.in_groups(secret).replace(" ", "") == secret


def test_the_address_for_the_app_names_account_and_service() -> None:
    address = second_factor.address_for_app(SECRET, account="ines@example.org", issuer="A service")
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/A%20service:ines%40example.org"
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": ["A service"]}


def test_the_picture_holds_nothing_inline_and_not_the_text() -> None:
    picture = str(qr_code("otpauth://totp/secret"))
    assert picture.startswith("<svg")
    assert "style" not in picture
    assert "script" not in picture
    assert "otpauth" not in picture
    assert picture != str(qr_code("otpauth://totp/another"))
