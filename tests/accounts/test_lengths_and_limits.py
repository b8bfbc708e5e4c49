"""Where exactly a password is long enough, a hash outdated, and a try one too many."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from tests.pages import PersonClient
from training.accounts import password_records, passwords, records, tries
from training.accounts.models import Person, SignInSession
from training.accounts.second_factor import in_groups, is_recovery_code, next_code, step_at
from training.database import db, write_transaction
from training.mail import post

WORDS = "seven herons waded past the mill and a lantern under nineteen bridges "
MOMENT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "alone", "beside_second_factor"),
    [(0, False, False), (7, False, False), (8, False, True), (14, False, True), (15, True, True)],
)
def test_fifteen_characters_alone_and_eight_beside_a_second_factor(
    length: int, alone: bool, beside_second_factor: bool
) -> None:
    password = ("tram-moss-ladle-orbit" * 2)[:length]
    assert passwords.is_long_enough(password, has_second_factor=False) is alone
    assert passwords.is_long_enough(password, has_second_factor=True) is beside_second_factor


def test_two_hundred_characters_are_taken_and_one_more_is_told_so(app: Flask) -> None:
    with app.test_request_context():
        assert passwords.weakness_of((WORDS * 3)[:200]) is None
        assert passwords.weakness_of((WORDS * 3)[:201]) == "Use at most 200 characters."
        assert passwords.weakness_of("kW4#tz9Q", has_second_factor=True) is None
        assert (
            passwords.weakness_of((WORDS * 3)[:201], has_second_factor=True)
            == "Use at most 200 characters."
        )


@pytest.mark.parametrize(
    ("password", "known"),
    [
        ("Ottilie Quist 1984", "Ottilie Quist"),
        ("Quist Quist 1984", "Ottilie Quist"),  # a part of the name
        ("ottilie.quist.1975", "ottilie.quist@example.org"),
        ("fjordheimen 1975", "ottilie@fjordheimen"),
    ],
)
def test_what_would_be_fine_for_others_is_refused_where_it_is_ones_own_name_or_address(
    app: Flask, password: str, known: str
) -> None:
    with app.test_request_context():
        assert passwords.weakness_of(password) is None
        assert passwords.weakness_of(password, personal=("Somebody Else",)) is None
        found = passwords.weakness_of(password, personal=("Somebody Else", known))
    assert found is not None
    assert "made from your name or address" in found


def test_a_hash_is_outdated_when_it_is_to_cost_otherwise(app: Flask, ines: Person) -> None:
    """Tests hash as cheaply as argon2 allows; a service may raise the price at any time."""
    config = app.extensions["config"]
    with app.app_context():
        stored = db.session.get_one(Person, ines.id).password_hash
        assert stored is not None
        assert not passwords.is_outdated(stored)
        for cost in ({"argon2_time_cost": 2}, {"argon2_memory_kib": 128}):
            app.extensions["config"] = replace(config, **cost)
            assert passwords.is_outdated(stored)
            assert passwords.is_right_password(stored, "seven herons waded past the mill")
        password_records.renew_outdated_hash(ines, "seven herons waded past the mill")
        renewed = db.session.get_one(Person, ines.id).password_hash
        assert renewed not in (None, stored)
        today = db.session.get_one(Person, ines.id)
        password_records.renew_outdated_hash(today, "seven herons waded past the mill")
        assert db.session.get_one(Person, ines.id).password_hash == renewed


def test_who_has_no_account_is_hashed_for_all_the_same(
    app: Flask, ines: Person, otto: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the time of an answer would tell who has one."""
    hasher, asked = passwords._hasher, []

    def counted() -> PasswordHasher:
        asked.append(1)
        return hasher()

    with app.app_context():
        records.deactivate(otto, by=ada.id)
        monkeypatch.setattr(passwords, "_hasher", counted)
        for number, email in enumerate((ines.email, otto.email, "nobody@example.org"), start=1):
            assert password_records.check_password(email, "not the password at all") is None
            assert len(asked) == number, email


def test_a_try_counts_for_its_kind_its_subject_and_its_window_alone(app: Flask) -> None:
    two = tries.Limit("sign-in account", 2, timedelta(minutes=15))
    other_kind = replace(two, kind="reset account")
    longer = replace(two, window=timedelta(minutes=30))
    with app.app_context():
        assert not tries.is_exhausted(two, "ines@example.org")
        with time_machine.travel(MOMENT, tick=False):
            tries.count_try((two, "ines@example.org"))
            assert not tries.is_exhausted(two, "ines@example.org")
            assert tries.is_exhausted(replace(two, tries=1), "ines@example.org")
            tries.count_try((two, " INES@example.org"), (other_kind, "otto@example.org"))
            assert tries.is_exhausted(two, "ines@example.org")
            assert not tries.is_exhausted(two, "otto@example.org")
            assert not tries.is_exhausted(other_kind, "ines@example.org")
        for seconds, is_closed in ((1, True), (15 * 60 - 1, True), (15 * 60, False)):
            with time_machine.travel(MOMENT + timedelta(seconds=seconds), tick=False):
                assert tries.is_exhausted(two, "ines@example.org") is is_closed, seconds
                assert tries.is_exhausted(longer, "ines@example.org")


def test_a_session_counts_for_fourteen_days_to_the_second(app: Flask, ines: Person) -> None:
    with app.app_context():
        with time_machine.travel(MOMENT, tick=False):
            token = records.start_session(ines, browser="b" * 400).token
        fortnight = timedelta(days=14)
        with time_machine.travel(MOMENT + fortnight + timedelta(seconds=1), tick=False):
            assert records.find_signed_in(token) is None
            assert records.open_sessions(ines.id) == []
        with time_machine.travel(MOMENT + fortnight, tick=False):
            found = records.find_signed_in(token)
            assert found is not None
            assert found.person.id == ines.id
            assert [each.browser for each in records.open_sessions(ines.id)] == ["b" * 300]
        row = db.session.query(SignInSession).populate_existing().one()
        assert row.last_seen_at == MOMENT + fortnight  # and from then on it counts anew
        with time_machine.travel(row.last_seen_at + timedelta(minutes=5), tick=False):
            assert records.find_signed_in(token) is not None
        assert db.session.query(SignInSession).populate_existing().one().last_seen_at == (
            MOMENT + fortnight
        )
        assert records.find_signed_in(f"{token}x") is None


def test_sessions_are_listed_the_latest_first_and_ended_ones_not_at_all(
    app: Flask, ines: Person, otto: Person
) -> None:
    with app.app_context():
        begun = []
        for minutes in (2, 0, 1):
            with time_machine.travel(MOMENT + timedelta(minutes=minutes), tick=False):
                begun.append(records.start_session(ines, browser=f"browser {minutes}"))
                records.start_session(otto, browser="Otto's")
        with time_machine.travel(MOMENT + timedelta(hours=1), tick=False):
            records.end_session(begun[2])
            listed = [session.browser for session in records.open_sessions(ines.id)]
    assert listed == ["browser 2", "browser 0"]


def test_a_link_to_a_new_password_counts_for_two_hours_to_the_second(
    app: Flask, ines: Person, stranger: PersonClient
) -> None:
    with time_machine.travel(MOMENT, tick=False):
        stranger.post_page("/forgotten-password", {"email": ines.email}, expect=200)
    with app.app_context():
        (letter,) = post.outbox()
        assert "2 hours" in letter.body
        token = letter.body.split("/reset-password/")[1].split()[0]
        two_hours = timedelta(hours=2)
        with time_machine.travel(MOMENT + two_hours - timedelta(seconds=1), tick=False):
            assert password_records.find_reset(token) is not None
        with time_machine.travel(MOMENT + two_hours, tick=False):
            assert password_records.find_reset(token) is None
            assert password_records.use_reset(token, "tram-moss-ladle-orbit") is None
        assert password_records.find_reset("anything") is None


def test_whoever_is_suggested_a_track_keeps_the_one_they_have(app: Flask, ines: Person) -> None:
    with app.app_context(), write_transaction():
        records.suggest_track(ines, "first-track")
        assert db.session.get_one(Person, ines.id).track == "first-track"
        records.suggest_track(ines, "second-track")
        assert db.session.get_one(Person, ines.id).track == "first-track"
        records.choose_track(ines, "second-track")
        assert db.session.get_one(Person, ines.id).track == "second-track"


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        ("04725-91830-66142-50937", True),
        (" 04725 91830 66142 50937 ", True),
        ("0472591830661425093", False),
        ("047259183066142509371", False),
        ("", False),
    ],
)
def test_a_recovery_code_has_twenty_digits_neither_more_nor_fewer(typed: str, is_one: bool) -> None:
    assert is_recovery_code(typed) is is_one


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("", ""), ("ABCD", "ABCD"), ("ABCDE", "ABCD E"), ("ABCDEFGH", "ABCD EFGH")],
)
def test_a_secret_is_typed_in_groups_of_four(secret: str, shown: str) -> None:
    assert in_groups(secret) == shown


def test_half_minutes_are_counted_from_1970() -> None:
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    seconds = (0, 29.9, 30, 59.9, 60)
    assert [step_at(begin + timedelta(seconds=each)) for each in seconds] == [0, 0, 1, 1, 2]


def test_no_code_is_shown_that_was_used_or_is_about_to_lapse() -> None:
    secret, step = "ONLYFORTESTSANDNOWHEREELSE234567", step_at(MOMENT)
    first = next_code(secret, at=MOMENT, after=step - 1)
    assert first is not None
    assert first == next_code(secret, at=MOMENT, after=0)
    assert first != next_code(secret, at=MOMENT, after=step)
    assert next_code(secret, at=MOMENT, after=step + 1) is None
