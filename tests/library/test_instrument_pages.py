"""The instruments as people read them: the list, and the manual of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.modules.test_reading import queries_of
from tests.pack import INSTRUMENT, small_pack
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.config import PROJECT_ROOT
from training.database import write_transaction
from training.library import records as library
from training.library.models import CurrentDocument
from training.library.reading import Pack, read_pack
from training.library.schema import Instrument

BrowserOf = Callable[[Person], PersonClient]
MANUAL = f"/instruments/{INSTRUMENT}"
MOST_QUERIES = 3  # who is signed in, which version is in use, its text once


def publish(**changes: object) -> str:
    """Put the instrument of the small pack in use with other values; its new version."""
    document = small_pack().instruments[INSTRUMENT].model_dump(mode="json") | changes
    pack = Pack()
    pack.add("instrument", INSTRUMENT, Instrument.model_validate(document), "instrument")
    library.publish(pack, person_id=None)
    return library.get_instrument(INSTRUMENT).short_digest


def headings(page: Page, level: str) -> list[str]:
    return [heading.get_text(" ", strip=True) for heading in page.soup.select(f"main {level}")]


def test_ines_finds_the_instruments(ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    page = browser.get_page("/instruments")
    assert headings(page, "h2") == ["Dialogic practice in a network meeting"]
    assert "12 items · scored 0 to 4" in page.text
    assert page.has_link_to(MANUAL)


def test_the_manual_shows_every_item_with_every_anchor(ines: Person, browser_of: BrowserOf) -> None:
    page = browser_of(ines).get_page(MANUAL)
    for number in range(1, 13):
        item = page.soup.select_one(f"section[aria-labelledby=item-{number}]")
        assert item is not None
        text = item.get_text(" ", strip=True)
        for expected in (f"What element {number} means.", f"Marker of {number}", "They differ."):
            assert expected in text
        scores = [row.th.get_text(" ", strip=True) for row in item.select("table tr") if row.th]
        labels = ["0 Contrary", "1 Absent", "2 Thin", "3 Clear", "4 Sustained", "NR"]
        assert scores == labels
        assert ("critical item" in text) == (number in (8, 11, 12))
    assert page.has_link_to("/instruments")


def test_the_contents_lead_to_each_item(ines: Person, browser_of: BrowserOf) -> None:
    page = browser_of(ines).get_page(MANUAL)  # which fails for a link to nothing
    links = [link["href"] for link in page.soup.select(".manual-contents a")]
    assert links == [f"#item-{number}" for number in range(1, 13)]


@pytest.mark.parametrize("who", ["otto", "tamar", "emeka", "cleo", "ada"])
def test_everybody_who_is_signed_in_may_read_it(
    request: pytest.FixtureRequest, who: str, browser_of: BrowserOf
) -> None:
    browser_of(request.getfixturevalue(who)).get_page(MANUAL)


def test_strangers_sign_in_first_and_are_led_on(stranger: PersonClient) -> None:
    assert stranger.get_page("/instruments", expect=302).location.startswith("/sign-in")
    assert stranger.get_page(MANUAL, expect=302).location.endswith(f"next={MANUAL}")


@pytest.mark.parametrize(
    "slug", ["no-such-thing", "practice-one", "%00", "x" * 2000, "..", "a%2Fb"]
)
def test_what_is_no_instrument_is_not_found(ines: Person, browser_of: BrowserOf, slug: str) -> None:
    with browser_of(ines).get(f"/instruments/{slug}") as answer:
        assert answer.status_code in (400, 404)


def test_a_new_wording_is_another_version(app: Flask, ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    with app.app_context():
        first = library.get_instrument(INSTRUMENT).short_digest
        second = publish(name="Dialogic practice, reworded")
    assert first != second
    page = browser.get_page(MANUAL)
    assert page.heading == "Dialogic practice, reworded"
    assert f"Version {second}" in page.text
    assert f"version {second}" in browser.get_page("/instruments").text
    with app.app_context():
        assert publish() == first  # the old wording is the old version again
    assert f"Version {first}" in browser.get_page(MANUAL).text


def test_what_an_author_wrote_is_cleaned(app: Flask, ines: Person, browser_of: BrowserOf) -> None:
    with app.app_context():
        publish(
            name="Dialogic <i>practice</i>",
            about="A *short* one. <script>alert(1)</script> [here](javascript:alert(1))",
        )
    page = browser_of(ines).get_page(MANUAL)
    assert page.heading == "Dialogic <i>practice</i>"
    notice = page.soup.select_one(".notice")
    assert notice is not None
    assert notice.select_one("em")
    assert not notice.select("script, a[href^=javascript]")


def test_before_anything_is_published_the_list_says_so(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(delete(CurrentDocument))
    browser = browser_of(ines)
    assert "No instrument is published yet." in browser.get_page("/instruments").text
    browser.get_page(MANUAL, expect=404)


def test_the_shipped_instrument_is_readable_as_a_whole(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        shipped = read_pack(PROJECT_ROOT / "content")
        library.publish(shipped, person_id=None)
    browser = browser_of(ines)
    for slug, instrument in shipped.instruments.items():
        page = browser.get_page(f"/instruments/{slug}")
        for item in instrument.items:
            assert f"{item.number}. {item.name}" in headings(page, "h2")
        for principle in instrument.principles:
            assert principle.name in page.text


def test_the_manual_takes_few_queries(app: Flask, ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    for address in (MANUAL, "/instruments"):
        with queries_of(app) as statements:
            browser.get_page(address)
        assert len(statements) <= MOST_QUERIES
