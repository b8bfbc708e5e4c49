"""Ines looks back: what to do next, her fingerprint and trend, every reason she has met."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing, explained
from tests.pack import PRACTICE, canary
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import records
from training.calibration.history_records import latest_first_ratings, past_ratings
from training.calibration.models import Purpose
from training.calibration.ratings import Rating

PATTERNS = "/practice/patterns/dialogic-practice"
REASONS = "/practice/reasons/dialogic-practice"
NOT_SEEN = {4: Rating(4, evidence=(20,), note="Nobody <b>asked</b>, I thought.")}


@pytest.fixture
def practised(
    app: Flask,
    ines: Person,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> list[uuid.UUID]:
    """Both practice vignettes submitted, an error in the second; then a repeat of the first."""
    sessions = [open_for(ines, slug) for slug in PRACTICE]
    submit_for(sessions[0])
    submit_for(sessions[1], agreeing("practice-two") | NOT_SEEN)
    with app.app_context():
        repeat = records.open_session(ines.id, PRACTICE[0], Purpose.PRACTICE, number=2).id
    submit_for(repeat)
    return [*sessions, repeat]


def test_the_patterns_begin_with_one_next_step_that_opens_the_stage(
    ines_browser: PersonClient, practised: list[uuid.UUID]
) -> None:
    page = ines_browser.get_page(PATTERNS)
    (card,) = page.soup.select(".do-next")
    text = " ".join(card.get_text(" ").split())
    assert "In your latest 2 vignettes one thing led you furthest from the consensus" in text
    assert "Most of all on 4. Element 4." in text
    assert [link["href"] for link in card.select("a")] == ["/modules/first-things/observe"]
    on_feedback = ines_browser.get_page(f"/rating-sessions/{practised[1]}/feedback")
    assert on_feedback.soup.select_one(".do-next a")["href"] == "/modules/first-things/observe"


def test_fingerprint_and_trend_rest_on_first_answers_and_name_repeats_apart(
    ines_browser: PersonClient, practised: list[uuid.UUID]
) -> None:
    page = ines_browser.get_page(PATTERNS)
    assert page.soup.select_one("#fingerprint svg[role=img] desc")
    assert page.text.count("Too few vignettes to say; from 3 on") > 4
    traits = [trait["id"] for trait in page.soup.select(".trait")]
    assert traits == [
        "trait-severity", "trait-width", "trait-halo", "trait-not-rateable", "trait-scale-use"
    ]  # fmt: skip
    severity = " ".join(page.soup.select_one("#trait-severity").get_text(" ").split())
    assert "from 2 vignettes" in severity
    assert "mean of (r − g)" in severity
    assert "leaving out one vignette at a time (jackknife)" in severity
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("#trend tbody tr")]
    assert [row.split(" ", 1)[0] for row in rows] == ["1", "2"]
    assert "The story of practice-one" in rows[0]
    assert len(page.soup.select("#trend svg[role=img]")) == 3
    assert "Made knowing the key" in page.text
    assert page.has_link_to(f"/rating-sessions/{practised[2]}/feedback")
    assert "canary" not in page.html


def test_after_one_vignette_there_is_a_next_step_and_no_verdict(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft)
    page = ines_browser.get_page(PATTERNS)
    assert "You agree with the consensus on every item of your latest vignette." in page.text
    assert page.soup.select_one(".do-next a")["href"] == "/practice"
    assert "One vignette shows a rating, not a rater." in page.text
    assert not page.soup.select("#fingerprint")


def test_every_reason_on_an_item_stays_readable_and_can_be_contested(
    ines_browser: PersonClient, practised: list[uuid.UUID]
) -> None:
    page = ines_browser.get_page(REASONS)
    assert page.has_link_to(f"{REASONS}?item=4")
    assert "met 3 times, 1 not as the consensus" in page.text
    page = ines_browser.get_page(f"{REASONS}?item=4")
    assert page.heading == "Every reason on “4. Element 4” you have met"
    met = [" ".join(each.get_text(" ").split()) for each in page.soup.select(".reason-met")]
    assert len(met) == 3
    assert "repeat" in met[0]
    assert canary("practice-two", 4) in met[1]
    assert "Nobody <b>asked</b>, I thought." in met[1]
    assert page.has_link_to(f"/rating-sessions/{practised[1]}/feedback#item-4")
    contest = next(link["href"] for link in page.soup.select(".reason-met a[href*=contest]"))
    ines_browser.get_page(str(contest))


def test_reasons_are_searched_by_words_and_odd_questions_are_harmless(
    ines_browser: PersonClient, practised: list[uuid.UUID]
) -> None:
    page = ines_browser.get_page(f"{REASONS}?search=ASKED+nobody")
    assert len(page.soup.select(".reason-met")) == 1
    assert page.soup.select_one("#search")["value"] == "ASKED nobody"
    page = ines_browser.get_page(f"{REASONS}?search=canary&page=3")
    assert "36 ratings, 25 to 36 shown" in page.text
    assert page.soup.select("a[rel=prev]")
    assert "Nothing you have met" in ines_browser.get_page(f"{REASONS}?search=zebra").text
    assert "Choose an item" in ines_browser.get_page(f"{REASONS}?item=99").text
    ines_browser.get_page("/practice/reasons/no-such-instrument", expect=404)


def test_nobody_reads_somebody_elses_reasons_and_instruments_never_mix(
    app: Flask,
    otto: Person,
    ines: Person,
    practised: list[uuid.UUID],
    browser_of: Callable[[Person], PersonClient],
) -> None:
    for address in (f"{REASONS}?search=canary", f"{REASONS}?item=4", PATTERNS):
        page = browser_of(otto).get_page(address)
        assert "canary-" not in page.html
    assert "There is nothing to read yet." in browser_of(otto).get_page(REASONS).text
    with app.app_context():
        assert len(past_ratings(ines.id, "dialogic-practice")) == 3
        assert past_ratings(ines.id, "programme-fidelity") == []
        latest = latest_first_ratings(ines.id, "dialogic-practice", 1)
        assert [past.vignette.slug for past in latest] == ["practice-two"]


@pytest.mark.parametrize("purpose", [Purpose.RECHECK, Purpose.PANEL])
def test_keys_of_other_purposes_are_never_among_the_reasons(
    ines: Person,
    ines_browser: PersonClient,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
    purpose: Purpose,
) -> None:
    submit_for(open_for(ines, "practice-one", purpose), explained())
    for address in (REASONS, f"{REASONS}?search=canary", PATTERNS):
        assert "canary-" not in ines_browser.get_page(address).html


def test_a_key_closes_to_whoever_sits_on_the_panel_that_is_at_work_on_it(
    ines_browser: PersonClient, practised: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "training.calibration.history_records.keys_kept_from", lambda _: frozenset(PRACTICE[:1])
    )
    page = ines_browser.get_page(f"{REASONS}?search=canary")
    assert canary("practice-two", 1) in page.html
    assert "canary-practice-one" not in page.html
