"""What a new key would change, as a long table for a file. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from training.keys.changes.differences import (
    AffectedDecision,
    AffectedPractice,
    ChangedItem,
    Consequences,
)
from training.library.schema.key import KeyRating
from training.panels.exchange.cells import safe_cell

COLUMNS = (
    "what",
    "items",
    "rater",
    "standard",
    "attempt",
    "moment",
    "before",
    "after",
    "certificate",
)


def csv_of(consequences: Consequences) -> str:
    """One line for each changed item, affected practice rating and affected decision.

    No cell is taken for a formula.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in row] for row in _rows(consequences))
    return text.getvalue()


def _rows(consequences: Consequences) -> Iterator[tuple[object, ...]]:
    yield from map(_item, consequences.items)
    yield from map(_practice, consequences.practice)
    yield from map(_decision, consequences.decisions)


def _item(item: ChangedItem) -> tuple[object, ...]:
    return ("item", item.number, "", "", "", "", _rating(item.old), _rating(item.new), "")


def _rating(rating: KeyRating) -> str:
    """A score, NR, dropped, or the two scores of a band with a bar between them."""
    return "|".join(map(str, rating.accepted)) or str(rating.rating)


def _practice(rated: AffectedPractice) -> tuple[object, ...]:
    items = " ".join(map(str, rated.items))
    moment = rated.submitted_at.isoformat()
    return ("practice", items, rated.rater_name, "", "", moment, "", "", "")


def _decision(decision: AffectedDecision) -> tuple[object, ...]:
    return (
        "decision",
        "",
        decision.rater_name,
        decision.standard,
        decision.attempt,
        decision.computed_at.isoformat(),
        decision.before.value,
        decision.after.value,
        decision.certificate_number or "",
    )
