"""What a new key would change, as a long table for a file. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from training.keys.changes import AffectedDecision, AffectedPractice, ChangedItem, Consequences
from training.library.schema.key import KeyRating

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
STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def csv_of(consequences: Consequences) -> str:
    """One line for each changed item, affected practice rating and affected decision."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(consequences))
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
    return ("practice", items, _cell(rated.rater_name), "", "", moment, "", "", "")


def _decision(decision: AffectedDecision) -> tuple[object, ...]:
    return (
        "decision",
        "",
        _cell(decision.rater_name),
        _cell(decision.standard),
        decision.attempt,
        decision.computed_at.isoformat(),
        decision.before.value,
        decision.after.value,
        decision.certificate_number or "",
    )


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_OF_FORMULAS) else text
