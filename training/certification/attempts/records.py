"""Attempts: opening one with its form, its sessions, and the decision at its end."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload, selectinload

from training import windows
from training.accounts.records import lock_person
from training.audit import trail
from training.calibration.models import Purpose, RatingSession, SessionState
from training.calibration.records import open_session
from training.certification.attempts import form
from training.certification.attempts.circumstance_records import circumstances_at
from training.certification.attempts.eligibility import Eligibility, counts_from
from training.certification.attempts.evidence_records import session_evidence
from training.certification.attempts.pool import unseen_candidates
from training.certification.attempts.standing import attempts_of, eligibility_of, is_certified
from training.certification.certificates.renewals import held_by, is_renewal
from training.certification.judging import decision as rules
from training.certification.judging import evidence as evidence_documents
from training.certification.judging.circumstances import digest_of_wording
from training.certification.judging.standard import Standard
from training.certification.models import Attempt, AttemptState, Decision, Renewal
from training.clock import now
from training.database import db, write_transaction
from training.library import records as library
from training.library.records import Version

SEED_BYTES = 8


class NotEligibleError(PermissionError):
    """An attempt cannot be opened now; `eligibility` says why."""

    def __init__(self, found: Eligibility) -> None:
        super().__init__("not eligible")
        self.eligibility = found


def find_own_attempt(attempt_id: uuid.UUID, person_id: uuid.UUID) -> Attempt | None:
    """A person's attempt with its sessions and decisions; None for anybody else's."""
    return db.session.scalar(
        select(Attempt)
        .filter_by(id=attempt_id, person_id=person_id)
        .options(
            # The page shows which vignettes are submitted, and none of their ratings.
            selectinload(Attempt.sessions).options(
                selectinload(RatingSession.vignette_document), lazyload(RatingSession.ratings)
            ),
            selectinload(Attempt.decisions).options(
                selectinload(Decision.review), selectinload(Decision.appeal)
            ),
            selectinload(Attempt.set_aside),
        )
    )


def open_attempt(
    person_id: uuid.UUID, standard_slug: str, *, honour_wording: str | None = None
) -> Attempt:
    """Open an attempt with its whole form drawn, or find the one that was just opened.

    A double click, or two tabs, open one attempt. `honour_wording` is what the person confirmed,
    in the words they read. Raises NotEligibleError.
    """
    with write_transaction() as session:
        lock_person(person_id)
        moment = now()
        attempts = attempts_of(person_id, standard_slug)
        if attempts and attempts[-1].is_under_way(moment):
            return attempts[-1]
        if attempts:
            close_if_lapsed(attempts[-1].id, moment)
        standard = _standard(standard_slug)
        found = eligibility_of(person_id, standard, at=moment)
        if not found.is_eligible:
            raise NotEligibleError(found)
        attempt = Attempt(
            person_id=person_id,
            standard_slug=standard_slug,
            standard_document_id=standard.id,
            number=len(attempts) + 1,
            state=AttemptState.OPEN,
            seed=secrets.token_hex(SEED_BYTES),
            opened_at=moment,
            closes_at=windows.closing_of(moment, standard.document.attempts.window_days),
            honour_wording=honour_wording,
        )
        session.add(attempt)
        session.flush()
        renewed = held_by(person_id, standard_slug, at=now()).to_renew
        if renewed is not None:
            session.add(Renewal(attempt_id=attempt.id, certificate_id=renewed.id))
            session.flush()
        _add_vignettes(attempt, standard.document, standard.document.form.vignettes)
        trail.note(
            trail.Act.ATTEMPT_OPENED,
            f"attempt {attempt.id}",
            person_id=person_id,
            standard=standard_slug,
            number=attempt.number,
            honour=digest_of_wording(honour_wording) if honour_wording else None,
            **({"renews": renewed.number} if renewed else {}),
        )
    return attempt


def close_if_lapsed(attempt_id: uuid.UUID, moment: datetime) -> bool:
    """Write down that an attempt's window closed too early, in the act under way.

    Whether it did is a matter of time alone; this only keeps it. False where it did not.
    """
    attempt, sessions = attempt_to_change(attempt_id)
    if attempt.lapsed_at is not None or not attempt.has_lapsed(moment):
        return False
    attempt.state = AttemptState.CLOSED
    attempt.lapsed_at = attempt.closed_at = attempt.closes_at
    db.session.flush()
    trail.note(
        trail.Act.ATTEMPT_LAPSED,
        f"attempt {attempt.id}",
        person_id=None,
        submitted=sum(session.is_submitted for session in sessions),
        vignettes=len(sessions),
    )
    return True


def attempt_to_change(attempt_id: uuid.UUID) -> tuple[Attempt, list[RatingSession]]:
    """An attempt and its sessions, locked in the order in which a submission locks them.

    So a submission under way ends first, and one that comes later finds what was changed.
    """
    sessions = db.session.scalars(
        select(RatingSession)
        .filter_by(attempt_id=attempt_id)
        .order_by(RatingSession.position)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return _locked(attempt_id), list(sessions)


def _locked(attempt_id: uuid.UUID | None) -> Attempt:
    # Its id stays, so rows that point to it may be written meanwhile: a full lock would let two
    # submissions, each of which has changed such a row already, wait for one another for ever.
    return db.session.scalars(
        select(Attempt)
        .filter_by(id=attempt_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def extend(attempt: Attempt, number: int) -> None:
    """Give an attempt further unseen vignettes, in the act under way.

    They get a window of their own. Raises form.TooFewVignettesError when the pool has no more.
    """
    standard = library.standard_version(attempt.standard_document_id)
    attempt.closes_at = windows.closing_of(now(), standard.document.attempts.window_days)
    _add_vignettes(attempt, standard.document, number)
    attempt.state = AttemptState.OPEN


def _add_vignettes(attempt: Attempt, standard: Standard, number: int) -> None:
    begun = len(attempt.sessions)
    drawn = form.draw(
        unseen_candidates(attempt.person_id, standard, is_renewal=is_renewal(attempt)),
        number=number,
        strata=standard.form.strata if not begun else (),
        seed=f"{attempt.seed}-{begun}",
    )
    for position, slug in enumerate(drawn, start=begun + 1):
        open_session(
            attempt.person_id,
            slug,
            Purpose.CERTIFICATION,
            attempt_id=attempt.id,
            position=position,
            closes_at=attempt.closes_at,
        )
    db.session.expire(attempt, ["sessions"])


def vignette_submitted(session: RatingSession) -> None:
    """Compute and freeze the decision when this was the last vignette; in the submission's act."""
    attempt = _locked(session.attempt_id)
    waiting = select(RatingSession.id).filter_by(attempt_id=attempt.id, state=SessionState.DRAFT)
    if attempt.state is AttemptState.OPEN and db.session.scalar(waiting.limit(1)) is None:
        _conclude(attempt)


def _sessions(attempt: Attempt) -> list[RatingSession]:
    """The sessions of an attempt as they stand now, whatever was read of them before."""
    statement = (
        select(RatingSession)
        .filter_by(attempt_id=attempt.id)
        .order_by(RatingSession.position)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def _conclude(attempt: Attempt) -> None:
    standard = library.standard_version(attempt.standard_document_id)
    sessions = _sessions_that_count(attempt, standard.document)
    instrument = library.instrument_version(sessions[-1][0].instrument_document_id)
    stored = evidence_documents.document(
        [session_evidence(session, number) for session, number in sessions],
        standard=standard.document,
        standard_digest=standard.digest,
        scale=instrument.document.scale.scores,
        attempt=attempt.number,
    )
    moment = now()
    result = rules.decide(standard.document, evidence_documents.evidence_of(stored), now=moment)
    figures = result.as_dict()
    circumstances = _circumstances(attempt)
    decision = Decision(
        attempt_id=attempt.id,
        number=len(attempt.decisions) + 1,
        outcome=result.outcome.value,
        probability=result.probability,
        figures=figures,
        evidence=stored,
        circumstances=circumstances,
        digest=evidence_documents.digest_of(figures, stored, circumstances),
        computed_at=moment,
    )
    attempt.decisions.append(decision)
    attempt.state = AttemptState.DECIDED
    db.session.flush()
    trail.note(
        trail.Act.DECISION_COMPUTED,
        f"decision {decision.id}",
        person_id=attempt.person_id,
        outcome=decision.outcome,
        digest=decision.digest,
    )


def _circumstances(attempt: Attempt) -> dict[str, Any]:
    earlier = [
        other
        for other in attempts_of(attempt.person_id, attempt.standard_slug)
        if other.number < attempt.number
    ]
    return circumstances_at(attempt, _sessions(attempt), earlier).as_dict()


def _sessions_that_count(
    attempt: Attempt, standard: Standard
) -> Sequence[tuple[RatingSession, int]]:
    """This attempt's sessions, and those of earlier attempts that the standard pools with it.

    Attempts up to the last certified one are not pooled: what was certified is not judged again.
    One that was set aside is neither.
    """
    pooled = [attempt]
    if standard.attempts.pooled:
        since = counts_from(standard, attempt.opened_at)
        earlier = [
            other
            for other in attempts_of(attempt.person_id, attempt.standard_slug)
            if other.number < attempt.number and other.set_aside is None
        ]
        certified = [other.number for other in earlier if is_certified(other)]
        first = max(certified, default=0) + 1
        pooled += [o for o in earlier if o.number >= first and o.opened_at >= since]
    return [
        (session, one.number)
        for one in sorted(pooled, key=lambda one: one.number)
        for session in _sessions(one)
        if session.is_submitted
    ]


def _standard(slug: str) -> Version[Standard]:
    standard = library.find_standard(slug)
    if standard is None:
        raise library.UnknownDocumentError(f"no standard {slug!r} is published")
    return standard
