"""Figures as they grow, and the use of "not rateable"."""

from __future__ import annotations

import pytest

from training.psychometrics import Ratings, compare_with_consensus
from training.psychometrics.practice_figures import not_rateable_use, running_figures
from training.psychometrics.rateability import Rateability

KEYS = {"yard": (0, 1, 2, 3), "attic": (4, 3, 2, 1), "ferry": (2, 0, 4, 1), "mill": (1, 1, 3, 4)}
ORDER = tuple(KEYS)
Row = tuple[str, int, float | None, float | None]


def rows(own: dict[str, tuple[int | None, ...]]) -> list[Row]:
    return [
        (slug, item, score, key)
        for slug, scores in own.items()
        for item, (score, key) in enumerate(zip(scores, KEYS[slug], strict=True), start=1)
    ]


def test_the_last_running_figure_is_the_one_over_all_and_each_that_of_its_vignettes() -> None:
    own = {slug: tuple(min(4, score + (slug != "yard")) for score in KEYS[slug]) for slug in ORDER}
    running = running_figures(Ratings.from_cells(rows(own)), ORDER)
    assert [each.vignettes for each in running] == [1, 2, 3, 4]
    for count, each in enumerate(running, start=1):
        of_these = rows({slug: own[slug] for slug in ORDER[:count]})
        whole = compare_with_consensus(Ratings.from_cells(of_these), scale=range(5))
        assert (each.exact, each.within_one, each.bias) == (
            whole.exact, whole.within_one, whole.bias,
        )  # fmt: skip
    assert running[0].exact.value == 1.0
    assert not running[0].bias.has_interval


def test_an_order_that_leaves_a_vignette_out_is_refused() -> None:
    ratings = Ratings.from_cells(rows(dict(KEYS)))
    with pytest.raises(ValueError, match="name every vignette once"):
        running_figures(ratings, ORDER[:2])


@pytest.mark.parametrize(
    ("own", "code"),
    [
        (dict(KEYS), Rateability.IN_LINE),
        ({slug: (None, *scores[1:]) for slug, scores in KEYS.items()}, Rateability.MORE),
        (dict(KEYS) | {"yard": (None, None, 2, 3)}, Rateability.UNSURE),
        ({"yard": (None, 1, 2, 3)}, Rateability.UNSURE),  # one vignette has no interval
        ({}, Rateability.UNKNOWN),
    ],
)
def test_how_not_rateable_is_used(
    own: dict[str, tuple[int | None, ...]], code: Rateability
) -> None:
    use = not_rateable_use(Ratings.from_cells(rows(own)))
    assert use.code is code
    assert (use.reference_count, use.both, use.mismatches) == (0, 0, use.count)


def test_less_often_and_on_other_items() -> None:
    turned = [(slug, item, key, own) for slug, item, own, key in rows(
        {slug: (None, *scores[1:]) for slug, scores in KEYS.items()})]  # fmt: skip
    assert not_rateable_use(Ratings.from_cells(turned)).code is Rateability.LESS
    elsewhere = [
        (slug, item, None if item == 1 else 2, None if item == 2 else 2)
        for slug in ORDER
        for item in range(1, 5)
    ]
    use = not_rateable_use(Ratings.from_cells(elsewhere))
    assert (use.code, use.mismatches, use.difference.value) == (Rateability.ELSEWHERE, 8, 0.0)
