"""Whether the ratings of raters speak against a key: cell by cell, with drift told apart.

A cell is one item of one vignette. Who agrees with the rest of the key and not with this cell is
evidence against this cell; who leans on the same item in every vignette has drifted, and the key
is not to blame. What is counted stands in `key_health_figures`, drift in `key_health_drift`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray
from training.psychometrics.key_health_drift import ItemDrift, item_drift, lean_elsewhere
from training.psychometrics.key_health_figures import (
    FirstRatings,
    Thresholds,
    accepted_share,
    discrimination,
    mean_over_raters,
    rest_agreement,
    top_raters,
)
from training.psychometrics.statistic import Statistic

__all__ = [
    "CellHealth",
    "FirstRatings",
    "ItemDrift",
    "KeyHealth",
    "OtherRating",
    "Thresholds",
    "Verdict",
    "key_health",
    "verdict",
]


class Verdict(StrEnum):
    """What the ratings say about one item of a key."""

    SOUND = "sound"
    WATCH = "watch"  # something stands out, and not surely
    DOUBTFUL = "doubtful"  # a panel should look at it
    DRIFT = "drift"  # its raters lean on this item everywhere
    TOO_FEW = "too-few"


@dataclass(frozen=True, slots=True)
class OtherRating:
    """The rating that trusted raters give most often among those the key does not accept.

    score is None for "not rateable"; of several equally frequent ones, the lowest score.
    """

    score: int | None
    raters: int


@dataclass(frozen=True, slots=True)
class CellHealth:
    """One item of one key beside the first ratings of it.

    Trusted raters are those who hold a certificate and those of high agreement: the top of all
    who rated the cell, by their agreement with every other cell.

    raters              how many rated it at all.
    trusted             how many of them are trusted.
    certified_accepted  share of certified raters whose rating the key accepts, Wilson interval.
    high_accepted       the same of the raters of high agreement.
    other_rating        what trusted raters give instead, None when nobody does.
    lean                mean signed difference of trusted raters, in scale points; 0 in a band,
                        + where they rate higher than the key.
    lean_elsewhere      their mean difference on the same item in the other vignettes.
    beyond_lean         the cell's residual: by how much they differ more here than elsewhere.
    discrimination      correlation of agreeing here with agreeing elsewhere, -1 to 1.
    """

    vignette: str
    item: int
    raters: int
    trusted: int
    certified_accepted: Statistic
    high_accepted: Statistic
    other_rating: OtherRating | None
    lean: Statistic
    lean_elsewhere: Statistic
    beyond_lean: Statistic
    discrimination: Statistic
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class KeyHealth:
    """Every cell, in the order given, and every item over its vignettes, by number."""

    cells: tuple[CellHealth, ...]
    items: tuple[ItemDrift, ...]


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


def verdict(
    thresholds: Thresholds,
    *,
    raters: int,
    trusted: int,
    high_accepted: Statistic,
    lean: Statistic,
    lean_elsewhere: Statistic,
    beyond_lean: Statistic,
    discrimination: Statistic,
    drift: ItemDrift,
) -> Verdict:
    """One word for a cell, by these rules in this order [this project's own proposal].

    TOO_FEW   fewer raters, or trusted raters, than the thresholds ask for.
    DRIFT     the cell's own lean is the lean of its item: the same sign, its interval clear of 0,
              while the item leans in the other vignettes or has come to lean since certification,
              and nothing is left over that is surely larger than `misplaced`.
    DOUBTFUL  the discrimination is negative with its whole interval; or raters of high agreement
              surely accept the key less often than not, and either the discrimination is not
              positive or they differ here by surely more than `misplaced` beyond their own lean.
    WATCH     more raters of high agreement reject the key than accept it, or the trusted raters'
              mean lies `misplaced` or more away and surely not at 0.
    """
    if raters < thresholds.least_raters or trusted < thresholds.least_trusted:
        return Verdict.TOO_FEW
    is_misplaced = surely_beyond(beyond_lean, thresholds.misplaced)
    if not is_misplaced and _is_explained_by(drift, lean, lean_elsewhere, thresholds):
        return Verdict.DRIFT
    if _is_doubtful(high_accepted, discrimination, thresholds, is_misplaced=is_misplaced):
        return Verdict.DOUBTFUL
    is_rejected = high_accepted.value is not None and high_accepted.value < thresholds.accepted
    is_far = lean.value is not None and abs(lean.value) >= thresholds.misplaced
    if is_rejected or (is_far and surely_beyond(lean, 0.0)):
        return Verdict.WATCH
    return Verdict.SOUND


def _is_doubtful(
    high_accepted: Statistic,
    discrimination: Statistic,
    thresholds: Thresholds,
    *,
    is_misplaced: bool,
) -> bool:
    if discrimination.high is not None and discrimination.high < 0.0:
        return True
    # Where hardly anybody agrees there is no correlation; that is no word for the key.
    is_not_positive = discrimination.value is None or discrimination.value < 0.0
    is_rejected = high_accepted.high is not None and high_accepted.high < thresholds.accepted
    return is_rejected and (is_not_positive or is_misplaced)


def _is_explained_by(
    drift: ItemDrift, lean: Statistic, elsewhere: Statistic, thresholds: Thresholds
) -> bool:
    """Whether the raters lean here as they do on the item elsewhere, or have come to."""
    if lean.value is None or not surely_beyond(lean, 0.0):
        return False
    return any(
        figure.value is not None
        and figure.value * lean.value > 0.0
        and abs(figure.value) >= thresholds.lean
        and surely_beyond(figure, 0.0)
        for figure in (elsewhere, drift.since_certification)
    )


def surely_beyond(figure: Statistic, line: float) -> bool:
    """Whether the whole interval lies further from 0 than the line, on one side."""
    if figure.low is None or figure.high is None:
        return False
    return figure.low > line or figure.high < -line


def _other_rating(ratings: FirstRatings, is_trusted: BoolArray, place: int) -> OtherRating | None:
    is_other = is_trusted[:, place] & ~ratings.is_accepted[:, place]
    given: FloatArray = ratings.scores[is_other, place]
    counts = Counter(None if np.isnan(score) else int(score) for score in given.tolist())
    if not counts:
        return None
    score = min(counts, key=lambda one: (-counts[one], np.inf if one is None else one))
    return OtherRating(score, counts[score])
