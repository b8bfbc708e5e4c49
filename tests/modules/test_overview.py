"""The overview of the modules and the page of one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.modules.conftest import FIRST, SECOND, Learner
from tests.pages import PersonClient
from training.accounts.models import Person
from training.database import write_transaction
from training.library.models import CurrentDocument, DocumentKind
from training.modules.stages import STAGES, Stage

ADDRESSES = ["/modules", f"/modules/{FIRST}", *(f"/modules/{FIRST}/{stage}" for stage in Stage)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_strangers_are_asked_to_sign_in(stranger: PersonClient, address: str) -> None:
    page = stranger.get_page(address, expect=302)
    assert page.location.startswith("/sign-in")


def test_ines_begins_at_the_first_module(learner: Learner) -> None:
    page = learner.browser.get_page("/modules")
    assert "0 of 2 modules complete." in page.text
    meter = page.soup.select_one("progress.meter")
    assert meter is not None
    assert (meter["value"], meter["max"], meter["aria-label"]) == ("0", "2", "Modules complete")
    begin = page.soup.find("a", string="Begin")
    assert begin is not None
    assert begin["href"] == f"/modules/{FIRST}/orient"
    states = [entry.select_one(".tag").get_text() for entry in page.soup.select(".module-entry")]
    assert states == ["Open", "Locked"]
    assert "Opens when module 1" in page.text
    assert "Principle: Dialogism" in page.text


def test_ines_sees_how_far_she_is(learner: Learner) -> None:
    learner.has_done_module().has_done(Stage.ORIENT, slug=SECOND)
    page = learner.browser.get_page("/modules")
    assert "1 of 2 modules complete." in page.text
    assert "1 of 5 stages done." in page.text
    proceed = page.soup.find("a", string="Continue")
    assert proceed is not None
    assert proceed["href"] == f"/modules/{SECOND}/observe"
    assert "Locked" not in page.text


def test_when_all_is_done_practice_comes_next(learner: Learner) -> None:
    learner.has_done_module(FIRST).has_done_module(SECOND)
    page = learner.browser.get_page("/modules")
    assert "You have finished them all." in page.text
    assert page.has_link_to("/practice")
    page = learner.browser.get_page(f"/modules/{SECOND}")
    assert "You have completed this module." in page.text
    assert page.has_link_to("/practice")


def test_what_ines_has_done_is_not_ottos(learner: Learner, other: Learner) -> None:
    learner.has_done_module()
    assert "0 of 2 modules complete." in other.browser.get_page("/modules").text


def test_everybody_who_is_signed_in_may_learn(
    browser_of: Callable[[Person], PersonClient],
    make_person: Callable[..., Person],
    tamar: Person,
    cleo: Person,
) -> None:
    for person in (tamar, cleo, make_person("Noor")):
        page = browser_of(person).get_page(f"/modules/{FIRST}/orient")
        assert page.soup.find("button", string="I have read this")


def test_without_modules_the_page_says_so(app: Flask, learner: Learner) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(delete(CurrentDocument).filter_by(kind=DocumentKind.MODULE))
    assert "No module is published yet." in learner.browser.get_page("/modules").text


def test_the_page_of_a_module_shows_its_stages_and_one_way_on(learner: Learner) -> None:
    learner.has_done_until(Stage.CHECK)
    page = learner.browser.get_page(f"/modules/{FIRST}")
    entries = page.soup.select(".stage-entry")
    assert [entry.select_one(".tag").get_text() for entry in entries] == [
        "Done",
        "Done",
        "Open",
        "Locked",
        "Locked",
    ]
    assert "Opens when “Check” is done." in page.text
    buttons = page.soup.select("main .btn-primary")
    assert [(button.get_text(), button["href"]) for button in buttons] == [
        ("Continue", f"/modules/{FIRST}/check")
    ]
    assert "Tell apart." in page.text
    assert "3. Element 3" in page.text
    assert not page.has_link_to(f"/modules/{FIRST}/apply")


def test_a_locked_module_says_why_and_leads_back(learner: Learner) -> None:
    page = learner.browser.get_page(f"/modules/{SECOND}")
    assert "It opens when module 1" in page.text
    assert page.has_link_to(f"/modules/{FIRST}/orient")
    assert not page.has_link_to(f"/modules/{SECOND}/orient")


def test_a_completed_module_leads_to_the_next(learner: Learner) -> None:
    learner.has_done_module()
    page = learner.browser.get_page(f"/modules/{FIRST}")
    assert page.has_link_to(f"/modules/{SECOND}")
    assert all(page.has_link_to(f"/modules/{FIRST}/{stage}") for stage in STAGES)


@pytest.mark.parametrize("stage", STAGES[1:])
def test_a_locked_stage_says_what_comes_before(learner: Learner, stage: Stage) -> None:
    page = learner.browser.get_page(f"/modules/{FIRST}/{stage}", expect=403)
    before = STAGES[STAGES.index(stage) - 1].value.title()
    assert f"opens when “{before}” is done." in page.text
    assert page.has_link_to(f"/modules/{FIRST}/orient")


def test_a_stage_of_a_locked_module_names_the_module_before(learner: Learner) -> None:
    page = learner.browser.get_page(f"/modules/{SECOND}/orient", expect=403)
    assert "when module 1" in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/modules/nowhere",
        "/modules/nowhere/orient",
        f"/modules/{FIRST}/dream",
        f"/modules/{FIRST}/Orient",
        f"/modules/{FIRST}/check/tries/one",
    ],
)
def test_what_does_not_exist_is_not_found(learner: Learner, address: str) -> None:
    learner.browser.get_page(address, expect=404)


@pytest.mark.parametrize(
    "address",
    [
        f"/modules/{FIRST}/observe/completion",
        f"/modules/{FIRST}/reflect/completion",
        f"/modules/{FIRST}/check/tries",
        f"/modules/{FIRST}/apply/sessions",
        f"/modules/{FIRST}/reflect/entry",
        f"/modules/{FIRST}/reflect/entry/removal",
        f"/modules/{SECOND}/orient/completion",
    ],
)
def test_nothing_can_be_sent_to_a_locked_stage(learner: Learner, address: str) -> None:
    page = learner.browser.post_page(address, {"text": "Early."}, expect=403)
    assert "Nothing was changed." in page.text
    assert learner.completions() == 0
    assert learner.checks() == []


@pytest.mark.parametrize("stage", [Stage.CHECK, Stage.APPLY])
def test_mastery_cannot_be_clicked(learner: Learner, stage: Stage) -> None:
    learner.has_done_until(stage)
    learner.browser.post_page(f"/modules/{FIRST}/{stage}/completion", expect=404)
    assert stage not in learner.stages()


def test_a_hindi_reader_is_told_what_is_still_in_english(app: Flask, learner: Learner) -> None:
    learner.browser.post_page("/language", {"language": "hi"})
    page = learner.browser.get_page(f"/modules/{FIRST}/orient")
    article = page.soup.select_one("article.lesson")
    assert article is not None
    assert article["lang"] == "en"
    assert page.soup.select_one("main .notice") is not None


def test_stale_clicks_of_two_tabs_are_one(learner: Learner) -> None:
    for _ in range(2):
        learner.browser.post_page(f"/modules/{FIRST}/orient/completion")
    assert learner.completions() == 1


def test_completing_a_module_is_written_into_the_trail_once(learner: Learner) -> None:
    learner.has_done_module().has_done_module()
    assert learner.trail("module completed") == [f"module {FIRST}"]
    assert learner.completions() == 5


def test_ines_walks_through_a_whole_module(learner: Learner) -> None:
    browser = learner.browser
    where = browser.get_page("/modules").soup.find("a", string="Begin")["href"]
    for _ in ("orient", "observe"):
        where = browser.post_page(f"{where}/completion").location
    assert where == f"/modules/{FIRST}/check"
    learner.take_check(wrong=1)
    learner.rate_excerpt(f"{FIRST}-1", 2, 2)
    entry = {"text": "I rushed.", "is_shared": "y"}
    where = browser.post_page(f"/modules/{FIRST}/reflect/entry", entry).location
    assert where == f"/modules/{SECOND}"
    assert browser.get_page(where).soup.find("a", string="Begin")
    assert learner.trail("module completed") == [f"module {FIRST}"]
