"""What trainers are told in words, each of its kind: needs, errors, outlooks, barriers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask

from tests.cohorts.learning import add_raters, practise
from tests.cohorts.test_lines_of_pictures import item
from tests.cohorts.test_pictures import rate, sheet
from tests.cohorts.test_raters import EVEN, row_of
from tests.home.test_home_page import take_out_of_use
from tests.pack import PRACTICE
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration.feedback import Kind
from training.calibration.models import Purpose
from training.calibration.ratings import Rating
from training.cohorts.models import Cohort
from training.cohorts.pictures.teaching import misleading_items
from training.cohorts.pictures.wording import (
    BARRIERS,
    OUTLOOKS,
    UNRATED,
    error_text,
    kind_sentence,
    reason_to_teach,
)
from training.cohorts.readiness.records import practice_beside_keys
from training.cohorts.readiness.rules import Outlook
from training.keys.readers import Barrier
from training.library import records as library
from training.library.models import DocumentKind

Browser = Callable[[Person], PersonClient]
ITEMS = range(1, 13)


def test_each_need_is_told_with_its_figure_and_what_it_rests_on(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser
) -> None:
    """Over twelve items of two vignettes each; the last two of them over a third one."""
    middle = {number: (1, -1)[number % 2] for number in ITEMS}
    needs: list[tuple[Mapping[int, int], str]] = [
        (EVEN | dict.fromkeys(range(1, 8), 1), "Rates leniently: +0.58 points on average, over 2"),
        (EVEN | dict.fromkeys(range(1, 8), -1), "Rates severely: −0.58 points on average, over 2"),
        (middle, "Close to the consensus but seldom on it: 0% the same, over 2"),
        (EVEN | {1: 2, 2: -2, 3: 2}, "Only 75% of the ratings are within one point, over 2"),
        (EVEN | {7: 2}, "rated too high by 2.00 points on average, 3 ratings."),
        (EVEN | {7: -2}, "rated too low by 2.00 points on average, 3 ratings."),
    ]
    with app.app_context():
        for person, (differences, _) in zip(add_raters(cohort, 6), needs, strict=True):
            for slug in PRACTICE:
                practise(person, slug, differences)
            if 7 in differences and abs(differences[7]) == 2:
                practise(person, "certification-1", differences)
    page = browser_of(tamar).get_page(f"/cohorts/{cohort.id}")
    for number, (_, words) in enumerate(needs, start=1):
        row = row_of(page, f"Rater 00{number}")
        assert words in row, row
        others = [other for _, other in needs if other != words and other in row]
        assert others == [], row


def test_every_kind_of_error_has_its_remedy_and_every_kind_its_sentence(app: Flask) -> None:
    errors = (Kind.NOT_SEEN, Kind.MIS_SCALED, Kind.OTHER_LENS, Kind.RATEABILITY)
    with app.test_request_context():
        told = [error_text(kind, number, 3) for number, kind in enumerate(errors, start=1)]
        assert [text.partition(": ")[0] for text in told] == [
            f"Of 3 misses, {number} were of this kind" for number in (1, 2, 3, 4)
        ]
        assert [text.rpartition(". ")[2] for text in told] == [
            "Train noticing.",
            "Train the anchors.",
            "Train what belongs to it.",
            "Train when there is an opportunity.",
        ]
        assert error_text(Kind.NOT_SEEN, 1, 1).startswith("Of 1 miss, 1 was of this kind: ")
        assert {kind: kind_sentence(kind) for kind in Kind} == {
            Kind.AGREED: "Both agree.",
            Kind.NOT_SEEN: "Nothing that the consensus rests on was marked by the rater.",
            Kind.MIS_SCALED: "The rater saw what the consensus rests on and placed it elsewhere "
            "on the scale.",
            Kind.OTHER_LENS: "Most of what the rater marked is not what the consensus rests on.",
            Kind.RATEABILITY: "Only one side found an opportunity for this item.",
            Kind.NOT_COMPARED: "The panel came to no consensus on this item here.",
        }


def test_why_an_item_is_worth_a_session(app: Flask) -> None:
    one_way, divided, perhaps, severe = (
        misleading_items([found])[0]
        for found in (
            item(lenient=5),
            item(mean=0.1, distance=1.0, lenient=3, severe=2),
            item(lenient=3, severe=1),
            item(mean=-0.7, lenient=1, severe=6),
        )
    )
    with app.test_request_context():
        assert reason_to_teach(one_way) == (
            "It misleads nearly everybody the same way: 5 of 6 raters."
        )
        assert reason_to_teach(divided) == (
            "The group is divided: 3 of 6 raters are lenient on it, 2 severe. They lack a common "
            "picture of it."
        )
        assert reason_to_teach(perhaps) == (
            "It may mislead the group, or a few raters, or it is chance: 3 of 6 raters lie that "
            "way."
        )
        assert reason_to_teach(severe).endswith("6 of 6 raters.")


def test_no_outlook_says_that_somebody_will_pass_or_fail(app: Flask) -> None:
    with app.test_request_context():
        words = {outlook: str(OUTLOOKS[outlook]) for outlook in Outlook}
        barriers = {str(BARRIERS[barrier]) for barrier in Barrier} | {str(UNRATED)}
    assert words == {
        Outlook.LIKELY: "would probably meet it",
        Outlook.RATHER_LIKELY: "rather would than would not",
        Outlook.OPEN: "could go either way",
        Outlook.RATHER_UNLIKELY: "rather would not yet",
        Outlook.UNLIKELY: "would probably not meet it yet",
    }
    assert len(barriers) == len(Barrier) + 1


def test_a_forecast_rests_on_first_practice_in_the_order_in_which_it_was_submitted(
    app: Flask, ines: Person, otto: Person
) -> None:
    """Ines calls item 3 of practice-one not rateable."""
    unrateable = Rating(is_not_rateable=True, reason="Nobody speaks of it.")
    with app.app_context():
        rate(ines, "practice-two", sheet())
        rate(ines, "practice-one", sheet(item_3=unrateable))
        practise(ines, "practice-one", EVEN, number=2)
        practise(ines, "certification-1", EVEN, purpose=Purpose.CERTIFICATION)
        found = practice_beside_keys([ines.id, otto.id], "dialogic-practice", ITEMS)
        assert list(found) == [ines.id]
        second, first = found[ines.id]
        for practised, slug in ((first, "practice-one"), (second, "practice-two")):
            key = library.get_key(slug).document
            assert practised.key == tuple(key.items[number].score for number in ITEMS)
        assert first.own[2] is None
        assert [score is None for score in second.own] == [False] * 12
        assert practice_beside_keys([ines.id], "programme-fidelity", ITEMS) == {}
        backwards = practice_beside_keys([ines.id], "dialogic-practice", ITEMS[::-1])
        assert backwards[ines.id][1].own == first.own[::-1]
        assert backwards[ines.id][1].key == first.key[::-1]


def test_a_cohort_without_a_standard_still_practises_and_says_what_is_missing(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser
) -> None:
    with app.app_context():
        practise(ines, "practice-one", EVEN | {7: 1})
        take_out_of_use(DocumentKind.STANDARD)
    browser, address = browser_of(tamar), f"/cohorts/{cohort.id}"
    page = browser.get_page(f"{address}/readiness")
    assert "No standard is in use, so there is nothing to be ready for." in page.text
    items = browser.get_page(f"{address}/items")  # of the instrument that was practised on
    assert "▲ +1.00 lenient, n 1" in items.text
    assert row_of(browser.get_page(f"{address}/progress"), "Ines").startswith("Ines ○ not begun")
    assert "no attempt yet" in row_of(browser.get_page(address), "Ines")
