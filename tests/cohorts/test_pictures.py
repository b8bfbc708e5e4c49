"""Tamar looks at her cohort: progress, items, readiness, and one practice vignette of Ines."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing
from tests.cohorts.learning import add_raters, complete, practise
from tests.cohorts.test_raters import counted_queries
from tests.keys.contest_stories import seat_panel
from tests.pack import CERTIFICATION, PRACTICE, PROGRAMME_PRACTICE, canary, programme_pack
from tests.pages import Page, PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.calibration import records as ratings
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.cohorts.models import Cohort
from training.database import db, write_transaction
from training.library import records as library
from training.modules.stages import Stage
from training.panels.models import Panel, PanelState

Browser = Callable[[Person], PersonClient]
NOWHERE = "00000000-0000-4000-8000-000000000000"
EVEN = dict.fromkeys(range(1, 13), 0)


@pytest.fixture
def address(cohort: Cohort) -> str:
    return f"/cohorts/{cohort.id}"


def rate(
    person: Person, slug: str, own: dict[int, Rating], purpose: Purpose = Purpose.PRACTICE
) -> uuid.UUID:
    """Open and submit a vignette as its page would; returns the session."""
    session = ratings.open_session(person.id, slug, purpose)
    outcome = ratings.submit(session.id, own, revision=session.revision, after={})
    assert outcome.is_submitted, outcome.lacks
    return session.id


def sheet(**changes: Rating) -> dict[int, Rating]:
    """The ratings of the key of practice-one, but for some: `sheet(item_3=Rating(...))`."""
    return agreeing() | {int(name.removeprefix("item_")): own for name, own in changes.items()}


def row_of(page: Page, name: str) -> str:
    (row,) = [
        row
        for row in page.soup.select("tbody tr, tfoot tr")
        if row.th and name in row.th.get_text()
    ]
    return " ".join(row.get_text(" ").split())


def test_only_who_leads_the_cohort_sees_its_pictures(
    app: Flask,
    make_person: Callable[..., Person],
    ines: Person,
    cleo: Person,
    tamar: Person,
    stranger: PersonClient,
    browser_of: Browser,
    address: str,
) -> None:
    with app.app_context():
        session_id = rate(ines, "practice-one", sheet())
    pages = [f"{address}/{name}" for name in ("progress", "items", "readiness")]
    pages.append(f"{address}/raters/{ines.id}/practice/{session_id}")
    tova = browser_of(make_person("Tova", Role.TRAINER))
    certifier, rater, trainer = browser_of(cleo), browser_of(ines), browser_of(tamar)
    for page in pages:
        stranger.get_page(page, expect=302)
        certifier.get_page(page, expect=403)
        rater.get_page(page, expect=403)
        tova.get_page(page, expect=404)
        assert trainer.get_page(page).heading


def test_an_empty_cohort_says_so(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, cohort: Cohort, address: str
) -> None:
    browser = browser_of(tamar)
    page = browser.get_page(f"{address}/items")
    assert "It is too early to say" in page.text
    assert row_of(page, "Ines") == "Ines" + 12 * " not rated"
    assert "Too little practice to say" in browser.get_page(f"{address}/readiness").text
    browser.post_page(f"{address}/raters/{ines.id}/removal")
    for name in ("progress", "items", "readiness"):
        assert "Nobody has joined yet." in browser.get_page(f"{address}/{name}").text


def test_progress_shows_each_module_in_sign_and_word(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        add_raters(cohort, 1)
        complete(ines, "first-things")
        complete(ines, "second-things", [Stage.ORIENT, Stage.OBSERVE])
        practise(ines, "practice-one", EVEN)
    page = browser_of(tamar).get_page(f"{address}/progress")
    assert row_of(page, "Ines").startswith("Ines ✓ done ◐ 2 of 5 next: Check 1 of ")
    assert row_of(page, "Rater 001").startswith("Rater 001 ○ not begun – locked 0 of ")
    assert row_of(page, "Whole cohort") == "Whole cohort 1 of 2 done 0 of 2 done"
    assert "Most are at work in “Second things” now: 1 rater." in page.text
    for name in ("items", "readiness"):
        assert page.has_link_to(f"{address}/{name}")
    assert browser_of(tamar).get_page(address).has_link_to(f"{address}/progress")


def test_pictures_of_a_large_cohort_come_in_pages_with_as_many_questions(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser, address: str
) -> None:
    browser, counts = browser_of(tamar), []
    for first, number in ((1, 7), (8, 48)):
        with app.app_context():
            for person in add_raters(cohort, number, first=first):
                practise(person, "practice-one", EVEN | {7: 1})
        for name in ("progress", "items"):
            browser.get_page(f"{address}/{name}")
            with counted_queries(app) as statements:
                browser.get_page(f"{address}/{name}")
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 22, counts
    page = browser.get_page(f"{address}/items?page=2")
    assert "Raters 51 to 56 of 56." in page.text
    assert "55" in row_of(page, "Whole cohort")  # all of them, not those of the page


def test_the_heat_map_tells_sign_number_and_what_to_teach(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        for person in [ines, *add_raters(cohort, 3)]:
            rate(person, "practice-one", sheet(item_7=Rating(4, evidence=(1,))))
            practise(person, "practice-two", EVEN | {7: 1})
            practise(person, "practice-two", EVEN | {7: -4}, number=2)  # knowing the key
            practise(person, CERTIFICATION[0], EVEN | {7: -4}, purpose=Purpose.CERTIFICATION)
    page = browser_of(tamar).get_page(f"{address}/items")
    group = row_of(page, "Whole cohort")
    assert "▲ +1.00 lenient, n 8 +1.00 to +1.00" in group
    assert "= ±0.00 level, n 8" in group
    assert "▲ +1.00 lenient, n 2" in row_of(page, "Ines")
    teach = page.soup.select_one("section.card")
    assert teach is not None
    text = " ".join(teach.get_text(" ").split())
    assert "7. Element 7" in text
    assert "It misleads nearly everybody the same way: 4 of 4 raters." in text
    assert "Not seen." in text
    assert "Of 4 misses, 4 were of this kind" in text
    assert page.has_link_to("/manuals/dialogic-practice/items/7-item-7")
    detailed = browser_of(tamar).get_page(f"{address}/items?show=intervals")
    assert "+1.00 to +1.00" in row_of(detailed, "Ines")


def test_a_group_that_is_divided_is_told_apart_from_one_of_which_little_is_sure(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser, address: str
) -> None:
    """On item 3 two of four are lenient and two severe; on item 5 one alone is far off."""
    apart = ((2, 3), (2, 0), (-2, 0), (-2, 0))
    with app.app_context():
        for person, (third, fifth) in zip(add_raters(cohort, 4), apart, strict=True):
            for slug in PRACTICE:
                practise(person, slug, EVEN | {3: third, 5: fifth})
    page = browser_of(tamar).get_page(f"{address}/items")
    divided, perhaps = (
        " ".join(card.get_text(" ").split()) for card in page.soup.select(".lesson-next")
    )
    assert "3. Element 3" in divided
    assert "The group is divided: 2 of 4 raters are lenient on it, 2 severe." in divided
    assert "5. Element 5" in perhaps
    assert "or it is chance: 1 of 4 raters lie that way." in perhaps


def test_instruments_have_heat_maps_of_their_own(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
        practise(ines, "practice-one", {1: 1})
        practise(ines, PROGRAMME_PRACTICE[0], {1: -1})
    browser = browser_of(tamar)
    page = browser.get_page(f"{address}/items")
    assert "▲ +1.00 lenient, n 1" in row_of(page, "Whole cohort")
    other = browser.get_page(f"{address}/items?instrument=programme-fidelity")
    assert page.has_link_to(f"{address}/items?instrument=programme-fidelity")
    assert "▼ −1.00 severe, n 1" in row_of(other, "Whole cohort")
    browser.get_page(f"{address}/items?instrument=nothing", expect=404)


def test_a_forecast_is_a_range_in_words_and_numbers_and_no_verdict(
    app: Flask,
    tamar: Person,
    ines: Person,
    browser_of: Browser,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("training.cohorts.readiness.forecast.FEWEST_VIGNETTES", 2)
    with app.app_context():
        for slug in PRACTICE:
            rate(ines, slug, sheet() if slug == "practice-one" else all_at(4))
    page = browser_of(tamar).get_page(f"{address}/readiness")
    assert "a forecast, never a verdict" in page.text
    assert page.text.count("% to ") >= 2  # beside the bar, and in the table
    assert "Most people learn from practice" in page.text
    assert "canary" not in page.html


def all_at(score: int) -> dict[int, Rating]:
    return {number: Rating(score, evidence=(1,)) for number in range(1, 13)}


def test_tamar_reads_a_practice_vignette_beside_its_key(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        own = sheet(item_1=Rating(1, evidence=(2, 13), note="my private note"))
        session_id = rate(ines, "practice-one", own)
    browser = browser_of(tamar)
    here = f"{address}/raters/{ines.id}/practice/{session_id}"
    assert browser.get_page(f"{address}/raters/{ines.id}").has_link_to(here)
    page = browser.get_page(here)
    card = page.soup.select_one("#item-1")
    assert card is not None
    text = " ".join(card.get_text(" ").split())
    assert "2 points lower" in text
    assert canary("practice-one", 1) in text
    assert "The rater saw what the consensus rests on" in text
    assert "rater, item:" in page.text
    assert "my private note" not in page.html
    assert page.has_link_to(f"{address}/raters/{ines.id}")
    comment = f"{address}/raters/{ines.id}/comments?about={session_id}"
    assert page.has_link_to(comment)
    chosen = browser.get_page(comment).soup.select_one("select[name=about] option[selected]")
    assert chosen is not None
    assert chosen["value"] == str(session_id)


def test_everything_but_a_first_practice_rating_is_not_found(
    app: Flask, tamar: Person, ines: Person, otto: Person, browser_of: Browser, address: str
) -> None:
    here = f"{address}/raters/{ines.id}/practice"
    with app.app_context():
        sessions = [
            practise(ines, slug, EVEN, purpose=purpose)
            for slug, purpose in (
                ("certification-1", Purpose.CERTIFICATION),
                ("certification-2", Purpose.RECHECK),
                ("practice-one", Purpose.PANEL),
                ("first-things-1", Purpose.APPLY),
            )
        ]
        sessions.append(practise(ines, "practice-one", EVEN, number=2))
        sessions.append(practise(otto, "practice-one", EVEN))
        sessions.append(ratings.open_session(ines.id, "practice-two", Purpose.PRACTICE))
        ids = [session.id for session in sessions]
        assert db.session.query(RatingSession).count() == len(ids)
    browser = browser_of(tamar)
    for session_id in [*ids, NOWHERE]:
        page = browser.get_page(f"{here}/{session_id}", expect=404)
        assert "canary" not in page.html


def test_a_key_stays_closed_to_a_trainer_who_has_yet_to_rate_it(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        session_id = rate(ines, "practice-one", sheet())
        certified = rate(ines, "certification-1", all_at(2))  # practice that came to certify
        with write_transaction():
            grant_role(db.session.get_one(Person, tamar.id), Role.RATER, by=None)
    browser = browser_of(tamar)
    page = browser.get_page(f"{address}/raters/{ines.id}/practice/{session_id}", expect=403)
    assert "have not rated this vignette" in page.text
    assert "canary" not in page.html
    page = browser.get_page(f"{address}/raters/{ines.id}/practice/{certified}", expect=403)
    assert "used for certification now" in page.text
    with app.app_context():
        rate(tamar, "practice-one", sheet())
    page = browser.get_page(f"{address}/raters/{ines.id}/practice/{session_id}")
    assert canary("practice-one", 1) in page.text


def test_a_key_stays_closed_to_a_trainer_whose_panel_is_at_work_on_it(
    app: Flask, tamar: Person, ines: Person, cleo: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        session_id = rate(ines, "practice-one", sheet())
        grant_role(tamar, Role.EXPERT, by=None)
        panel_id = seat_panel(cleo, [tamar], state=PanelState.RATING).id
    browser, here = browser_of(tamar), f"{address}/raters/{ines.id}/practice/{session_id}"
    page = browser.get_page(here, expect=403)
    assert "You sit on a panel that is at work on the key of this vignette." in page.text
    assert "canary" not in page.html
    with app.app_context(), write_transaction() as session:
        session.get_one(Panel, panel_id).state = PanelState.CANCELLED
    assert "You are an expert, too" in browser.get_page(here, expect=403).text
    page = browser.post_page(f"{here}/opening", follow=True)
    assert canary("practice-one", 1) in page.text
