"""The feedback page: own rating beside the consensus, and only for whom it is meant."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.calibration.rating_sheets import agreeing, explained
from tests.pack import canary
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration.models import Purpose
from training.calibration.ratings import Rating

MIXED = agreeing() | {
    4: Rating(3, evidence=(20,), note="My own note."),  # key: 1
    9: Rating(2, evidence=(9,)),  # key: 3
    10: Rating(is_not_rateable=True, reason="Nobody to talk with."),  # key: 1
    11: Rating(2, evidence=(11, 2, 3, 5)),  # key: 0
}


def address_of(session_id: uuid.UUID) -> str:
    return f"/rating-sessions/{session_id}/feedback"


def test_ines_sees_item_by_item_what_differed_and_why(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, MIXED)
    page = ines_browser.get_page(address_of(draft))
    items = {
        number: " ".join(page.soup.select_one(f"#item-{number}").get_text(" ").split())
        for number in range(1, 13)
    }
    assert "Exact" in items[1]
    assert canary("practice-one", 1) in items[1]
    assert "2 points higher" in items[4]
    assert "Not seen" in items[4]
    assert "You marked 20, and none of these." in items[4]
    assert "My own note." in items[4]
    assert "Seen but mis-scaled" in items[9]
    assert "1 point lower" in items[9]
    assert "Anchor 2 of element 9." in items[9]
    assert "Anchor 3 of element 9." in items[9]
    assert "Look for element 9 turn by turn." in items[9]
    assert "Rateable or not" in items[10]
    assert "Nobody to talk with." in items[10]
    assert "Another lens" in items[11]
    assert "Drift sign of 11" in items[11]


def test_the_overall_figures_are_shown_with_words(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, MIXED)
    overall = ines_browser.get_page(address_of(draft)).soup.select_one(
        "[aria-labelledby=overall-title]"
    )
    text = " ".join(overall.get_text(" ").split())
    assert "67%" in text
    assert "8 of 12" in text
    assert "+0.27" in text
    assert "more lenient" in text
    assert "Begin here: 11. Element 11" in text
    assert "no panel has ratified it yet" in text


def test_next_steps_lead_to_the_stage_of_a_module(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, MIXED)
    page = ines_browser.get_page(address_of(draft))
    assert page.soup.select_one("#item-4 a[href='/modules/first-things/observe']")
    assert page.soup.select_one("#item-9 a[href='/modules/first-things/apply']")
    assert page.soup.select_one("#item-11 a[href='/modules/first-things/orient']")


def test_both_sides_turns_stand_beside_the_transcript(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, MIXED)
    page = ines_browser.get_page(address_of(draft))
    assert "you, item: 4" in " ".join(page.soup.select_one("#turn-20").get_text(" ").split())
    fourth = page.soup.select_one("#turn-4 .turn-mark-experts")
    assert [link["href"] for link in fourth.select("a")] == ["#item-4"]
    assert page.soup.select_one("#turn-1 .turn-mark-both a[href='#item-1']")


def test_the_chart_has_words_and_a_table_twin(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, MIXED)
    strip = ines_browser.get_page(address_of(draft)).soup.select_one("#strip")
    drawings = strip.select("svg[role=img]")
    assert len(drawings) == 12
    assert drawings[3].title.get_text() == "4. Element 4"
    assert drawings[3].desc.get_text() == "You 3, consensus 1."
    rows = [row.get_text(" ", strip=True) for row in strip.select("table tbody tr")]
    assert rows[9] == "10. Element 10 NR 1 Differs on rateability"


def test_all_items_are_drawn_on_one_scale_that_stands_on_the_page_once(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, MIXED)
    page = ines_browser.get_page(address_of(draft))
    strips = page.soup.select("svg.rating-strip")
    (shared,) = {strip.select_one("use")["href"] for strip in strips}
    assert len(strips) == 12
    (scale,) = page.soup.select(f"defs {shared}")
    assert scale["class"] == ["chart"]  # or a browser draws it without our colours
    assert [text.get_text() for text in scale.select("text")] == ["0", "1", "2", "3", "4"]


def test_who_agrees_on_everything_is_told_so(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft)
    page = ines_browser.get_page(address_of(draft))
    assert "You agree with the consensus on every item." in page.text


def test_before_submission_there_is_none(ines_browser: PersonClient, draft: uuid.UUID) -> None:
    ines_browser.get_page(address_of(draft), expect=404)


@pytest.mark.parametrize("purpose", [Purpose.PANEL, Purpose.RECHECK])
def test_other_purposes_never_have_one(
    ines: Person,
    ines_browser: PersonClient,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
    purpose: Purpose,
) -> None:
    session_id = open_for(ines, "practice-one", purpose)
    submit_for(session_id, explained())
    page = ines_browser.get_page(address_of(session_id), expect=404)
    assert "canary" not in page.html


def test_nobody_sees_somebody_elses(
    draft: uuid.UUID,
    submit_for: Callable[..., None],
    otto: Person,
    emeka: Person,
    browser_of: Callable[[Person], PersonClient],
) -> None:
    submit_for(draft)
    for person in (otto, emeka):
        page = browser_of(person).get_page(address_of(draft), expect=404)
        assert "canary" not in page.html


def test_what_raters_write_is_shown_as_text(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, agreeing() | {1: Rating(3, note="<script>alert(1)</script>")})
    page = ines_browser.get_page(address_of(draft))
    assert "<script>alert(1)</script>" in page.text
    assert not [script for script in page.soup.select("script") if not script.has_attr("src")]


@pytest.mark.parametrize("number", range(1, 13))
def test_every_difference_comes_with_an_exercise(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None], number: int
) -> None:
    submit_for(draft, MIXED)
    section = ines_browser.get_page(address_of(draft)).soup.select_one(f"#item-{number}")
    has_exercise = "Two minutes:" in section.get_text()
    assert has_exercise == (number in (4, 9, 10, 11))
