"""Tables of ratings for the tests: published ones, and random ones with every kind of trouble."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.psychometrics.table import RatingTable

NAN = float("nan")

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", example C: four observers,
# twelve units, nominal .743; the same data are irrCAC's cac.raw4raters.
FOUR_OBSERVERS = np.array(
    [
        [1, 1, NAN, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [NAN, 5, 5, 5],
        [NAN, NAN, 1, 1],
        [NAN, NAN, 3, NAN],
    ]
)

# Shrout & Fleiss (1979), Psychological Bulletin 86, 420, table 2: six targets, four judges.
SIX_TARGETS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    dtype=float,
)

# Bland & Altman (1986), Lancet i, 307, table 1: first readings by Wright and mini meters.
PEAK_FLOW = np.array(
    [
        [494, 512],
        [395, 430],
        [516, 520],
        [434, 428],
        [476, 500],
        [557, 600],
        [413, 364],
        [442, 380],
        [650, 658],
        [433, 445],
        [417, 432],
        [656, 626],
        [267, 260],
        [478, 477],
        [178, 259],
        [423, 350],
        [427, 451],
    ],
    dtype=float,
)


def table_of(
    scores: np.ndarray,
    *,
    raters: Sequence[str] = ("Asta", "Ines", "Noor", "Otto", "Pavel", "Tomasz"),
    items: int | None = None,
) -> RatingTable:
    """(units, raters) scores, NaN = no row; with `items`, so many units belong to one subject."""
    rows = [
        (unit, rater, float(score))
        for unit, row in enumerate(scores)
        for rater, score in zip(raters, row, strict=False)
        if not np.isnan(score)
    ]
    names = [f"meeting-{unit // (items or 1):03}" for unit, _, _ in rows]
    columns = [rater for _, rater, _ in rows], [score for _, _, score in rows]
    if items is None:
        return RatingTable(names, *columns)
    return RatingTable(names, *columns, [f"element-{unit % items:02}" for unit, _, _ in rows])


def random_scores(
    seed: int,
    *,
    units: int = 30,
    raters: int = 3,
    missing: float = 0.0,
    categories: Sequence[float] = (0, 1, 2, 3, 4),
) -> np.ndarray:
    """Raters who follow a truth loosely, on any scale, some of whose ratings are missing."""
    random = np.random.default_rng(seed)
    values = np.array(categories, dtype=float)
    truth = random.integers(0, len(values), (units, 1))
    places = np.rint(truth * 0.8 + random.normal(0.3, 0.9, (units, raters)))
    scores = values[np.clip(places, 0, len(values) - 1).astype(int)]
    scores[random.random(scores.shape) < missing] = NAN
    return scores
