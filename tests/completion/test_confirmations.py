"""Ines takes home what she has learnt, on a page and on paper, and it promises no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from tests.certification.pdf_reading import letters_of, metadata_of, pages_of
from tests.modules.conftest import FIRST, SECOND, Learner
from tests.pack import STANDARD
from tests.pages import PersonClient
from training.accounts import records as accounts
from training.accounts.models import Person
from training.modules.stages import Stage
from training.templating import format_duration

BrowserOf = Callable[[Person], PersonClient]
MODULE = f"/completion/modules/{FIRST}"
TRACK = f"/completion/tracks/{STANDARD}"
NO_CALIBRATION = "This is no calibration, and no certificate as a rater"


@pytest.fixture
def learner(app: Flask, ines: Person, browser_of: BrowserOf) -> Learner:
    return Learner(app, ines, browser_of(ines))


def pdf_at(client: PersonClient, address: str) -> bytes:
    with client.get(address) as response:
        assert response.status_code == 200
        assert response.mimetype == "application/pdf"
        return response.get_data()


def without_spaces(text: str) -> str:
    return "".join(text.split())


def test_nothing_is_confirmed_before_it_is_complete(learner: Learner) -> None:
    browser = learner.has_done_until(Stage.REFLECT).browser
    assert "No module is complete yet." in browser.get_page("/completion").text
    for address in (MODULE, f"{MODULE}.pdf", TRACK, f"{TRACK}.pdf"):
        browser.get_page(address, expect=404)
    browser.get_page("/completion/modules/nowhere", expect=404)
    browser.get_page("/completion/tracks/nowhere", expect=404)


def test_a_module_then_the_whole_track_on_page_and_paper(learner: Learner) -> None:
    browser = learner.has_done_module().browser
    overview = browser.get_page("/completion")
    assert overview.has_link_to(MODULE)
    assert not overview.has_link_to(TRACK)
    page = browser.get_page(MODULE)
    assert page.heading == "Confirmation of completed learning"
    assert "Ines has completed the module “First things” on" in page.text
    assert "20 minutes, as the authors estimate it" in page.text
    assert NO_CALIBRATION in page.text
    browser.get_page(TRACK, expect=404)
    learner.has_done_module(SECOND)
    assert browser.get_page("/completion").has_link_to(TRACK)
    page = browser.get_page(TRACK)
    assert "has completed 2 modules, all of the track" in page.text
    assert "40 minutes" in page.text
    pdf = pdf_at(browser, f"{TRACK}.pdf")
    letters = letters_of(pdf)
    cells = [cell.get_text() for cell in page.soup.select("main td, main tbody th")]
    for words in ("Ines", NO_CALIBRATION, "has completed 2 modules", *cells):
        assert without_spaces(words) in letters, words
    assert len(pages_of(pdf)) == 1
    metadata = metadata_of(pdf)
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata


def test_what_ines_completed_is_not_ottos(
    learner: Learner, otto: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    learner.has_done_module()
    for address in (MODULE, f"{MODULE}.pdf"):
        browser_of(otto).get_page(address, expect=404)
        stranger.get_page(address, expect=302)


def test_a_demonstration_confirms_nothing(
    app: Flask, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.has_done_module()
    config = replace(app.extensions["config"], is_demonstration=True)
    monkeypatch.setitem(app.extensions, "config", config)
    sentence = "Demonstration: an invented person; this confirms nothing"
    assert sentence in learner.browser.get_page(MODULE).text
    assert without_spaces(sentence) in letters_of(pdf_at(learner.browser, f"{MODULE}.pdf"))


@pytest.mark.parametrize("name", ["अनीता देवी", "O’Brien #let x = 1 $\\ <b>", "W" * 120])
def test_any_name_comes_out_as_it_is(app: Flask, learner: Learner, name: str) -> None:
    with app.app_context():
        accounts.change_profile(learner.person, name=name, locale="en")
    learner.has_done_module()
    assert name in learner.browser.get_page(MODULE).text
    letters = letters_of(pdf_at(learner.browser, f"{MODULE}.pdf")).replace("\u200b", "")
    assert without_spaces(name) in letters


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 minutes"), (1, "1 minute"), (60, "1 hour"), (470, "7 hours 50 minutes")],
)
def test_a_length_of_time_in_words(app: Flask, minutes: int, words: str) -> None:
    with app.test_request_context():
        assert format_duration(minutes) == words
