"""Whether the ratings of raters speak against a key: cell by cell, with drift told apart.

A cell is one item of one vignette. Who agrees with the rest of the key and not with this cell is
evidence against this cell; who leans on the same item in every vignette has drifted, and the key
is not to blame. What is counted stands in `figures`, drift in `drift`, the words and their lines in
`verdicts`.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray
from training.psychometrics.key_health.drift import item_drift, lean_elsewhere
from training.psychometrics.key_health.figures import (
    FirstRatings,
    accepted_share,
    discrimination,
    mean_over_raters,
    rest_agreement,
    top_raters,
)
from training.psychometrics.key_health.verdicts import (
    CellHealth,
    KeyHealth,
    OtherRating,
    Thresholds,
    verdict,
)


def key_health(ratings: FirstRatings, thresholds: Thresholds | None = None) -> KeyHealth:
    """How every cell of the keys of one instrument stands the test of its first ratings.

    Raters who earned their certificate on these keys agree with them by selection, so the shares
    of certified raters err on the side of the key.
    """
    limits = thresholds or Thresholds()
    rest = rest_agreement(ratings, least_cells=limits.least_rest_cells)
    is_high = top_raters(rest, share=limits.high_share)
    is_certified = ratings.is_rated & ratings.is_certified[:, None]
    is_trusted = is_certified | is_high
    drifts = item_drift(ratings, is_trusted, limits)
    elsewhere, beyond = lean_elsewhere(ratings, is_trusted, limits)
    certified_accepted = accepted_share(ratings, is_certified, limits)
    figures = {
        "high_accepted": accepted_share(ratings, is_high, limits),
        "lean": mean_over_raters(ratings.differences, is_trusted, limits),
        "lean_elsewhere": elsewhere,
        "beyond_lean": beyond,
        "discrimination": discrimination(ratings, rest, limits),
    }
    cells = []
    for place, (vignette, item) in enumerate(ratings.cells):
        raters = int(ratings.is_rated[:, place].sum())
        trusted = int(is_trusted[:, place].sum())
        own = {name: column[place] for name, column in figures.items()}
        word = verdict(limits, raters=raters, trusted=trusted, drift=drifts[item], **own)
        cells.append(
            CellHealth(
                vignette=vignette,
                item=item,
                raters=raters,
                trusted=trusted,
                certified_accepted=certified_accepted[place],
                other_rating=_other_rating(ratings, is_trusted, place),
                verdict=word,
                **own,
            )
        )
    return KeyHealth(tuple(cells), tuple(drifts[item] for item in sorted(drifts)))


def _other_rating(ratings: FirstRatings, is_trusted: BoolArray, place: int) -> OtherRating | None:
    is_other = is_trusted[:, place] & ~ratings.is_accepted[:, place]
    given: FloatArray = ratings.scores[is_other, place]
    counts = Counter(None if np.isnan(score) else int(score) for score in given.tolist())
    if not counts:
        return None
    score = min(counts, key=lambda one: (-counts[one], np.inf if one is None else one))
    return OtherRating(score, counts[score])
