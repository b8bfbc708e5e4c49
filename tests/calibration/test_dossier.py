"""Ines rates a dossier: she reads tables and interviews, cites passages, and reads feedback."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing, as_fields
from tests.pack import PASSAGES, PROGRAMME_PRACTICE, canary, programme_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration.ratings import Rating
from training.library import records as library

SERVICE = PROGRAMME_PRACTICE[0]
# The key has a 2 on 4 and 16, and a 1 on 11 and 23.
OWN = agreeing(SERVICE) | {
    4: Rating(4, evidence=(30, 31)),
    11: Rating(2, evidence=(11,), note="Counted twice."),
    12: Rating(is_not_rateable=True, reason="No peers are employed there."),
}


@pytest.fixture(autouse=True)
def programme(app: Flask) -> None:
    with app.app_context():
        library.publish(programme_pack(), person_id=None)


@pytest.fixture
def draft(open_for: Callable[..., uuid.UUID], ines: Person) -> uuid.UUID:
    return open_for(ines, SERVICE)


def test_ines_reads_a_table_and_an_interview_and_cites_passages(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
) -> None:
    address = f"/rating-sessions/{draft}"
    page = ines_browser.get_page("/practice")
    assert f"minutes to read, {PASSAGES} passages" in page.text
    page = ines_browser.get_page(address)
    assert [head.get_text() for head in page.soup.select(".extract h3")] == [
        "The log of calls",
        "What staff say",
    ]
    table = page.soup.select_one(".extract-rows table")
    assert table.caption.get_text() == "The log of calls"
    heads = [head.get_text() for head in table.select("thead th[scope=col]")]
    assert heads == ["Passage", "No.", "First contact", "Who called", "Evidence for"]
    row = table.select_one("tr#turn-7")
    assert row["data-turn"] == row.select_one("th[scope=row]").get_text(strip=True) == "7"
    cells = [cell.get_text() for cell in row.select(".turn-cell")]
    assert cells == ["7", "Day 7, 09:07", "caller 7"]
    region = page.soup.select_one(".extract-rows")
    assert (region["role"], region["tabindex"]) == ("region", "0")
    assert page.soup.find(id=region["aria-labelledby"]).get_text() == "The log of calls"
    assert page.soup.select_one("li#turn-22[data-turn='22']")
    assert len(page.soup.select("[data-turn]")) == PASSAGES
    assert "log passages 1 to 20 Its last page is missing." in page.text
    for words in ("Evidence passages, e.g. 4, 7", "Mark passages in the dossier", "5 Full"):
        assert words in page.text
    assert not re.search(r"\bturns?\b", page.text)
    fields = as_fields(OWN, revision=0) | {"evidence-3": "3, 41", "evidence-5": "row 7"}
    page = ines_browser.post_page(address, fields, expect=422)
    assert "Item 3: There is no passage 41. The last passage is 40." in page.errors
    assert "Item 5: “row” is no passage number." in page.errors
    assert stored(draft)[1] == Rating()
    ines_browser.post_page(address, as_fields(OWN, revision=0))
    page = ines_browser.get_page(address)
    assert "turn-marked" in page.soup.select_one("tr#turn-11")["class"]
    assert page.soup.select_one("tr#turn-11 .turn-mark").get_text() == "item 11"
    check = ines_browser.get_page(f"{address}/check")
    assert "Evidence: passages 30, 31" in check.text
    assert "No evidence passages" in check.text
    assert canary(SERVICE, 1) not in page.html + check.html


def test_ines_reads_what_her_rating_of_a_dossier_shows(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, OWN)
    page = ines_browser.get_page(f"/rating-sessions/{draft}/feedback")
    items = {
        number: " ".join(page.soup.select_one(f"#item-{number}").get_text(" ").split())
        for number in (1, 4, 11, 12)
    }
    assert "Exact" in items[1]
    assert "Passages 1 , 13" in items[1]
    assert "2 points higher" in items[4]
    assert "The consensus rests on passages 4, 16. You marked 30, 31, and none" in items[4]
    assert "Read passages 4, 16 again" in items[4]
    assert "1 point higher" in items[11]
    assert "You saw what the consensus rests on (passage 11)" in items[11]
    assert "was there any opportunity" in items[12]
    assert page.soup.select_one("#item-4 a[href='/modules/reading-records/observe']")
    assert "Dossier, with both sides' passages" in page.text
    marks = page.soup.select_one("tr#turn-11 td:last-child")
    assert " ".join(marks.get_text(" ").split()) == "both, item: 11"
    assert marks.a["href"] == "#item-11"
    assert page.soup.select_one(".chart text")
    assert "turns" not in page.text
