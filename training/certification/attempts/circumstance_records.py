"""What is gathered about an attempt when its decision is computed: times, history, flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from training.calibration.models import Purpose, RatingSession, SessionAgreement
from training.certification.judging.circumstances import (
    Circumstances,
    EarlierAttempt,
    Honour,
    Times,
)
from training.certification.judging.flags import OtherSheet, Sheet, raised_flags
from training.certification.models import Attempt
from training.database import db
from training.library import records as library
from training.library.schema import Key, Vignette

# The latest ones: an act that decides must not take longer the more people were ever certified.
OTHER_SESSIONS_COMPARED = 2000


def circumstances_at(
    attempt: Attempt, sessions: Sequence[RatingSession], earlier: Sequence[Attempt]
) -> Circumstances:
    """How the ratings of an attempt came about; `sessions` are its own submitted ones."""
    scale = library.instrument_version(sessions[-1].instrument_document_id).document.scale.scores
    return Circumstances(
        honour=_honour(attempt),
        closes_at=attempt.closes_at,
        window_changes=len(attempt.window_changes),
        times=tuple(_times(session) for session in sessions),
        history=tuple(_line_of_history(other) for other in earlier),
        flags=raised_flags(list(map(_sheet, sessions)), _other_sheets(sessions), scale=scale),
    )


def _honour(attempt: Attempt) -> Honour | None:
    if attempt.honour_wording is None:
        return None
    return Honour(str(attempt.person_id), attempt.opened_at, attempt.honour_wording)


def _line_of_history(attempt: Attempt) -> EarlierAttempt:
    last = attempt.decisions[-1] if attempt.decisions else None
    state = "lapsed" if attempt.lapsed_at is not None else attempt.state.value
    return EarlierAttempt(
        number=attempt.number,
        opened_at=attempt.opened_at,
        state=state if attempt.set_aside is None else "set-aside",
        outcome=last.outcome if last else None,
        act=last.review.act.value if last and last.review else None,
    )


def _times(session: RatingSession) -> Times:
    assert session.submitted_at is not None  # only submitted sessions come here
    return Times(
        session=str(session.id),
        vignette=session.vignette_slug,
        words=_vignette(session).words,
        opened_at=session.opened_at,
        first_shown_at=session.first_shown_at,
        first_saved_at=session.first_saved_at,
        submitted_at=session.submitted_at,
    )


def _sheet(session: RatingSession) -> Sheet:
    assert session.submitted_at is not None  # only submitted sessions come here
    scores = {rating.item_number: rating.score for rating in session.ratings}
    references = _key(session).references_for(scores)
    return Sheet(
        vignette=session.vignette_slug,
        version=_version(session),
        words=_vignette(session).words,
        shown_at=session.first_shown_at or session.opened_at,
        submitted_at=session.submitted_at,
        scores={number: scores[number] for number in references},
        reference=references,
        bare=frozenset(
            rating.item_number
            for rating in session.ratings
            if not rating.evidence and rating.item_number in references
        ),
    )


def _other_sheets(sessions: Sequence[RatingSession]) -> Iterator[OtherSheet]:
    """What others gave in attempts on the same versions of these vignettes and keys."""
    keys = {session.key_document_id: _key(session) for session in sessions}
    rows = db.session.execute(
        select(
            RatingSession.person_id,
            RatingSession.vignette_slug,
            RatingSession.vignette_document_id,
            RatingSession.key_document_id,
            SessionAgreement.differences,
        )
        .join(SessionAgreement, SessionAgreement.session_id == RatingSession.id)
        .where(
            RatingSession.purpose == Purpose.CERTIFICATION,
            RatingSession.person_id != sessions[0].person_id,
            RatingSession.vignette_document_id.in_([s.vignette_document_id for s in sessions]),
            RatingSession.key_document_id.in_(keys),
        )
        .order_by(RatingSession.submitted_at.desc(), RatingSession.id)
        .limit(OTHER_SESSIONS_COMPARED)
    )
    for row in rows:
        key = keys[row.key_document_id].items
        scores = {
            int(item): score
            for item, difference in row.differences.items()
            if (score := key[int(item)].score_that_differs_by(difference)) is not None
        }
        version = f"{row.vignette_document_id} {row.key_document_id}"
        yield OtherSheet(str(row.person_id), row.vignette_slug, version, scores)


def _version(session: RatingSession) -> str:
    return f"{session.vignette_document_id} {session.key_document_id}"


def _vignette(session: RatingSession) -> Vignette:
    return library.vignette_version(session.vignette_document_id).document


def _key(session: RatingSession) -> Key:
    return library.key_version(session.key_document_id).document
