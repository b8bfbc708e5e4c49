"""Letters before a certificate expires and the day after: each once, and only where they help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.at_once import at_once, inside
from tests.certification import stories
from training.accounts import records as accounts
from training.accounts.models import Person
from training.certification.certificates.reminders import TOO_LATE, due_reminder, send_reminders
from training.certification.models import Certificate, Reminder, ReminderKind
from training.certification.reviews import acts as reviews
from training.database import db, write_transaction
from training.mail.models import Letter

Act = Callable[..., Any]
DAY = timedelta(days=1)
END = datetime(2027, 3, 10, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "kind"),
    [
        (END - 61 * DAY, None),
        (END - 60 * DAY - timedelta(microseconds=1), None),
        (END - 60 * DAY, ReminderKind.SIXTY_DAYS),
        (END - 14 * DAY - timedelta(microseconds=1), ReminderKind.SIXTY_DAYS),
        (END - 14 * DAY, ReminderKind.FOURTEEN_DAYS),
        (END, ReminderKind.FOURTEEN_DAYS),  # on its last day it is not the day after
        (datetime(2027, 3, 10, 23, 59, tzinfo=UTC), ReminderKind.FOURTEEN_DAYS),
        (datetime(2027, 3, 11, 0, 0, tzinfo=UTC), ReminderKind.EXPIRED),
        (END + TOO_LATE - timedelta(microseconds=1), ReminderKind.EXPIRED),
        (END + TOO_LATE, None),
    ],
)
def test_which_reminder_fits_a_moment(moment: datetime, kind: ReminderKind | None) -> None:
    assert due_reminder(END, at=moment) is kind


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 23))
def test_whenever_it_is_run_once_a_day_all_three_are_written(end: datetime, hour: int) -> None:
    if not datetime(2000, 1, 1, tzinfo=UTC) < end < datetime(9000, 1, 1, tzinfo=UTC):
        return
    first = end.replace(hour=hour, minute=0) - 70 * DAY
    kinds = [due_reminder(end, at=first + day * DAY) for day in range(110)]
    found = [kind for kind in dict.fromkeys(kinds) if kind is not None]
    assert found == list(ReminderKind)


def remind() -> list[tuple[ReminderKind, str]]:
    """Send what is due: which reminders, about which certificate."""
    return [(sent.kind, sent.certificate.number) for sent in send_reminders()]


def letters_to(person: Person, word: str) -> list[Letter]:
    statement = select(Letter).filter_by(recipient=person.email).order_by(Letter.written_at)
    return [letter for letter in db.session.scalars(statement) if word in letter.subject]


def test_three_letters_each_once(act: Act, ines: Person, certificate: Certificate) -> None:
    end, number = certificate.valid_until, certificate.number
    expected = {
        -61: [],
        -60: [(ReminderKind.SIXTY_DAYS, number)],
        -59: [],
        -14: [(ReminderKind.FOURTEEN_DAYS, number)],
        -1: [],
        1: [(ReminderKind.EXPIRED, number)],
        2: [],
        400: [],
    }
    for days, reminders in expected.items():
        with time_machine.travel(end + days * DAY):
            assert act(remind) == reminders, days
            assert act(remind) == [], days
    letters = act(letters_to, ines, "expire")
    assert [letter.subject.split(number)[1].split()[0] for letter in letters] == [
        "expires",
        "expires",
        "has",
    ]
    for letter in letters:
        assert letter.body.startswith("Hello Ines,")
        assert number in letter.body
        assert "http://127.0.0.1:8000/certification" in letter.body
        assert "renew" in letter.body
        assert letter.body.rstrip().endswith("Test body")


def test_one_that_was_missed_is_not_made_up_for(act: Act, certificate: Certificate) -> None:
    with time_machine.travel(certificate.valid_until - 10 * DAY):
        assert act(remind) == [(ReminderKind.FOURTEEN_DAYS, certificate.number)]
        assert act(remind) == []


def test_the_letter_comes_in_the_holders_language(
    act: Act, ines: Person, certificate: Certificate
) -> None:
    act(accounts.change_profile, ines, name="Ines", locale="hi")
    with time_machine.travel(certificate.valid_until - 10 * DAY):
        act(remind)
    (letter,) = act(letters_to, ines, certificate.number)[-1:]
    assert "मार्च" in letter.body or "नवंबर" in letter.body


def test_what_is_revoked_needs_no_reminder(
    act: Act, cleo: Person, certificate: Certificate
) -> None:
    act(reviews.revoke, certificate.number, certifier=cleo, reason="No.")
    with time_machine.travel(certificate.valid_until - 10 * DAY):
        assert act(remind) == []


def test_whose_account_is_closed_gets_no_letter(
    act: Act, ines: Person, ada: Person, certificate: Certificate
) -> None:
    act(accounts.deactivate, ines, by=ada.id)
    with time_machine.travel(certificate.valid_until - 10 * DAY):
        assert act(remind) == []


def test_what_was_renewed_needs_no_reminder(
    act: Act, ines: Person, cleo: Person, certificate: Certificate
) -> None:
    with time_machine.travel(certificate.valid_until - 50 * DAY):
        act(stories.add_vignettes, 8)
        renewed = act(reviews.sign, act(stories.next_attempt, ines), certifier=cleo)[0]
    with time_machine.travel(certificate.valid_until - 10 * DAY):
        assert act(remind) == []
    with time_machine.travel(renewed.valid_until - 10 * DAY):
        assert act(remind) == [(ReminderKind.FOURTEEN_DAYS, renewed.number)]


@pytest.mark.parametrize("days", [-60, -14, 1])
def test_reminding_twice_at_once_is_once(
    app: Flask, act: Act, ines: Person, certificate: Certificate, days: int
) -> None:
    with time_machine.travel(certificate.valid_until + days * DAY):
        results = at_once(*[inside(app, remind)] * 4)
    assert sorted(map(len, results)) == [0, 0, 0, 1]
    assert len(act(letters_to, ines, "expire")) == 1


def test_a_reminder_and_a_revocation_at_once_do_not_break(
    app: Flask, act: Act, cleo: Person, certificate: Certificate
) -> None:
    with time_machine.travel(certificate.valid_until - 10 * DAY):
        sent, _revoked = at_once(
            inside(app, remind),
            inside(app, lambda: reviews.revoke(certificate.number, certifier=cleo, reason="No.")),
        )
        assert len(sent) <= 1
        assert act(remind) == []


def test_the_database_lets_no_kind_be_written_twice(app: Flask, certificate: Certificate) -> None:
    def write() -> None:
        with write_transaction() as session:
            session.add(Reminder(certificate_id=certificate.id, kind=ReminderKind.FOURTEEN_DAYS))

    with app.app_context():
        write()
        with pytest.raises(IntegrityError):
            write()


def test_the_command_says_what_it_sent(app: Flask, certificate: Certificate) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["certificates", "remind"]).output == "0 reminders.\n"
    with time_machine.travel(certificate.valid_until - 10 * DAY):
        first = runner.invoke(args=["certificates", "remind"])
        second = runner.invoke(args=["certificates", "remind"])
    assert first.exit_code == 0, first.output
    day = certificate.valid_until.date().isoformat()
    assert first.output == (
        f"{certificate.number} expires within 14 days ({day}): the letter is kept in the outbox.\n"
        "1 reminder.\n"
    )
    assert "@" not in first.output
    assert second.output == "0 reminders.\n"
