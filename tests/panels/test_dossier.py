"""A panel makes the key of a dossier: alone, then together, and on paper in between."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from tests.pack import ITEMS, PASSAGES, PROGRAMME_INSTRUMENT, PROGRAMME_PRACTICE, programme_pack
from tests.pages import PersonClient
from tests.panels.life import draft_of, opened_panel, rate, submit
from tests.panels.round_two import digest_to_sign, discussion_of, settle, sign
from tests.panels.stories import make_experts
from tests.panels.test_import import sheet, upload
from training.accounts.models import Person
from training.library import records as library
from training.library.checking import check
from training.library.reading import Pack
from training.library.schema import Key
from training.panels.consensus.records import find_panel_in_discussion

SERVICE = PROGRAMME_PRACTICE[0]
Browsers = Callable[[Person], PersonClient]


@pytest.fixture(autouse=True)
def programme(app: Flask) -> None:
    with app.app_context():
        library.publish(programme_pack(), person_id=None)


def key_made(app: Flask, panel_id: object, chair: Person) -> Key:
    with app.app_context():
        panel = find_panel_in_discussion(panel_id, chair)  # type: ignore[arg-type]
        assert panel is not None
        (row,) = panel.vignettes
        assert row.key_document_id is not None
        return library.key_version(row.key_document_id).document


def test_a_panel_rates_a_dossier_alone_agrees_on_it_and_signs_its_key(
    app: Flask, make_person: Callable[..., Person], cleo: Person, browser_of: Browsers
) -> None:
    experts = make_experts(make_person)[:3]
    chair = experts[0]
    assert f"· {PASSAGES} passages ·" in browser_of(cleo).get_page("/panels/new").text
    panel_id = opened_panel(app, experts, chair=chair, by=cleo, slugs=[SERVICE])
    session_id = draft_of(app, panel_id, chair, SERVICE)
    page = browser_of(chair).get_page(f"/rating-sessions/{session_id}")
    assert page.soup.select_one("tr#turn-5[data-turn='5']")
    assert "Evidence passages, e.g. 4, 7" in page.text
    submit(app, session_id)
    rate(app, panel_id, *experts[1:], slug=SERVICE)

    browser = browser_of(chair)
    page = browser.get_page(f"/panels/{panel_id}/agreement")
    assert "3 experts, 1 vignette, 36 ratings" in page.text
    address = f"/panels/{panel_id}/consensus/1"
    page = browser.get_page(f"{address}/2")
    assert "Dossier, with the experts' passages" in page.text
    assert [link.get_text() for link in page.soup.select("tr#turn-2 .turn-mark a")] == [
        "1", "2", "3",
    ]  # fmt: skip
    typed = {"kind": "score", "score": "6", "reason": "Row (41).", "evidence": "41"}
    sent = {f"consensus-{name}": value for name, value in typed.items()}
    started = page.soup.select_one("input[name=consensus-started_from]")["value"]  # type: ignore[index]
    refused = browser.post_page(
        f"{address}/2/agreed", sent | {"consensus-started_from": started}, expect=422
    )
    assert "Choose one of these." in refused.errors  # 6 is no score of this instrument
    refused = browser.post_page(
        f"{address}/2/agreed",
        sent | {"consensus-started_from": started, "consensus-score": "4"},
        expect=422,
    )
    assert "There is no passage 41. The last passage is 40." in refused.errors
    assert "The reason cites 41 in brackets." in refused.errors
    settle(app, panel_id, chair, SERVICE)
    assert "Evidence: passages 2, 14" in browser.get_page(f"{address}/ratify").text
    assert digest_to_sign(app, panel_id, chair)
    sign(app, panel_id, chair, chair)
    assert sign(app, panel_id, experts[1], chair).is_ratified
    assert not discussion_of(app, panel_id, chair).is_open

    key = key_made(app, panel_id, chair)
    assert (key.instrument, key.items[5].score, key.items[8].score) == (PROGRAMME_INSTRUMENT, 5, 1)
    made = Pack()
    documents = programme_pack()
    instrument = documents.instruments[PROGRAMME_INSTRUMENT]
    made.add("instrument", PROGRAMME_INSTRUMENT, instrument, "instrument")
    made.add("vignette", SERVICE, documents.vignettes[SERVICE], "vignette")
    made.add("key", SERVICE, key, "key")
    assert [fault for fault in check(made) if fault.file == "key"] == []
    with browser.get(f"/panels/{panel_id}/ratings.csv") as response:
        rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    assert len(rows) == 3 * len(ITEMS)
    assert (rows[1]["rating"], rows[1]["evidence"], rows[1]["consensus"]) == ("4", "2 14", "4")


def test_a_file_about_a_dossier_is_held_against_its_passages_and_scale(
    cleo: Person, emeka: Person, browser_of: Browsers
) -> None:
    browser = browser_of(cleo)
    text = sheet(slug=SERVICE)
    torn = text.replace(f"{SERVICE},Ruta,1,4", f"{SERVICE},Ruta,1,0").replace("3 15", "3 41", 1)
    page = upload(browser, emeka, torn)
    assert "“0” is no rating. Write one of 1, 2, 3, 4, 5, or NR." in page.errors
    assert f"There is no turn or passage 41: the vignette has {PASSAGES}." in page.errors
    page = upload(browser, emeka, text)
    assert page.status == 200
    assert "Nothing is kept yet" in page.text
