"""Documents in use as raters will see them, and who may see a key beside its vignette."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.certification.stories import acts_noted
from tests.pack import CERTIFICATION, MODULES, PRACTICE, canary
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.calibration.models import Purpose
from training.calibration.records import open_session
from training.clock import now
from training.database import db
from training.keys.models import KeySight, Occasion
from training.panels.records import open_panel

LIST = "/administration/content/preview"
Browsers = Callable[[Person], PersonClient]


def page_of(slug: str, kind: str = "vignette") -> str:
    return f"{LIST}/{kind}/{slug}"


def test_ada_reads_what_raters_read_and_then_chooses_to_see_the_key(
    app: Flask, ada: Person, browser_of: Browsers
) -> None:
    browser, slug = browser_of(ada), PRACTICE[0]
    assert browser.get_page("/administration/content").has_link_to(LIST)
    assert browser.get_page(LIST).has_link_to(page_of(slug))
    page = browser.get_page(page_of(slug))
    assert page.heading == "The story of practice-one"
    assert len(page.soup.select("li.turn")) == 26
    assert "can no longer be seated on a panel for this vignette" in page.text
    assert canary(slug, 3) not in page.html
    assert page.has_form_to(f"{page_of(slug)}/opening")

    page = browser.post_page(f"{page_of(slug)}/opening", follow=True)
    assert "You see the key now. This is written down." in page.text
    assert canary(slug, 3) in page.text
    assert page.soup.select_one("#item-3 a[href='#turn-15']")
    assert page.soup.select_one("#turn-15 a[href='#item-3']")
    with app.app_context():
        sight = db.session.query(KeySight).one()
        assert (sight.person_id, sight.vignette_slug, sight.occasion) == (
            ada.id,
            slug,
            Occasion.PREVIEW,
        )
        (line,) = acts_noted("key seen")
        assert line.details["occasion"] == "preview"
    page = browser.get_page(page_of(slug))  # as raters read it, unless she asks for the key
    assert canary(slug, 3) not in page.html
    assert page.has_link_to(f"{page_of(slug)}?key=beside")
    assert canary(slug, 3) in browser.get_page(f"{page_of(slug)}?key=beside").text
    browser.post_page(f"{page_of(slug)}/opening")
    with app.app_context():
        assert db.session.query(KeySight).count() == 1


def test_nothing_is_noted_without_the_click_of_the_page(
    app: Flask, cleo: Person, browser_of: Browsers
) -> None:
    browser = browser_of(cleo)
    assert browser.get_page("/certifying").has_link_to(LIST)
    answer = browser.post(f"{page_of(CERTIFICATION[0])}/opening", has_token=False)
    assert answer.status_code == 400
    page = browser.get_page(f"{page_of(CERTIFICATION[0])}?key=beside")
    assert canary(CERTIFICATION[0], 1) not in page.html
    with app.app_context():
        assert db.session.query(KeySight).count() == 0


def test_whoever_rates_it_or_may_be_certified_with_it_is_refused(
    app: Flask, make_person: Callable[..., Person], ada: Person, browser_of: Browsers
) -> None:
    expert = make_person("Emeka", Role.EXPERT, Role.ADMINISTRATOR)
    others = [make_person(name, Role.EXPERT) for name in ("Freya", "Goran")]
    chair = make_person("Noor", Role.EXPERT, Role.CERTIFIER)
    ines = make_person("Ines", Role.RATER, Role.ADMINISTRATOR)
    with app.app_context():
        experts = [expert, *others]
        slugs = [PRACTICE[0]]
        open_panel("Spring", slugs, chair=chair, experts=experts, due=now().date(), by=ada)
        open_session(ines.id, PRACTICE[1], Purpose.PRACTICE)
    for person, slug, reason in (
        (expert, PRACTICE[0], "You sit on a panel that is agreeing on this key."),
        (chair, PRACTICE[0], "You sit on a panel that is agreeing on this key."),
        (ines, PRACTICE[1], "You have begun to rate this vignette yourself."),
        (ines, CERTIFICATION[0], "may be drawn for your own certification"),
    ):
        browser = browser_of(person)
        for page in (
            browser.get_page(page_of(slug), expect=403),
            browser.post_page(f"{page_of(slug)}/opening", expect=403),
        ):
            assert reason in page.text
            assert not page.soup.select("li.turn")
    with app.app_context():
        assert db.session.query(KeySight).count() == 0
    # What no panel of theirs is at work on, an expert may choose to see; so may a rater who
    # has not met it and is not certified with it.
    assert browser_of(expert).get_page(page_of(PRACTICE[1])).soup.select("li.turn")
    page = browser_of(ines).post_page(f"{page_of(PRACTICE[0])}/opening", follow=True)
    assert canary(PRACTICE[0], 1) in page.text


def test_modules_standards_and_instruments_are_shown_too(ada: Person, browser_of: Browsers) -> None:
    browser = browser_of(ada)
    page = browser.get_page(page_of(MODULES[0], "module"))
    assert page.soup.select("article.lesson")
    assert page.soup.select("section.note")
    assert "✓ right" in page.text
    assert "not right" in page.text
    assert page.has_link_to(page_of(f"{MODULES[0]}-1"))
    page = browser.get_page(page_of("dialogic-practice-rater", "standard"))
    assert "What the ratings must show" in page.text
    assert browser.get_page(
        page_of("dialogic-practice", "instrument"), expect=302
    ).location.endswith("/instruments/dialogic-practice")
    assert browser.get_page(page_of(PRACTICE[0], "key"), expect=302).location.endswith(
        f"{page_of(PRACTICE[0])}?key=beside"
    )


@pytest.mark.parametrize("kind", ["vignette", "module", "standard", "recipe"])
def test_what_is_not_published_is_not_found(ada: Person, browser_of: Browsers, kind: str) -> None:
    browser_of(ada).get_page(page_of("no-such-thing", kind), expect=404)


def test_others_see_no_previews(
    make_person: Callable[..., Person], browser_of: Browsers, stranger: PersonClient
) -> None:
    address = page_of(PRACTICE[0])
    assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    browser = browser_of(make_person("Ines", Role.RATER, Role.TRAINER, Role.EXPERT))
    browser.get_page(address, expect=403)
    browser.post_page(f"{address}/opening", expect=403)
