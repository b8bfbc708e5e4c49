"""The demonstration's people: labelled, each where their name says, and found by who looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from tests import second_factors
from tests.databases import fill, make_app
from tests.pack import MODULES, programme_pack, small_pack
from tests.pages import Page, PersonClient
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.accounts.passwords import weakness_of
from training.accounts.second_factor_records import ROLES_THAT_NEED_ONE, find_second_factor
from training.audit import trail
from training.calibration.models import Purpose, RatingSession
from training.calibration.practice_records import practice_sums
from training.certification.attempts import standing
from training.certification.certificates.records import certificates_of
from training.certification.certificates.renewals import held_by
from training.certification.judging.decision import Outcome
from training.certification.judging.flags import FlagKind
from training.certification.models import AttemptState, Certificate
from training.clock import now
from training.cohorts.records import cohorts_of_member
from training.config import PROJECT_ROOT
from training.database import db
from training.demonstration import people
from training.demonstration.checks import wrong_response
from training.demonstration.doings import finish_modules
from training.demonstration.people import (
    EXPERTS,
    PASSWORD,
    PROGRAMME_COHORT_NAME,
    PROGRAMME_RATERS,
    PROGRAMME_TRACK,
    RATERS,
    SECOND_FACTOR_SECRET,
    STAFF,
    add_demonstration,
)
from training.home.records import home_of
from training.home.way import NextStep
from training.library import records as library
from training.library.reading import read_pack
from training.library.schema import Question
from training.modules.records import learning_progress
from training.panels.assignment_records import waiting_assignments
from training.panels.models import Panel, PanelState
from training.persistence import bind_migrations
from training.review.history_records import modules_answered
from training.review.records import number_for_today
from training.review.rules import QUESTIONS_A_DAY
from training.tracks.records import tracks_for

CONTENT = PROJECT_ROOT / "content"
HAS_PROGRAMME = (CONTENT / "standards" / f"{PROGRAMME_TRACK}.yaml").exists()
ALL_RATERS = (*RATERS, *(PROGRAMME_RATERS if HAS_PROGRAMME else ()))
EVERYBODY = [*STAFF, *(account for account, _ in ALL_RATERS)]


@dataclass(frozen=True)
class Demonstration:
    app: Flask
    added: tuple[str, ...]  # e-mail addresses

    def sign_in(self, name: str) -> PersonClient:
        """A browser in which somebody signed in as the sign-in page tells."""
        client: PersonClient = self.app.test_client()
        sign_in(client, f"{name}@example.org", PASSWORD)
        return client


def sign_in(client: PersonClient, email: str, password: str) -> None:
    """The first step, and the second one with the code that its page shows where there is one."""
    page = client.post_page("/sign-in", {"email": email, "password": password})
    if page.location == "/sign-in/code":
        shown = re.search(r"shows (\d{6})", client.get_page("/sign-in/code").text)
        code = shown[1] if shown else unused_code(client.application, email)
        client.post_page("/sign-in/code", {"code": code})


def unused_code(app: Flask, email: str) -> str:
    """Where the last codes are used, as the page says: a story does not wait for the next one."""
    with app.app_context():
        person = accounts.find_person_by_email(email)
    assert person is not None
    return second_factors.code_of(app, person)


def application(folder: Path, *, is_demonstration: bool = True) -> Flask:
    app = make_app(
        f"sqlite:///{folder / 'demonstration.sqlite3'}",
        folder,
        is_demonstration=is_demonstration,
        body_name="Demonstration certifying body (not a real body)",
    )
    app.test_client_class = PersonClient
    return app


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The demonstration on the shipped content, set up once: it takes some seconds."""
    app = application(tmp_path_factory.mktemp("demonstration"))
    bind_migrations(app)
    with app.app_context():
        upgrade()
        library.publish(read_pack(CONTENT), person_id=None)
        added = add_demonstration()
        return Demonstration(app, tuple(person.email for person in added))


@pytest.fixture
def somebody(demonstration: Demonstration) -> Iterator[Callable[[str], Person]]:
    """A person of the demonstration, behind the pages."""
    with demonstration.app.app_context():

        def find(name: str) -> Person:
            person = accounts.find_person_by_email(f"{name}@example.org")
            assert person is not None
            return person

        yield find


Somebody = Callable[[str], Person]


def how_much() -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    }


def test_everybody_is_there_and_labelled(demonstration: Demonstration, somebody: Somebody) -> None:
    assert sorted(demonstration.added) == sorted(account.email for account in EVERYBODY)
    for account in EVERYBODY:
        person = somebody(account.address)
        assert person.is_demonstration
        assert "demo" in person.name
        assert person.roles == set(account.roles)
        assert person.email.endswith("@example.org")  # reserved: no letter reaches anybody
    assert {role for account in STAFF for role in account.roles} == set(Role) - {Role.RATER}


def test_adding_them_again_adds_nothing(demonstration: Demonstration) -> None:
    with demonstration.app.app_context():
        before = how_much()
        assert tuple(person.email for person in add_demonstration()) == demonstration.added
        assert how_much() == before


def test_what_they_did_is_in_the_trail_which_is_whole(demonstration: Demonstration) -> None:
    with demonstration.app.app_context():
        assert list(trail.verify()) == []


def test_one_panel_is_finished_and_one_in_round_one_and_both_say_that_they_are_simulated(
    demonstration: Demonstration,
) -> None:
    with demonstration.app.app_context():
        finished, under_way = db.session.scalars(select(Panel).order_by(Panel.title)).all()
        assert (finished.state, under_way.state) == (PanelState.ENDED, PanelState.RATING)
        assert finished.is_demonstration
        assert under_way.is_demonstration
        key = library.get_key(finished.vignettes[0].vignette_slug).document
        assert key.panel is not None
        assert key.panel.is_demonstration
        assert any(rating.band for rating in key.items.values())
        assert all(len(rating.spread.first) == 5 for rating in key.items.values() if rating.spread)
        experts = [accounts.find_person_by_email(account.email) for account in EXPERTS]
        waiting = [waiting_assignments(expert.id) for expert in experts if expert]
        assert [len(each) for each in waiting] == [1, 1, 0, 0, 0]
    overview = demonstration.sign_in("expert").get_page("/panels").text
    assert "simulated experts" in overview
    lena = demonstration.sign_in("lenient")
    practice = lena.get_page("/practice")
    feedback = [link["href"] for link in practice.soup.select("main a[href$='/feedback']")]
    shown = [lena.get_page(str(address)).text for address in feedback]
    assert sum("5 experts who are simulated" in text for text in shown) == 1


def test_their_password_would_be_accepted_from_anybody(demonstration: Demonstration) -> None:
    with demonstration.app.test_request_context():
        for account in EVERYBODY:
            assert weakness_of(PASSWORD, personal=(account.name, account.email)) is None


def test_the_sign_in_page_lists_them_and_what_it_says_works(demonstration: Demonstration) -> None:
    page = demonstration.app.test_client().get_page("/sign-in")
    card = page.soup.select_one("section[aria-labelledby=demonstration-accounts]")
    assert card is not None
    listed = [row.th.get_text() for row in card.select("tbody tr") if row.th]
    assert listed == list(demonstration.added)
    shown = card.select_one("p code")
    assert shown is not None
    assert shown.get_text() == PASSWORD
    for email in listed:
        client = demonstration.app.test_client()
        sign_in(client, email, shown.get_text())
        assert "Demonstration: invented people and data." in client.get_page("/home").text


def test_certifier_and_administrator_have_a_second_factor_whose_secret_is_told(
    demonstration: Demonstration, somebody: Somebody
) -> None:
    assert SECOND_FACTOR_SECRET in demonstration.app.test_client().get_page("/sign-in").text
    for account in STAFF:
        factor = find_second_factor(somebody(account.address).id)
        is_needed = bool(ROLES_THAT_NEED_ONE.intersection(account.roles))
        assert (factor.secret if factor else None) == (SECOND_FACTOR_SECRET if is_needed else None)


def test_the_same_database_served_as_real_shows_no_code(demonstration: Demonstration) -> None:
    folder = demonstration.app.extensions["config"].instance_path
    client = application(folder, is_demonstration=False).test_client()
    client.post_page("/sign-in", {"email": "certifier@example.org", "password": PASSWORD})
    page = client.get_page("/sign-in/code")
    assert "Demonstration" not in page.text
    assert not re.search(r"\b\d{6}\b", page.text)


def test_the_same_database_served_as_real_lists_nobody(demonstration: Demonstration) -> None:
    folder = demonstration.app.extensions["config"].instance_path
    real = application(folder, is_demonstration=False)
    page = real.test_client().get_page("/sign-in")
    assert "@example.org" not in page.text
    assert PASSWORD not in page.html


def where(person: Person) -> NextStep:
    return home_of(person).way.next_step


def last_outcome(person: Person) -> Outcome:
    attempt = standing.attempts_of(person.id, library.standards()[0].slug)[-1]
    assert attempt.state is AttemptState.DECIDED
    return Outcome(attempt.decisions[-1].outcome)


def test_the_new_one_has_everything_before_them(somebody: Somebody) -> None:
    new = somebody("new")
    assert where(new) is NextStep.MODULE
    assert learning_progress(new.id, tracks_for(new.track)).modules_done == 0


def test_the_learner_is_in_the_modules(somebody: Somebody) -> None:
    learner = somebody("learner")
    assert where(learner) is NextStep.MODULE
    assert learning_progress(learner.id, tracks_for(learner.track)).modules_done == 4


def test_the_ready_one_may_open_an_assessment(somebody: Somebody) -> None:
    ready = somebody("ready")
    standard = library.standards()[0]
    assert standing.eligibility_of(ready.id, standard, at=now()).is_eligible
    assert where(ready) is NextStep.OPEN_ATTEMPT
    assert not standing.attempts_of(ready.id, standard.slug)


def test_the_unclear_one_needs_more_evidence(somebody: Somebody) -> None:
    assert last_outcome(somebody("unclear")) is Outcome.MORE_EVIDENCE
    assert where(somebody("unclear")) is NextStep.WAIT_FOR_CERTIFIER


def test_the_one_who_missed_does_not_meet_the_standard(somebody: Somebody) -> None:
    missed = somebody("missed")
    assert last_outcome(missed) is Outcome.DOES_NOT_MEET
    assert where(missed) is NextStep.WAIT_UNTIL
    assert certificates_of(missed.id) == []


def test_the_waiting_one_meets_the_standard_and_waits(somebody: Somebody) -> None:
    waiting = somebody("waiting")
    assert last_outcome(waiting) is Outcome.MEETS
    assert where(waiting) is NextStep.WAIT_FOR_CERTIFIER
    assert certificates_of(waiting.id) == []


def test_the_holder_holds_a_valid_certificate(somebody: Somebody) -> None:
    holder = somebody("holder")
    slug = library.standards()[0].slug
    certificate = held_by(holder.id, slug, at=now()).valid
    assert certificate is not None
    assert certificate.signed_by_id == somebody("certifier").id
    assert where(holder) is NextStep.CERTIFICATE


def test_only_who_had_no_part_in_the_decision_may_decide_the_appeal(
    demonstration: Demonstration,
) -> None:
    """The rater's wording, the outcome and the reason are there for both to read."""
    for name in ("certifier-2", "certifier"):
        certifier = demonstration.sign_in(name)
        appeals = certifier.get_page("/certifying/appeals").soup
        link = appeals.find("a", string=re.compile("Ayo"))
        assert link is not None
        page = certifier.get_page(str(link["href"]))  # type: ignore[index]
        assert "I do not doubt the figures" in page.text
        assert ("Decide the appeal" in page.text) == (name == "certifier-2")


def test_nobody_seems_to_have_read_faster_than_anybody_can(somebody: Somebody) -> None:
    """What is to be looked at twice in a dossier should be what the demonstration is about."""
    for who in ("unclear", "waiting", "holder"):
        (attempt,) = standing.attempts_of(somebody(who).id, library.standards()[0].slug)
        circumstances = attempt.decisions[-1].circumstances
        assert circumstances is not None
        assert "Demonstration" in circumstances["honour"]["wording"]
        kinds = {flag["kind"] for flag in circumstances["flags"]}
        assert not kinds & {FlagKind.READING_TIME, FlagKind.READING_TIME_TOGETHER}


def test_who_rates_leniently_or_keeps_to_the_middle_does(somebody: Somebody) -> None:
    def differences(name: str) -> list[int]:
        sessions = db.session.scalars(
            select(RatingSession).filter_by(person_id=somebody(name).id, purpose=Purpose.PRACTICE)
        )
        found = [s.agreement.differences.values() for s in sessions if s.agreement]
        return [difference for of_one in found for difference in of_one]

    lenient, middle, good = (differences(name) for name in ("lenient", "middle", "ready"))
    assert len(lenient) == len(middle) == len(good) > 30
    assert sum(lenient) / len(lenient) > 0.5
    assert abs(sum(good) / len(good)) < 0.25
    assert sum(map(abs, middle)) > 2 * sum(map(abs, good))


def test_its_certificates_say_that_they_are_worth_nothing(
    demonstration: Demonstration, somebody: Somebody
) -> None:
    (certificate,) = db.session.scalars(select(Certificate))
    assert certificate.is_demonstration
    assert "not a real body" in certificate.body_name
    stranger = demonstration.app.test_client()
    page: Page = stranger.get_page(f"/certificates/{certificate.number}")
    assert "Demonstration: an invented person; this certifies nobody" in page.text
    assert "Demonstration" in stranger.get_page("/register").text
    # The label belongs to the certificate, so it stays when the database is served as real.
    folder = demonstration.app.extensions["config"].instance_path
    real = application(folder, is_demonstration=False).test_client()
    page = real.get_page(f"/certificates/{certificate.number}")
    assert "this certifies nobody" in page.text


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("trainer", "/cohorts", "Autumn cohort (demonstration)"),
        ("certifier", "/certifying", "Wim (demo, waits for a signature)"),
        ("certifier", "/certifying", "Usha (demo, more evidence needed)"),
        ("administrator", "/administration/people", "Hana (demo, holds a certificate)"),
        ("holder", "/certification", "valid until"),
        ("lenient", "/practice", "Exact"),
        ("expert", "/panels", "Panels"),
        ("expert", "/contests", "The biscuit tin"),
        ("lenient", "/comments", "Read the meeting once more for element 10 alone"),
        ("certifier-2", "/certifying/appeals", "Ayo (demo, appeals a decision)"),
    ],
)
def test_everybody_finds_something_to_look_at(
    demonstration: Demonstration, name: str, address: str, expected: str
) -> None:
    assert expected in demonstration.sign_in(name).get_page(address).text


def test_the_trainer_sees_every_rater_of_the_cohort(demonstration: Demonstration) -> None:
    browser = demonstration.sign_in("trainer")
    overview = browser.get_page("/cohorts")
    link = overview.soup.find("a", string=people.COHORT_NAME)
    assert link is not None
    text = browser.get_page(str(link["href"])).text  # type: ignore[index]
    for account, _ in RATERS:
        assert account.name in text


def test_where_there_is_a_programme_track_somebody_is_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a group of its own; where the content has no such track, nobody is."""
    app = application(tmp_path)
    fill(app)
    monkeypatch.setattr(people, "RATERS", RATERS[:1])
    with app.app_context():
        assert len(add_demonstration()) == len(STAFF) + 1
        library.publish(programme_pack(), person_id=None)
        (pilar,) = add_demonstration()[len(STAFF) + 1 :]
        assert pilar.track == PROGRAMME_TRACK
        assert pilar.is_demonstration
        assert "(demo, " in pilar.name
        assert where(pilar) is NextStep.OPEN_ATTEMPT
        assert {slug for _, slug in practice_sums([pilar.id])} == {"programme-fidelity"}
        (cohort,) = cohorts_of_member(pilar.id)
        assert (cohort.name, cohort.track) == (PROGRAMME_COHORT_NAME, PROGRAMME_TRACK)
    client: PersonClient = app.test_client()
    sign_in(client, "trainer@example.org", PASSWORD)
    page = client.get_page(f"/cohorts/{cohort.id}")
    assert pilar.name in page.text
    assert RATERS[0][0].name not in page.text


def test_what_the_learner_missed_comes_back_today(somebody: Somebody) -> None:
    luca = somebody("learner")
    assert number_for_today(luca.id, now().date()) == QUESTIONS_A_DAY
    history = modules_answered(luca.id)
    assert [len(module.missed) for module in history] == [2] * 4


def test_after_an_interruption_the_rest_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody stops the first start half-way; the second one ends the story of everybody."""

    def interrupted(rater: Person, certifier: Person) -> None:
        finish_modules(rater, 1)
        raise KeyboardInterrupt

    app = application(tmp_path)
    fill(app)
    whole = (RATERS[0], (RATERS[1][0], lambda rater, _: finish_modules(rater, 1)))
    monkeypatch.setattr(people, "RATERS", (RATERS[0], (RATERS[1][0], interrupted)))
    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            add_demonstration()
        assert accounts.find_person_by_email("new@example.org") is not None
        assert accounts.find_person_by_email("learner@example.org") is None
        monkeypatch.setattr(people, "RATERS", whole)
        assert len(add_demonstration()) == len(STAFF) + 2
        learner = accounts.find_person_by_email("learner@example.org")
        assert learner is not None
        assert learning_progress(learner.id, tracks_for(learner.track)).modules_done == 1
        assert list(trail.verify()) == []


@pytest.mark.parametrize("question", small_pack().modules[MODULES[0]].questions, ids=lambda q: q.id)
def test_what_a_demonstration_rater_misses_is_missed_whatever_is_asked(question: Question) -> None:
    assert not question.is_right(wrong_response(question))
