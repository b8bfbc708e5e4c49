"""What the workspace fetches about items: kept by the browser, and no more than the manual says."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Flask

from tests.pack import INSTRUMENT, small_pack
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.calibration import practice_records
from training.library import records as library

BrowserOf = Callable[[Person], PersonClient]


def open_workspace(app: Flask, person: Person) -> str:
    with app.app_context():
        session = practice_records.open_practice(person.id, "practice-one", again=False)
        return f"/rating-sessions/{session.id}"


def test_ines_reads_the_signs_of_every_item_beside_her_rating(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    page = browser.get_page(open_workspace(app, ines))
    items = small_pack().instruments[INSTRUMENT].items
    # Without scripts each item leads to its own page of the manual.
    links = [link["href"] for link in page.soup.select(".item-card [data-help-of] a")]
    assert links == [f"/manuals/{INSTRUMENT}/items/{item.number}-{item.slug}" for item in items]
    form = page.soup.select_one("#rating-form")
    assert form is not None
    with browser.get(str(form["data-help-address"])) as answer:  # a part of a page, no page
        found = Page(answer)
    for rule in small_pack().instruments[INSTRUMENT].rules:
        assert rule in found.text
    for item in items:
        part = found.soup.select_one(f"details[data-help='{item.number}']")
        assert part is not None
        told = part.get_text(" ", strip=True)
        for text in (item.meaning, *item.markers, *item.drift_signs):
            assert text in told
        for confusion in item.confusions:
            assert confusion.difference in told


def test_a_browser_keeps_what_the_address_names_and_nothing_else(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    page = browser.get_page(open_workspace(app, ines))
    form = page.soup.select_one("#rating-form")
    assert form is not None
    address = str(form["data-help-address"])
    with browser.get(address) as answer:
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    other = address.partition("?")[0]
    for stale in (other, f"{other}?v=0123456789"):
        with browser.get(stale) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_of_instruments_alone_and_for_who_is_signed_in(
    app: Flask, ines: Person, stranger: PersonClient, browser_of: BrowserOf
) -> None:
    with app.app_context():
        instrument = library.get_instrument(INSTRUMENT).id
        key = library.get_key("practice-one").id
    address = "/instruments/versions/{}/item-help".format
    assert stranger.get_page(address(instrument), expect=302).location.startswith("/sign-in")
    browser = browser_of(ines)
    for unknown in (key, uuid.uuid4()):
        browser.get_page(address(unknown), expect=404)


def test_who_reads_hindi_fetches_another_text(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    address = open_workspace(app, ines)
    addresses = []
    for language in ("en", "hi"):
        browser.post_page("/language", {"language": language}, expect=302)
        form = browser.get_page(address).soup.select_one("#rating-form")
        assert form is not None
        addresses.append(form["data-help-address"])
    assert addresses[0] != addresses[1]
