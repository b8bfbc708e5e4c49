"""The manuals as people read them: the list, each manual, each item, and who sees the solutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.exercises.pairs import HIGH, LOW, canary, contrast_canary, key, pack_of_pairs
from tests.exercises.test_answering import send
from tests.library.folders import INSTRUMENT as SMALL_SCALE
from tests.library.folders import edit_yaml, read, write_instrument
from tests.manuals.test_documents import example, write_manual
from tests.modules.test_reading import queries_of
from tests.pack import INSTRUMENT, MODULES, PRACTICE
from tests.pages import Page, PersonClient
from tests.test_canaries import rate_and_submit
from training.accounts.models import Person, Role
from training.calibration.models import Purpose
from training.calibration.records import open_session
from training.config import PROJECT_ROOT
from training.database import write_transaction
from training.library import records as library
from training.library.models import CurrentDocument
from training.library.reading import Pack, read_manuals
from training.manuals.records import find_manual

BrowserOf = Callable[[Person], PersonClient]
MANUAL = f"/manuals/{INSTRUMENT}"
ITEM = f"{MANUAL}/items/3-item-3"
WHOLE = f"{MANUAL}/print"
SONGS = [canary(LOW), canary(HIGH), contrast_canary(LOW)]
MOST_QUERIES = 12  # however many items and exercises there are


@pytest.fixture
def pair(app: Flask) -> None:
    """The pair on item 3."""
    with app.app_context():
        library.publish(pack_of_pairs([LOW, HIGH]), person_id=None)


def headings(page: Page, level: str) -> list[str]:
    return [heading.get_text(" ", strip=True) for heading in page.soup.select(f"main {level}")]


def heard(browser: PersonClient) -> set[str]:
    """Which of the keys this browser reads in the manual."""
    text = browser.get_page(ITEM).html + browser.get_page(WHOLE).html
    return {song for song in SONGS if song in text}


def test_ines_reads_the_manual_from_the_list_to_an_item(
    ines: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    for address in ("/manuals", MANUAL, ITEM, WHOLE, f"{MANUAL}.pdf"):
        assert stranger.get_page(address, expect=302).location.startswith("/sign-in"), address
    browser = browser_of(ines)
    page = browser.get_page("/manuals")
    assert all(page.has_link_to(address) for address in (MANUAL, WHOLE, f"{MANUAL}.pdf"))
    page = browser.get_page(MANUAL)
    assert page.has_link_to("/glossary")
    assert page.heading == "Rater's manual: Dialogic practice in a network meeting"
    assert headings(page, "h2")[1:] == [
        "Purpose",
        "The unit rated",
        "How to prepare",
        "The scale",
        "How to rate",
        "Item by item",
        "Common errors",
        "Principles",
    ]
    manual = read_manuals(PROJECT_ROOT / "content").manuals[INSTRUMENT]
    assert {error.title for error in manual.common_errors} < set(headings(page, "h3"))
    links = [str(link["href"]) for link in page.soup.select(".item-list a")]
    assert links == [f"{MANUAL}/items/{n}-item-{n}" for n in range(1, 13)]

    page = browser.get_page(links[2])
    assert page.heading == "3. Element number 3"
    for text in ("What element 3 means.", "Did element 3 happen?", "Marker of 3", "They differ."):
        assert text in page.text
    assert "Drift sign of 3" in page.text
    assert "Look for element 3 turn by turn." in page.text
    scores = [row.th.get_text(" ", strip=True) for row in page.soup.select(".anchors tbody tr")]
    labels = ["0 Contrary", "1 Absent", "2 Thin", "3 Clear", "4 Sustained", "NR Not rateable"]
    assert scores == labels
    assert page.has_link_to(links[3]), "the near confusion, and the next item"
    assert page.has_link_to(links[1])
    assert "Worked examples" not in page.text, "there are none yet"
    assert [a["rel"] for a in page.soup.select("main a[rel]")] == [["prev"], ["next"]]
    assert [a["rel"] for a in browser.get_page(links[0]).soup.select("main a[rel]")] == [["next"]]
    assert "critical item" in browser.get_page(links[7]).text


def test_an_address_outlives_the_name_of_its_item(ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    for old in ("3", "3-what-it-was-called", "3-"):
        assert browser.get_page(f"{MANUAL}/items/{old}", expect=302).location == ITEM
    for wrong in ("0", "13", "item-3", "3x", "03", "99999-item", "-3", "%F0%9F%90%A6"):
        browser.get_page(f"{MANUAL}/items/{wrong}", expect=404)
    for address in ("/manuals/no-such", "/manuals/practice-one/items/3", "/manuals/no-such.pdf"):
        browser.get_page(address, expect=404)


@pytest.mark.usefixtures("pair")
def test_solutions_open_to_ines_when_she_has_rated_both_and_to_nobody_else(
    ines: Person, otto: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    page = browser.get_page(ITEM)
    assert f"{LOW} says 1." in page.text
    assert f"{HIGH} says 1." in page.text
    assert page.has_link_to(f"/exercises/{LOW}")
    assert "evidence" not in {mark.text for mark in page.soup.select(".turn-mark")}
    assert heard(browser) == set()

    send(browser, LOW, score="1", turns="2")
    assert heard(browser) == set(), "one of the two gives the other away"
    assert browser.get_page(ITEM).has_link_to(f"/exercises/{HIGH}")

    send(browser, HIGH, score="4")
    assert heard(browser) == set(SONGS)
    page = browser.get_page(ITEM)
    assert "Rate it first" not in page.text
    assert "Rating: 1 Absent" in page.text
    assert "Rating: 2 Thin" in page.text
    marked = [str(turn["id"]) for turn in page.soup.select(".turn-marked")]
    assert marked == [f"example-{slug}-turn-{turn}" for slug in (LOW, HIGH) for turn in (2, 4)]
    assert heard(browser_of(otto)) == set()


@pytest.mark.usefixtures("pair")
def test_who_rates_nothing_reads_them_at_once(
    make_person: Callable[..., Person], browser_of: BrowserOf
) -> None:
    for roles, songs in (
        ([Role.TRAINER], set(SONGS)),
        ([Role.EXPERT], set(SONGS)),
        ([Role.CERTIFIER, Role.ADMINISTRATOR], set(SONGS)),
        ([Role.TRAINER, Role.RATER], set()),
        ([], set()),
    ):
        person = make_person("-".join(["Who", *roles]), *roles)
        assert heard(browser_of(person)) == songs, roles


@pytest.mark.usefixtures("pair")
def test_what_was_answered_opens_in_the_wording_and_with_the_key_of_then(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    for slug in (LOW, HIGH):
        send(browser, slug, score="1")
    pack = Pack()
    pack.add("vignette", LOW, pack_of_pairs([LOW]).vignettes[LOW], LOW)
    pack.add("key", LOW, key(LOW, reason="Not read by Ines before (2)."), "key")
    with app.app_context():
        library.publish(pack, person_id=None)
    assert "Not read by Ines before" not in browser.get_page(ITEM).text
    assert heard(browser) == set(SONGS)


def test_another_scale_its_own_examples_and_no_written_part(
    app: Flask,
    ines: Person,
    browser_of: BrowserOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores = [1, 2, 3, 4, 5]
    texts = {score: f"Text {score}" for score in scores}
    write_manual(
        tmp_path, examples=[example(2, rating=5), example(2, title="Unclear", rating="NR")]
    )
    file = write_instrument(tmp_path)
    items = read(tmp_path).instruments[SMALL_SCALE].model_dump(mode="json")["items"]
    scale = {"scores": scores, "labels": texts, "descriptions": texts, "high_is": "more"}
    edit_yaml(file, scale=scale, items=[item | {"anchors": texts} for item in items])
    pack = Pack(instruments=read(tmp_path).instruments)
    with app.app_context():
        library.publish(pack, person_id=None)
    browser = browser_of(ines)
    address = f"/manuals/{SMALL_SCALE}"
    page = browser.get_page(address)
    assert "scored 1 to 5" in browser.get_page("/manuals").text
    assert not {"Purpose", "How to prepare", "Common errors"} & set(headings(page, "h2"))
    browser.get_page(f"{address}/print")

    config = app.extensions["config"]
    monkeypatch.setitem(app.extensions, "config", replace(config, content_paths=(tmp_path,)))
    assert "Purpose" in headings(browser.get_page(address), "h2")
    page = browser.get_page(f"{address}/items/2-item-2")
    assert "Line 3 of 2." in page.text
    assert "Rating: 5 Text 5" in page.text
    assert "Rating: NR Not rateable" in page.text
    assert "Rate it first" not in page.text
    assert len(page.soup.select(".turn-marked")) == 4


@pytest.mark.usefixtures("pair")
def test_the_whole_manual_stands_on_one_page_to_print(ines: Person, browser_of: BrowserOf) -> None:
    page = browser_of(ines).get_page(WHOLE)  # which fails for a link to nothing
    assert headings(page, "h2")[6:18] == [f"{n}. Element number {n}" for n in range(1, 13)]
    assert headings(page, "h2")[-3:] == ["Common errors", "Principles", "Glossary"]
    explained = {name.get_text() for name in page.soup.select("section:has(#glossary) dt")}
    assert {"halo", "consensus"} <= explained
    assert "ICC" not in explained, "the manual does not use it"
    levels = [int(each.name[1]) for each in page.soup.select("h1, h2, h3, h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.usefixtures("pair")
def test_a_manual_takes_few_queries(app: Flask, ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    for address in (ITEM, WHOLE):
        browser.get_page(address)
        with queries_of(app) as statements:
            browser.get_page(address)
        assert len(statements) <= MOST_QUERIES, len(statements)


@pytest.mark.usefixtures("pair")
def test_ratings_and_feedback_lead_to_the_item(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    send(browser, LOW, score="1")
    assert browser.get_page(f"/exercises/{LOW}/answer").has_link_to(ITEM)
    assert browser.get_page("/instruments").has_link_to(MANUAL)
    page = browser.get_page(f"/instruments/{INSTRUMENT}")
    assert page.has_link_to(MANUAL)
    assert page.has_link_to(ITEM)
    with app.app_context():
        session = open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
    page = browser.get_page(f"/rating-sessions/{session.id}")
    (link,) = page.soup.select(f'a[href="{ITEM}"]')
    assert link["target"] == "_blank"
    assert "your rating stays here" in link.parent.get_text()
    with app.app_context():
        rate_and_submit(session)
    page = browser.get_page(f"/rating-sessions/{session.id}/feedback")
    (link,) = page.soup.select(f'#item-3 a[href="{ITEM}"]')
    assert "target" not in link.attrs
    with app.app_context():
        excerpt = open_session(ines.id, f"{MODULES[0]}-1", Purpose.APPLY)
        rate_and_submit(excerpt, [3, 4])
    assert browser.get_page(f"/rating-sessions/{excerpt.id}/feedback").has_link_to(ITEM)


def test_before_anything_is_published_the_list_says_so(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(delete(CurrentDocument))
    browser = browser_of(ines)
    assert "No instrument is published yet" in browser.get_page("/manuals").text
    browser.get_page(ITEM, expect=404)


def test_a_manual_nobody_wrote_has_no_written_part(tmp_path: Path) -> None:
    assert find_manual(INSTRUMENT, (tmp_path,)) is None
