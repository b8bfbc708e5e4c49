"""The pages of changed keys: who may look, what they show, and deciding."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests import second_factors
from tests.at_once import at_once
from tests.certification import stories
from tests.databases import Beginning
from tests.keys.key_changes import FIRST, cases_in_database, ratify, upside_down
from tests.pack import PRACTICE
from tests.pages import PersonClient
from tests.panels.stories import panel_in_round_two
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.calibration.models import RatingSession
from training.certification.reviews import acts as reviews
from training.cohorts.models import Cohort
from training.database import db
from training.keys.changes import consequence_records
from training.keys.changes import records as change_records
from training.keys.models import CaseAct, KeySight
from training.library import records as library
from training.mail.models import Letter

Browsers = Callable[[Person], PersonClient]
MakePerson = Callable[..., Person]
CHANGES = "/keys/changes"


@pytest.fixture
def beginning(request: pytest.FixtureRequest, beginning: Beginning | None) -> Beginning | None:
    return stories.certified if "ratified" in request.fixturenames else beginning


@pytest.fixture
def ratified(app: Flask, emeka: Person) -> str:
    """The page of a ratified key by which the decision about Ines would end otherwise."""
    with app.app_context():
        return f"{CHANGES}/{FIRST}/{ratify(emeka, FIRST, upside_down(FIRST))}"


def put_in_use(app: Flask, ratified: str, certifier: Person) -> tuple[str, str]:
    """Put the key of this page in use: the pages of the change and of the case about Ines."""
    with app.app_context():
        version = uuid.UUID(ratified.rpartition("/")[2])
        change = change_records.put_in_use(FIRST, version, by=certifier, reason="A panel agreed.")
        page = f"{CHANGES}/{change.id}"
        return page, f"{page}/cases/{cases_in_database()[0].id}"


def test_a_certifier_reads_what_would_change_and_puts_the_key_in_use(
    app: Flask, browser_of: Browsers, cleo: Person, ratified: str
) -> None:
    browser = browser_of(cleo)
    page = browser.get_page(CHANGES)
    assert page.has_link_to(ratified)
    assert "can be put in use" in page.text
    page = browser.get_page(ratified)
    assert "ratified by Spring panel, 5 experts" in page.text
    assert "1 of 1 decision that rests on this vignette would end otherwise" in page.text
    assert "A certificate rests on 1 of them." in page.text
    assert "Nobody has rated this vignette in practice" in page.text
    rows = [row.get_text(" ").split() for row in page.soup.select("tbody tr")]
    assert rows[-1][0] == "Ines"
    assert "Meets the standard" in (decided := " ".join(rows[-1]))
    assert "More evidence needed" in decided
    assert rows[0] == ["1.", "Element", "1", "4", "0", "consensus"]
    with app.app_context():
        assert [s.vignette_slug for s in db.session.query(KeySight)] == [FIRST]
        assert len(stories.acts_noted("key seen")) == 1
    table = browser.get(f"{ratified}/consequences.csv")
    assert table.mimetype == "text/csv"
    assert "decision,,Ines," in table.get_data(as_text=True)

    seen = str(page.soup.select_one("input[name=instead_of]")["value"])  # type: ignore[index]
    page = browser.post_page(ratified, {"reason": "A panel.", "instead_of": seen}, expect=422)
    assert "Confirm that you have read what this key would change." in page.errors
    assert page.soup.select_one("textarea").get_text().strip() == "A panel."  # type: ignore[union-attr]
    filled = {"reason": "A panel agreed.", "confirmed": "y"}
    page = browser.post_page(ratified, filled | {"instead_of": str(uuid.uuid4())}, expect=422)
    assert "Another key was put in use meanwhile." in page.errors
    page = browser.post_page(ratified, filled | {"instead_of": seen}, follow=True)
    assert "The key is in use. Nothing that was decided has changed." in page.text
    assert "Decide about Ines" in page.text
    assert "This key is in use." in browser.get_page(ratified).text
    page = browser.post_page(ratified, filled | {"instead_of": seen}, follow=True)
    assert "This key is in use already." in page.text
    assert "1 of 1 open" in page.text


def test_deciding_a_case(
    app: Flask,
    browser_of: Browsers,
    make_person: MakePerson,
    cohort: Cohort,
    tamar: Person,
    ines: Person,
    cleo: Person,
    ratified: str,
) -> None:
    with app.app_context():
        grant_role(tamar, Role.CERTIFIER, by=None)
    page_of_change, address = put_in_use(app, ratified, cleo)
    # Tamar trains Ines: she sees neither the decision nor the form.
    page = browser_of(tamar).get_page(page_of_change)
    assert "Ines" not in page.text
    assert "1 more is your own attempt or that of somebody you train" in page.text
    browser_of(tamar).get_page(address, expect=403)

    browser = browser_of(cleo)
    page = browser.post_page(address, {"reason": "It was close."}, expect=422)
    assert "Choose what you decide." in page.errors
    assert "Enter your password." in page.errors
    assert "It was close." in page.html
    assert [choice["value"] for choice in page.soup.select("input[name=act]")] == [
        "stands",
        "revoked",
    ]
    filled = {"act": "stands", "reason": "It was close."}
    again = second_factors.reauthentication(app, cleo)
    page = browser.post_page(address, filled | again | {"own_password": "wrong"}, expect=422)
    assert "This is not your password." in page.errors
    page = browser.post_page(address, filled | second_factors.reauthentication(app, cleo))
    page = browser.get_page(page_of_change)
    assert "Your decision is recorded, and the rater is told." in page.text
    assert "Stands , Cleo" in page.text
    assert "It was close." in page.text
    assert "decided before" in browser.get_page(address, follow=True).text
    with app.app_context():
        letter = db.session.query(Letter).filter_by(recipient=ines.email).all()[-1]
        assert letter.subject == "A revised key, and your certification decision"
        assert "The decision stands as it was made." in letter.body
        assert change_records.number_of_open_cases() == 0


def test_administrators_read_and_others_stay_outside(
    app: Flask,
    browser_of: Browsers,
    stranger: PersonClient,
    ada: Person,
    tamar: Person,
    ines: Person,
    ratified: str,
) -> None:
    page = browser_of(ada).get_page(ratified)
    assert "would end otherwise" in page.text
    assert not page.soup.select("main form")
    browser_of(ada).post_page(ratified, {"reason": "I", "confirmed": "y"}, expect=403)
    for address in (ratified, f"{ratified}/consequences.csv"):
        browser_of(tamar).get_page(address, expect=403)
        browser_of(ines).get_page(address, expect=403)
        assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    browser_of(ada).get_page(f"{CHANGES}/{PRACTICE[0]}/{ratified.rpartition('/')[2]}", expect=404)
    browser_of(ada).get_page(f"{CHANGES}/{uuid.uuid4()}", expect=404)
    browser_of(ada).get_page(f"{CHANGES}/{uuid.uuid4()}/cases/{uuid.uuid4()}", expect=403)


def test_whoever_has_to_rate_blind_is_not_shown_a_key(
    app: Flask, browser_of: Browsers, make_person: MakePerson, cleo: Person, ratified: str
) -> None:
    """A certifier who sits on a panel, one who rates themselves, and one who may choose."""
    slug = PRACTICE[0]
    seated = make_person("Goran", Role.CERTIFIER, Role.EXPERT)
    rater = make_person("Rhea", Role.CERTIFIER, Role.RATER)
    expert = make_person("Hye-jin", Role.CERTIFIER, Role.EXPERT)
    panel_in_round_two(app, [seated], chair=cleo, slugs=(slug,))
    with app.app_context():
        address = f"{CHANGES}/{slug}/{library.get_key(slug).id}"
    for person in (seated, cleo):  # the chair is kept from it as the experts are
        page = browser_of(person).get_page(address, expect=403)
        assert "You sit on a panel that is agreeing on this key." in page.text
        browser_of(person).post_page(f"{CHANGES}/{slug}/opening", expect=403)
    page = browser_of(rater).get_page(ratified, expect=403)
    assert "may be drawn for your own certification" in page.text
    browser = browser_of(expert)
    page = browser.get_page(ratified)
    assert "You have not seen this key." in page.text
    assert "consensus" not in page.text
    with app.app_context():
        assert db.session.query(KeySight).count() == 0
    page = browser.post_page(f"{CHANGES}/{FIRST}/opening", {"back": ratified}, follow=True)
    assert "would end otherwise" in page.text
    assert (
        browser.post_page(f"{CHANGES}/{FIRST}/opening", {"back": "https://example.org/"}).location
        == CHANGES
    )


def test_what_is_no_key_is_not_found(
    app: Flask, browser_of: Browsers, cleo: Person, ratified: str
) -> None:
    browser, version = browser_of(cleo), ratified.rpartition("/")[2]
    browser.get_page(f"{CHANGES}/{FIRST}/{uuid.uuid4()}", expect=404)
    browser.get_page(f"{CHANGES}/nowhere/{version}", expect=404)
    browser.post_page(f"{CHANGES}/nowhere/opening", expect=404)
    with app.app_context():
        assert db.session.query(KeySight).count() == 0


def test_a_form_that_says_of_no_version_what_it_is_about_puts_nothing_in_use(
    app: Flask, browser_of: Browsers, cleo: Person, ratified: str
) -> None:
    filled = {"reason": "A panel agreed.", "confirmed": "y", "instead_of": "the old one"}
    page = browser_of(cleo).post_page(ratified, filled, expect=422)
    assert "Another key was put in use meanwhile." in page.errors
    assert "A panel agreed." in page.html
    with app.app_context():
        assert str(library.get_key(FIRST).id) != ratified.rpartition("/")[2]


def test_a_certifier_who_may_not_see_the_key_decides_all_the_same(
    app: Flask, browser_of: Browsers, make_person: MakePerson, cleo: Person, ratified: str
) -> None:
    """Rhea certifies and rates: the cases are hers to decide, the key is not hers to read."""
    rhea = make_person("Rhea", Role.CERTIFIER, Role.RATER)
    page_of_change, address = put_in_use(app, ratified, cleo)
    browser = browser_of(rhea)
    page = browser.get_page(page_of_change)
    assert page.has_link_to(address)
    assert "may be drawn for your own certification" in page.text
    assert "consensus" not in page.text
    filled = {"act": "stands", "reason": "It was close."}
    browser.post_page(address, filled | second_factors.reauthentication(app, rhea))
    with app.app_context():
        (case,) = cases_in_database()
        assert (case.act, case.decided_by_id) == (CaseAct.STANDS, rhea.id)
        assert db.session.query(KeySight).filter_by(person_id=rhea.id).count() == 0


def test_a_certificate_that_was_revoked_meanwhile_is_not_revoked_again(
    app: Flask, browser_of: Browsers, make_person: MakePerson, cleo: Person, ratified: str
) -> None:
    dora = make_person("Dora", Role.CERTIFIER)
    _, address = put_in_use(app, ratified, cleo)
    browser = browser_of(cleo)
    assert browser.get_page(address).soup.select("input[name=act][value=revoked]")
    with app.app_context():
        (certificate,) = stories.certificates_in_database()
        reviews.revoke(certificate.number, certifier=dora, reason="It was not her own work.")
    filled = {"act": "revoked", "reason": "The key was wrong."}
    page = browser.post_page(
        address, filled | second_factors.reauthentication(app, cleo), expect=422
    )
    assert [each["value"] for each in page.soup.select("input[name=act]")] == ["stands"]
    assert "The key was wrong." in page.html
    with app.app_context():
        (certificate,) = stories.certificates_in_database()
        assert certificate.revocation_reason == "It was not her own work."
        assert cases_in_database()[0].act is None
    filled["act"] = "stands"
    browser.post_page(address, filled | second_factors.reauthentication(app, cleo))
    with app.app_context():
        assert change_records.number_of_open_cases() == 0


def test_of_two_certifiers_who_decide_a_case_at_once_the_first_decision_stands(
    app: Flask, browser_of: Browsers, make_person: MakePerson, cleo: Person, ratified: str
) -> None:
    dora = make_person("Dora", Role.CERTIFIER)
    page_of_change, address = put_in_use(app, ratified, cleo)

    def deciding(person: Person, act: str) -> Callable[[], str]:
        browser = browser_of(person)
        filled = {"act": act, "reason": f"{person.name} thought so."}
        sent = filled | second_factors.reauthentication(app, person)
        return lambda: browser.post_page(address, sent).location

    assert at_once(deciding(cleo, "stands"), deciding(dora, "revoked")) == [page_of_change] * 2
    with app.app_context():
        (case,) = cases_in_database()
        (certificate,) = stories.certificates_in_database()
        is_doras = case.decided_by_id == dora.id
        assert case.act is (CaseAct.REVOKED if is_doras else CaseAct.STANDS)
        assert (certificate.revoked_at is not None) is is_doras
        assert len(stories.acts_noted("key change decided")) == 1


def test_a_rater_is_told_of_a_revised_key_only_where_the_consensus_is_another(
    app: Flask, browser_of: Browsers, cleo: Person, otto: Person, emeka: Person
) -> None:
    """Otto has practised. First item 3 gets a better reason, then item 1 turns out not rateable."""
    slug = PRACTICE[0]
    with app.app_context():
        stories.practise(otto, slugs=(slug,))
        (session,) = db.session.query(RatingSession)
        feedback = f"/rating-sessions/{session.id}/feedback"
        reasoned = ratify(emeka, slug, {3: {"reason": "So."}})
        found = consequence_records.consequences_of(slug, reasoned)
        assert (found.sessions_compared, found.practice) == (1, ())
        change_records.put_in_use(slug, reasoned, by=cleo, reason="Better said.")
    browser = browser_of(otto)
    assert "is now" not in browser.get_page(feedback).text
    with app.app_context():
        not_rateable = ratify(emeka, slug, {1: {"rating": "NR", "evidence": []}})
        change_records.put_in_use(slug, not_rateable, by=cleo, reason="Agreed.")
    assert "Item 1 was 3, is now not rateable." in browser.get_page(feedback).text
