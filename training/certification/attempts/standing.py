"""Where a person stands with a standard: their attempts, what they hold, what they may do next."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import defer, selectinload

from training.calibration.models import Purpose, RatingSession, SessionState
from training.certification.attempts.eligibility import Eligibility, PastAttempt, eligibility
from training.certification.attempts.pool import unseen_vignettes
from training.certification.certificates.renewals import Held, held_by
from training.certification.judging import decision as rules
from training.certification.judging.standard import Standard
from training.certification.models import Attempt, AttemptState, Decision, ReviewAct
from training.database import db, read_rows
from training.library.models import Document
from training.library.records import Version
from training.modules.models import StageCompletion
from training.modules.stages import Stage

# The last stage of a module completes it.
LAST_STAGE = Stage.REFLECT
# What counts as working on what an attempt has shown.
EXERCISES = (Purpose.PRACTICE, Purpose.APPLY)

# Put together once: every home page asks these.
_ATTEMPTS = (
    select(Attempt)
    .where(Attempt.person_id == bindparam("person"), Attempt.standard_slug == bindparam("standard"))
    .order_by(Attempt.number)
    .options(
        selectinload(Attempt.decisions).options(
            defer(Decision.figures), defer(Decision.evidence), selectinload(Decision.review)
        ),
        selectinload(Attempt.set_aside),
    )
    .execution_options(populate_existing=True)
)
_COMPLETED = select(StageCompletion.module_slug).where(
    StageCompletion.person_id == bindparam("person"), StageCompletion.stage == LAST_STAGE
)
# When each practice vignette and each excerpt was last rated, whatever version it was. One that
# was rated for both purposes comes twice, the later time last.
_EXERCISES = (
    select(
        RatingSession.vignette_slug,
        RatingSession.purpose,
        func.max(RatingSession.submitted_at),
    )
    .join(Document, Document.id == RatingSession.instrument_document_id)
    .where(
        Document.slug == bindparam("instrument"),
        RatingSession.person_id == bindparam("person"),
        RatingSession.purpose.in_(EXERCISES),
        RatingSession.state == SessionState.SUBMITTED,
    )
    .group_by(RatingSession.vignette_slug, RatingSession.purpose)
    .order_by(func.max(RatingSession.submitted_at))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands with a standard: their attempts, first one first, what they hold, and
    whether they may open another attempt."""

    attempts: list[Attempt]
    held: Held
    eligibility: Eligibility


def attempts_of(person_id: uuid.UUID, standard_slug: str) -> list[Attempt]:
    """A person's attempts at a standard as they stand now, first one first."""
    return list(db.session.scalars(_ATTEMPTS, {"person": person_id, "standard": standard_slug}))


def standing_of(person_id: uuid.UUID, standard: Version[Standard], *, at: datetime) -> Standing:
    """Hold a person's record against the standard."""
    held = held_by(person_id, standard.slug, at=at)
    made = attempts_of(person_id, standard.slug)
    unseen = unseen_vignettes(person_id, standard.document, is_renewal=held.to_renew is not None)
    instrument = standard.document.instrument
    exercises = read_rows(_EXERCISES, person=person_id, instrument=instrument).all()
    return Standing(
        made,
        held,
        eligibility(
            standard.document,
            completed_modules=_completed_modules(person_id),
            practised=sum(row.purpose is Purpose.PRACTICE for row in exercises),
            attempts=[_past(attempt, at) for attempt in made],
            unseen_vignettes=len(unseen),
            certified_until=held.valid.valid_until if held.valid else None,
            exercises={slug: last for slug, _purpose, last in exercises if last is not None},
            now=at,
        ),
    )


def eligibility_of(
    person_id: uuid.UUID, standard: Version[Standard], *, at: datetime
) -> Eligibility:
    """Whether a person may open an attempt at the standard, and what is missing."""
    return standing_of(person_id, standard, at=at).eligibility


def _past(attempt: Attempt, at: datetime) -> PastAttempt:
    is_set_aside = attempt.set_aside is not None
    if attempt.has_lapsed(at):
        closes_at = attempt.closes_at
        return PastAttempt(
            attempt.opened_at, closes_at, None, is_closed=True, is_set_aside=is_set_aside
        )
    # While further vignettes are being rated, the decision before them is not the last word.
    is_open = attempt.state is AttemptState.OPEN
    last = attempt.decisions[-1] if attempt.decisions and not is_open else None
    return PastAttempt(
        opened_at=attempt.opened_at,
        concluded_at=last.computed_at if last else None,
        outcome=rules.Outcome(last.outcome) if last else None,
        is_closed=attempt.state is AttemptState.CLOSED,
        is_certified=is_certified(attempt),
        is_set_aside=is_set_aside,
    )


def is_certified(attempt: Attempt) -> bool:
    """Whether a certifier has signed a decision of this attempt."""
    return any(
        decision.review is not None and decision.review.act is ReviewAct.SIGNED
        for decision in attempt.decisions
    )


def _completed_modules(person_id: uuid.UUID) -> frozenset[str]:
    return frozenset(read_rows(_COMPLETED, person=person_id).scalars())
