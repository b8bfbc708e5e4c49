"""What a person has done in the modules, and the acts that record it."""

from __future__ import annotations

from training.calibration.models import RatingSession


def excerpt_submitted(session: RatingSession) -> None:
    """Complete the apply stage when this excerpt was rated with mastery; in the submission's act."""
