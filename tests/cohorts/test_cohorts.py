"""Trainers and their cohorts: opening, the code, renaming, closing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.cohorts.learning import acts_of, add_raters
from tests.conftest import PASSWORD
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.cohorts import records
from training.cohorts.models import Cohort
from training.database import db, write_transaction
from training.library.models import CurrentDocument, DocumentKind

Browser = Callable[[Person], PersonClient]
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def tova(make_person: Callable[..., Person]) -> Person:
    """Another trainer."""
    return make_person("Tova", Role.TRAINER)


def stored(app: Flask, cohort: Cohort) -> Cohort:
    with app.app_context():
        return db.session.get_one(Cohort, cohort.id)


def pages_of(cohort: Cohort, rater: Person) -> list[tuple[str, str]]:
    base = f"/cohorts/{cohort.id}"
    return [
        ("GET", base),
        ("GET", f"{base}/settings"),
        ("POST", f"{base}/settings"),
        ("POST", f"{base}/code"),
        ("POST", f"{base}/code/removal"),
        ("POST", f"{base}/closing"),
        ("POST", f"{base}/reopening"),
        ("GET", f"{base}/invitations"),
        ("POST", f"{base}/invitations"),
        ("POST", f"{base}/invitations/{NOWHERE}/withdrawal"),
        ("GET", f"{base}/raters/{rater.id}"),
        ("POST", f"{base}/raters/{rater.id}/removal"),
    ]


def fetch(browser: PersonClient, method: str, address: str, *, expect: int) -> None:
    if method == "GET":
        browser.get_page(address, expect=expect)
    else:
        browser.post_page(address, {"name": "Taken over"}, expect=expect)


def test_strangers_and_other_roles_stay_outside(
    cohort: Cohort,
    ines: Person,
    ada: Person,
    cleo: Person,
    stranger: PersonClient,
    browser_of: Browser,
) -> None:
    browsers = [browser_of(person) for person in (ines, ada, cleo)]
    for method, address in [("GET", "/cohorts"), ("POST", "/cohorts"), *pages_of(cohort, ines)]:
        fetch(stranger, method, address, expect=302)
        for browser in browsers:
            fetch(browser, method, address, expect=403)


def test_another_trainer_finds_nothing_there(
    app: Flask, cohort: Cohort, ines: Person, tova: Person, browser_of: Browser
) -> None:
    browser = browser_of(tova)
    for method, address in pages_of(cohort, ines):
        fetch(browser, method, address, expect=404)
        fetch(browser, method, address.replace(str(cohort.id), NOWHERE), expect=404)
    assert "Autumn group" not in browser.get_page("/cohorts").text
    after = stored(app, cohort)
    assert (after.name, after.code, after.closed_at) == ("Autumn group", cohort.code, None)


def test_a_rater_of_somebody_elses_cohort_is_not_found(
    app: Flask, cohort: Cohort, otto: Person, tamar: Person, tova: Person, browser_of: Browser
) -> None:
    with app.app_context():
        other = records.open_cohort("Spring group", trainer=tova)
        records.join(other, otto)
    browser = browser_of(tamar)
    browser.get_page(f"/cohorts/{cohort.id}/raters/{otto.id}", expect=404)
    browser.post_page(f"/cohorts/{cohort.id}/raters/{otto.id}/removal", expect=404)
    browser_of(tova).get_page(f"/cohorts/{other.id}/raters/{otto.id}")


def test_a_new_trainer_is_told_how_to_begin(tamar: Person, browser_of: Browser) -> None:
    page = browser_of(tamar).get_page("/cohorts")
    assert "You lead no cohort yet." in page.text


def test_tamar_opens_a_cohort(app: Flask, tamar: Person, browser_of: Browser) -> None:
    page = browser_of(tamar).post_page("/cohorts", {"name": " Winter group "}, follow=True)
    assert page.heading == "Winter group"
    assert "Nobody has joined yet." in page.text
    with app.app_context():
        cohort = db.session.query(Cohort).one()
        assert cohort.name == "Winter group"
        assert acts_of("cohort opened") == [{"subject": f"cohort {cohort.id}", "by": tamar.id}]
    assert f"http://localhost/join?code={cohort.code}" in page.text


@pytest.mark.parametrize(("name", "error"), [("  ", "Give the cohort a name."), ("x" * 121, "120")])
def test_a_cohort_needs_a_proper_name(
    app: Flask, tamar: Person, browser_of: Browser, name: str, error: str
) -> None:
    page = browser_of(tamar).post_page("/cohorts", {"name": name}, expect=422)
    assert error in page.errors
    assert page.soup.select_one("#name")["value"] == name.strip()  # type: ignore[index]
    with app.app_context():
        assert db.session.query(Cohort).count() == 0


def test_the_list_counts_who_is_in_each_cohort(
    app: Flask, cohort: Cohort, ines: Person, tamar: Person, browser_of: Browser
) -> None:
    with app.app_context():
        empty = records.open_cohort("Empty group", trainer=tamar)
        records.close(empty, by=tamar)
        add_raters(cohort, 3)
        records.remove_member(cohort, ines.id, by=tamar)
    cards = browser_of(tamar).get_page("/cohorts").soup.select(".card")
    assert [" ".join(card.get_text(" ").split())[:21] for card in cards] == [
        "Autumn group 3 raters",
        "Empty group 0 raters ",
    ]
    assert "Closed" in cards[1].get_text()


def test_raters_join_by_the_link_on_the_page(
    app: Flask, cohort: Cohort, tamar: Person, stranger: PersonClient, browser_of: Browser
) -> None:
    page = browser_of(tamar).get_page(f"/cohorts/{cohort.id}")
    link = page.soup.select_one(".facts a")
    assert link is not None
    address = str(link["href"]).removeprefix("http://localhost")
    form = stranger.get_page(address)
    assert form.soup.select_one("#code")["value"] == cohort.code  # type: ignore[index]
    new = {"name": "Noor", "email": "noor@example.org", "code": cohort.code}
    stranger.post_page("/join", new | {"password": PASSWORD, "password_again": PASSWORD})
    assert "Noor" in browser_of(tamar).get_page(f"/cohorts/{cohort.id}").text


def test_a_cohort_is_renamed(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser
) -> None:
    browser = browser_of(tamar)
    page = browser.post_page(f"/cohorts/{cohort.id}/settings", {"name": "Late autumn"}, follow=True)
    assert page.heading == "Late autumn"
    assert (
        "Give the cohort a name."
        in browser.post_page(f"/cohorts/{cohort.id}/settings", {"name": ""}, expect=422).errors
    )
    with app.app_context():
        assert [act["change"] for act in acts_of("cohort changed")] == ["renamed"]


def test_a_new_code_replaces_the_old_one(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser
) -> None:
    page = browser_of(tamar).post_page(f"/cohorts/{cohort.id}/code", follow=True)
    new_code = stored(app, cohort).code
    assert new_code
    assert new_code != cohort.code
    assert new_code in page.text
    with app.app_context():
        assert records.find_cohort_by_code(str(cohort.code)) is None
        assert records.find_cohort_by_code(new_code) is not None
        assert acts_of("cohort changed") == [
            {"subject": f"cohort {cohort.id}", "by": tamar.id, "change": "code changed"}
        ]


def test_the_code_is_switched_off_and_on_again(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser
) -> None:
    browser = browser_of(tamar)
    page = browser.post_page(f"/cohorts/{cohort.id}/code/removal", follow=True)
    assert "The code is switched off." in page.text
    assert stored(app, cohort).code is None
    assert str(cohort.code) not in browser.get_page(f"/cohorts/{cohort.id}").text
    browser.post_page(f"/cohorts/{cohort.id}/code")
    assert stored(app, cohort).code is not None


def test_acts_that_shut_somebody_out_ask_first(
    cohort: Cohort, ines: Person, tamar: Person, browser_of: Browser
) -> None:
    browser = browser_of(tamar)
    base = f"/cohorts/{cohort.id}"
    for page, acts in (
        (f"{base}/settings", (f"{base}/code", f"{base}/code/removal", f"{base}/closing")),
        (f"{base}/raters/{ines.id}", (f"{base}/raters/{ines.id}/removal",)),
    ):
        soup = browser.get_page(page).soup
        for act in acts:
            assert soup.select_one(f'details.disclosure form[action="{act}"]'), act


def test_a_closed_cohort_lets_nobody_in_and_loses_nothing(
    app: Flask, cohort: Cohort, ines: Person, tamar: Person, browser_of: Browser
) -> None:
    browser = browser_of(tamar)
    base = f"/cohorts/{cohort.id}"
    browser.post_page(f"{base}/invitations", {"addresses": "noor@example.org"})
    page = browser.post_page(f"{base}/closing", follow=True)
    assert "Nobody can join" in page.text
    assert "Ines" in page.text
    browser.post_page(f"{base}/closing")  # closing twice is closing once
    assert "Withdrawn" in browser.get_page(f"{base}/invitations").text
    browser.post_page(f"{base}/invitations", {"addresses": "bo@example.org"}, expect=409)
    browser.post_page(f"{base}/code", expect=409)
    with app.app_context():
        assert records.find_cohort_by_code(str(cohort.code)) is None
        assert [act["change"] for act in acts_of("cohort changed")] == ["closed"]


def test_a_closed_cohort_is_opened_again(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser
) -> None:
    browser = browser_of(tamar)
    browser.post_page(f"/cohorts/{cohort.id}/closing")
    page = browser.get_page(f"/cohorts/{cohort.id}/settings")
    assert page.has_form_to(f"/cohorts/{cohort.id}/reopening")
    browser.post_page(f"/cohorts/{cohort.id}/reopening")
    with app.app_context():
        assert records.find_cohort_by_code(str(cohort.code)) is not None


def test_the_trail_tells_of_no_change_where_a_second_click_changed_nothing(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser
) -> None:
    browser, base = browser_of(tamar), f"/cohorts/{cohort.id}"
    browser.post_page(f"{base}/settings", {"name": f" {cohort.name} "})
    for _ in range(2):
        browser.post_page(f"{base}/code/removal")
    browser.post_page(f"{base}/closing")
    for _ in range(2):
        browser.post_page(f"{base}/reopening")
    with app.app_context():
        assert [act["change"] for act in acts_of("cohort changed")] == [
            "code switched off",
            "closed",
            "reopened",
        ]


def test_a_rater_leaves_the_cohort_and_keeps_the_account(
    app: Flask, cohort: Cohort, ines: Person, tamar: Person, browser_of: Browser
) -> None:
    browser = browser_of(tamar)
    page = browser.post_page(f"/cohorts/{cohort.id}/raters/{ines.id}/removal", follow=True)
    assert "Ines is not in this cohort any more." in page.text
    browser.get_page(f"/cohorts/{cohort.id}/raters/{ines.id}", expect=404)
    assert browser_of(ines).get_page("/profile").status == 200
    with app.app_context():
        assert records.cohorts_of_member(ines.id) == []
        assert records.has_trained(tamar.id, ines.id)  # a certifier would still be biased
        assert [(a["change"], a["rater"]) for a in acts_of("cohort changed")] == [
            ("rater removed", str(ines.id))
        ]
        records.join(cohort, ines)  # who comes back is in again
        assert records.find_member(cohort.id, ines.id) is not None


def test_a_rater_whom_two_trainers_take_out_at_once_leaves_once(
    app: Flask, cohort: Cohort, ines: Person, tamar: Person
) -> None:
    with app.app_context():
        for _ in range(2):
            records.remove_member(cohort, ines.id, by=tamar)
        assert records.cohorts_of_member(ines.id) == []
        assert len(acts_of("cohort changed")) == 1


def test_before_there_is_any_standard_a_rater_joins_without_a_track(
    app: Flask, cohort: Cohort, otto: Person
) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(delete(CurrentDocument).filter_by(kind=DocumentKind.STANDARD))
    with app.app_context():
        records.join(cohort, otto)
        assert [each.id for each in records.cohorts_of_member(otto.id)] == [cohort.id]
        assert db.session.get_one(Person, otto.id).track is None
        assert len(acts_of("cohort joined")) == 2  # Ines was there before


def test_two_trainers_may_lead_one_cohort(
    app: Flask, cohort: Cohort, ines: Person, tova: Person, browser_of: Browser
) -> None:
    from training.cohorts.models import CohortTrainer

    with app.app_context(), write_transaction() as session:
        session.add(CohortTrainer(cohort_id=cohort.id, person_id=tova.id))
    assert "Ines" in browser_of(tova).get_page(f"/cohorts/{cohort.id}").text
