"""How a rating compares with its key, as it is stored with the submission."""

from __future__ import annotations

from collections.abc import Mapping

from training.calibration.agreement import SessionComparison, compare_with_key
from training.calibration.models import RatingSession, SessionAgreement
from training.calibration.ratings import Rating
from training.library import records as library
from training.psychometrics import ENGINE_VERSION


def comparison_of(session: RatingSession, ratings: Mapping[int, Rating]) -> SessionComparison:
    """Count how the ratings of a complete session compare with the key pinned to it."""
    key = library.key_version(session.key_document_id).document
    references = key.references_for({item: rating.score for item, rating in ratings.items()})
    return compare_with_key({item: ratings[item].score for item in references}, references)


def agreement_of(session: RatingSession, comparison: SessionComparison) -> SessionAgreement:
    """A comparison as it is stored with its session."""
    sums = comparison.sums
    return SessionAgreement(
        session=session,
        person_id=session.person_id,
        rated_cells=sums.rated_cells,
        exact=sums.exact,
        within_one=sums.within_one,
        gross_misses=sums.gross_misses,
        sum_of_differences=sums.sum_of_differences,
        sum_of_absolute_differences=sums.sum_of_absolute_differences,
        rateability_mismatches=sums.rateability_mismatches,
        differences={str(item): value for item, value in comparison.differences.items()},
        engine_version=ENGINE_VERSION,
    )
