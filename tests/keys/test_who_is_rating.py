"""Whoever is rating a vignette is shown its key on no page, whatever else they are meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.certification import stories
from tests.cohorts.learning import practise
from tests.keys.contest_stories import SLUG, contested, practised
from tests.pack import small_pack
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import find_person, grant_role, withdraw_role
from training.calibration.models import Purpose
from training.calibration.records import open_session
from training.cohorts import records as cohorts
from training.cohorts.exports.records import vignettes_kept_from
from training.keys import sights
from training.keys.contests import records as contest_records
from training.library import records as library
from training.library.reading import Pack
from training.library.schema import Pool

BrowserOf = Callable[[Person], PersonClient]


def become(person: Person, *roles: Role) -> None:
    for role in roles:
        grant_role(person, role, by=None)


def has_seen(app: Flask, person: Person, slug: str) -> bool:
    with app.app_context():
        return slug in sights.keys_seen(person.id)


@pytest.mark.parametrize("role", [Role.EXPERT, Role.CERTIFIER])
def test_ines_practises_and_opens_no_contest_of_what_she_is_rating(
    app: Flask, ines: Person, otto: Person, role: Role, browser_of: BrowserOf
) -> None:
    with app.app_context():
        contest = f"/contests/{contested(otto).id}"
        open_session(ines.id, SLUG, Purpose.PRACTICE)
        become(ines, role)
    browser, opening = browser_of(ines), f"/contests/keys/{SLUG}/opening"
    page = browser.get_page("/contests")
    assert "You have begun to rate this vignette yourself." in page.text
    assert not page.has_link_to(opening)
    assert browser.get_page(contest, expect=302).location == opening
    page = browser.post_page(opening, expect=409)
    assert "You have begun to rate this vignette yourself." in page.text
    assert not page.soup.select("main form")
    assert not has_seen(app, ines, SLUG)
    with app.app_context():
        practised(ines)
        person = find_person(ines.id)
        assert person is not None
        assert contest_records.number_waiting_for(person) == 1


def test_a_contest_of_what_certifies_by_now_is_closed_to_whoever_may_be_certified_on_it(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        contested(otto)
        become(ines, Role.EXPERT)
        pack = Pack()
        moved = small_pack().vignettes[SLUG].model_copy(update={"pool": Pool.RECHECK})
        pack.add("vignette", SLUG, moved, SLUG)
        library.publish(pack, person_id=None)
    browser, opening = browser_of(ines), f"/contests/keys/{SLUG}/opening"
    for page in (browser.get_page("/contests"), browser.post_page(opening, expect=409)):
        assert "may be drawn for your own certification" in page.text
        assert not page.has_link_to(opening)
    assert not has_seen(app, ines, SLUG)


def test_ines_who_certifies_others_by_now_sees_no_key_of_her_own_attempt(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    """And rates no more, so that no role of hers asks her to stay blind."""
    with app.app_context():
        attempt_id = stories.opened_attempt(ines)
        drawn = [session.vignette_slug for session in stories.sessions_of(attempt_id)]
        become(ines, Role.CERTIFIER)
        withdraw_role(ines, Role.RATER, by=None)
    browser = browser_of(ines)
    page = browser.get_page("/keys/health")
    for slug in drawn:
        address = f"/keys/health/{slug}"
        assert not page.has_link_to(address)
        for answer in (
            browser.get_page(address, expect=403),
            browser.post_page(address, expect=403),
        ):
            assert "You have begun to rate this vignette yourself." in answer.text
            assert not answer.soup.select("table, main form")
        assert not has_seen(app, ines, slug)
    with browser.get("/keys/health/instruments/dialogic-practice/table.csv") as table:
        told = table.get_data(as_text=True)
    assert SLUG in told
    assert not [slug for slug in drawn if slug in told]


def test_tamar_who_is_rating_a_vignette_sees_it_in_no_cohort(
    app: Flask, tamar: Person, ines: Person, browser_of: BrowserOf
) -> None:
    """She began while she was a rater, and is none any more."""
    with app.app_context():
        cohort = cohorts.open_cohort("Winter group", trainer=tamar)
        cohorts.join(cohort, ines)
        session = practise(ines, SLUG, {1: 1})
        open_session(tamar.id, SLUG, Purpose.PRACTICE)
        assert vignettes_kept_from(tamar, cohort) == {SLUG}
        address = f"/cohorts/{cohort.id}/raters/{ines.id}/practice/{session.id}"
    browser = browser_of(tamar)
    for page in (
        browser.get_page(address, expect=403),
        browser.post_page(f"{address}/opening", expect=403),
    ):
        assert "You are rating this vignette yourself." in page.text
        assert "canary" not in page.html
    assert not has_seen(app, tamar, SLUG)


def test_a_trainer_who_rates_and_is_an_expert_rates_before_seeing_a_key_and_has_no_choice(
    app: Flask, tamar: Person, ines: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        cohort = cohorts.open_cohort("Winter group", trainer=tamar)
        cohorts.join(cohort, ines)
        session = practise(ines, SLUG, {1: 1})
        become(tamar, Role.RATER, Role.EXPERT)
        address = f"/cohorts/{cohort.id}/raters/{ines.id}/practice/{session.id}"
    browser = browser_of(tamar)
    for page in (
        browser.get_page(address, expect=403),
        browser.post_page(f"{address}/opening", expect=403),
    ):
        assert "Rate it first in your own practice" in page.text
        assert not page.soup.select("main form")
    assert not has_seen(app, tamar, SLUG)
