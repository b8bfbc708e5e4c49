"""Somebody is seated, decides or leaves while a page about a key is being answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import second_factors
from tests.at_once import at_once, inside
from tests.certification import stories
from tests.keys.contest_stories import SLUG, contested, seat_panel
from tests.keys.key_changes import FIRST, cases_in_database, key_with, ratify, upside_down
from tests.pack import CERTIFICATION, canary
from tests.pages import PersonClient
from tests.this_moment import just_before
from training.accounts.models import Person, Role
from training.administration import preview_views
from training.certification.reviews import acts as reviews
from training.cohorts import records as cohorts
from training.database import db
from training.keys import publishing, sights
from training.keys.changes import case_records, consequence_records
from training.keys.changes import records as change_records
from training.keys.contests import views as contest_views
from training.keys.health import views as health_views
from training.keys.models import CaseAct, KeySight, Occasion
from training.library.reading import Pack
from training.mail.models import Letter
from training.panels.models import PanelState

BrowserOf = Callable[[Person], PersonClient]
MakePerson = Callable[..., Person]
SECOND = CERTIFICATION[1]


@pytest.fixture
def contest(app: Flask, ines: Person) -> str:
    """A contest of Ines, for those who answer."""
    with app.app_context():
        return f"/contests/{contested(ines).id}"


@pytest.fixture
def seats_emeka(emeka: Person, cleo: Person) -> Callable[[], object]:
    """A panel about the key is opened, with Emeka on it."""
    return lambda: seat_panel(cleo, [emeka], state=PanelState.RATING)


def has_seen(app: Flask, person: Person) -> bool:
    with app.app_context():
        return SLUG in sights.keys_seen(person.id)


@pytest.mark.usefixtures("contest")
def test_who_is_seated_while_they_choose_to_see_a_key_stays_blind(
    app: Flask, emeka: Person, browser_of: BrowserOf, seats_emeka: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """From the queue of contests."""
    just_before(monkeypatch, contest_views, "choose_to_see", seats_emeka)
    page = browser_of(emeka).post_page(f"/contests/keys/{SLUG}/opening", expect=409)
    assert canary(SLUG, 4) not in page.html
    assert not page.soup.select("main form")
    assert not has_seen(app, emeka)


def test_who_is_seated_while_they_open_a_contest_is_not_shown_it(
    app: Flask, emeka: Person, contest: str, browser_of: BrowserOf,
    seats_emeka: Callable[[], object], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Emeka has seen the key before, and had no reason to stay blind."""
    with app.app_context():
        sights.note_keys_seen(emeka.id, [SLUG], Occasion.CONTEST)
    just_before(monkeypatch, contest_views, "choose_to_see", seats_emeka)
    page = browser_of(emeka).get_page(contest, expect=302)
    assert page.location == f"/contests/keys/{SLUG}/opening"


def test_who_is_seated_while_they_look_at_the_health_of_a_key_is_not_shown_it(
    app: Flask, emeka: Person, browser_of: BrowserOf, seats_emeka: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    just_before(monkeypatch, health_views, "choose_to_see", seats_emeka)
    page = browser_of(emeka).post_page(f"/keys/health/{SLUG}", expect=403)
    assert "Come back when your panel has ratified its own" in page.text
    assert not page.soup.select("table")
    assert not has_seen(app, emeka)


def test_who_is_seated_while_they_choose_to_see_a_key_in_a_preview_stays_blind(
    app: Flask, make_person: MakePerson, cleo: Person, browser_of: BrowserOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Uma administers, and is an expert, too."""
    uma = make_person("Uma", Role.ADMINISTRATOR, Role.EXPERT)
    browser = browser_of(uma)
    just_before(
        monkeypatch,
        preview_views,
        "choose_to_see",
        lambda: seat_panel(cleo, [uma], state=PanelState.RATING),
    )
    address = f"/administration/content/preview/vignette/{SLUG}"
    page = browser.post_page(f"{address}/opening", expect=403)
    assert canary(SLUG, 4) not in page.html
    assert not has_seen(app, uma)


def test_a_key_that_is_opened_in_two_windows_at_once_is_seen_once(app: Flask, ada: Person) -> None:
    look = inside(app, lambda: sights.note_keys_seen(ada.id, [SLUG], Occasion.PREVIEW))
    at_once(*[look] * 4)
    with app.app_context():
        (sight,) = db.session.query(KeySight)
        assert (sight.person_id, sight.vignette_slug) == (ada.id, SLUG)
        assert len(stories.acts_noted("key seen")) == 1


# Cases


@pytest.fixture
def case(app: Flask, ines: Person, cleo: Person, emeka: Person) -> str:
    """The page of the case about Ines, who is certified."""
    with app.app_context():
        reviews.sign(stories.decided_attempt(ines), certifier=cleo)
        version = ratify(emeka, FIRST, upside_down(FIRST))
        change = change_records.put_in_use(FIRST, version, by=cleo, reason="A panel agreed.")
        return f"/keys/changes/{change.id}/cases/{cases_in_database()[0].id}"


def test_a_certificate_that_is_revoked_while_its_case_is_decided_is_chosen_about_again(
    app: Flask, make_person: MakePerson, cleo: Person, case: str, browser_of: BrowserOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    dora = make_person("Dora", Role.CERTIFIER)

    def revoke() -> None:
        (certificate,) = stories.certificates_in_database()
        reviews.revoke(certificate.number, certifier=dora, reason="It was not her own work.")

    browser = browser_of(cleo)
    just_before(monkeypatch, case_records, "decide", revoke)
    filled = {"act": "revoked", "reason": "The key was wrong."}
    page = browser.post_page(case, filled | second_factors.reauthentication(app, cleo), expect=422)
    assert "What can be decided has changed meanwhile. Choose again." in page.errors
    assert [each["value"] for each in page.soup.select("input[name=act]")] == ["stands"]
    assert "The key was wrong." in page.html
    with app.app_context():
        assert cases_in_database()[0].act is None
        (certificate,) = stories.certificates_in_database()
        assert certificate.revoked_by_id == dora.id


def test_what_was_offered_when_the_page_was_opened_and_is_not_any_more_is_said_so(
    app: Flask, make_person: MakePerson, cleo: Person, case: str, browser_of: BrowserOf
) -> None:
    dora, browser = make_person("Dora", Role.CERTIFIER), browser_of(cleo)
    browser.get_page(case)
    with app.app_context():
        (certificate,) = stories.certificates_in_database()
        reviews.revoke(certificate.number, certifier=dora, reason="It was not her own work.")
    filled = {"act": "revoked", "reason": "The key was wrong."}
    page = browser.post_page(case, filled | second_factors.reauthentication(app, cleo), expect=422)
    assert "What can be decided has changed meanwhile. Choose again." in page.errors
    assert "The key was wrong." in page.html


def test_of_two_decisions_about_a_case_the_one_that_came_in_between_stands(
    app: Flask, make_person: MakePerson, cleo: Person, case: str, browser_of: BrowserOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    dora, case_id = make_person("Dora", Role.CERTIFIER), case.rpartition("/")[2]

    def decide() -> None:
        (found,) = cases_in_database()
        assert str(found.id) == case_id
        case_records.decide(found.id, act=CaseAct.STANDS, certifier=dora, reason="It was close.")

    browser = browser_of(cleo)
    just_before(monkeypatch, case_records, "decide", decide)
    filled = {"act": "revoked", "reason": "The key was wrong."}
    page = browser.post_page(case, filled | second_factors.reauthentication(app, cleo), follow=True)
    assert "The first decision and its reason stand." in page.text
    assert "It was close." in page.text
    assert "The key was wrong." not in page.text
    with app.app_context():
        (certificate,) = stories.certificates_in_database()
        assert certificate.revoked_at is None


def test_who_becomes_the_trainer_of_a_rater_while_deciding_about_them_decides_nothing(
    app: Flask, ines: Person, cleo: Person, case: str, browser_of: BrowserOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def train() -> None:
        cohorts.join(cohorts.open_cohort("Winter group", trainer=cleo), ines)

    browser = browser_of(cleo)
    just_before(monkeypatch, case_records, "decide", train)
    filled = {"act": "stands", "reason": "She is good."}
    browser.post_page(case, filled | second_factors.reauthentication(app, cleo), expect=403)
    with app.app_context():
        assert cases_in_database()[0].act is None
        subjects = [letter.subject for letter in db.session.query(Letter)]
        assert "A revised key, and your certification decision" not in subjects


# Putting a key in use


@pytest.fixture
def judged_inside(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of every decision that is judged from now on: whether others wait to write meanwhile."""
    judged, outcome_under = [], consequence_records.outcome_under

    def judge(*args: Any) -> Any:
        judged.append(bool(db.session().info.get("is_writing")))
        return outcome_under(*args)

    monkeypatch.setattr(consequence_records, "outcome_under", judge)
    return judged


def test_decisions_are_judged_before_a_key_is_put_in_use_and_nobody_waits_for_it(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person, judged_inside: list[bool]
) -> None:
    with app.app_context():
        decided = {stories.decided_attempt(person) for person in (ines, otto)}
        version = ratify(emeka, FIRST, upside_down(FIRST))
        change_records.put_in_use(FIRST, version, by=cleo, reason="A panel agreed.")
        assert {case.decision_id for case in cases_in_database()} == decided
        assert judged_inside == [False, False]


def test_content_is_judged_before_it_is_published(
    app: Flask, ines: Person, judged_inside: list[bool]
) -> None:
    with app.app_context():
        stories.decided_attempt(ines)
        pack = Pack()
        pack.add("key", FIRST, key_with(FIRST, upside_down(FIRST)), "key")
        assert publishing.publish(pack, person_id=None).cases == 1
        assert judged_inside == [False]


def test_what_is_decided_while_the_others_are_judged_is_judged_inside(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person,
    judged_inside: list[bool], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with app.app_context():
        decided = {stories.decided_attempt(ines)}
        version = ratify(emeka, FIRST, upside_down(FIRST))
        just_before(
            monkeypatch,
            change_records,
            "write_transaction",
            lambda: decided.add(stories.decided_attempt(otto)),
        )
        change_records.put_in_use(FIRST, version, by=cleo, reason="A panel agreed.")
        assert {case.decision_id for case in cases_in_database()} == decided
        assert judged_inside == [False, True]


def test_what_is_set_aside_while_it_is_judged_is_no_case(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with app.app_context():
        hers, his = (stories.decided_attempt(person) for person in (ines, otto))
        certificate, _letter = reviews.sign(hers, certifier=cleo)  # type: ignore[misc]
        version = ratify(emeka, FIRST, upside_down(FIRST))
        just_before(
            monkeypatch,
            change_records,
            "write_transaction",
            lambda: reviews.revoke(certificate.number, certifier=cleo, reason="Not her own work."),
        )
        change_records.put_in_use(FIRST, version, by=cleo, reason="A panel agreed.")
        assert [case.decision_id for case in cases_in_database()] == [his]


def test_another_key_that_is_changed_meanwhile_is_judged_together_with_this_one(
    app: Flask, ines: Person, cleo: Person, emeka: Person, judged_inside: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Neither change turns the decision by itself, and the other one comes at the last moment."""
    with app.app_context():
        decision_id = stories.decided_attempt(ines)
        first, other = (
            ratify(emeka, slug, dict(list(upside_down(slug).items())[:3]))
            for slug in (FIRST, SECOND)
        )
        just_before(
            monkeypatch,
            change_records,
            "write_transaction",
            lambda: change_records.put_in_use(
                SECOND, other, by=cleo, reason="They agreed as well."
            ),
        )
        change_records.put_in_use(FIRST, first, by=cleo, reason="A panel agreed.")
        assert [case.decision_id for case in cases_in_database()] == [decision_id]
        assert judged_inside == [False, False, True]
