"""Ratings, anchors and orders in time as people write them, with every fault named. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from training.measurement.cells import measure_in, quoted, score_in, time_in, unified_name
from training.measurement.sheets import MOST_FAULTS_SHOWN, Fault, named_rows, sheet_in
from training.psychometrics.table import SCORE_DECIMALS, RatingTable

ITEM = "item"
RATING_COLUMNS = ("subject", "rater", ITEM, "score")
ANCHOR_COLUMNS = ("facet", "name", "measure")
NAMED_FACETS = ("subject", "item", "rater")
THRESHOLD = "threshold"
FACETS = (*NAMED_FACETS, THRESHOLD)

STEP = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class AnchorValues:
    """Measures in logits that are known beforehand, by name.

    thresholds   from the lowest step upwards, or None when they are to be estimated.
    """

    subjects: dict[str, float]
    items: dict[str, float]
    raters: dict[str, float]
    thresholds: tuple[float, ...] | None


def ratings_in(content: bytes, *, scale: Sequence[float] | None = None) -> RatingTable:
    """The ratings in the bytes of a file with the columns subject, rater, score, perhaps item.

    With a scale, each score must be one of its points. Raises RatingFileError with every fault.
    """
    sheet = sheet_in(content, RATING_COLUMNS, optional=ITEM)
    points = None if scale is None else tuple(round(point, SCORE_DECIMALS) for point in scale)
    score_of = cache(partial(score_in, points=points))
    names: list[tuple[str, ...]] = []
    scores: list[float | None] = []
    for line, row, text in named_rows(sheet):
        names.append(row)
        scores.append(sheet.checked(line, score_of, text))
    sheet.refuse_faults("ratings")
    subjects, raters, *items = zip(*names, strict=True)
    return RatingTable(subjects, raters, scores, items[0] if items else None)


def anchors_in(content: bytes) -> AnchorValues:
    """The anchors in the bytes of a file with the columns facet, name and measure.

    A facet is subject, item, rater or threshold; a threshold is named by its step, counted from 1.
    Raises RatingFileError with every fault.
    """
    sheet = sheet_in(content, ANCHOR_COLUMNS)
    sheet.rows = [(line, [facet.lower(), *cells]) for line, (facet, *cells) in sheet.rows]
    measures: dict[str, dict[str, float]] = {facet: {} for facet in FACETS}
    for line, (facet, name), text in named_rows(sheet):
        measure = sheet.checked(line, measure_in, text)
        sheet.checked(line, _facet, facet)
        if facet == THRESHOLD:
            sheet.checked(line, _step, name)
        # A faulty measure still counts as given: its step is not missing.
        measures.setdefault(facet, {})[name] = 0.0 if measure is None else measure
    steps = measures[THRESHOLD]
    if not sheet.faults:
        sheet.faults += _missing_steps(steps)
    sheet.refuse_faults("anchors")
    thresholds = tuple(steps[str(step)] for step in range(1, len(steps) + 1))
    subjects, items, raters = (measures[facet] for facet in NAMED_FACETS)
    return AnchorValues(subjects, items, raters, thresholds or None)


def order_in(content: bytes, column: str, *, rater: str) -> tuple[str, ...]:
    """The subjects of one rater in the order of time that a column of the file gives.

    It holds numbers throughout, or dates in ISO 8601, perhaps with a time; the same for all rows
    of a subject. Subjects at the same time stand as in the file. Raises RatingFileError with every
    fault.
    """
    column = column.strip().lower()
    sheet = sheet_in(content, ("subject", "rater", column))
    times: dict[str, float | datetime] = {}
    for line, cells in sheet.rows:
        row = dict(zip(sheet.columns, cells, strict=True))
        if unified_name(row["rater"]) != rater:
            continue
        time = sheet.checked(line, time_in, row[column])
        if time is None:
            continue
        subject = unified_name(row["subject"])
        if times.setdefault(subject, time) != time:
            sheet.note(line, f"{quoted(subject)} has another {column} above; correct one of them")
    if len({isinstance(time, datetime) for time in times.values()}) > 1:
        sheet.faults.append(Fault(None, f"{column} holds numbers and dates; keep to one of them"))
    sheet.refuse_faults("ratings")
    return tuple(sorted(times, key=lambda subject: _sortable(times[subject])))


def _sortable(time: float | datetime) -> float:
    return time.timestamp() if isinstance(time, datetime) else time


def _facet(text: str) -> None:
    if text and text not in FACETS:
        raise ValueError(f"{quoted(text)} is no facet; write one of {', '.join(FACETS)}")


def _step(text: str) -> None:
    if text and not STEP.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no step; name thresholds 1, 2, 3 and so on")


def _missing_steps(steps: Collection[str]) -> Iterator[Fault]:
    highest = max(map(int, steps), default=0)
    missing = [str(step) for step in range(1, highest + 1) if str(step) not in steps]
    if missing:
        words = f"missing thresholds: {', '.join(missing[:MOST_FAULTS_SHOWN])}"
        yield Fault(None, f"{words}; anchor all of them or none")
