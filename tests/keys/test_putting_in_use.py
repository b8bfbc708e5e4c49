"""A panel's key takes the place of the author's: what changes, and what does not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.at_once import at_once, inside
from tests.certification import stories
from tests.keys.key_changes import FIRST, cases_in_database, key_with, ratify, upside_down
from tests.pack import CERTIFICATION, ITEMS, PRACTICE, small_pack
from training.accounts.models import Person, Role
from training.audit import trail
from training.calibration import records as ratings
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.certification.appeals import acts as appeals
from training.certification.judging.decision import Outcome
from training.certification.models import Appeal, AppealOutcome, Decision, SetAside
from training.certification.reviews import acts as reviews
from training.certification.reviews.duties import ConflictError
from training.cohorts.models import Cohort
from training.database import db
from training.keys import publishing
from training.keys.changes import case_records, consequence_records
from training.keys.changes import records as change_records
from training.keys.changes.case_records import ActDoesNotFitError, AlreadyDecidedError
from training.keys.changes.records import (
    AlreadyInUseError,
    DoesNotFitError,
    ReplacedMeanwhileError,
)
from training.keys.models import CaseAct
from training.library import records as library
from training.library.reading import Pack

MakePerson = Callable[..., Person]


def test_what_would_change_is_known_before_and_nothing_changes_after(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person
) -> None:
    with app.app_context():
        decision_id = stories.decided_attempt(ines)
        stories.decided_attempt(otto, stories.constant)  # fails by either key
        certificate = reviews.sign(decision_id, certifier=cleo)[0]  # type: ignore[index]
        stored = db.session.get_one(Decision, decision_id)
        frozen = (stored.outcome, stored.digest, stored.evidence)
        old = library.get_key(FIRST)
        new_id = ratify(emeka, FIRST, upside_down(FIRST))
        assert library.get_key(FIRST).id == old.id  # ratified is not yet in use

        found = consequence_records.consequences_of(FIRST, new_id, reader_id=cleo.id)
        assert found.decisions_judged == 2
        (affected,) = found.certificates
        assert (affected.rater_name, affected.certificate_number) == ("Ines", certificate.number)
        assert (affected.before, affected.after) == (Outcome.MEETS, Outcome.MORE_EVIDENCE)
        assert consequence_records.consequences_of(FIRST, new_id, reader_id=ines.id).withheld == 1
        assert change_records.number_of_open_cases() == 0

        change = change_records.put_in_use(
            FIRST, new_id, by=cleo, reason="A panel agreed.", instead_of=old.id
        )
        assert library.get_key(FIRST).id == new_id
        (case,) = cases_in_database()
        assert (case.key_change_id, case.decision_id, case.act) == (change.id, decision_id, None)
        assert change_records.number_of_open_cases() == 1
        assert change_records.waiting_keys() == []
        db.session.refresh(stored)
        assert (stored.outcome, stored.digest, stored.evidence) == frozen
        (line,) = stories.acts_noted("key put in use")
        assert (line.person_id, line.details["cases"]) == (cleo.id, 1)
        with pytest.raises(AlreadyInUseError):
            change_records.put_in_use(FIRST, new_id, by=cleo, reason="Again.")
        third = ratify(emeka, FIRST, {1: {"rating": 2}})
        with pytest.raises(ReplacedMeanwhileError):
            change_records.put_in_use(FIRST, third, by=cleo, reason="Late.", instead_of=old.id)
        with pytest.raises(library.UnknownDocumentError):
            change_records.put_in_use(CERTIFICATION[1], third, by=cleo, reason="Wrong.")


def test_changes_that_turn_a_decision_only_together_are_found(
    app: Flask, ines: Person, cleo: Person, emeka: Person
) -> None:
    """Each key alone changes too little; the second is judged with the first."""
    with app.app_context():
        stories.decided_attempt(ines)
        half = dict(list(upside_down(FIRST).items())[:3])
        other = dict(list(upside_down(CERTIFICATION[1]).items())[:3])
        second_id = ratify(emeka, CERTIFICATION[1], other)
        assert consequence_records.consequences_of(CERTIFICATION[1], second_id).decisions == ()
        change_records.put_in_use(FIRST, ratify(emeka, FIRST, half), by=cleo, reason="One.")
        assert cases_in_database() == []
        change_records.put_in_use(CERTIFICATION[1], second_id, by=cleo, reason="Two.")
        (case,) = cases_in_database()
        # A third change with the same outcome tells nobody anything new.
        third = ratify(emeka, CERTIFICATION[1], {12: {"reason": "Worded otherwise."}})
        change_records.put_in_use(CERTIFICATION[1], third, by=cleo, reason="Three.")
        assert [each.id for each in cases_in_database()] == [case.id]


def test_what_was_opened_before_is_compared_with_its_own_key(
    app: Flask, ines: Person, cleo: Person, emeka: Person
) -> None:
    """An attempt under way is decided by the keys it was opened against, and is a case at once."""
    with app.app_context():
        attempt_id = stories.opened_attempt(ines)
        old = library.get_key(FIRST)
        new_id = ratify(emeka, FIRST, upside_down(FIRST))
        change = change_records.put_in_use(FIRST, new_id, by=cleo, reason="A panel agreed.")
        assert cases_in_database() == []
        stories.submit_waiting(attempt_id)
        (decision,) = stories.decisions_of(attempt_id)
        assert decision.outcome == Outcome.MEETS.value
        digests = {s["vignette"]: s["key_digest"] for s in decision.evidence["sessions"]}
        assert digests[FIRST] == old.digest
        (case,) = cases_in_database()
        assert (case.key_change_id, case.decision_id) == (change.id, decision.id)


def test_items_that_the_old_key_had_dropped_are_judged_as_they_were_rated(
    app: Flask, ines: Person, cleo: Person, emeka: Person
) -> None:
    """A panel drops half the items, Ines is judged without them, and they come back otherwise."""
    with app.app_context():
        half = dict(list(upside_down(FIRST).items())[:6])
        authored = library.get_key(FIRST).document.items
        sheet = {item: stories.rating(authored[item].score) for item in authored}
        dropped: dict[str, object] = {"rating": "dropped", "evidence": []}
        without = ratify(emeka, FIRST, dict.fromkeys(half, dropped))
        change_records.put_in_use(FIRST, without, by=cleo, reason="No agreement.")
        attempt_id = stories.opened_attempt(ines)
        for session in stories.sessions_of(attempt_id):
            if session.vignette_slug == FIRST:
                ratings.submit(session.id, sheet, revision=0, after=AFTER_SUBMISSION)
        stories.submit_waiting(attempt_id)
        (decision,) = stories.decisions_of(attempt_id)
        back = {
            item: {**values, "evidence": [item], "reason": "Agreed at last."}
            for item, values in half.items()
        }
        found = consequence_records.consequences_of(FIRST, ratify(emeka, FIRST, back))
        assert [item.number for item in found.items] == sorted(half)
        assert decision.outcome == Outcome.MEETS.value
        assert [each.after for each in found.decisions] == [Outcome.MORE_EVIDENCE]


def test_only_so_many_decisions_are_judged_for_a_page_and_it_says_so(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person
) -> None:
    with app.app_context():
        for person in (ines, otto):
            stories.decided_attempt(person)
        new_id = ratify(emeka, FIRST, upside_down(FIRST))
        found = consequence_records.consequences_of(FIRST, new_id, limit=1)
        assert [each.rater_name for each in found.decisions] == ["Otto"]  # the latest
        assert (found.decisions_judged, found.has_more) == (1, True)
        change_records.put_in_use(FIRST, new_id, by=cleo, reason="A panel agreed.")
        assert len(cases_in_database()) == 2


def test_a_key_that_only_words_its_reasons_otherwise_opens_no_case(
    app: Flask, ines: Person, cleo: Person, emeka: Person
) -> None:
    with app.app_context():
        stories.decided_attempt(ines)
        new_id = ratify(emeka, FIRST, {1: {"reason": "Worded otherwise."}})
        found = consequence_records.consequences_of(FIRST, new_id)
        assert (found.decisions_judged, found.decisions) == (1, ())
        change_records.put_in_use(FIRST, new_id, by=cleo, reason="Clearer.")
        assert cases_in_database() == []


def test_practice_feedback_stays_and_says_that_the_key_was_revised(
    app: Flask, ines: Person, cleo: Person, emeka: Person
) -> None:
    slug = PRACTICE[0]
    with app.app_context():
        stories.practise(ines, slugs=(slug,))
        (session,) = db.session.query(RatingSession)
        before = session.agreement.exact if session.agreement else None
        assert change_records.revision_note(session) is None
        rating = library.get_key(slug).document.items[1].score
        assert rating == 3
        new_id = ratify(
            emeka, slug, {1: {"rating": 2, "band": [2, 3]}, 2: {"rating": 4}, 3: {"reason": "So."}}
        )
        found = consequence_records.consequences_of(slug, new_id)
        assert [item.number for item in found.items] == [1, 2, 3]
        assert found.sessions_compared == 1
        (affected,) = found.practice
        assert (affected.rater_name, affected.items) == ("Ines", (2,))  # 3 is within the band
        change_records.put_in_use(slug, new_id, by=cleo, reason="A panel agreed.")
        note = change_records.revision_note(session)
        assert note is not None
        assert [item.number for item in note.items] == [1, 2]
        assert not note.is_withheld
        assert session.agreement is not None
        assert session.agreement.exact == before
        # While she rates it anew, the new consensus is not told.
        stories.calibration.open_session(ines.id, slug, Purpose.PRACTICE, number=2)
        again = change_records.revision_note(session)
        assert again is not None
        assert again.is_withheld


def test_a_key_fits_only_the_text_its_panel_rated(app: Flask, cleo: Person, emeka: Person) -> None:
    with app.app_context():
        new_id = ratify(emeka, FIRST, {1: {"rating": 2}})
        (waiting,) = change_records.waiting_keys()
        assert (waiting.document_id, waiting.fits) == (new_id, True)
        reworded = small_pack().vignettes[FIRST].model_copy(update={"title": "Told otherwise"})
        pack = Pack()
        pack.add("vignette", FIRST, reworded, FIRST)
        library.publish(pack, person_id=None)
        (waiting,) = change_records.waiting_keys()
        assert not waiting.fits
        with pytest.raises(DoesNotFitError):
            change_records.put_in_use(FIRST, new_id, by=cleo, reason="It does not fit.")


@pytest.fixture
def two_cases(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person
) -> dict[str, uuid.UUID]:
    """Ines is certified and Otto is not yet; both decisions turn by the new key."""
    with app.app_context():
        hers, his = stories.decided_attempt(ines), stories.decided_attempt(otto)
        reviews.sign(hers, certifier=cleo)
        new_id = ratify(emeka, FIRST, upside_down(FIRST))
        change_records.put_in_use(FIRST, new_id, by=cleo, reason="A panel agreed.")
        cases = {case.decision_id: case.id for case in cases_in_database()}
        return {"Ines": cases[hers], "Otto": cases[his]}


def test_a_certifier_decides_case_by_case(
    app: Flask,
    make_person: MakePerson,
    two_cases: dict[str, uuid.UUID],
    cohort: Cohort,
    tamar: Person,
    otto: Person,
    cleo: Person,
) -> None:
    decide = partial(case_records.decide, certifier=cleo)
    with app.app_context():
        with pytest.raises(ConflictError):  # Tamar trains Ines
            case_records.decide(
                two_cases["Ines"], act=CaseAct.STANDS, certifier=tamar, reason="Kind."
            )
        with pytest.raises(ActDoesNotFitError):  # a certificate is revoked, not set aside
            decide(two_cases["Ines"], act=CaseAct.SET_ASIDE, reason="No.")
        letter = decide(two_cases["Ines"], act=CaseAct.REVOKED, reason="The key was wrong.")
        assert "revoked" in letter.subject
        assert stories.certificates_in_database()[0].revoked_at is not None
        with pytest.raises(ActDoesNotFitError):  # he has no certificate
            decide(two_cases["Otto"], act=CaseAct.REVOKED, reason="No.")
        letter = decide(two_cases["Otto"], act=CaseAct.SET_ASIDE, reason="Rate anew, please.")
        assert (letter.recipient, letter.subject) == (
            otto.email,
            "Your certification attempt is set aside",
        )
        assert "Rate anew, please." in letter.body
        (aside,) = db.session.query(SetAside)
        assert (aside.ground.value, aside.by_id) == ("key-change", cleo.id)
        with pytest.raises(AlreadyDecidedError):
            decide(two_cases["Otto"], act=CaseAct.STANDS, reason="Or not.")
        assert change_records.number_of_open_cases() == 0
        assert {line.details["decided"] for line in stories.acts_noted("key change decided")} == {
            "revoked",
            "set-aside",
        }
        assert list(trail.verify()) == []


def test_two_certifiers_at_once_and_a_rater_who_submits(
    app: Flask, make_person: MakePerson, ines: Person, cleo: Person, emeka: Person
) -> None:
    """One change; and the decision of that moment is a case, whoever was first."""
    dora = make_person("Dora", Role.CERTIFIER)
    with app.app_context():
        attempt_id = stories.opened_attempt(ines)
        *others, last = stories.sessions_of(attempt_id)
        for session in others:
            stories.submit(session, stories.careful)
        last_id = last.id
        new_id = ratify(emeka, FIRST, upside_down(FIRST))

    def submit_last() -> None:
        stories.submit(db.session.get_one(RatingSession, last_id), stories.careful)

    results = at_once(
        inside(app, lambda: change_records.put_in_use(FIRST, new_id, by=cleo, reason="One.").id),
        inside(app, lambda: change_records.put_in_use(FIRST, new_id, by=dora, reason="Two.").id),
        inside(app, submit_last),
    )
    assert sum(isinstance(result, AlreadyInUseError) for result in results) == 1
    with app.app_context():
        (decision,) = stories.decisions_of(attempt_id)
        (case,) = cases_in_database()
        assert case.decision_id == decision.id
        assert len(stories.acts_noted("key put in use")) == 1
        assert list(trail.verify()) == []


def test_practice_that_is_opened_or_submitted_while_a_key_is_put_in_use_keeps_one_key(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person
) -> None:
    """Otto submits and Ines begins at that very moment: each is told by the key they began with."""
    slug = PRACTICE[0]
    with app.app_context():
        his = ratings.open_session(otto.id, slug, Purpose.PRACTICE).id
        old_id, new_id = library.get_key(slug).id, ratify(emeka, slug, {2: {"rating": 0}})
    at_once(
        inside(app, lambda: change_records.put_in_use(slug, new_id, by=cleo, reason="Agreed.").id),
        inside(app, lambda: stories.submit(db.session.get_one(RatingSession, his), exactly)),
        inside(app, lambda: stories.practise(ines, slugs=(slug,))),
    )
    with app.app_context():
        for session in db.session.query(RatingSession):
            assert session.agreement is not None
            assert session.agreement.exact == len(ITEMS)
            is_old = session.key_document_id == old_id
            assert is_old or session.person_id == ines.id
            assert (change_records.revision_note(session) is not None) is is_old


def exactly(reference: int | None, _cell: int) -> int | None:
    return reference


def test_an_attempt_is_set_aside_once_when_its_appeal_and_its_case_are_decided_at_once(
    app: Flask, make_person: MakePerson, ines: Person, cleo: Person, emeka: Person
) -> None:
    dora, fay = make_person("Dora", Role.CERTIFIER), make_person("Fay", Role.CERTIFIER)
    with app.app_context():
        decision_id = stories.decided_attempt(ines)
        reviews.decline(decision_id, certifier=cleo, reason="No.")
        attempt_id = db.session.get_one(Decision, decision_id).attempt_id
        appeals.make(attempt_id, rater=ines, reason="The key of the first one is wrong.")
        appeal_id = db.session.scalars(select(Appeal.id)).one()
        new_id = ratify(emeka, FIRST, upside_down(FIRST))
        change_records.put_in_use(FIRST, new_id, by=cleo, reason="A panel agreed.")
        case_id = cases_in_database()[0].id
    granted, decided = at_once(
        inside(
            app,
            lambda: appeals.decide(
                appeal_id, certifier=dora, outcome=AppealOutcome.GRANTED, reason="So it was."
            ),
        ),
        inside(
            app,
            lambda: case_records.decide(
                case_id, act=CaseAct.SET_ASIDE, certifier=fay, reason="So it was."
            ),
        ),
    )
    assert granted.recipient == ines.email
    with app.app_context():
        (aside,) = db.session.query(SetAside)
        if isinstance(decided, ActDoesNotFitError):
            assert (aside.by_id, cases_in_database()[0].act) == (dora.id, None)
        else:
            assert (aside.by_id, cases_in_database()[0].act) == (fay.id, CaseAct.SET_ASIDE)
        assert db.session.scalars(select(Appeal.outcome)).one() is AppealOutcome.GRANTED
        assert list(trail.verify()) == []


def test_content_that_changes_a_key_opens_cases_too(
    app: Flask, ines: Person, cleo: Person, ada: Person
) -> None:
    with app.app_context():
        decision_id = stories.decided_attempt(ines)
        pack = Pack()
        pack.add("key", FIRST, key_with(FIRST, upside_down(FIRST)), "key")
        published = publishing.publish(pack, person_id=ada.id)
        assert (published.publication.published, published.cases) == ((("key", FIRST),), 1)
        (case,) = cases_in_database()
        assert case.decision_id == decision_id
        assert (case.key_change.reason, case.key_change.put_in_use_by_id) == (
            publishing.REASON,
            ada.id,
        )
        assert publishing.publish(pack, person_id=None).cases == 0
