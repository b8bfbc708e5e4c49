"""Ines is an expert as well and chooses to see a key: what she rates afterwards is in no figure."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.cohorts.test_exports import table
from tests.cohorts.test_pictures import rate, sheet
from tests.cohorts.test_raters import row_of
from tests.pack import PRACTICE, STANDARD
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.calibration.history import counted
from training.calibration.history_records import past_ratings
from training.calibration.models import Purpose
from training.calibration.practice_records import practice_overview
from training.calibration.records import open_session
from training.certification.attempts.eligibility import RequirementKind
from training.certification.attempts.standing import standing_of
from training.clock import now
from training.cohorts.guidance.due_date_records import done_by
from training.cohorts.models import Cohort
from training.cohorts.pictures.records import differences_in, kinds_of_errors
from training.cohorts.readiness.records import practice_beside_keys
from training.keys.models import Occasion
from training.keys.reader_records import choose_to_see
from training.keys.sights import note_keys_seen
from training.library import records as library
from training.tracks.records import tracks_for

Browser = Callable[[Person], PersonClient]
SEEN, BLIND = PRACTICE
INSTRUMENT = "dialogic-practice"
PATTERNS = f"/practice/patterns/{INSTRUMENT}"


@pytest.fixture
def ines_has_seen(app: Flask, ines: Person) -> None:
    with app.app_context():
        grant_role(ines, Role.EXPERT, by=None)
        choose_to_see(ines, SEEN, Occasion.CONTEST)


@pytest.fixture
def practised(app: Flask, ines: Person, ines_has_seen: None) -> None:
    """She rates both vignettes, knowing the key of one of them."""
    with app.app_context():
        for slug in PRACTICE:
            rate(ines, slug, sheet())


def test_her_own_pages_say_so_before_and_after(
    app: Flask, ines: Person, ines_has_seen: None, browser_of: Browser
) -> None:
    with app.app_context():
        draft = open_session(ines.id, SEEN, Purpose.PRACTICE).id
    browser = browser_of(ines)
    assert "key shown before" in browser.get_page("/practice").text
    workspace = browser.get_page(f"/rating-sessions/{draft}")
    assert "You have been shown the key of this one: it counts in no figure." in workspace.text
    with app.app_context():
        rate(ines, SEEN, sheet())
    feedback = browser.get_page(f"/rating-sessions/{draft}/feedback")
    assert "You had been shown this key before you rated" in feedback.text
    assert feedback.soup.select_one(".do-next")
    assert "key shown before" in browser.get_page("/practice").text
    patterns = browser.get_page(PATTERNS)
    assert "Made knowing the key" in patterns.text
    assert "from your first answers" not in patterns.text
    assert "key shown before" in browser.get_page(f"/practice/reasons/{INSTRUMENT}").text


def test_no_figure_of_hers_counts_it(
    app: Flask, ines: Person, cohort: Cohort, practised: None
) -> None:
    with app.app_context():
        (only,) = counted(past_ratings(ines.id, INSTRUMENT))
        assert only.vignette.slug == BLIND
        overview = practice_overview(ines.id)
        assert {each.slug: each.knew_key for each in overview} == {SEEN: True, BLIND: False}
        standard = library.find_standard(STANDARD)
        assert standard
        required = standing_of(ines.id, standard, at=now()).eligibility.requirements
        (practice,) = (each for each in required if each.kind is RequirementKind.PRACTICE)
        assert practice.done == 2  # it was practised
        assert len(practice_beside_keys([ines.id], INSTRUMENT, range(1, 13))[ines.id]) == 1
        assert len(differences_in(cohort.id, INSTRUMENT)) == 1
        assert kinds_of_errors(cohort.id, INSTRUMENT, [1])[1].total() == 1
        assert done_by([ines.id], tracks_for(ines.track))[ines.id].practised == 2


def test_what_she_rated_before_she_saw_the_key_still_counts(app: Flask, ines: Person) -> None:
    with app.app_context():
        rate(ines, SEEN, sheet())
        note_keys_seen(ines.id, [SEEN], Occasion.CONTEST)
        assert len(counted(past_ratings(ines.id, INSTRUMENT))) == 1


def test_her_trainer_is_told_and_takes_away_which_was_blind(
    tamar: Person,
    ines: Person,
    cohort: Cohort,
    practised: None,
    browser_of: Browser,
) -> None:
    browser, address = browser_of(tamar), f"/cohorts/{cohort.id}"
    row = row_of(browser.get_page(address), "Ines")
    assert " 12 " in row
    assert " 24 " not in row
    rows = browser.get_page(f"{address}/raters/{ines.id}").soup.select("#practice ~ table tr")
    told = [
        row.get_text(" ", strip=True) for row in rows if row.th and row.th.get("scope") == "row"
    ]
    assert ["key shown before" in each for each in told] == [True, False]
    taken = table(browser, f"{address}/exports/agreement.csv")
    assert [(each["vignette"], each["blind"]) for each in taken] == [(SEEN, "0"), (BLIND, "1")]
