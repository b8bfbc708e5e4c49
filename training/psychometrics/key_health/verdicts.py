"""What the ratings say about a key, in one word per cell, and the lines it is drawn by.

Here is no numpy: pages name these words without computing anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.psychometrics.statistic import Statistic


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


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the verdicts draw their lines. All provisional [this project's own proposal].

    least_raters      raters of a cell below which nothing is said.
    least_trusted     trusted raters (certified, or of high agreement) below which nothing is said.
    least_rest_cells  other cells a rater must have rated to be known by them: one whole vignette
                      of twelve items, less the one.
    least_alike       raters on each side, agreeing and not, that a correlation needs.
    high_share        the part of the raters of a cell that counts as of high agreement.
    accepted          share of raters of high agreement below which a key is rejected.
    misplaced         scale points beyond which a mean difference matters: the bias at which the
                      standard's equivalence interval ends.
    lean              scale points from which an item counts as leaning: the standard's bias gate.
    least_vignettes   other vignettes with the item that tell drift of raters from error of a key.
    least_per_vignette  trusted raters who must have scored the item in a vignette for it to count.
    late_months       months after certification from which a rating is a late one.
    confidence        of every interval.
    """

    least_raters: int = 20
    least_trusted: int = 8
    least_rest_cells: int = 11
    least_alike: int = 3
    high_share: float = 1.0 / 3.0
    accepted: float = 0.5
    misplaced: float = 0.5
    lean: float = 0.25
    least_vignettes: int = 3
    least_per_vignette: int = 5
    late_months: float = 6.0
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class ItemDrift:
    """One item over all vignettes, in scale points; + where raters are higher than the keys.

    lean                 mean over vignettes of the trusted raters' mean difference.
    since_certification  late ratings less earlier ones of the same cells, by certified raters.
                         A wrong key is as wrong early as late, so it takes no part in this.
    """

    item: int
    lean: Statistic
    since_certification: Statistic


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
    is_not_positive = discrimination.value is None or discrimination.value <= 0.0
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
