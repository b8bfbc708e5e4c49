"""The journal, and completing a module."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.modules.conftest import FIRST, SECOND, Learner
from tests.pages import Page
from training.database import db
from training.modules import records
from training.modules.models import JournalEntry
from training.modules.stages import STAGES, Stage

REFLECT = f"/modules/{FIRST}/reflect"
ENTRY = f"{REFLECT}/entry"
WORDS = "I noticed how quickly I wanted to know what it was."


@pytest.fixture
def ready(learner: Learner) -> Learner:
    """Ines, who has only to reflect."""
    return learner.has_done_until(Stage.REFLECT)


def entries(learner: Learner) -> list[JournalEntry]:
    with learner.app.app_context():
        return list(db.session.scalars(select(JournalEntry).filter_by(person_id=learner.person.id)))


def test_ines_writes_and_completes_the_module(ready: Learner) -> None:
    page = ready.browser.get_page(REFLECT)
    assert "What stayed with you?" in page.text
    assert "Nobody else reads it" in page.text
    answer = ready.browser.post_page(ENTRY, {"text": f"  {WORDS}\n"})
    assert answer.location == f"/modules/{SECOND}"
    (entry,) = entries(ready)
    assert (entry.text, entry.is_shared) == (WORDS, False)
    assert ready.stages() == set(STAGES)
    assert ready.trail("module completed") == [f"module {FIRST}"]
    page = ready.browser.get_page(answer.location)
    assert "This module is complete." in page.text


def test_ines_finishes_without_writing(ready: Learner) -> None:
    answer = ready.browser.post_page(f"{REFLECT}/completion")
    assert answer.location == f"/modules/{SECOND}"
    assert entries(ready) == []
    assert ready.stages() == set(STAGES)


def test_an_empty_entry_is_refused(ready: Learner) -> None:
    page = ready.browser.post_page(ENTRY, {"text": "  ", "is_shared": "y"}, expect=422)
    assert "Write something first, or finish without writing." in page.errors
    assert page.soup.select_one("input[name=is_shared][checked]") is not None
    assert Stage.REFLECT not in ready.stages()


def test_choosing_a_language_leads_back_to_a_page_there_is(ready: Learner) -> None:
    def led_to(page: Page) -> str | None:
        field = page.soup.select_one(".language-choice [name=next]")
        sent = {"language": "hi", "next": field["value"]}
        return ready.browser.post_page("/language", sent).location

    assert led_to(ready.browser.post_page(ENTRY, {"text": ""}, expect=422)) == "/"
    assert led_to(ready.browser.get_page(f"{REFLECT}?from=home&more=a%26b")) == (
        f"{REFLECT}?from=home&more=a%26b"
    )
    assert led_to(ready.browser.get_page(REFLECT)) == REFLECT
    assert led_to(ready.browser.get_page("/nowhere", expect=404)) == "/nowhere"
    assert led_to(ready.browser.post_page("/nowhere", expect=404)) == "/"
    refused = ready.browser.post_page("/profile", {"name": ""}, expect=422)
    assert led_to(refused) == "/profile"


def test_an_entry_that_is_too_long_is_kept_on_the_page(ready: Learner) -> None:
    page = ready.browser.post_page(ENTRY, {"text": "long " * 1100}, expect=422)
    assert "at most 5,000 characters" in page.errors
    assert page.soup.select_one("textarea").get_text().strip().startswith("long long")
    assert entries(ready) == []


def test_ines_changes_her_entry_later(ready: Learner) -> None:
    ready.browser.post_page(ENTRY, {"text": WORDS})
    page = ready.browser.get_page(REFLECT)
    assert WORDS in page.soup.select_one("textarea").get_text()
    assert "Only you can read it." in page.text
    later = {"text": "Later.", "is_shared": "y", "before": WORDS}
    answer = ready.browser.post_page(ENTRY, later)
    assert answer.location == REFLECT
    (entry,) = entries(ready)
    assert (entry.text, entry.is_shared) == ("Later.", True)
    assert entry.changed_at > entry.written_at
    assert "Your trainers can read it." in ready.browser.get_page(REFLECT).text
    assert ready.trail("module completed") == [f"module {FIRST}"]  # once


def test_ines_removes_her_entry(ready: Learner, other: Learner) -> None:
    other.has_done_until(Stage.REFLECT).browser.post_page(ENTRY, {"text": "Otto's."})
    ready.browser.post_page(ENTRY, {"text": WORDS})
    assert ready.browser.get_page(REFLECT).has_form_to(f"{ENTRY}/removal")
    answer = ready.browser.post_page(f"{ENTRY}/removal", {"before": WORDS})
    assert answer.location == REFLECT
    assert entries(ready) == []
    assert Stage.REFLECT in ready.stages()
    assert [entry.text for entry in entries(other)] == ["Otto's."]


def test_an_entry_written_in_two_tabs_keeps_both_texts(ready: Learner) -> None:
    ready.browser.post_page(ENTRY, {"text": WORDS, "before": ""})
    ready.browser.post_page(ENTRY, {"text": WORDS, "before": ""})  # a retry is no conflict
    typed = {"text": "Typed in the old tab.", "is_shared": "y", "before": ""}
    page = ready.browser.post_page(ENTRY, typed, expect=409)
    assert "both texts stand below" in page.text
    sent = {
        name: page.soup.select_one(f"form[action='{ENTRY}'] textarea[name={name}]").get_text()
        for name in ("text", "before")
    }
    assert sent["text"].split() == f"{WORDS} Typed in the old tab.".split()
    # Nobody else reads what one of the two tabs kept from them.
    assert page.soup.select_one("input[name=is_shared][checked]") is None
    assert [entry.text for entry in entries(ready)] == [WORDS]
    assert ready.browser.post_page(ENTRY, sent).location == REFLECT
    assert [entry.text for entry in entries(ready)] == [f"{WORDS}\n\nTyped in the old tab."]
    page = ready.browser.get_page(REFLECT)  # line ends that a browser changes are no difference
    before = page.soup.select_one("textarea[name=before]").get_text().replace("\n", "\r\n")
    ready.browser.post_page(ENTRY, {"text": "Short.", "before": before})
    assert [entry.text for entry in entries(ready)] == ["Short."]


def test_an_old_tab_removes_nothing_it_does_not_show(ready: Learner) -> None:
    ready.browser.post_page(ENTRY, {"text": WORDS})
    ready.browser.post_page(ENTRY, {"text": "Written since.", "before": WORDS})
    page = ready.browser.post_page(f"{ENTRY}/removal", {"before": WORDS}, expect=409)
    assert "Nothing was removed" in page.text
    assert page.soup.select_one("textarea[name=text]").get_text().strip() == "Written since."
    assert [entry.text for entry in entries(ready)] == ["Written since."]
    for _again in range(2):  # a double click
        ready.browser.post_page(f"{ENTRY}/removal", {"before": "Written since."})
    assert entries(ready) == []
    page = ready.browser.post_page(ENTRY, {"text": "More.", "before": WORDS}, expect=409)
    assert "removed in another tab" in page.text
    assert page.soup.select_one("textarea[name=text]").get_text().strip() == "More."


def test_nobody_else_reads_the_entry(ready: Learner, other: Learner) -> None:
    ready.browser.post_page(ENTRY, {"text": WORDS, "is_shared": "y"})
    page = other.has_done_until(Stage.REFLECT).browser.get_page(REFLECT)
    assert WORDS not in page.html


def test_the_last_module_leads_back_to_the_overview(ready: Learner) -> None:
    ready.has_done(Stage.REFLECT).has_done_until(Stage.REFLECT, slug=SECOND)
    answer = ready.browser.post_page(f"/modules/{SECOND}/reflect/completion")
    assert answer.location == "/modules"


def test_trainers_get_what_is_shared_in_the_order_of_the_modules(ready: Learner) -> None:
    ready.has_done(Stage.REFLECT).has_done_until(Stage.REFLECT, slug=SECOND)
    ready.browser.post_page(f"/modules/{SECOND}/reflect/entry", {"text": "B", "is_shared": "y"})
    ready.browser.post_page(ENTRY, {"text": "A", "is_shared": "y"})
    with ready.app.app_context():
        shared = records.shared_journal_entries(ready.person.id)
    assert [(entry.module_slug, entry.text) for entry in shared] == [(FIRST, "A"), (SECOND, "B")]
    assert shared[0].module_title == "First things"
    ready.browser.post_page(ENTRY, {"text": "A", "before": "A"})  # taken back
    with ready.app.app_context():
        shared = records.shared_journal_entries(ready.person.id)
    assert [entry.text for entry in shared] == ["B"]
