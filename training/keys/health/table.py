"""The table of key health as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from training.keys.health.records import KeyItem
from training.panels.exchange.cells import safe_cell
from training.psychometrics.statistic import Statistic

FIGURES = (
    "certified_accepted",
    "high_accepted",
    "lean",
    "lean_elsewhere",
    "beyond_lean",
    "discrimination",
)
PARTS = ("", "_low", "_high", "_n", "_undefined")
COLUMNS = (
    "vignette",
    "title",
    "key_version",
    "key_status",
    "item",
    "item_name",
    "verdict",
    "raters",
    "trusted_raters",
    *(f"{figure}{part}" for figure in FIGURES for part in PARTS),
    "contests_waiting",
    "contests_key_stands",
    "contests_for_panel",
)


def csv_of(items: Iterable[KeyItem]) -> str:
    """One line per item of a key, figures unrounded; no cell is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(value) for value in _row(item)] for item in items)
    return text.getvalue()


def _row(item: KeyItem) -> list[object]:
    cell, contests = item.cell, item.contests
    figures = [value for name in FIGURES for value in _parts(getattr(cell, name))]
    return [
        cell.vignette,
        item.vignette.vignette.document.title,
        item.vignette.key.digest,
        item.vignette.key.document.status.value,
        cell.item,
        item.name,
        cell.verdict.value,
        cell.raters,
        cell.trusted,
        *figures,
        contests.waiting,
        contests.kept,
        contests.for_panel,
    ]


def _parts(figure: Statistic) -> list[object]:
    why = figure.undefined.reason.value if figure.undefined else None
    return [figure.value, figure.low, figure.high, figure.n, why]
