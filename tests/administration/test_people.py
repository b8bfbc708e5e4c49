"""The administrator and people: searching, roles, closing accounts, inviting."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from tests import second_factors
from tests.conftest import PASSWORD
from tests.mail.server import MailServer
from tests.pages import Page, PersonClient
from tests.this_moment import just_before
from training.accounts import records as accounts
from training.accounts import second_factor_records
from training.accounts.models import Person, Role
from training.accounts.records import find_person_by_email, open_sessions
from training.audit.models import AuditEntry
from training.cohorts.models import Cohort, Invitation
from training.database import db
from training.mail import post
from training.mail.models import LetterState

Browser = Callable[[Person], PersonClient]
NO_BOX_TICKED = {"save": "yes"}  # a browser never sends nothing at all: there is the token
NOWHERE = "00000000-0000-4000-8000-000000000000"


def acts(app: Flask, act: str) -> list[AuditEntry]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry).filter_by(act=act)))


def stored(app: Flask, person: Person) -> Person:
    with app.app_context():
        return db.session.get_one(Person, person.id)


def address_of(person: Person) -> str:
    return f"/administration/people/{person.id}"


def names(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select("tbody .row-link")]


def test_only_administrators_come_in(
    ines: Person,
    tamar: Person,
    cleo: Person,
    emeka: Person,
    stranger: PersonClient,
    browser_of: Browser,
) -> None:
    pages = ["", "/people", f"/people/{ines.id}", "/invitations", "/content", "/content/check"]
    pages += ["/trail", "/trail/verification", "/letters", f"/letters/{NOWHERE}"]
    posts = [f"/people/{ines.id}/{act}" for act in ("deactivation", "reactivation")]
    posts += [f"/people/{ines.id}/session-ending", f"/people/{ines.id}/reset-letter"]
    posts += [f"/invitations/{NOWHERE}/withdrawal", f"/letters/{NOWHERE}/sending"]
    pages += [f"/people/{ines.id}/second-factor-removal"]
    posts += [f"/people/{ines.id}/second-factor-removal"]
    posts += [f"/people/{ines.id}", "/invitations", "/content/check"]
    for page in pages:
        assert stranger.get_page(f"/administration{page}", expect=302).location.startswith(
            "/sign-in"
        )
    for person in (ines, tamar, cleo, emeka):
        browser = browser_of(person)
        for page in pages:
            browser.get_page(f"/administration{page}", expect=403)
        for page in posts:
            browser.post_page(f"/administration{page}", expect=403)


def test_unknown_people_are_not_found(ada: Person, browser_of: Browser) -> None:
    browser = browser_of(ada)
    base = f"/administration/people/{NOWHERE}"
    browser.get_page(base, expect=404)
    browser.get_page(f"{base}/second-factor-removal", expect=404)
    for act in ("deactivation", "reactivation", "session-ending", "reset-letter"):
        browser.post_page(f"{base}/{act}", expect=404)


def test_the_way_in_says_how_the_service_stands(ada: Person, browser_of: Browser) -> None:
    page = browser_of(ada).get_page("/administration")
    assert "1 open account" in page.text
    assert "documents in use" in page.text
    assert "No letter was written yet." in page.text
    assert "SQLite" in page.text or "PostgreSQL" in page.text
    assert "none: letters are kept" in page.text
    for address in ("people", "content", "trail", "letters", "trail/verification"):
        assert page.has_link_to(f"/administration/{address}")


def test_people_are_found_by_name_address_and_role(
    ada: Person, ines: Person, otto: Person, tamar: Person, browser_of: Browser
) -> None:
    browser = browser_of(ada)
    assert names(browser.get_page("/administration/people")) == ["Ada", "Ines", "Otto", "Tamar"]
    search = "/administration/people?search="
    assert names(browser.get_page(f"{search}NES")) == ["Ines"]
    assert names(browser.get_page(f"{search}otto@exa")) == ["Otto"]
    assert names(browser.get_page(f"{search}&role=rater")) == ["Ines", "Otto"]
    assert names(browser.get_page(f"{search}ott&role=trainer")) == []
    assert names(browser.get_page(f"{search}&role=king")) == ["Ada", "Ines", "Otto", "Tamar"]
    assert "Nobody matches." in browser.get_page(f"{search}%25").text  # % is a letter here
    page = browser.get_page(f"{search}%22><b>")
    assert page.soup.select_one("#search")["value"] == '"><b>'  # type: ignore[index]


def test_many_people_come_in_pages(
    app: Flask, ada: Person, browser_of: Browser, make_person: Callable[..., Person]
) -> None:
    for number in range(60):
        make_person(f"Person {number:02d}", Role.RATER)
    page = browser_of(ada).get_page("/administration/people?role=rater&page=2")
    assert names(page) == [f"Person {number}" for number in range(50, 60)]
    assert "51 to 60 of 60, by name" in page.text
    assert page.has_link_to("/administration/people?page=1&role=rater")


def test_a_person_is_shown_with_cohorts_and_sessions(
    ada: Person, ines: Person, tamar: Person, cohort: Cohort, browser_of: Browser
) -> None:
    browser_of(ines)
    browser = browser_of(ada)
    page = browser.get_page(address_of(ines))
    assert "Learns in Autumn group" in page.text
    assert "in 1 browser" in page.text
    assert page.has_link_to("/administration/trail?person=ines@example.org")
    checked = [box["value"] for box in page.soup.select("input[name=roles][checked]")]
    assert checked == ["rater"]
    assert "Leads Autumn group" in browser.get_page(address_of(tamar)).text


def test_roles_are_given_and_taken(
    app: Flask, ada: Person, ines: Person, browser_of: Browser
) -> None:
    browser = browser_of(ada)
    page = browser.post_page(address_of(ines), {"roles": ["expert", "certifier"]}, follow=True)
    assert "The roles of Ines are saved." in page.text
    assert stored(app, ines).roles == {Role.EXPERT, Role.CERTIFIER}
    granted = acts(app, "role granted")[-2:]
    assert {line.details["role"] for line in granted} == {"expert", "certifier"}
    assert {line.person_id for line in granted} == {ada.id}
    assert acts(app, "role withdrawn")[0].details == {"role": "rater"}
    browser.post_page(address_of(ines), NO_BOX_TICKED)
    assert stored(app, ines).roles == frozenset()


def test_an_old_form_leaves_what_somebody_else_changed_meanwhile(
    app: Flask,
    ada: Person,
    ines: Person,
    browser_of: Browser,
    make_person: Callable[..., Person],
) -> None:
    """Ada has the page of Ines open while Bea makes her an expert and takes away the rater."""
    bea, browser = make_person("Bea", Role.ADMINISTRATOR), browser_of(ada)
    shown = browser.get_page(address_of(ines)).soup.select_one("input[name=shown]")
    assert shown is not None
    bea_chooses = {"roles": ["expert"], "shown": "rater"}
    browser_of(bea).post_page(address_of(ines), bea_chooses)
    data = {"roles": ["rater", "trainer"], "shown": str(shown["value"])}
    page = browser.post_page(address_of(ines), data, follow=True)
    assert stored(app, ines).roles == {Role.EXPERT, Role.TRAINER}
    checked = [box["value"] for box in page.soup.select("input[name=roles][checked]")]
    assert sorted(str(value) for value in checked) == ["expert", "trainer"]
    given = [(line.person_id, line.details["role"]) for line in acts(app, "role granted")[-2:]]
    assert given == [(bea.id, "expert"), (ada.id, "trainer")]


def test_a_refused_form_still_knows_what_it_showed(
    app: Flask, ada: Person, browser_of: Browser
) -> None:
    data = {"roles": ["expert"], "shown": "administrator"}
    page = browser_of(ada).post_page(address_of(ada), data, expect=422)
    shown = page.soup.select_one("input[name=shown]")
    assert shown is not None
    assert shown["value"] == "administrator"
    assert stored(app, ada).roles == {Role.ADMINISTRATOR}


def test_an_invented_role_is_refused(
    app: Flask, ada: Person, ines: Person, browser_of: Browser
) -> None:
    page = browser_of(ada).post_page(address_of(ines), {"roles": ["king"]}, expect=422)
    assert page.errors
    assert stored(app, ines).roles == {Role.RATER}


def test_the_last_administrator_stays(app: Flask, ada: Person, browser_of: Browser) -> None:
    page = browser_of(ada).post_page(address_of(ada), {"roles": ["rater"]}, expect=422)
    assert "This is the last active administrator." in page.errors
    checked = [box["value"] for box in page.soup.select("input[name=roles][checked]")]
    assert checked == ["rater"]  # what was chosen is kept
    assert stored(app, ada).roles == {Role.ADMINISTRATOR}  # and nothing of it was done


def test_an_administrator_hands_over(
    app: Flask, ada: Person, browser_of: Browser, make_person: Callable[..., Person]
) -> None:
    make_person("Abel", Role.ADMINISTRATOR)
    browser = browser_of(ada)
    page = browser.post_page(address_of(ada), NO_BOX_TICKED)
    assert page.location == "/home"
    browser.get_page("/administration", expect=403)


def test_an_account_is_closed_and_opened_again(
    app: Flask, ada: Person, ines: Person, browser_of: Browser
) -> None:
    her_browser, browser = browser_of(ines), browser_of(ada)
    page = browser.get_page(address_of(ines))
    act = f"{address_of(ines)}/deactivation"
    assert page.soup.select_one(f'details.disclosure form[action="{act}"]')
    page = browser.post_page(act, follow=True)
    assert "The account of Ines is closed." in page.text
    her_browser.get_page("/profile", expect=302)
    assert not page.has_form_to(f"{address_of(ines)}/reset-letter")
    page = browser.post_page(f"{address_of(ines)}/reactivation", follow=True)
    assert "is open again" in page.text
    assert stored(app, ines).is_active
    browser_of(ines).get_page("/profile")
    for each in ("person deactivated", "person reactivated"):
        assert [line.person_id for line in acts(app, each)] == [ada.id]


def test_an_account_is_closed_and_opened_once_however_often_it_is_asked_for(
    app: Flask, ada: Person, ines: Person, browser_of: Browser
) -> None:
    """Ada has the page of Ines open in two tabs."""
    browser = browser_of(ada)
    browser.post_page(f"{address_of(ines)}/deactivation")
    closed_at = stored(app, ines).deactivated_at
    page = browser.post_page(f"{address_of(ines)}/deactivation", follow=True)
    assert "The account of Ines is closed." in page.text
    assert stored(app, ines).deactivated_at == closed_at
    assert len(acts(app, "person deactivated")) == 1
    for _ in range(2):
        browser.post_page(f"{address_of(ines)}/reactivation")
    assert len(acts(app, "person reactivated")) == 1


def test_nobody_closes_their_own_account(
    app: Flask, ada: Person, browser_of: Browser, make_person: Callable[..., Person]
) -> None:
    make_person("Abel", Role.ADMINISTRATOR)
    browser = browser_of(ada)
    assert not browser.get_page(address_of(ada)).has_form_to(f"{address_of(ada)}/deactivation")
    page = browser.post_page(f"{address_of(ada)}/deactivation", follow=True)
    assert "You cannot close your own account." in page.text
    assert stored(app, ada).is_active


def test_who_was_relieved_of_the_role_meanwhile_does_not_close_the_last_administrator(
    app: Flask,
    ada: Person,
    browser_of: Browser,
    make_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ada closes Abel's account, and he takes her role at that moment."""
    abel, browser = make_person("Abel", Role.ADMINISTRATOR), browser_of(ada)
    just_before(
        monkeypatch,
        accounts,
        "deactivate",
        lambda: accounts.withdraw_role(ada, Role.ADMINISTRATOR, by=abel.id),
    )
    page = browser.post_page(f"{address_of(abel)}/deactivation")
    assert page.location == "/home"
    assert "The last active administrator has to stay." in browser.get_page("/home").text
    assert stored(app, abel).is_active
    assert acts(app, "person deactivated") == []


def test_somebody_is_signed_out_everywhere(
    app: Flask, ada: Person, ines: Person, browser_of: Browser
) -> None:
    browsers = [browser_of(ines), browser_of(ines)]
    page = browser_of(ada).post_page(f"{address_of(ines)}/session-ending", follow=True)
    assert "Ines is signed out everywhere." in page.text
    with app.app_context():
        assert open_sessions(ines.id) == []
    for browser in browsers:
        browser.get_page("/profile", expect=302)


def test_a_link_for_a_new_password_is_sent(
    app: Flask, ada: Person, ines: Person, stranger: PersonClient, browser_of: Browser
) -> None:
    page = browser_of(ada).post_page(f"{address_of(ines)}/reset-letter", follow=True)
    assert "A letter to ines@example.org is written but was not sent." in page.text
    with app.app_context():
        letter = post.outbox()[0]
    found = re.search(r"http://localhost(/reset-password/\S+)", letter.body)
    assert found
    assert found[1] not in page.html
    new = "eleven geese crossed the frozen lake"
    stranger.post_page(found[1], {"password": new, "password_again": new})
    asked = acts(app, "password reset asked")
    assert [line.person_id for line in asked] == [ada.id]
    assert asked[0].details == {"for_somebody_else": True}


def test_with_a_mail_server_the_letter_is_sent_at_once(
    app: Flask, ada: Person, ines: Person, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(ada)
    with MailServer() as server:
        config = replace(app.extensions["config"], smtp_url=server.url)
        monkeypatch.setitem(app.extensions, "config", config)
        page = browser.post_page(f"{address_of(ines)}/reset-letter", follow=True)
    assert "A letter is sent to ines@example.org." in page.text
    assert [message["To"] for message in server.messages] == ["ines@example.org"]
    with app.app_context():
        assert post.outbox()[0].state is LetterState.SENT


def test_a_closed_account_gets_no_link(
    app: Flask, ada: Person, ines: Person, browser_of: Browser
) -> None:
    browser = browser_of(ada)
    browser.post_page(f"{address_of(ines)}/deactivation")
    page = browser.post_page(f"{address_of(ines)}/reset-letter", follow=True)
    assert "The account is closed. Open it first." in page.text
    with app.app_context():
        assert post.outbox() == []


def test_somebody_is_invited_with_a_role(
    app: Flask, ada: Person, stranger: PersonClient, browser_of: Browser
) -> None:
    data = {"email": "Noor@example.org", "role": "expert"}
    page = browser_of(ada).post_page("/administration/invitations", data, follow=True)
    assert "noor@example.org Expert Open" in page.text
    with app.app_context():
        letter = post.outbox()[0]
    found = re.search(r"http://localhost(/join/\S+)", letter.body)
    assert found
    assert found[1] not in page.html
    new = {"name": "Noor", "password": PASSWORD, "password_again": PASSWORD}
    stranger.post_page(found[1], new)
    with app.app_context():
        noor = find_person_by_email("noor@example.org")
        assert noor is not None
        assert noor.roles == {Role.EXPERT}
    assert [line.person_id for line in acts(app, "invitation sent")] == [ada.id]


@pytest.mark.parametrize(
    ("email", "role", "error"),
    [
        ("", "expert", "Enter an e-mail address."),
        ("not an address", "expert", "like name@example.org"),
        ("noor@example.org", "king", "Not a valid choice"),
    ],
)
def test_a_faulty_invitation_is_refused(
    app: Flask, ada: Person, browser_of: Browser, email: str, role: str, error: str
) -> None:
    data = {"email": email, "role": role}
    page = browser_of(ada).post_page("/administration/invitations", data, expect=422)
    assert error in page.errors
    assert page.soup.select_one("#email")["value"] == email  # type: ignore[index]
    with app.app_context():
        assert db.session.query(Invitation).count() == 0


def test_an_invitation_is_withdrawn(
    app: Flask, ada: Person, browser_of: Browser, stranger: PersonClient
) -> None:
    browser = browser_of(ada)
    data = {"email": "noor@example.org", "role": "trainer"}
    page = browser.post_page("/administration/invitations", data, follow=True)
    form = page.soup.select_one("table form")
    assert form is not None
    assert "Withdrawn" in browser.post_page(str(form["action"]), follow=True).text
    page = browser.post_page(str(form["action"]), follow=True)  # the second click
    assert "This invitation is not open any more." in page.text
    assert "Withdrawn" in page.text
    with app.app_context():
        found = re.search(r"http://localhost(/join/\S+)", post.outbox()[0].body)
    assert found
    stranger.get_page(found[1], expect=404)
    assert len(acts(app, "invitation withdrawn")) == 1


class TestLostSecondFactor:
    def test_it_is_removed_with_a_reason_that_is_kept_and_mailed(
        self, app: Flask, ada: Person, ines: Person, browser_of: Browser
    ) -> None:
        second_factors.give(app, ines)
        browser, hers = browser_of(ada), browser_of(ines)
        page = browser.get_page(address_of(ines))
        removal = f"{address_of(ines)}/second-factor-removal"
        assert page.has_link_to(removal)
        assert ines.email in browser.get_page(removal).text
        page = browser.post_page(removal, {"reason": "Phone lost; known by voice."}, follow=True)
        assert "The second factor of Ines is removed." in page.text
        assert not page.has_link_to(removal)
        assert hers.get_page("/home", expect=302).location.startswith("/sign-in")
        (line,) = acts(app, "second factor removed")
        assert (line.person_id, line.subject) == (ada.id, f"person {ines.id}")
        assert line.details == {"reason": "Phone lost; known by voice."}
        with app.app_context():
            letter = post.outbox()[0]
            assert not second_factor_records.has_second_factor(ines.id)
            assert second_factor_records.recovery_codes_left(ines.id) == 0
        assert letter.recipient == ines.email
        assert "Phone lost; known by voice." in letter.body

    def test_it_takes_a_reason(
        self, app: Flask, ada: Person, ines: Person, browser_of: Browser
    ) -> None:
        second_factors.give(app, ines)
        browser = browser_of(ada)
        removal = f"{address_of(ines)}/second-factor-removal"
        page = browser.post_page(removal, {"reason": "  "}, expect=422)
        assert "Write the reason" in page.errors
        page = browser.post_page(removal, {"reason": "long " * 1001}, expect=422)
        assert "long long" in page.html
        assert acts(app, "second factor removed") == []

    def test_nobody_removes_their_own_like_that(
        self, app: Flask, ada: Person, browser_of: Browser
    ) -> None:
        browser = browser_of(ada)
        removal = f"{address_of(ada)}/second-factor-removal"
        assert not browser.get_page(address_of(ada)).has_link_to(removal)
        page = browser.post_page(removal, {"reason": "Lost."}, follow=True)
        assert "You remove your own second factor in your profile" in page.text
        assert acts(app, "second factor removed") == []

    def test_where_there_is_none_nothing_happens(
        self, app: Flask, ada: Person, ines: Person, browser_of: Browser
    ) -> None:
        removal = f"{address_of(ines)}/second-factor-removal"
        page = browser_of(ada).post_page(removal, {"reason": "Lost."}, follow=True)
        assert "Ines has no second factor." in page.text
        with app.app_context():
            assert post.outbox() == []
