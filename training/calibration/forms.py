"""The rating form and the draft a script sends: fields as typed, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.calibration.ratings import (
    FIELDS,
    FaultKind,
    ParsedRatings,
    Rating,
    RatingFault,
    RatingFrame,
    SubmittedRatings,
    parse_document,
    parse_ratings,
    turns_as_text,
)

UNREADABLE_REVISION = -1  # older than any, so that nothing is overwritten because of it


@dataclass(frozen=True, slots=True)
class ItemFields:
    """What stands in the fields of one item, whether or not it can be read."""

    rating: str = ""
    reason: str = ""
    evidence: str = ""
    note: str = ""


class RatingForm:
    """The fields of all items of a session, as one form.

    No WTForms: building some fifty field objects would cost more than saving what is in them.
    """

    def __init__(self, fields: Mapping[str, str], frame: RatingFrame) -> None:
        """Read a submitted form; `parsed` has what it means and what cannot be read."""
        self.revision = _revision(fields.get("revision", ""))
        self.typed = {
            number: ItemFields(*(fields.get(f"{field}-{number}", "") for field in FIELDS))
            for number in frame.items
        }
        self.parsed = parse_ratings(
            {
                number: {field: getattr(typed, field) for field in FIELDS}
                for number, typed in self.typed.items()
            },
            frame,
        )

    @property
    def faults(self) -> tuple[RatingFault, ...]:
        return self.parsed.faults

    @property
    def ratings(self) -> dict[int, Rating]:
        return self.parsed.ratings


def fields_of(ratings: SubmittedRatings) -> dict[int, ItemFields]:
    """The fields as they stand when these ratings are shown."""
    return {
        number: ItemFields(rating.value, rating.reason, turns_as_text(rating.evidence), rating.note)
        for number, rating in ratings.items()
    }


@dataclass(frozen=True, slots=True)
class Draft:
    """What a script sent to be saved."""

    revision: int
    parsed: ParsedRatings


def read_draft(document: object, frame: RatingFrame) -> Draft:
    """Read {"revision": 3, "ratings": {"4": {"rating": 2, ...}}}; faults stand in the result."""
    if not isinstance(document, dict):
        return Draft(
            UNREADABLE_REVISION, ParsedRatings({}, (RatingFault(FaultKind.NOT_AN_OBJECT),))
        )
    parsed = parse_document(document.get("ratings"), frame)
    revision = document.get("revision")
    if isinstance(revision, bool) or not isinstance(revision, int):
        fault = RatingFault(FaultKind.NO_REVISION, field="revision")
        return Draft(UNREADABLE_REVISION, ParsedRatings({}, (fault, *parsed.faults)))
    return Draft(revision, parsed)


def _revision(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= 9
    return int(text) if is_number else UNREADABLE_REVISION
