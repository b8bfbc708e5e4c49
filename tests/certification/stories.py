"""What people in these stories do, in few words: learn, practise, open an attempt, rate it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.databases import Beginning
from tests.pack import CERTIFICATION, MODULES, PRACTICE, STANDARD, small_pack
from tests.people import add_person
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.calibration import records as calibration
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.calibration.practice_records import open_practice
from training.calibration.ratings import Rating
from training.certification.attempts import records as attempts
from training.certification.judging.decision import Outcome
from training.certification.judging.standard import Standard
from training.certification.models import Attempt, Certificate, Decision, Review
from training.certification.reviews import acts as reviews
from training.database import db, write_transaction
from training.library import records as library
from training.library.reading import Pack
from training.modules.models import Stage, StageCompletion

TOP = 4

# How somebody rates: the key's score and a running number of the cell, to a score.
Rater = Callable[[int | None, int], int | None]


def careful(reference: int | None, cell: int) -> int | None:
    """As the key, but one point off in every sixth cell, as often above as below."""
    if reference is None or cell % 6:
        return reference
    wanted = reference + (1 if cell % 12 else -1)
    return wanted if 0 <= wanted <= TOP else reference


def constant(_reference: int | None, _cell: int) -> int:
    """Always the middle of the scale."""
    return 2


def uneven(reference: int | None, cell: int) -> int | None:
    """As the key, but two points off in every fourteenth cell: too often to be sure of it."""
    if reference is None or cell % 14:
        return reference
    return reference + 2 if reference <= 2 else reference - 2


def complete_modules(person: Person, *, slugs: tuple[str, ...] = MODULES) -> None:
    """Finish learning modules, to their last stage."""
    with write_transaction() as session:
        for slug in slugs:
            version = library.find_module(slug)
            assert version is not None
            session.add(
                StageCompletion(
                    person_id=person.id,
                    module_slug=slug,
                    stage=Stage.REFLECT,
                    module_document_id=version.id,
                )
            )


def practise(person: Person, *, slugs: tuple[str, ...] = PRACTICE) -> None:
    """Rate practice vignettes exactly as their key does."""
    for slug in slugs:
        opened = calibration.open_session(person.id, slug, Purpose.PRACTICE)
        submit(opened, lambda reference, _cell: reference)


def practise_again(person: Person, slug: str) -> None:
    """Rate a practice vignette once more than before."""
    submit(open_practice(person.id, slug, again=True), lambda reference, _cell: reference)


def make_eligible(person: Person) -> None:
    """Everything the standard of the small pack asks for before an attempt."""
    complete_modules(person)
    practise(person)


def opened_attempt(person: Person) -> uuid.UUID:
    """Learn, practise and open an attempt."""
    make_eligible(person)
    return attempts.open_attempt(person.id, STANDARD).id


def submit(session: RatingSession, rater: Rater) -> None:
    """Rate one session as this rater does and submit it."""
    key = library.key_version(session.key_document_id).document
    first_cell = (number_of(session.vignette_slug) - 1) * len(key.items)
    outcome = calibration.submit(
        session.id,
        {
            item: rating(rater(reference.score, first_cell + item))
            for item, reference in key.items.items()
        },
        revision=session.revision,
        after=AFTER_SUBMISSION,
    )
    assert outcome.is_submitted, outcome.lacks


def number_of(slug: str) -> int:
    """The number in a vignette's name, whatever its place in a form."""
    digits = slug.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def rating(score: int | None) -> Rating:
    """A complete rating with this score, or not rateable."""
    if score is None:
        return Rating(is_not_rateable=True, reason="Nobody was there.")
    return Rating(score=score, evidence=(3,))


def submit_waiting(attempt_id: uuid.UUID, rater: Rater = careful) -> None:
    """Submit every vignette of an attempt that is not submitted yet."""
    for session in sessions_of(attempt_id):
        if not session.is_submitted:
            submit(session, rater)


def decided_attempt(person: Person, rater: Rater = careful) -> uuid.UUID:
    """A whole attempt: the id of its decision."""
    attempt_id = opened_attempt(person)
    submit_waiting(attempt_id, rater)
    return decisions_of(attempt_id)[-1].id


@cache
def decided(rater: Rater = careful, *, signatures: int = 1) -> Beginning:
    """Where a story begins when an attempt of Ines, who rates like this, is decided."""

    def beginning(app: Flask) -> dict[str, Any]:
        with app.app_context():
            ines = add_person("Ines", Role.RATER)
            if signatures > 1:
                publish_standard(signatures=signatures)
            return {"Ines": ines, "decision_id": decided_attempt(ines, rater)}

    return beginning


def certified(app: Flask) -> dict[str, Any]:
    """Where a story begins when Cleo has signed a certificate for Ines."""
    with app.app_context():
        cleo = add_person("Cleo", Role.CERTIFIER)
        told = decided()(app)
        certificate, _letter = reviews.sign(told["decision_id"], certifier=cleo)
        return told | {"Cleo": cleo, "certificate": certificate}


def declined(app: Flask) -> dict[str, Any]:
    """Where a story begins when Cleo has refused Ines a certificate."""
    with app.app_context():
        cleo = add_person("Cleo", Role.CERTIFIER)
        told = decided(constant)(app)
        reviews.decline(told["decision_id"], certifier=cleo, reason="Far from the consensus.")
        return told | {"Cleo": cleo}


def next_attempt(person: Person, rater: Rater = careful) -> uuid.UUID:
    """Another attempt of somebody who is eligible again: the id of its decision."""
    attempt_id = attempts.open_attempt(person.id, STANDARD).id
    submit_waiting(attempt_id, rater)
    return decisions_of(attempt_id)[-1].id


def add_vignettes(number: int) -> list[str]:
    """Put further vignettes into the certification pool, with texts and keys of the first ones."""
    pack, more = small_pack(), Pack()
    slugs = [f"certification-{9 + position}" for position in range(number)]
    for slug, model in zip(slugs, CERTIFICATION, strict=False):
        vignette = pack.vignettes[model].model_copy(
            update={"slug": slug, "title": f"The story of {slug}"}
        )
        more.add("vignette", slug, vignette, slug)
        more.add("key", slug, pack.keys[model].model_copy(update={"vignette": slug}), f"{slug} key")
    library.publish(more, person_id=None)
    return slugs


def publish_standard(**changes: object) -> None:
    """Put the standard of the small pack in use with other values."""
    document = small_pack().standards[STANDARD].model_dump(mode="json") | changes
    pack = Pack()
    pack.add("standard", STANDARD, Standard.model_validate(document), "standard")
    library.publish(pack, person_id=None)


def sessions_of(attempt_id: uuid.UUID) -> list[RatingSession]:
    return list(
        db.session.scalars(
            select(RatingSession).filter_by(attempt_id=attempt_id).order_by(RatingSession.position)
        )
    )


def decisions_of(attempt_id: uuid.UUID) -> list[Decision]:
    return list(
        db.session.scalars(
            select(Decision).filter_by(attempt_id=attempt_id).order_by(Decision.number)
        )
    )


def attempts_in_database(person: Person) -> list[Attempt]:
    return list(db.session.scalars(select(Attempt).filter_by(person_id=person.id)))


def certificates_in_database() -> list[Certificate]:
    return list(db.session.scalars(select(Certificate)))


def reviews_in_database() -> list[Review]:
    return list(db.session.scalars(select(Review)))


def outcome_of(decision_id: uuid.UUID) -> Outcome:
    return Outcome(db.session.get_one(Decision, decision_id).outcome)


def acts_noted(act: str) -> list[AuditEntry]:
    """The lines of the trail about an act."""
    statement = select(AuditEntry).filter_by(act=act).order_by(AuditEntry.sequence)
    return list(db.session.scalars(statement))


def moments_apart(first: datetime, second: datetime) -> float:
    """Days between two moments."""
    return (second - first).total_seconds() / 86_400
