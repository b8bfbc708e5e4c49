"""What other parts do when a rating session is submitted, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable

from training.calibration.models import Purpose, RatingSession
from training.certification.attempts import vignette_submitted
from training.modules.records import excerpt_submitted

AFTER_SUBMISSION: dict[Purpose, Callable[[RatingSession], None]] = {
    Purpose.APPLY: excerpt_submitted,
    Purpose.CERTIFICATION: vignette_submitted,
}
