"""What demonstration people have done, through the same records that real people use."""

from __future__ import annotations

from datetime import timedelta
from zlib import crc32

import numpy as np

from training.accounts.models import Person
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.calibration.records import open_session, submit
from training.certification.attempts.records import open_attempt
from training.certification.judging.decision import Evidence, Outcome, decide
from training.certification.models import Attempt
from training.certification.reviews.acts import sign
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.clock import now
from training.database import write_transaction
from training.library import records as library
from training.library.schema import Key, Pool
from training.modules.records import complete_stage, modules_with_progress
from training.modules.stages import Stage
from training.psychometrics import Ratings
from training.tracks.records import Tracks, tracks_for

SEEDS_TRIED = 200
HONOUR = "Demonstration: an invented person, whose ratings were simulated."
BEGUN_AGO = timedelta(hours=6)
BETWEEN_VIGNETTES = timedelta(minutes=40)


def finish_modules(rater: Person, number: int | None = None) -> None:
    """Complete the first modules of the rater's track, all of them when no number is given."""
    versions, progress = modules_with_progress(rater.id, tracks_for(rater.track))
    for module in progress.modules[:number]:
        for stage in Stage:
            complete_stage(rater.id, versions[module.slug], stage)


def practise(rater: Person, kind: RaterKind, *, seed: int) -> None:
    """Finish the modules and submit all practice of the track as a rater of this kind would."""
    finish_modules(rater)
    for slug in practice_of(tracks_for(rater.track)):
        _rate(open_session(rater.id, slug, Purpose.PRACTICE), kind, seed)


def practice_of(tracks: Tracks) -> list[str]:
    """The practice vignettes of the own track, by slug."""
    practice = library.vignettes(Pool.PRACTICE)
    return [each.slug for each in practice if each.document.instrument == tracks.instrument]


def take_assessment(rater: Person, kind: RaterKind, outcome: Outcome, *, seed: int) -> Attempt:
    """Practise, open an attempt and submit its whole form, so that it ends with this outcome."""
    practise(rater, kind, seed=seed)
    standard = tracks_for(rater.track).own
    if standard is None:
        raise RuntimeError("there is no standard to be assessed by")
    attempt = open_attempt(rater.id, standard.slug, honour_wording=HONOUR)
    _spread_over_hours(attempt)
    fitting = _seed_that_ends_with(outcome, attempt, kind, first=seed)
    for session in attempt.sessions:
        _rate(session, kind, fitting)
    return attempt


def _spread_over_hours(attempt: Attempt) -> None:
    """Let the attempt have begun some hours ago, or each reading would look impossibly short."""
    with write_transaction():
        attempt.opened_at -= BEGUN_AGO
        for place, session in enumerate(attempt.sessions):
            session.opened_at = attempt.opened_at
            session.first_shown_at = attempt.opened_at + place * BETWEEN_VIGNETTES


def sign_waiting_decision(attempt: Attempt, certifier: Person) -> None:
    """Sign what was decided about an attempt that meets the standard."""
    sign(attempt.decisions[-1].id, certifier=certifier)


def _seed_that_ends_with(outcome: Outcome, attempt: Attempt, kind: RaterKind, *, first: int) -> int:
    # Which vignettes are drawn, and how they err, is chance: what a name promises is not.
    standard = library.standard_version(attempt.standard_document_id).document
    scale = library.get_instrument(standard.instrument).document.scale.scores
    for seed in range(first, first + SEEDS_TRIED):
        cells = [
            (str(session.id), item, score, key_of(session).items[item].reference_for(score))
            for session in attempt.sessions
            for item, score in simulated_scores(session, kind, seed).items()
            if not key_of(session).items[item].is_dropped
        ]
        evidence = Evidence(Ratings.from_cells(cells), len(attempt.sessions), scale)
        if decide(standard, evidence, now=now()).outcome is outcome:
            return seed
    raise RuntimeError(f"no {kind} rater in {SEEDS_TRIED} ends with {outcome}")


def key_of(session: RatingSession) -> Key:
    """The key pinned to a session, from which a simulated rater errs."""
    return library.key_version(session.key_document_id).document


def simulated_scores(session: RatingSession, kind: RaterKind, seed: int) -> dict[int, int | None]:
    """What a simulated rater gives each item of a vignette; None is not rateable."""
    items = key_of(session).items
    scale = library.instrument_version(session.instrument_document_id).document.scale.scores
    references = np.array([[np.nan if r.score is None else float(r.score) for r in items.values()]])
    own_seed = crc32(f"{seed} {session.vignette_slug}".encode())
    scores = simulate_raters(kind, references, scale=scale, raters=1, seed=own_seed)[0, 0]
    return {
        item: None if np.isnan(score) else int(score)
        for item, score in zip(items, scores, strict=True)
    }


def _rate(session: RatingSession, kind: RaterKind, seed: int) -> None:
    """Submit what a simulated rater would say, with the key's evidence for most items."""
    key = key_of(session)
    ratings = {
        item: Rating(
            score=score,
            is_not_rateable=score is None,
            reason="No opportunity in this text." if score is None else "",
            # Some evidence is missed, so that feedback has something to show.
            evidence=() if (seed + item) % 4 == 0 else key.items[item].evidence[:3],
        )
        for item, score in simulated_scores(session, kind, seed).items()
    }
    outcome = submit(session.id, ratings, revision=session.revision, after=AFTER_SUBMISSION)
    if not outcome.is_submitted:
        raise RuntimeError(f"{session.vignette_slug}: {outcome.state} {outcome.lacks}")
