"""What other parts do when a rating session is submitted, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable

from training.calibration.models import Purpose, RatingSession
from training.certification.attempts.records import vignette_submitted
from training.keys.changes.records import attempt_decided
from training.modules.records import excerpt_submitted
from training.panels.round_one import rating_submitted


def _certification_submitted(session: RatingSession) -> None:
    vignette_submitted(session)
    attempt_decided(session)


AFTER_SUBMISSION: dict[Purpose, Callable[[RatingSession], None]] = {
    Purpose.APPLY: excerpt_submitted,
    Purpose.CERTIFICATION: _certification_submitted,
    Purpose.PANEL: rating_submitted,
}
