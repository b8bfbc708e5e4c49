"""The transcript that lessons, the workspace and feedback share."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask, render_template_string

from tests.pack import small_pack

TEMPLATE = """{% import "macros/transcript.html" as transcripts %}
{{ transcripts.transcript(document, marked, selectable, prefix) }}"""


def drawn(app: Flask, **values: object) -> BeautifulSoup:
    settings: dict[str, object] = {"marked": {}, "selectable": False, "prefix": "turn-"}
    with app.test_request_context():
        html = render_template_string(TEMPLATE, **settings | values)
    return BeautifulSoup(html, "html.parser")


def test_it_shows_the_people_with_their_side_in_words(app: Flask) -> None:
    people = drawn(app, document=small_pack().vignettes["practice-one"]).dl
    assert "Runa mother (network) Piet nurse (team)" in " ".join(people.get_text(" ").split())


def test_it_shows_an_observation_as_well(app: Flask) -> None:
    page = drawn(app, document=small_pack().modules["first-things"].observe)
    turns = page.select("li.turn")
    assert [turn["id"] for turn in turns] == ["turn-1", "turn-2", "turn-3"]
    assert [turn["class"][1] for turn in turns] == ["turn-network", "turn-team", "turn-scene"]


def test_marks_are_texts_or_lead_to_a_place(app: Flask) -> None:
    marked = {
        1: ["item 3"],
        2: [{"text": "note 1", "anchor": "note-1", "by": "experts"}],
        3: [{"text": "you:", "by": "own", "links": [{"text": "4", "anchor": "item-4"}]}],
    }
    page = drawn(app, document=small_pack().vignettes["practice-one"], marked=marked)
    assert page.select_one("#turn-1 span.turn-mark").get_text() == "item 3"
    assert page.select_one("#turn-2 a.turn-mark-experts")["href"] == "#note-1"
    assert page.select_one("#turn-3 .turn-mark-own a")["href"] == "#item-4"
    assert "turn-marked" in page.select_one("#turn-1")["class"]
    assert "turn-marked" not in page.select_one("#turn-4")["class"]


def test_only_a_selectable_transcript_offers_itself_to_the_script(app: Flask) -> None:
    vignette = small_pack().vignettes["practice-one"]
    assert not drawn(app, document=vignette).select("[data-turn]")
    assert len(drawn(app, document=vignette, selectable=True).select("[data-turn]")) == 26


def test_two_transcripts_can_share_a_page(app: Flask) -> None:
    page = drawn(app, document=small_pack().vignettes["practice-one"], prefix="second-")
    assert page.select_one("#second-1")
