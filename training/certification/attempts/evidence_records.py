"""What a submitted rating session is as evidence: its ratings beside the key they were held to."""

from __future__ import annotations

from training.calibration.models import RatingSession
from training.certification.judging.evidence import SessionEvidence
from training.library import records as library


def session_evidence(session: RatingSession, attempt_number: int) -> SessionEvidence:
    """A submitted session beside its key, with the versions of both."""
    key = library.key_version(session.key_document_id)
    vignette = library.vignette_version(session.vignette_document_id)
    instrument = library.instrument_version(session.instrument_document_id)
    scores = {rating.item_number: rating.score for rating in session.ratings}
    items, references = key.document.items, key.document.references_for(scores)
    submitted_at = session.submitted_at
    assert submitted_at is not None  # only submitted sessions come here
    return SessionEvidence(
        session=str(session.id),
        attempt=attempt_number,
        vignette=session.vignette_slug,
        vignette_digest=vignette.digest,
        key_digest=key.digest,
        key_status=key.document.status.value,
        instrument_digest=instrument.digest,
        submitted_at=submitted_at.isoformat(),
        cells=tuple(
            (number, score, references[number])
            for number, score in scores.items()
            if number in references
        ),
        bands=tuple(
            (number, *rating.band) for number, rating in items.items() if rating.band is not None
        ),
        dropped=tuple(number for number, rating in items.items() if rating.is_dropped),
    )
