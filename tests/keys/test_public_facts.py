"""What is counted in public about keys, and the words for it, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from training.accounts.models import Role
from training.charts.bars import Bar
from training.charts.intervals import FigureStyle
from training.keys.public.facts import (
    ItemCounts,
    PoolCount,
    Settling,
    is_of_demonstration,
    item_counts,
    pool_counts,
    ratified_by_people,
    settling,
)
from training.keys.public.records import FIGURES as FIGURES_SHOWN
from training.keys.public.records import VOUCHING_ROLES, ContestFacts
from training.keys.public.wording import (
    FIGURES,
    POOLS,
    VOUCHERS,
    bar_rows,
    bar_series,
    interval_rows,
    why_missing,
)
from training.library.schema import Key, Pool
from training.panels.agreement.figures import ExpertRating, group_agreement
from training.panels.agreement.records import PooledAgreement
from training.psychometrics.statistic import Reason


def key(*items: dict[str, Any], panel: str = "") -> Key:
    """A key with these items; `panel` is "", "people" or "demonstration"."""
    document: dict[str, Any] = {
        "vignette": "story",
        "instrument": "scale",
        "status": "ratified" if panel else "authored",
        "items": {
            number: {"evidence": [1], "reason": "So."} | item
            for number, item in enumerate(items, start=1)
        },
    }
    if panel:
        document["panel"] = {
            "panel": "a panel",
            "title": "Spring panel",
            "ratified_on": "2026-03-01",
            "experts": 3,
            "instrument_digest": "scale-1",
            "vignette_digest": "text-1",
            "is_demonstration": panel == "demonstration",
        }
    return Key.model_validate(document)


def agreed(rating: int | str, *first: int | str, dissents: bool = False) -> dict[str, Any]:
    """An item on which the experts gave these ratings before they talked."""
    dissent = {"expert": 1, "rating": "NR", "reason": "I do not see it."}
    spread = {"first": first, "final": first, "dissents": [dissent] if dissents else []}
    return {"rating": rating, "spread": spread}


AUTHORED, RATIFIED, DEMONSTRATION = (
    key({"rating": 2}, panel=panel) for panel in ("", "people", "demonstration")
)
# A key may be called ratified before anybody writes down by whom.
NAMELESS = Key.model_validate(AUTHORED.model_dump(mode="json") | {"status": "ratified"})


def test_keys_of_simulated_experts_are_no_keys_of_people() -> None:
    assert [is_of_demonstration(one) for one in (AUTHORED, NAMELESS, RATIFIED, DEMONSTRATION)] == [
        False, False, False, True,
    ]  # fmt: skip
    every = [DEMONSTRATION, RATIFIED, AUTHORED, NAMELESS]
    assert ratified_by_people(every) == [RATIFIED, NAMELESS]
    assert ratified_by_people([]) == []


def test_keys_are_counted_by_pool_in_the_order_of_pools_and_each_once() -> None:
    keys = [
        (Pool.CERTIFICATION, RATIFIED),
        (Pool.PRACTICE, DEMONSTRATION),
        (Pool.PRACTICE, AUTHORED),
        (Pool.CERTIFICATION, RATIFIED),
        (Pool.PRACTICE, NAMELESS),
        (Pool.PRACTICE, AUTHORED),
    ]
    counts = pool_counts(keys)
    assert counts == (PoolCount(Pool.PRACTICE, 2, 1, 1), PoolCount(Pool.CERTIFICATION, 0, 2, 0))
    assert [count.total for count in counts] == [4, 2]
    assert pool_counts(keys[::-1]) == counts
    assert pool_counts([]) == ()


def test_items_are_counted_by_what_was_agreed() -> None:
    first = key(
        {"rating": 0},
        {"rating": 2, "band": (2, 3)},
        {"rating": 3, "band": (2, 3)},
        {"rating": "NR", "evidence": []},
        {"rating": "dropped", "evidence": []},
        {"rating": 4},
        {"rating": 1},
    )
    assert item_counts([first]) == ItemCounts(scores=3, bands=2, not_rateable=1, dropped=1)
    assert item_counts([first, first]).total == 14
    assert item_counts([]) == ItemCounts()
    assert item_counts([key()]) == ItemCounts()


@pytest.mark.parametrize(
    ("item", "settled"),
    [
        (agreed(2, 2, 2, 2), Settling(at_once=1)),
        (agreed("NR", "NR", "NR", "NR"), Settling(at_once=1)),
        (agreed(2, 2, 2, 3), Settling(discussed=1)),
        (agreed("NR", "NR", "NR", 0), Settling(discussed=1)),
        (agreed("dropped", 0, 2, 4), Settling(discussed=1)),
        (agreed(2, 2, 3, 2, dissents=True), Settling(dissenting=1)),
        (agreed(2, 2, 2, 2, dissents=True), Settling(dissenting=1)),  # and moved away since
        ({"rating": 2}, Settling()),  # nobody wrote down what the experts gave
    ],
)
def test_how_an_item_was_settled(item: dict[str, Any], settled: Settling) -> None:
    assert settling([key(item, panel="people")]) == settled
    assert settled.total == ("spread" in item)


def test_contests_add_up_the_withdrawn_ones_included() -> None:
    assert ContestFacts(waiting=1, kept=2, for_panel=4, withdrawn=8).total == 15


def test_the_bars_of_a_pool_are_shares_of_its_keys() -> None:
    counts = (PoolCount(Pool.PRACTICE, 3, 1, 0), PoolCount(Pool.TEACHING, 2, 0, 0))
    assert list(bar_series(counts)) == ["accent", "open"]
    practice, teaching = bar_rows(counts)
    assert (practice.label, practice.bars) == ("Practice", (Bar("accent", 0.25), Bar("open", 0.75)))
    assert (teaching.label, teaching.bars) == (
        "Teaching examples",
        (Bar("accent", 0.0), Bar("open", 1.0)),
    )
    # Once one key is of simulated experts, every pool is told apart by it.
    with_demonstration = (counts[0], PoolCount(Pool.CERTIFICATION, 1, 2, 1))
    assert list(bar_series(with_demonstration)) == ["accent", "open", "warm"]
    practice, certification = bar_rows(with_demonstration)
    assert practice.bars == (Bar("accent", 0.25), Bar("open", 0.75), Bar("warm", 0.0))
    assert certification.bars == (Bar("accent", 0.5), Bar("open", 0.25), Bar("warm", 0.25))


def test_the_figures_are_drawn_in_their_order_and_say_why_one_is_missing() -> None:
    ratings = [ExpertRating("story", 1, place, 3) for place in (1, 2, 3)]
    group = group_agreement(ratings, scale=range(5))
    rows = interval_rows(PooledAgreement(1, (3,), 1, group))
    assert [row.label for row in rows] == [str(FIGURES[name]) for name in FIGURES_SHOWN]
    assert [row.style for row in rows] == [FigureStyle.SHARE] * 2 + [FigureStyle.NUMBER] * 4
    exact, alpha = rows[0], rows[4]
    assert (exact.value, exact.low, exact.note) == (
        1.0,
        None,
        "One vignette is too few for an interval.",
    )
    assert (alpha.value, bool(alpha.note)) == (None, True)
    assert {row.axis for row in rows} == {(0.0, 1.0)}
    assert str(why_missing(Reason.NO_RATIO_SCALE)) == "It cannot be computed from these ratings."


def test_every_pool_and_whoever_may_vouch_has_a_name() -> None:
    assert set(POOLS) == set(Pool)
    assert set(VOUCHERS) == set(VOUCHING_ROLES) == set(Role)
