"""Appeals: made once and in time, decided once by somebody without a part, kept in the dossier."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests import second_factors
from tests.certification import stories
from tests.certification.stories import careful
from tests.certification.test_dossier_files import resealed
from tests.certification.test_races import at_once
from tests.certification.test_reviewing import letters
from tests.databases import Beginning
from tests.pack import STANDARD, small_pack
from tests.pages import Page, PersonClient
from tests.this_moment import just_before
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.certification.appeals import acts as appeals
from training.certification.appeals.acts import AppealOverError, CannotAppealError
from training.certification.appeals.records import number_waiting_for
from training.certification.appeals.rules import AppealFault, last_moment, right_to_appeal
from training.certification.dossiers import files as dossier_files
from training.certification.dossiers.commands import dossier as verify_dossier
from training.certification.judging.standard import Standard
from training.certification.models import (
    Appeal,
    AppealOutcome,
    Attempt,
    Certificate,
    Decision,
    SettingAsideGround,
)
from training.certification.reviews import acts as reviews
from training.certification.reviews import signatures
from training.certification.reviews.duties import (
    Conflict,
    ConflictError,
    conflict_in_reviewing_appeal,
)
from training.clock import now
from training.cohorts.models import Cohort
from training.database import db
from training.library.reading import canonical_text

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CLEO, DORA, INES = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
REASON = "On the third evening the service was down and two of my drafts were gone the next day."
ANSWER = "The log shows it: the service was down."
MADE: dict[str, object] = {"reason": REASON, "confirmed": "y"}


# The rules


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"decided_at": None}, AppealFault.NOTHING_DECIDED),
        ({"is_set_aside": True}, AppealFault.SET_ASIDE),
        ({"has_appealed": True}, AppealFault.APPEALED_BEFORE),
        ({"now": last_moment(NOON, 60) - timedelta(seconds=1)}, None),
        ({"now": last_moment(NOON, 60)}, AppealFault.TOO_LATE),
        # Where several reasons hold, the one that makes an appeal needless comes first.
        (
            {"is_set_aside": True, "has_appealed": True, "now": last_moment(NOON, 60)},
            AppealFault.SET_ASIDE,
        ),
        ({"has_appealed": True, "now": last_moment(NOON, 60)}, AppealFault.APPEALED_BEFORE),
    ],
)
def test_one_appeals_once_and_until_the_end_of_the_last_day(
    changes: dict[str, Any], fault: AppealFault | None
) -> None:
    facts = {"decided_at": NOON, "is_set_aside": False, "has_appealed": False, "now": NOON}
    found = right_to_appeal(days=60, **facts | changes)  # type: ignore[arg-type]
    assert found.fault is fault
    if fault is not AppealFault.NOTHING_DECIDED:
        assert found.until == datetime(2026, 5, 1, 23, 59, tzinfo=UTC)


@given(st.booleans(), st.sets(st.sampled_from([CLEO, DORA])))
def test_whoever_decided_before_does_not_decide_the_appeal(
    has_trained: bool, deciders: set[uuid.UUID]
) -> None:
    for certifier in (CLEO, DORA, INES):
        conflict = conflict_in_reviewing_appeal(
            certifier, INES, has_trained=has_trained, deciders=deciders
        )
        if certifier == INES:
            assert conflict is Conflict.ONESELF
        elif has_trained:
            assert conflict is Conflict.OWN_TRAINEE
        else:
            assert conflict is (Conflict.DECIDED_BEFORE if certifier in deciders else None)


def test_a_standard_that_does_not_speak_of_appeals_keeps_its_digest() -> None:
    standard = small_pack().standards[STANDARD]
    assert standard.attempts.appeal_days == 60
    assert "appeal_days" not in canonical_text(standard)
    document = json.loads(canonical_text(standard))
    document["attempts"]["appeal_days"] = 30
    changed = Standard.model_validate(document)
    assert '"appeal_days":30' in canonical_text(changed)
    assert Standard.model_validate(json.loads(canonical_text(changed))) == changed


# A story


@pytest.fixture
def beginning(request: pytest.FixtureRequest, beginning: Beginning | None) -> Beginning | None:
    return stories.declined if "declined" in request.fixturenames else beginning


@pytest.fixture
def declined(told: dict[str, Any]) -> uuid.UUID:
    """The decision about Ines that Cleo declined."""
    decision_id: uuid.UUID = told["decision_id"]
    return decision_id


@pytest.fixture
def attempt_page(act: Act, declined: uuid.UUID) -> str:
    return f"/certification/attempts/{act(db.session.get_one, Decision, declined).attempt_id}"


@pytest.fixture
def appealed(act: Act, attempt_page: str, dora: Person, ines: Person) -> uuid.UUID:
    """Ines's appeal, which waits; Dora may decide it."""
    act(appeals.make, uuid.UUID(attempt_page.rpartition("/")[2]), rater=ines, reason=REASON)
    return stored_appeal(act).id


def stored_appeal(act: Act) -> Appeal:
    found: list[Appeal] = act(lambda: db.session.query(Appeal).all())
    assert len(found) == 1
    return found[0]


def deciding(app: Flask, certifier: Person, outcome: str) -> dict[str, object]:
    """What a certifier fills in to decide an appeal."""
    return {
        "outcome": outcome,
        "reason": ANSWER,
        "confirmed": "y",
        **second_factors.reauthentication(app, certifier),
    }


def test_a_rater_appeals_and_is_told_what_it_can_do(
    act: Act,
    browser_of: Browsers,
    attempt_page: str,
    cohort: Cohort,
    tamar: Person,
    dora: Person,
    ines: Person,
) -> None:
    act(grant_role, tamar, Role.CERTIFIER, by=None)  # she trains Ines
    rater, address = browser_of(ines), f"{attempt_page}/appeal"
    assert rater.get_page(attempt_page).has_link_to(address)
    page = rater.get_page(address)
    assert "Far from the consensus." in page.text
    assert "It does not turn into a certificate." in page.text

    page = rater.post_page(address, {"reason": "It was unfair."}, expect=422)
    assert "Write at least 50 letters" in page.errors
    assert "Confirm that you know" in page.errors
    assert page.soup.select_one("textarea").get_text().strip() == "It was unfair."  # type: ignore[union-attr]
    assert "at most 5,000" in rater.post_page(address, {"reason": "a" * 5001}, expect=422).errors

    page = rater.post_page(address, MADE, follow=True)
    assert "Your appeal is made." in page.text
    assert "waits to be decided" in page.text
    assert page.has_form_to(f"{address}/withdrawal")
    (line,) = act(stories.acts_noted, "appeal made")
    assert REASON not in str(line.details)
    told = [letter for letter in act(letters) if "appeals" in letter.subject]
    assert [letter.recipient for letter in told] == [dora.email]
    assert f"/certifying/appeals/{stored_appeal(act).id}" in told[0].body

    page = rater.post_page(address, MADE, follow=True)
    assert "You have appealed against this decision already." in page.text
    page = rater.post_page(f"{address}/withdrawal", follow=True)
    assert "Your appeal is withdrawn." in page.text
    page = rater.post_page(f"{address}/withdrawal", follow=True)
    assert "no appeal of yours that could be withdrawn" in page.text
    assert "You have appealed" in rater.post_page(address, MADE, follow=True).text
    other = MADE | {"reason": f"{REASON} And this came to me since."}
    page = rater.post_page(address, other, expect=409)
    assert "You have appealed against this decision already." in page.text
    assert unsent(page) == other["reason"]
    assert len(act(stories.acts_noted, "appeal withdrawn")) == 1


def unsent(page: Page) -> str:
    """What a page gives back to copy."""
    return str(page.soup.select_one("textarea#unsent").get_text()).strip()  # type: ignore[union-attr]


def test_an_appeal_that_another_tab_was_faster_with_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
    app: Flask,
    browser_of: Browsers,
    attempt_page: str,
    ines: Person,
) -> None:
    attempt_id = uuid.UUID(attempt_page.rpartition("/")[2])
    typed = MADE | {"reason": f"{REASON} Nobody answered the telephone either."}

    def in_another_tab() -> None:
        with app.app_context():
            appeals.make(attempt_id, rater=ines, reason=REASON)

    just_before(monkeypatch, appeals, "make", in_another_tab)
    page = browser_of(ines).post_page(f"{attempt_page}/appeal", typed, expect=409)
    assert "You have appealed against this decision already." in page.text
    assert unsent(page) == typed["reason"]


def test_there_is_a_time_and_a_reason_to_appeal(
    act: Act, browser_of: Browsers, otto: Person, attempt_page: str, ines: Person
) -> None:
    waiting = act(stories.decided_attempt, otto, careful)
    undecided = f"/certification/attempts/{act(db.session.get_one, Decision, waiting).attempt_id}"
    with time_machine.travel(now() + timedelta(days=61)):
        rater = browser_of(ines)
        assert "An appeal was possible until" in rater.get_page(attempt_page).text
        page = rater.get_page(f"{attempt_page}/appeal", expect=302)
        assert page.location == attempt_page
        page = rater.post_page(f"{attempt_page}/appeal", MADE, expect=409)
    assert "The time to appeal against this decision is over." in page.text
    assert unsent(page) == REASON
    other = browser_of(otto)
    assert not other.get_page(undecided).has_link_to(f"{undecided}/appeal")
    page = other.post_page(f"{undecided}/appeal", MADE, expect=409)
    assert "no certifier has decided against you" in page.text
    other.get_page(f"{attempt_page}/appeal", expect=404)
    other.post_page(f"{attempt_page}/appeal/withdrawal", expect=404)


def test_a_certifier_without_a_part_grants_it_and_the_dossier_keeps_it(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    appealed: uuid.UUID,
    declined: uuid.UUID,
    attempt_page: str,
    dora: Person,
    ines: Person,
) -> None:
    certifier, address = browser_of(dora), f"/certifying/appeals/{appealed}"
    assert act(number_waiting_for, dora) == 1
    assert certifier.get_page("/certifying/appeals").has_link_to(address)
    page = certifier.get_page(address)
    assert REASON in page.text
    assert page.has_link_to(f"/certifying/decisions/{declined}")

    page = certifier.post_page(address, {"reason": ANSWER}, expect=422)
    for complaint in ("Choose what you decide.", "had no part", "Enter your password."):
        assert complaint in page.errors
    assert page.soup.select_one("textarea").get_text().strip() == ANSWER  # type: ignore[union-attr]
    wrong = deciding(app, dora, "granted") | {"own_password": "wrong"}
    assert "not your password" in certifier.post_page(address, wrong, expect=422).errors
    assert stored_appeal(act).is_open

    page = certifier.post_page(address, deciding(app, dora, "granted"), follow=True)
    assert "Granted: the attempt is set aside" in page.text
    page = certifier.post_page(address, deciding(app, dora, "dismissed"), follow=True)
    assert "decided or withdrawn in the meantime" in page.text
    appeal = stored_appeal(act)
    assert (appeal.outcome, appeal.reviewer_id) == (AppealOutcome.GRANTED, dora.id)
    (line,) = act(stories.acts_noted, "appeal decided")
    assert line.details["outcome"] == "granted"
    assert act(letters)[-1].subject == "Your appeal is granted"
    assert ANSWER in act(letters)[-1].body

    page = browser_of(ines).get_page(attempt_page)
    assert "This attempt is set aside" in page.text
    assert "An appeal was granted." in page.text
    page = certifier.get_page(f"/certifying/decisions/{declined}")
    assert "Dora, who had no part in the decision" in page.text
    assert REASON in page.text
    assert ANSWER in page.text
    (aside,) = (a.set_aside for a in act(attempts_with_setting_aside, ines))
    assert (aside.ground, aside.by_id) == (SettingAsideGround.APPEAL, dora.id)

    with certifier.get(f"/certifying/decisions/{declined}/dossier.zip") as answer:
        read = dossier_files.read(answer.get_data())
    found = dossier_files.verify(read)
    assert found.holds, found.differs
    assert any(note.startswith("appeal: granted: the attempt") for note in found.notes)
    assert "whoever decided the appeal had decided nothing in the attempt before" in found.agrees
    assert "Set aside   an appeal was granted" in read.files["README.txt"].decode()  # type: ignore[index]
    section = read.document["afterwards"]
    assert section["appeal"]["reviewer"] == {"id": str(dora.id), "name": "Dora"}
    assert section["appeal"]["reason"] == REASON
    section["appeal"]["outcome"] = "dismissed"
    assert not dossier_files.verify(dossier_files.ReadDossier(read.document)).holds
    section["appeal"]["reviewer"] = section["appeal"]["decided_before_by"][0]
    forged = dossier_files.verify(dossier_files.ReadDossier(resealed(read.document)))
    assert [text for text in forged.differs if "whoever decided the appeal" in text]
    del section["appeal"]["decided_before_by"]
    forged = dossier_files.verify(dossier_files.ReadDossier(resealed(read.document)))
    assert [text for text in forged.differs if "whoever decided the appeal" in text]


def attempts_with_setting_aside(person: Person) -> list[Attempt]:
    found = stories.attempts_in_database(person)
    for attempt in found:
        assert attempt.set_aside is not None
    return found


def test_a_dismissed_appeal_leaves_the_decision_and_answers_the_rater(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    appealed: uuid.UUID,
    attempt_page: str,
    dora: Person,
    ines: Person,
) -> None:
    address = f"/certifying/appeals/{appealed}"
    page = browser_of(dora).post_page(address, deciding(app, dora, "dismissed"), follow=True)
    assert "The appeal is decided, and the rater is told." in page.text
    assert stored_appeal(act).outcome is AppealOutcome.DISMISSED
    assert act(stories.acts_noted, "attempt set aside") == []
    letter = act(letters)[-1]
    assert (letter.recipient, letter.subject) == (ines.email, "Your appeal is dismissed")
    assert ANSWER in letter.body
    page = browser_of(ines).get_page(attempt_page)
    assert ANSWER in page.text
    assert "This attempt is set aside" not in page.text


def test_nobody_appeals_for_somebody_else(
    act: Act, attempt_page: str, ines: Person, otto: Person
) -> None:
    attempt_id = uuid.UUID(attempt_page.rpartition("/")[2])
    with pytest.raises(LookupError):
        act(appeals.make, attempt_id, rater=otto, reason=REASON)
    assert act(lambda: db.session.query(Appeal).all()) == []


def test_the_file_says_whether_an_appeal_waits_or_was_withdrawn(
    act: Act,
    browser_of: Browsers,
    tmp_path: Path,
    appealed: uuid.UUID,
    declined: uuid.UUID,
    attempt_page: str,
    dora: Person,
    ines: Person,
) -> None:
    file, address = tmp_path / "dossier.zip", f"/certifying/decisions/{declined}/dossier.zip"

    def told() -> str:
        file.write_bytes(browser_of(dora).get(address).get_data())
        result = CliRunner().invoke(verify_dossier, ["verify", str(file)])
        assert result.exit_code == 0, result.output
        return result.output

    appeal = stored_appeal(act)
    assert f"note     appeal: not decided yet, made {appeal.appealed_at.isoformat()}" in told()
    act(appeals.withdraw, uuid.UUID(attempt_page.rpartition("/")[2]), rater=ines)
    withdrawn_at = stored_appeal(act).withdrawn_at
    assert withdrawn_at is not None
    assert f"note     appeal: withdrawn, {withdrawn_at.isoformat()}" in told()
    readme = dossier_files.read(file.read_bytes()).files["README.txt"].decode()  # type: ignore[index]
    assert f"Appeal      withdrawn, {withdrawn_at.isoformat()}" in readme


def test_whoever_is_too_near_is_told_why_and_cannot_decide(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    stranger: PersonClient,
    cohort: Cohort,
    appealed: uuid.UUID,
    cleo: Person,
    tamar: Person,
    ines: Person,
    otto: Person,
) -> None:
    address = f"/certifying/appeals/{appealed}"
    for person in (tamar, ines):
        act(grant_role, person, Role.CERTIFIER, by=None)
    decider = browser_of(cleo)
    assert "You signed, declined, asked" in decider.get_page("/certifying/appeals").text
    page = decider.get_page(address)
    assert "Somebody who had no part in it decides." in page.text
    assert not page.soup.select("main form")
    decider.post_page(address, deciding(app, cleo, "dismissed"), expect=403)
    trainer = browser_of(tamar)
    page = trainer.get_page("/certifying/appeals")
    assert "You train or trained this person." in page.text
    assert not page.has_link_to(address)
    trainer.get_page(address, expect=403)
    assert "This is your own appeal." in browser_of(ines).get_page("/certifying/appeals").text
    browser_of(ines).get_page(address, expect=403)
    browser_of(otto).get_page(address, expect=403)
    assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    decider.get_page(f"/certifying/appeals/{uuid.uuid4()}", expect=404)
    assert [act(number_waiting_for, p) for p in (cleo, tamar, ines, otto)] == [0] * 4
    assert stored_appeal(act).is_open


def test_an_appeal_that_nobody_may_decide_says_what_it_waits_for(
    act: Act, browser_of: Browsers, attempt_page: str, cleo: Person, ines: Person
) -> None:
    certifier = browser_of(cleo)
    page = certifier.get_page("/certifying/appeals")
    assert "No appeal waits." in page.text
    assert "No appeal has been decided yet." in page.text
    attempt_id = uuid.UUID(attempt_page.rpartition("/")[2])
    assert act(appeals.make, attempt_id, rater=ines, reason=REASON) == []
    page = certifier.get_page("/certifying/appeals")
    assert "No certifier may decide it yet." in page.text


def test_who_withdrew_a_signature_or_revoked_had_a_part(
    act: Act, make_person: Callable[..., Person], ines: Person, cleo: Person, dora: Person
) -> None:
    act(stories.publish_standard, signatures=2)
    decision_id = act(stories.decided_attempt, ines, careful)
    act(reviews.sign, decision_id, certifier=cleo)
    act(reviews.withdraw_signature, decision_id, certifier=cleo)
    assert act(signatures.signatures_of, decision_id) == []
    emil, fay = (make_person(name, Role.CERTIFIER) for name in ("Emil", "Fay"))
    act(reviews.sign, decision_id, certifier=dora)
    certificate: Certificate = act(reviews.sign, decision_id, certifier=emil)[0]
    act(reviews.revoke, certificate.number, certifier=fay, reason="Somebody else rated.")
    gus = make_person("Gus", Role.CERTIFIER)
    attempt_id = act(db.session.get_one, Decision, decision_id).attempt_id
    (letter,) = act(appeals.make, attempt_id, rater=ines, reason=REASON)
    assert letter.recipient == gus.email
    appeal_id = stored_appeal(act).id
    for person in (cleo, dora, emil, fay):
        with pytest.raises(ConflictError):
            act(decide, appeal_id, person, AppealOutcome.GRANTED)
    act(decide, appeal_id, gus, AppealOutcome.GRANTED)
    assert act(attempts_with_setting_aside, ines)


def decide(appeal_id: uuid.UUID, certifier: Person, outcome: AppealOutcome) -> AppealOutcome:
    appeals.decide(appeal_id, certifier=certifier, outcome=outcome, reason=ANSWER)
    return outcome


def test_at_the_same_moment_one_appeal_is_made_and_decided_once(
    app: Flask,
    act: Act,
    attempt_page: str,
    make_person: Callable[..., Person],
    ines: Person,
    dora: Person,
) -> None:
    attempt_id = uuid.UUID(attempt_page.rpartition("/")[2])
    made = at_once(app, *[lambda: len(appeals.make(attempt_id, rater=ines, reason=REASON))] * 3)
    assert sum(isinstance(result, CannotAppealError) for result in made) == 2
    appeal_id, fay = stored_appeal(act).id, make_person("Fay", Role.CERTIFIER)
    results = at_once(
        app,
        lambda: decide(appeal_id, dora, AppealOutcome.GRANTED),
        lambda: decide(appeal_id, fay, AppealOutcome.DISMISSED),
        lambda: appeals.withdraw(attempt_id, rater=ines),
    )
    assert sum(isinstance(result, AppealOverError) for result in results) == 2
    appeal = stored_appeal(act)
    assert not appeal.is_open
    is_granted = appeal.outcome is AppealOutcome.GRANTED
    assert len(act(stories.acts_noted, "attempt set aside")) == is_granted
    decided = act(stories.acts_noted, "appeal decided")
    assert len(decided) + len(act(stories.acts_noted, "appeal withdrawn")) == 1
