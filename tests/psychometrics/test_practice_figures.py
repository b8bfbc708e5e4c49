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


@pytest.mark.parametrize("order", [ORDER[:2], (*ORDER, "yard"), (*ORDER[:3], "barn"), ()])
def test_an_order_that_does_not_name_every_vignette_once_is_refused(
    order: tuple[str, ...],
) -> None:
    ratings = Ratings.from_cells(rows(dict(KEYS)))
    with pytest.raises(ValueError, match="name every vignette once"):
        running_figures(ratings, order)


def test_figures_grow_in_the_order_of_rating_and_not_of_names() -> None:
    """The attic, rated third, was missed by a point on each item."""
    own = dict(KEYS) | {"attic": (3, 2, 1, 0)}
    order = ("yard", "mill", "attic", "ferry")
    running = running_figures(Ratings.from_cells(rows(own)), order)
    assert [each.exact.value for each in running] == pytest.approx([1, 1, 2 / 3, 3 / 4])
    assert [each.bias.value for each in running] == pytest.approx([0, 0, -1 / 3, -1 / 4])
    assert [each.exact.n for each in running] == [4, 8, 12, 16]
    assert {each.within_one.value for each in running} == {1.0}
    narrow = running_figures(Ratings.from_cells(rows(own)), order, confidence=0.8)[-1].bias
    wide = running[-1].bias
    assert wide.low < narrow.low < narrow.high < wide.high


def test_nothing_rated_has_no_figures() -> None:
    assert running_figures(Ratings.from_cells([]), ()) == ()


def test_shares_of_not_rateable_are_of_what_was_asked() -> None:
    """Of seven cells Ines leaves three out and the consensus two, one of them the same."""
    cells: list[Row] = [
        ("attic", 1, None, 2),
        ("attic", 2, None, None),
        ("attic", 3, 1, None),
        ("attic", 4, 1, 1),
        ("yard", 1, None, 3),
        ("yard", 2, 0, 0),
        ("yard", 4, 2, 2),
    ]
    use = not_rateable_use(Ratings.from_cells(cells))
    assert (use.cells, use.count, use.reference_count, use.both) == (7, 3, 2, 1)
    assert use.mismatches == 3
    assert use.difference.value == pytest.approx(1 / 7)
    assert use.difference.n == 7
    narrow = not_rateable_use(Ratings.from_cells(cells), confidence=0.5).difference
    assert use.difference.low < narrow.low


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
