"""A manual as a PDF: what it holds, who reads which solutions in it, and that it is set once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from tests.certification.pdf_reading import catalog_of, letters_of, metadata_of, pages_of
from tests.exercises.pairs import HIGH, LOW, canary, contrast_canary, pack_of_pairs, vignette
from tests.exercises.test_answering import send
from tests.library.folders import INSTRUMENT as SMALL_SCALE
from tests.library.folders import read
from tests.manuals.test_documents import write_manual
from tests.pack import INSTRUMENT, ITEMS
from tests.pages import PersonClient
from training.accounts.models import Person
from training.database import write_transaction
from training.library import records as library
from training.library.reading import Pack
from training.manuals import manual_pdf
from training.manuals.records import find_manual

BrowserOf = Callable[[Person], PersonClient]
SONGS = [canary(LOW), canary(HIGH), contrast_canary(LOW), contrast_canary(HIGH)]


@pytest.fixture(autouse=True)
def _pair_published(app: Flask) -> None:
    with app.app_context():
        library.publish(pack_of_pairs([LOW, HIGH]), person_id=None)


def fetched(browser: PersonClient, slug: str = INSTRUMENT) -> bytes:
    with browser.get(f"/manuals/{slug}.pdf") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"].endswith(f'"manual-{slug}.pdf"')
        return answer.get_data()


def given_to_the_typesetter(
    browser: PersonClient, monkeypatch: pytest.MonkeyPatch, slug: str = INSTRUMENT
) -> str:
    """All that this person's PDF is made of."""
    given: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(manual_pdf, "_typeset", lambda document: given.append(document) or b"")
        fetched(browser, slug)
    (document,) = given
    return document


def test_the_file_holds_every_item_and_everybody_can_read_it(
    ines: Person, tamar: Person, browser_of: BrowserOf
) -> None:
    pdf = fetched(browser_of(ines))
    letters = letters_of(pdf)
    for number in ITEMS:
        assert f"{number}.Elementnumber{number}" in letters
        assert f"Anchor0ofelement{number}." in letters
    for text in (
        f"{LOW} says 1.",
        "Purpose",
        "Common errors",
        "Glossary",
        "Page1/",
        "Rate it first",
    ):
        assert "".join(text.split()) in letters
    assert not [song for song in SONGS if song in letters]
    assert f"/exercises/{LOW}".encode() in pdf
    assert len(pages_of(pdf)) > len(ITEMS)
    metadata = metadata_of(pdf)
    assert "pdfuaid" in metadata
    assert "Rater&apos;s manual: Dialogic practice" in metadata.replace("'", "&apos;")
    assert "/MarkInfo" in catalog_of(pdf)
    assert "/Lang(en" in catalog_of(pdf)

    letters = letters_of(fetched(browser_of(tamar)))
    assert all(song in letters for song in SONGS)


def test_solutions_stand_in_it_for_whoever_has_rated_the_pair(
    ines: Person, otto: Person, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(ines)
    send(browser, LOW, score="1")
    before = given_to_the_typesetter(browser, monkeypatch)
    assert not [song for song in SONGS if song in before]
    send(browser, HIGH, score="2")
    after = given_to_the_typesetter(browser, monkeypatch)
    assert all(song in after for song in SONGS)
    (item,) = [item for item in json.loads(after)["items"] if item["examples"]]
    assert [each["solution"]["rating"] for each in item["examples"]] == ["1 Absent", "2 Thin"]
    lines = item["examples"][0]["parts"][0]["lines"]
    assert [line["number"] for line in lines if line["is_evidence"]] == [2, 4]
    others = given_to_the_typesetter(browser_of(otto), monkeypatch)
    assert not [song for song in SONGS if song in others]


def test_a_dossier_stands_in_it_extract_by_extract(
    app: Flask, ines: Person, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    extracts = [
        {"title": "Calls", "source": "log", "first": 1, "last": 5, "columns": ["Day", "Call"]},
        {"title": "An interview", "source": "staff", "first": 6, "last": 8, "about": "In May."},
    ]
    rows: list[list[object]] = [[number, None, f"Monday | Call {number}"] for number in range(1, 6)]
    told = [[number, "bolo", f"Answer {number}"] for number in range(6, 9)]
    pack = pack_of_pairs([LOW])
    pack.vignettes[LOW] = vignette(LOW, extracts=extracts, turns=rows + told)
    with app.app_context():
        library.publish(pack, person_id=None)
    browser = browser_of(ines)
    document = json.loads(given_to_the_typesetter(browser, monkeypatch))
    calls, interview = document["items"][2]["examples"][0]["parts"]
    assert (calls["heading"], calls["about"]) == ("Calls", "Day | Call")
    assert (interview["about"], len(interview["lines"])) == ("In May.", 3)
    assert "Monday|Call5" in letters_of(fetched(browser))


def test_examples_of_the_manuals_own_stand_in_it_for_everybody(
    app: Flask,
    ines: Person,
    browser_of: BrowserOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_manual(tmp_path)
    with app.app_context():
        library.publish(Pack(instruments=read(tmp_path).instruments), person_id=None)
    config = replace(app.extensions["config"], content_paths=(tmp_path,))
    monkeypatch.setitem(app.extensions, "config", config)
    browser = browser_of(ines)
    document = json.loads(given_to_the_typesetter(browser, monkeypatch, SMALL_SCALE))
    first, second = document["items"][1]["examples"]
    assert (first["title"], second["title"]) == ("a 2", "b 2")
    assert (first["note"], first["setting"], first["people"]) == ("", "", [])
    (part,) = first["parts"]
    assert [line["number"] for line in part["lines"] if line["is_evidence"]] == [2, 4]
    assert first["solution"]["reason"] == "Twice it was so (2, 4)."
    assert "Line3of2." in letters_of(fetched(browser, SMALL_SCALE))


def test_it_is_set_once_for_all_who_read_the_same(
    ines: Person, otto: Person, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_files: list[str] = []

    def typeset(_template: object, document: dict[str, str]) -> bytes:
        set_files.append(document["language"])
        return b"%PDF"

    monkeypatch.setattr(manual_pdf, "typeset", typeset)
    manual_pdf._typeset.cache_clear()
    try:
        for person in (ines, otto, ines):
            fetched(browser_of(person))
        assert set_files == ["en"]
    finally:
        manual_pdf._typeset.cache_clear()


def test_labels_are_in_the_readers_language_and_shaped(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(update(Person).values(locale="hi"))
    pdf = fetched(browser_of(ines))
    letters = letters_of(pdf)
    for label in ("भटकाव के संकेत", "मूल्यांकन संभव नहीं", "अंक"):
        assert "".join(label.split()) in letters
    assert "Elementnumber12" in letters, "what the author wrote stays as it is"
    assert "pdfuaid" in metadata_of(pdf), "every letter has its form"


def test_an_instrument_alone_makes_a_manual_too(
    app: Flask, ines: Person, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.manuals.views.find_manual", lambda _slug, _folders: None)
    assert find_manual(INSTRUMENT, app.extensions["config"].content_paths) is not None
    letters = letters_of(fetched(browser_of(ines)))
    assert "Commonerrors" not in letters
    assert "12.Elementnumber12" in letters
