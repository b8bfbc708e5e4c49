"""Keys that trainers see beside the practice of their raters: chosen, written down, and counted."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.cohorts.learning import practise
from tests.cohorts.test_exports import table
from tests.cohorts.test_pictures import rate, sheet
from tests.pack import canary
from tests.pages import PersonClient
from tests.panels.life import opened_panel
from tests.panels.stories import make_experts
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.cohorts.models import Cohort
from training.database import db
from training.keys.models import KeySight, Occasion
from training.panels.rules import NotOpenedError

Browser = Callable[[Person], PersonClient]
SLUG, ASSESSED = "practice-one", "certification-1"


@pytest.fixture
def session_id(app: Flask, ines: Person) -> uuid.UUID:
    """Ines has practised, as her trainer may look at it."""
    with app.app_context():
        return rate(ines, SLUG, sheet())


@pytest.fixture
def here(cohort: Cohort, ines: Person, session_id: uuid.UUID) -> str:
    return f"/cohorts/{cohort.id}/raters/{ines.id}/practice/{session_id}"


def sights_of(app: Flask, person: Person) -> set[tuple[str, Occasion]]:
    with app.app_context():
        rows = db.session.query(KeySight).filter_by(person_id=person.id)
        return {(row.vignette_slug, row.occasion) for row in rows}


def test_what_a_trainer_looks_at_is_written_down_once(
    app: Flask, tamar: Person, here: str, browser_of: Browser
) -> None:
    for _ in range(2):
        assert canary(SLUG, 1) in browser_of(tamar).get_page(here).text
    assert sights_of(app, tamar) == {(SLUG, Occasion.COHORT)}


def test_a_trainer_who_is_an_expert_chooses_and_is_no_independent_expert_any_more(
    app: Flask,
    tamar: Person,
    cleo: Person,
    here: str,
    browser_of: Browser,
    make_person: Callable[..., Person],
) -> None:
    with app.app_context():
        grant_role(tamar, Role.EXPERT, by=None)
    browser = browser_of(tamar)
    page = browser.get_page(here, expect=403)
    assert "you can no longer be asked to rate this vignette for a panel" in page.text
    assert "canary" not in page.html
    assert sights_of(app, tamar) == set()
    page = browser.post_page(f"{here}/opening", follow=True)
    assert canary(SLUG, 1) in page.text
    assert sights_of(app, tamar) == {(SLUG, Occasion.COHORT)}
    others = make_experts(make_person)
    with pytest.raises(NotOpenedError, match=f"too-few-independent {SLUG}"):
        opened_panel(app, [tamar, *others[:2]], chair=others[4], by=cleo)


def test_an_export_leaves_out_what_an_expert_has_not_seen_and_writes_down_what_it_holds(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, here: str, browser_of: Browser
) -> None:
    address = f"/cohorts/{cohort.id}/exports"
    with app.app_context():
        practise(ines, "practice-two", {1: 1})
        grant_role(tamar, Role.EXPERT, by=None)
    browser = browser_of(tamar)
    page = browser.get_page(address)
    assert "The story of practice-one" in page.text
    assert "The story of practice-two" in page.text
    assert table(browser, f"{address}/agreement.csv") == []
    assert sights_of(app, tamar) == set()
    browser.post_page(f"{here}/opening")
    rows = table(browser, f"{address}/agreement.csv")
    assert {row["vignette"] for row in rows} == {SLUG}


def test_an_export_without_a_choice_to_make_is_a_sight_of_every_key_in_it(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, here: str, browser_of: Browser
) -> None:
    with app.app_context():
        practise(ines, "practice-two", {1: 1})
    browser = browser_of(tamar)
    page = browser.get_page(f"/cohorts/{cohort.id}/exports")
    assert "that you have seen the keys in it" in page.text
    assert sights_of(app, tamar) == set()
    table(browser, f"/cohorts/{cohort.id}/exports/ratings.csv")
    assert sights_of(app, tamar) == {(slug, Occasion.COHORT) for slug in (SLUG, "practice-two")}


def test_a_vignette_that_has_come_to_certify_is_in_no_export_and_named(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser
) -> None:
    """Ines practised it before it came to certify."""
    with app.app_context():
        practise(ines, ASSESSED, {1: 1})
    browser, address = browser_of(tamar), f"/cohorts/{cohort.id}/exports"
    assert f"The story of {ASSESSED}" in browser.get_page(address).text
    for name in ("ratings.csv", "agreement.csv"):
        assert table(browser, f"{address}/{name}") == []
    assert sights_of(app, tamar) == set()
    assert (
        f"The story of {ASSESSED}"
        in browser.get_page(f"/cohorts/{cohort.id}/raters/{ines.id}").text
    )
