"""What raters have done, put straight into the database: a course in a few lines."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tests.pack import STANDARD
from training.accounts.models import Person, Role
from training.accounts.records import add_person
from training.calibration.agreement import compare_with_key
from training.calibration.agreement_records import agreement_of
from training.calibration.models import Purpose, RatingSession, SessionState
from training.certification.models import (
    Attempt,
    AttemptState,
    Certificate,
    Decision,
    Review,
    ReviewAct,
)
from training.clock import now
from training.cohorts import records as cohorts
from training.cohorts.models import Cohort
from training.database import db, write_transaction
from training.library import records as library
from training.modules.models import JournalEntry, KnowledgeCheck, StageCompletion
from training.modules.stages import STAGES, Stage

CONSENSUS = 2


def add_raters(cohort: Cohort, number: int, *, first: int = 1) -> list[Person]:
    """So many raters called "Rater 001" and on, all in this cohort."""
    people = []
    with write_transaction():
        for position in range(first, first + number):
            person = add_person(
                email=f"rater-{position:03d}@example.org",
                name=f"Rater {position:03d}",
                roles=(Role.RATER,),
                by=None,
            )
            cohorts.join(cohort, person)
            people.append(person)
    return people


def complete(
    person: Person,
    module_slug: str,
    stages: Sequence[Stage] = STAGES,
    *,
    at: datetime | None = None,
) -> None:
    """Finish stages of a module."""
    module = library.find_module(module_slug)
    assert module is not None
    with write_transaction() as session:
        for stage in stages:
            session.add(
                StageCompletion(
                    person_id=person.id,
                    module_slug=module_slug,
                    stage=stage,
                    module_document_id=module.id,
                    completed_at=at or now(),
                )
            )


def take_check(person: Person, module_slug: str, *, right: int, number: int = 1) -> None:
    """Finish a check of six questions."""
    module = library.find_module(module_slug)
    assert module is not None
    with write_transaction() as session:
        session.add(
            KnowledgeCheck(
                person_id=person.id,
                module_slug=module_slug,
                module_document_id=module.id,
                number=number,
                questions=[{"question": f"question-{n}", "order": []} for n in range(1, 7)],
                finished_at=now(),
                correct_answers=right,
            )
        )


def practise(
    person: Person,
    slug: str,
    differences: Mapping[int, int],
    *,
    number: int = 1,
    purpose: Purpose = Purpose.PRACTICE,
) -> RatingSession:
    """Submit a vignette whose ratings lie this far from the consensus, by element."""
    vignette, key = library.get_vignette(slug), library.get_key(slug)
    instrument = library.get_instrument(vignette.document.instrument)
    comparison = compare_with_key(
        {item: CONSENSUS + difference for item, difference in differences.items()},
        dict.fromkeys(differences, CONSENSUS),
    )
    with write_transaction() as session:
        rating = RatingSession(
            person_id=person.id,
            purpose=purpose,
            vignette_slug=slug,
            vignette_document_id=vignette.id,
            key_document_id=key.id,
            instrument_document_id=instrument.id,
            number=number,
            state=SessionState.SUBMITTED,
            saved_at=now(),
            submitted_at=now(),
        )
        session.add(rating)
        session.flush()
        session.add(agreement_of(rating, comparison))
    return rating


def attempt(
    person: Person,
    state: AttemptState,
    act: ReviewAct | None = None,
    *,
    certifier: Person,
    standard_slug: str = STANDARD,
) -> Decision:
    """An attempt that has come this far; a signed one gives a certificate."""
    standard = library.find_standard(standard_slug)
    assert standard is not None
    with write_transaction() as session:
        row = Attempt(
            person_id=person.id,
            standard_slug=standard.slug,
            standard_document_id=standard.id,
            number=1,
            state=state,
            seed="seed",
            closed_at=now() if state is AttemptState.CLOSED else None,
        )
        decision = Decision(
            attempt=row,
            number=1,
            outcome="meets" if act is ReviewAct.SIGNED else "does_not_meet",
            probability=0.5,
            figures={"gates": "figure-of-a-gate"},
            evidence={"cells": "cell-of-an-attempt"},
            digest="0" * 64,
            computed_at=now(),
        )
        session.add_all([row, decision])
        session.flush()
        if act is not None:
            session.add(Review(decision_id=decision.id, certifier_id=certifier.id, act=act))
        if act is ReviewAct.SIGNED:
            session.add(_certificate(person, decision, certifier))
    return decision


def _certificate(person: Person, decision: Decision, certifier: Person) -> Certificate:
    return Certificate(
        number=uuid.uuid4().hex[:14],
        person_id=person.id,
        holder_name=person.name,
        decision_id=decision.id,
        signed_by_id=certifier.id,
        body_name="Test body",
        issued_at=now(),
        valid_until=now() + timedelta(days=360),
    )


def write_journal(person: Person, module_slug: str, text: str, *, is_shared: bool) -> None:
    with write_transaction() as session:
        session.add(
            JournalEntry(
                person_id=person.id,
                module_slug=module_slug,
                text=text,
                is_shared=is_shared,
                changed_at=now(),
            )
        )


def acts_of(act: str) -> list[dict[str, object]]:
    """The details of every line of the trail with this act, oldest first."""
    from training.audit.models import AuditEntry

    lines = db.session.query(AuditEntry).filter_by(act=act).order_by(AuditEntry.sequence)
    return [{"subject": line.subject, "by": line.person_id, **line.details} for line in lines]
