"""Filled-in rating sheets for tests: as ratings, as form fields, as what a script sends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.pack import ITEMS, evidence, level
from training.calibration.ratings import Rating


def agreeing(slug: str = "practice-one") -> dict[int, Rating]:
    """Every item as the key of this vignette has it, on the key's own turns."""
    return {item: _as_in_key(slug, item) for item in ITEMS}


def explained(slug: str = "practice-one") -> dict[int, Rating]:
    """The same sheet as an expert fills it in: with a reason for every score."""
    return {
        item: rating if rating.is_not_rateable else replace(rating, note=f"Why {rating.score}.")
        for item, rating in agreeing(slug).items()
    }


def _as_in_key(slug: str, item: int) -> Rating:
    score = level(slug, item)
    if score is None:
        return Rating(is_not_rateable=True, reason="There was no chance for it.")
    return Rating(score, evidence=tuple(evidence(item)))


def as_fields(ratings: dict[int, Rating], *, revision: int) -> dict[str, object]:
    """The sheet as a browser sends it; an item without a rating sends no radio."""
    fields: dict[str, object] = {"revision": str(revision)}
    for item, rating in ratings.items():
        if rating.value:
            fields[f"rating-{item}"] = rating.value
        fields[f"reason-{item}"] = rating.reason
        fields[f"evidence-{item}"] = ", ".join(map(str, rating.evidence))
        fields[f"note-{item}"] = rating.note
    return fields


def as_draft(ratings: dict[int, Rating], *, revision: int) -> dict[str, Any]:
    """The sheet as the workspace's script sends it."""
    return {
        "revision": revision,
        "ratings": {str(item): rating.as_dict() for item, rating in ratings.items()},
    }
