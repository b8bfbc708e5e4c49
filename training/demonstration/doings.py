"""What demonstration people have done, through the same records that real people use."""

from __future__ import annotations

from training.accounts.models import Person
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.calibration.records import open_session, submit
from training.certification.attempts import open_attempt
from training.certification.models import Attempt
from training.certification.rater_kinds import RaterKind, simulate_raters
from training.certification.reviews import sign
from training.library import records as library
from training.library.schema import Pool
from training.modules.records import complete_stage
from training.modules.stages import Stage


def finish_modules(rater: Person, number: int | None = None) -> None:
    """Complete the first modules, all of them when no number is given."""
    for module in library.modules()[:number]:
        for stage in Stage:
            complete_stage(rater.id, module, stage)


def practise(rater: Person, kind: str, *, seed: int) -> None:
    """Finish the modules and submit every practice vignette as a rater of this kind would."""
    finish_modules(rater)
    for position, vignette in enumerate(library.vignettes(Pool.PRACTICE)):
        session = open_session(rater.id, vignette.slug, Purpose.PRACTICE)
        _rate(session, kind, seed=seed * 100 + position)


def take_assessment(rater: Person, kind: str, *, seed: int) -> Attempt:
    """Practise, open an attempt and submit its whole form."""
    practise(rater, kind, seed=seed)
    attempt = open_attempt(rater.id, library.standards()[0].slug)
    for position, session in enumerate(attempt.sessions):
        _rate(session, kind, seed=seed * 100 + 50 + position)
    return attempt


def sign_waiting_decision(attempt: Attempt, certifier: Person) -> None:
    """Sign what was decided about an attempt that meets the standard."""
    sign(attempt.decisions[-1].id, certifier=certifier)


def _rate(session: RatingSession, kind: str, *, seed: int) -> None:
    """Submit what a simulated rater would say, with the key's evidence for most items."""
    # Imported here: the simulation is the only part of the demonstration that needs it.
    import numpy as np

    key = library.key_version(session.key_document_id).document
    scale = library.instrument_version(session.instrument_document_id).document.scale.scores
    references = [[np.nan if r.score is None else float(r.score) for r in key.items.values()]]
    scores = simulate_raters(
        RaterKind(kind), np.array(references), scale=scale, raters=1, seed=seed
    )[0, 0]
    ratings = {}
    for position, (item, reference) in enumerate(key.items.items()):
        score = scores[position]
        is_not_rateable = bool(np.isnan(score))
        ratings[item] = Rating(
            score=None if is_not_rateable else int(score),
            is_not_rateable=is_not_rateable,
            reason="No opportunity in this meeting." if is_not_rateable else "",
            # Some evidence is missed, so that feedback has something to show.
            evidence=() if (seed + item) % 4 == 0 else reference.evidence[:3],
        )
    outcome = submit(session.id, ratings, revision=session.revision, after=AFTER_SUBMISSION)
    if not outcome.is_submitted:
        raise RuntimeError(f"{session.vignette_slug}: {outcome.state} {outcome.lacks}")
