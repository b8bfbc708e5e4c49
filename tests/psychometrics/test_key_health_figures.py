"""What is counted of the first ratings beside a key: small tables worked out by hand."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.psychometrics.arrays import FloatArray
from training.psychometrics.key_health.drift import item_drift, lean_elsewhere
from training.psychometrics.key_health.figures import (
    FirstRatings,
    accepted_share,
    discrimination,
    mean_over_raters,
    rest_agreement,
    top_raters,
)
from training.psychometrics.key_health.report import key_health
from training.psychometrics.key_health.verdicts import OtherRating, Thresholds
from training.psychometrics.statistic import Reason, Statistic

# The package warns about its own dependencies when it is imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import scipy.stats
    from statsmodels.stats.proportion import proportion_confint

NAN = float("nan")
LINES = Thresholds()
Row = Sequence[float | None]


def first_ratings(
    key: Row,
    *rows: Row,
    items: Sequence[int] | None = None,
    highest: Row | None = None,
    certified: Sequence[bool] | None = None,
    months: Sequence[Row] | None = None,
) -> FirstRatings:
    """One row per rater: None = did not rate it, NaN = not rateable. A key's band ends at highest.

    Every cell is a vignette of its own, of the one item unless `items` says otherwise.
    """
    items = [1] * len(key) if items is None else items
    shape = (len(rows), len(key))
    scores = np.array(rows, dtype=np.float64).reshape(shape)
    is_rated = np.array([[score is not None for score in row] for row in rows], dtype=np.bool_)
    return FirstRatings(
        cells=tuple((f"v{place}", item) for place, item in enumerate(items)),
        lowest=np.array(key, dtype=np.float64),
        highest=np.array(key if highest is None else highest, dtype=np.float64),
        scores=scores,
        is_rated=is_rated.reshape(shape),
        is_certified=np.array([True] * len(rows) if certified is None else certified, np.bool_),
        months=np.full(shape, NAN) if months is None else np.array(months, dtype=np.float64),
    )


def value(figure: Statistic) -> float:
    assert figure.value is not None
    return figure.value


def interval(figure: Statistic) -> tuple[float, float]:
    assert figure.low is not None
    assert figure.high is not None
    return figure.low, figure.high


# Ratings beside a key


def test_a_key_accepts_its_band_and_not_rateable_only_where_it_says_so() -> None:
    ratings = first_ratings(
        [2, 1, NAN, NAN],
        [1, 0, NAN, 2],
        [2, 1, NAN, None],
        [3, 2, 0, NAN],
        [4, 3, None, None],
        [NAN, NAN, None, NAN],
        [None, None, None, None],
        highest=[3, 1, NAN, NAN],
    )
    assert ratings.is_accepted.astype(int).tolist() == [
        [0, 0, 1, 0],
        [1, 1, 1, 0],
        [1, 0, 0, 1],
        [0, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
    ]
    expected = [
        [-1, -1, NAN, NAN],
        [0, 0, NAN, NAN],
        [0, 1, NAN, NAN],
        [1, 2, NAN, NAN],
        [NAN, NAN, NAN, NAN],
        [NAN, NAN, NAN, NAN],
    ]
    assert ratings.differences == pytest.approx(np.array(expected), nan_ok=True)


@pytest.mark.parametrize("name", ["is_rated", "months", "lowest"])
def test_what_does_not_fit_the_cells_is_refused_by_name(name: str) -> None:
    sound = vars(first_ratings([2, 1], [2, 2], [1, 1]))
    parts = {part: sound[part] for part in FirstRatings.__dataclass_fields__}
    with pytest.raises(ValueError, match=f"^{name} must (be raters x cells|hold one value)"):
        FirstRatings(**(parts | {name: parts[name][:1]}))


def test_agreement_with_the_rest_counts_less_where_everybody_agrees() -> None:
    """Three raters agree so with four cells: 1 1 1 - / 1 0 1 1 / 0 0 1 0, and - is not rated.

    Shares of agreement 2/3, 1/3, 1, 1/2; each rater's surplus 1/3 2/3 0 / 1/3 -1/3 0 1/2 /
    -2/3 -1/3 0 -1/2, and the rest of a cell the mean surplus over the rater's other cells.
    """
    ratings = first_ratings([1, 1, 1, 1], [1, 1, 1, None], [1, 0, 1, 1], [0, NAN, 1, 2])
    rest = rest_agreement(ratings, least_cells=2)
    assert rest == pytest.approx(
        np.array(
            [
                [1 / 3, 1 / 6, 1 / 2, NAN],
                [1 / 18, 5 / 18, 1 / 6, 0],
                [-5 / 18, -7 / 18, -1 / 2, -1 / 3],
            ]
        ),
        nan_ok=True,
    )


def test_who_rated_little_else_is_not_known_by_it() -> None:
    ratings = first_ratings([1, 1, 1, 1], [1, 1, 1, None], [1, 0, 1, 1], [0, 0, 1, 0])
    known = ~np.isnan(rest_agreement(ratings, least_cells=3))
    assert known.tolist() == [[False] * 4, [True] * 4, [True] * 4]
    assert np.isnan(rest_agreement(ratings, least_cells=4)).all()


def of_high_agreement(column: Sequence[float], share: float = 1 / 3) -> list[bool]:
    rest: FloatArray = np.array(column, dtype=np.float64)[:, None]
    return [bool(is_top) for is_top in top_raters(rest, share=share)[:, 0]]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([0.1, 0.6, 0.3, 0.5, 0.2, 0.4], "010100"),
        ([0.1, 0.2, 0.3, 0.4], "0001"),  # a third of four is one
        ([0.1, 0.2, 0.3, 0.4, 0.5], "00011"),  # and of five two
        ([0.1, 0.2], "01"),  # of few there is always one
        ([0.7], "1"),
        ([0.5, 0.5, 0.5, 0.4, 0.3, 0.2], "111000"),  # nobody is left out for nothing
        ([0.1, NAN, 0.3, NAN, NAN, 0.2], "001000"),  # a third of the three who are known
        ([NAN, NAN], "00"),
        ([], ""),
    ],
)
def test_a_third_of_those_who_are_known_is_of_high_agreement(
    column: list[float], expected: str
) -> None:
    assert of_high_agreement(column) == [mark == "1" for mark in expected]


def test_another_share_is_another_line() -> None:
    assert sum(of_high_agreement([0.1, 0.2, 0.3, 0.4], share=0.5)) == 2
    assert sum(of_high_agreement([0.1, 0.2, 0.3, 0.4], share=1.0)) == 4


# Shares and means


@pytest.mark.parametrize(("accepting", "raters"), [(0, 5), (1, 7), (9, 12), (6, 6), (1, 1)])
def test_the_share_that_accepts_a_key_against_statsmodels(accepting: int, raters: int) -> None:
    ratings = first_ratings([1], *[[1]] * accepting, *[[2]] * (raters - accepting), [None])
    (share,) = accepted_share(ratings, ratings.is_rated, LINES)
    expected = proportion_confint(accepting, raters, method="wilson")
    assert (share.value, share.n) == (accepting / raters, raters)
    assert interval(share) == pytest.approx(expected)
    assert 0 <= interval(share)[0] <= interval(share)[1] <= 1
    (wider,) = accepted_share(ratings, ratings.is_rated, Thresholds(confidence=0.99))
    assert interval(wider) == pytest.approx(
        proportion_confint(accepting, raters, alpha=0.01, method="wilson")
    )


def test_only_those_asked_about_are_counted() -> None:
    ratings = first_ratings([1, 1], [1, 1], [1, 2], [2, 2], certified=[True, False, False])
    is_asked = ratings.is_rated & ratings.is_certified[:, None]
    first, second = accepted_share(ratings, is_asked, LINES)
    assert (first.value, first.n, second.value, second.n) == (1.0, 1, 1.0, 1)
    nobody = accepted_share(ratings, np.zeros((3, 2), dtype=np.bool_), LINES)
    for share in nobody:
        assert (share.value, share.low, share.n) == (None, None, 0)
        assert share.undefined is not None
        assert share.undefined.reason is Reason.NO_OVERLAP
        assert share.undefined.message == "None of these raters rated the item."


def test_the_mean_difference_against_scipy() -> None:
    ratings = first_ratings([1, 1], [2, 1], [4, None], [1, NAN], [0, 3])
    first, second = mean_over_raters(ratings.differences, ratings.is_rated, LINES)
    here = [1.0, 3.0, 0.0, -1.0]
    expected = scipy.stats.t.interval(0.95, 3, np.mean(here), scipy.stats.sem(here))
    assert (first.value, first.n) == (0.75, 4)
    assert first.standard_error == pytest.approx(scipy.stats.sem(here))
    assert interval(first) == pytest.approx(expected)
    # In the second only two gave a score beside the key's.
    assert (second.value, second.n) == (1.0, 2)


def test_raters_who_all_say_the_same_are_no_surer_than_a_rounded_score() -> None:
    """Sheppard (1898): the variance of what was rounded to whole points is 1/12."""
    ratings = first_ratings([1], *[[2]] * 4)
    (figure,) = mean_over_raters(ratings.differences, ratings.is_rated, LINES)
    half = scipy.stats.t.ppf(0.975, 3) * np.sqrt(1 / 12 / 4)
    assert interval(figure) == pytest.approx((1 - half, 1 + half))
    assert figure.standard_error == pytest.approx(np.sqrt(1 / 48))


@pytest.mark.parametrize("raters", [0, 1])
def test_one_rater_is_no_mean(raters: int) -> None:
    ratings = first_ratings([1], *[[3]] * raters, [None], [NAN])
    (figure,) = mean_over_raters(ratings.differences, ratings.is_rated, LINES)
    assert (figure.value, figure.n) == (None, raters)
    assert figure.undefined is not None
    assert figure.undefined.message.startswith("Too few of these raters and the key both gave")


# Discrimination


def correlation(agrees: Sequence[int], rest: Sequence[float], **lines: int) -> Statistic:
    """Of one cell: who agrees with it, and how often each agrees with all others."""
    ratings = first_ratings([1], *[[1 if agreeing else 0] for agreeing in agrees])
    (figure,) = discrimination(ratings, np.array(rest)[:, None], Thresholds(**lines))
    return figure


AGREES = (1, 1, 1, 0, 1, 0, 0, 1)
REST = (0.4, 0.3, 0.1, 0.2, 0.0, -0.1, -0.3, -0.2)


def test_the_correlation_and_its_jackknife_against_numpy() -> None:
    """Leaving out one rater at a time, on Fisher's z (Efron & Tibshirani 1993, eq. 11.5)."""
    figure = correlation(AGREES, REST, least_raters=8)
    agrees, rest = np.array(AGREES, dtype=float), np.array(REST)
    expected = np.corrcoef(agrees, rest)[0, 1]
    left_out = [
        np.arctanh(np.corrcoef(np.delete(agrees, one), np.delete(rest, one))[0, 1])
        for one in range(8)
    ]
    error = np.sqrt(7 / 8 * np.sum((np.array(left_out) - np.mean(left_out)) ** 2))
    half = scipy.stats.t.ppf(0.975, 7) * error
    assert figure.value == pytest.approx(expected)
    assert figure.standard_error == pytest.approx(error)
    assert interval(figure) == pytest.approx(
        (np.tanh(np.arctanh(expected) - half), np.tanh(np.arctanh(expected) + half))
    )
    assert figure.n == 8


@pytest.mark.parametrize(
    ("least_raters", "least_alike", "reason"),
    [
        (8, 3, None),
        (9, 3, Reason.TOO_FEW_UNITS),
        (8, 4, Reason.NO_VARIANCE),  # three disagree
    ],
)
def test_a_correlation_needs_raters_and_some_on_either_side(
    least_raters: int, least_alike: int, reason: Reason | None
) -> None:
    lines = {"least_raters": least_raters, "least_alike": least_alike}
    turned = tuple(1 - agreeing for agreeing in AGREES)
    for figure in (correlation(AGREES, REST, **lines), correlation(turned, REST, **lines)):
        assert figure.n == 8
        assert (figure.undefined.reason if figure.undefined else None) is reason
        assert figure.is_defined == (reason is None)


def test_who_is_not_known_by_the_rest_takes_no_part_in_the_correlation() -> None:
    more = correlation((*AGREES, 1, 0), (*REST, NAN, NAN), least_raters=8)
    assert more == correlation(AGREES, REST, least_raters=8)


@settings(max_examples=20)
@given(order=st.permutations(range(8)), factor=st.floats(0.1, 9), shift=st.floats(-5, 5))
def test_neither_order_nor_unit_matter_to_the_correlation(
    order: list[int], factor: float, shift: float
) -> None:
    figure = correlation(AGREES, REST, least_raters=8)
    moved = correlation(
        [AGREES[one] for one in order],
        [REST[one] * factor + shift for one in order],
        least_raters=8,
    )
    assert moved.value == pytest.approx(figure.value)
    assert interval(moved) == pytest.approx(interval(figure))


# What is given instead of the key


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([2, 2, 3], OtherRating(2, 2)),
        ([3, 3, 2, 2], OtherRating(2, 2)),  # of equally many the lowest
        ([0, NAN], OtherRating(0, 1)),
        ([4, NAN, NAN], OtherRating(None, 2)),
        ([1, 1, None], None),
    ],
)
def test_what_trusted_raters_give_instead(given: Row, expected: OtherRating | None) -> None:
    # Who is neither certified nor known by other ratings is not asked.
    ratings = first_ratings(
        [1],
        *[[score] for score in given],
        *[[4]] * 9,
        certified=[True] * len(given) + [False] * 9,
    )
    (cell,) = key_health(ratings).cells
    assert cell.other_rating == expected
    asked = sum(score is not None for score in given)
    assert (cell.raters, cell.trusted) == (asked + 9, asked)
    assert cell.certified_accepted.n == asked
    assert cell.high_accepted.n == 0


def test_raters_of_high_agreement_are_trusted_beside_the_certified() -> None:
    """Twelve vignettes: Asta knows all keys, four others none; Tomasz is certified all the same."""
    asta, others, tomasz = [1.0] * 12, [[0.0] * 12] * 4, [2.0] * 12
    ratings = first_ratings([1] * 12, asta, *others, tomasz, certified=[False, *[False] * 4, True])
    cell = key_health(ratings).cells[0]
    assert (cell.raters, cell.certified_accepted.value, cell.certified_accepted.n) == (6, 0.0, 1)
    # Asta leads; the five behind her are all alike, so all of them are second.
    assert (cell.high_accepted.value, cell.high_accepted.n) == (pytest.approx(1 / 6), 6)
    alone = key_health(ratings, Thresholds(high_share=1 / 6)).cells[0]
    assert (alone.high_accepted.value, alone.high_accepted.n, alone.trusted) == (1.0, 1, 2)
    assert alone.other_rating == OtherRating(2, 1)


# Drift over vignettes


FEW = Thresholds(least_per_vignette=2, least_vignettes=2)


def test_the_lean_on_an_item_is_the_mean_over_its_vignettes() -> None:
    """Three vignettes of item 1, means 1, .5 and 0; one of item 2; one rater is not asked."""
    ratings = first_ratings(
        [1, 1, 1, 1], [2, 2, 1, 4], [2, 1, 1, 4], [4, 4, 4, 4], items=[1, 1, 1, 2]
    )
    is_asked = np.array([[True] * 4, [True] * 4, [False] * 4])
    drift = item_drift(ratings, is_asked, FEW)
    assert list(drift) == [1, 2]
    means = [1.0, 0.5, 0.0]
    lean = drift[1].lean
    assert (lean.value, lean.n) == (0.5, 3)
    assert interval(lean) == pytest.approx(
        scipy.stats.t.interval(0.95, 2, 0.5, scipy.stats.sem(means))
    )
    assert drift[2].lean.value is None
    assert drift[2].lean.n == 1
    assert drift[2].lean.undefined is not None
    assert drift[2].lean.undefined.message.startswith("Too few other vignettes")


@pytest.mark.parametrize(
    ("least_vignettes", "least_per_vignette", "units"), [(3, 3, 3), (4, 3, 3), (2, 4, 2), (2, 5, 0)]
)
def test_a_vignette_counts_once_enough_have_scored_the_item(
    least_vignettes: int, least_per_vignette: int, units: int
) -> None:
    lines = Thresholds(least_vignettes=least_vignettes, least_per_vignette=least_per_vignette)
    ratings = first_ratings([1, 1, 1], [2, 2, 2], [2, 2, 2], [2, 2, 1], [1, 2, None])
    lean = item_drift(ratings, ratings.is_rated, lines)[1].lean
    assert lean.n == units
    assert lean.is_defined == (units >= least_vignettes)


def test_elsewhere_is_what_those_trusted_here_do_in_the_other_vignettes() -> None:
    """Differences of four raters in three vignettes of an item, and who is trusted in the first.

    v0: 2 2 - 2, v1: 0 1 4 1, v2: 1 0 4 - . Elsewhere, seen from v0, the first two count: means
    1/2 (with the fourth 2/3) and 1/2. Beyond: each rater's difference in v0 less the own mean
    elsewhere: 2 - 1/2, 2 - 1/2, 2 - 1.
    """
    ratings = first_ratings([0, 0, 0], [2, 0, 1], [2, 1, 0], [None, 4, 4], [2, 1, None])
    is_trusted = np.array([[True] * 3, [True] * 3, [False, True, True], [True] * 3])
    elsewhere, beyond = lean_elsewhere(ratings, is_trusted, FEW)
    assert elsewhere[0].value == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert elsewhere[0].n == 2
    assert (beyond[0].value, beyond[0].n) == (pytest.approx(4 / 3), 3)
    # In v1 all four are trusted: v0 holds 2 2 2 and v2 holds 1 0 4.
    assert elsewhere[1].value == pytest.approx((2 + 5 / 3) / 2)
    # 0 - 3/2, 1 - 1, 4 - 4, 1 - 2.
    assert beyond[1].value == pytest.approx(-2.5 / 4)
    # The fourth did not rate v2: 1 - 1, 0 - 3/2, 4 - 4.
    assert (beyond[2].value, beyond[2].n) == (pytest.approx(-0.5), 3)


def test_other_items_are_not_elsewhere() -> None:
    one = first_ratings([0] * 3, [2, 0, 1], [2, 1, 0], [1, 1, 1])
    both = first_ratings(
        [0] * 5, [2, 4, 0, 4, 1], [2, 4, 1, 4, 0], [1, 0, 1, 4, 1], items=[1, 2, 1, 2, 1]
    )
    alone = lean_elsewhere(one, one.is_rated, FEW)
    among = lean_elsewhere(both, both.is_rated, FEW)
    for figures, same in zip(alone, among, strict=True):
        assert figures == [same[place] for place in (0, 2, 4)]


def test_an_item_of_one_vignette_has_no_elsewhere() -> None:
    ratings = first_ratings([0, 0], [1, 2], [1, 2], [1, 2], items=[1, 2])
    elsewhere, beyond = lean_elsewhere(ratings, ratings.is_rated, FEW)
    for there, left in zip(elsewhere, beyond, strict=True):
        assert (there.value, there.n) == (None, 0)
        assert (left.value, left.n) == (None, 0)


# Drift over time


LATE, EARLY = 6.0, 5.999


def since_certification(ratings: FirstRatings, lines: Thresholds = FEW, item: int = 1) -> Statistic:
    return item_drift(ratings, ratings.is_rated, lines)[item].since_certification


def test_late_less_early_by_hand() -> None:
    """Three vignettes; in each some rated early, some from the sixth month on.

    v0: late 1 1, early 0 0: 1, weight 2 2 / 4 = 1. v1: late 2 1 0, early 0 0: 1, weight 6/5.
    v2: late 0 0, early 1 0 1: -2/3, weight 6/5. Weighted mean (1 + 1.2 - .8) / 3.4.
    """
    rows = [[1, 2, 0], [1, 1, 0], [None, 0, 1], [0, 0, 0], [0, 0, 1]]
    months = [
        [LATE, LATE, LATE],
        [LATE, LATE, 40.0],
        [NAN, LATE, EARLY],
        [EARLY, -3.0, EARLY],
        [0.0, EARLY, EARLY],
    ]
    ratings = first_ratings([0, 0, 0], *rows, months=months)
    figure = since_certification(ratings)
    assert (value(figure), figure.n) == (pytest.approx(1.4 / 3.4), 3)
    without = np.array([0.4 / 2.4, 0.2 / 2.2, 2.2 / 2.2])
    error = np.sqrt(2 / 3 * np.sum((without - without.mean()) ** 2))
    half = scipy.stats.t.ppf(0.975, 2) * error
    assert figure.standard_error == pytest.approx(error)
    assert interval(figure) == pytest.approx((1.4 / 3.4 - half, 1.4 / 3.4 + half))


def test_only_vignettes_rated_early_and_late_count_and_only_by_the_certified() -> None:
    rows = [[1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0], [4, 4, 4]]
    late, early = [[LATE] * 3] * 2, [[EARLY] * 3, [EARLY, EARLY, NAN]]
    certified = [True] * 4 + [False]
    ratings = first_ratings(
        [0] * 3, *rows, certified=certified, months=[*late, *early, [EARLY] * 3]
    )
    # In the third vignette one early rating is left.
    figure = since_certification(ratings)
    assert (figure.value, figure.n) == (1.0, 2)
    few = since_certification(ratings, Thresholds(least_per_vignette=2, least_vignettes=3))
    assert (few.value, few.n) == (None, 2)
    assert few.undefined is not None
    assert few.undefined.message == "Too few vignettes that were rated both early and late."
    fewer = since_certification(ratings, Thresholds(least_per_vignette=3, least_vignettes=1))
    assert fewer.n == 0
    one = since_certification(ratings, Thresholds(least_per_vignette=1, least_vignettes=3))
    assert one.n == 3


def test_a_wrong_key_is_as_wrong_early_as_late() -> None:
    rows = [[1, 2, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]]
    months = [[LATE] * 3] * 2 + [[EARLY] * 3] * 2
    right = since_certification(first_ratings([0, 0, 0], *rows, months=months))
    wrong = since_certification(first_ratings([0, 3, 0], *rows, months=months))
    assert wrong.value == pytest.approx(value(right))
    assert interval(wrong) == pytest.approx(interval(right))
