"""The stages in which one reads: orient and observe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from tests.modules.conftest import FIRST, Learner
from tests.pack import PROGRAMME_OWN_MODULES, programme_pack
from tests.pages import PersonClient
from training.database import db
from training.library import records as library
from training.modules.stages import Stage

ORIENT, OBSERVE = f"/modules/{FIRST}/orient", f"/modules/{FIRST}/observe"
MOST_QUERIES = 4


@contextmanager
def queries_of(app: Flask) -> Iterator[list[str]]:
    """The selects that are sent meanwhile."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_ines_reads_the_lesson_and_goes_on(learner: Learner) -> None:
    page = learner.browser.get_page(ORIENT)
    assert page.heading == "First things"
    assert page.soup.find("h2", string="A section")
    assert "Tell apart." in page.text
    assert page.has_link_to("https://example.org/book")
    assert page.soup.select_one(".stage-step [aria-current=step]").get_text() == "Orient Open"
    answer = learner.browser.post_page(f"{ORIENT}/completion")
    assert answer.location == OBSERVE
    assert learner.stages() == {Stage.ORIENT}
    page = learner.browser.get_page(ORIENT)
    assert not page.has_form_to(f"{ORIENT}/completion")
    assert page.has_link_to(OBSERVE)


def test_the_excerpt_has_its_notes_linked_both_ways(learner: Learner) -> None:
    learner.has_done_until(Stage.OBSERVE)
    page = learner.browser.get_page(OBSERVE)
    assert page.heading == "At the table"
    for number, text in ((1, "Her own word."), (2, "He answers with her word."), (3, "He waits.")):
        note = page.soup.select_one(f"#note-{number}")
        assert note is not None
        assert text in note.get_text()
        turn = page.soup.select_one(f"#turn-{number}")
        assert turn is not None
        assert note.select_one(f"a[href='#turn-{number}']") is not None
        assert turn.select_one(f"a[href='#note-{number}']") is not None
    assert "Item 4 : Element 4" in page.text.replace("Item 4:", "Item 4 :")
    answer = learner.browser.post_page(f"{OBSERVE}/completion")
    assert answer.location == f"/modules/{FIRST}/check"
    assert learner.stages() == {Stage.ORIENT, Stage.OBSERVE}


def test_a_dossier_is_observed_extract_by_extract(app: Flask, learner: Learner) -> None:
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
    slug = PROGRAMME_OWN_MODULES[0]
    learner.has_done_module().has_done_until(Stage.OBSERVE, slug=slug)
    page = learner.browser.get_page(f"/modules/{slug}/observe")
    extracts = page.soup.select(".passage")
    assert [extract.h3.get_text() for extract in extracts if extract.h3] == ["The log", "A nurse"]
    rows = extracts[0].select("tr.turn-row")
    assert [row.select("td")[-1].get_text(" ", strip=True) for row in rows] == ["Note 3", "Note 1"]
    # A note waits for the last passage that it speaks of.
    assert [note["id"] for note in extracts[0].select(".note")] == ["note-1"]
    assert [note["id"] for note in extracts[1].select(".note")] == ["note-2", "note-3"]
    assert "On passages 1 , 3 · Item 4 : Arrangement 4" in page.text.replace("4:", "4 :")
    assert page.soup.select_one("li#turn-3 a[href='#note-2']")


def test_reading_stays_possible_afterwards(learner: Learner) -> None:
    learner.has_done_module()
    assert learner.browser.get_page(OBSERVE).has_link_to(f"/modules/{FIRST}/check")


@pytest.mark.parametrize("address", ["/modules", ORIENT, OBSERVE, f"/modules/{FIRST}"])
def test_a_page_asks_the_database_few_questions(app: Flask, learner: Learner, address: str) -> None:
    learner.has_done_until(Stage.OBSERVE)
    learner.browser.get_page(address)  # parses the documents, once per process
    with queries_of(app) as statements:
        learner.browser.get_page(address)
    assert len(statements) <= MOST_QUERIES, "\n".join(statements)


def test_a_lesson_needs_only_three(app: Flask, learner: Learner) -> None:
    learner.browser.get_page(ORIENT)
    with queries_of(app) as statements:
        learner.browser.get_page(ORIENT)
    # Who, whether what is in use is as before, what is done.
    assert len(statements) == 3, "\n".join(statements)


def test_a_click_from_elsewhere_completes_nothing(learner: Learner) -> None:
    assert learner.browser.post(f"{ORIENT}/completion", has_token=False).status_code == 400
    assert learner.completions() == 0


def test_strangers_complete_nothing(stranger: PersonClient) -> None:
    assert stranger.post_page(f"{ORIENT}/completion").location.startswith("/sign-in")
