"""What Tamar wrote about a rating stands beside its feedback, and beside no other."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from tests.calibration.rating_sheets import agreeing
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import records
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose
from training.cohorts.guidance.comment_records import write_comment
from training.cohorts.models import Cohort


def test_a_comment_stands_beside_the_feedback_it_is_about(
    app: Flask,
    cohort: Cohort,
    tamar: Person,
    ines: Person,
    browser_of: Callable[[Person], PersonClient],
) -> None:
    ids = []
    with app.app_context():
        for slug in ("practice-one", "practice-two"):
            session = records.open_session(ines.id, slug, Purpose.PRACTICE)
            records.submit(session.id, agreeing(slug), revision=0, after=AFTER_SUBMISSION)
            ids.append(session.id)
        write_comment(cohort, ines.id, "Turn 4 says more.", session_id=ids[0], by=tamar)
    browser = browser_of(ines)
    page = browser.get_page(f"/rating-sessions/{ids[0]}/feedback")
    assert "Turn 4 says more." in page.text
    assert page.has_link_to("/comments")  # not read yet
    assert "From your trainer" not in browser.get_page(f"/rating-sessions/{ids[1]}/feedback").text
