"""Whose examples stand in a manual, when they open, and which item an address means."""

from __future__ import annotations

import pytest

from tests.exercises.pairs import HIGH, LOW, key, vignette
from tests.manuals.test_documents import example
from tests.pack import INSTRUMENT, small_pack
from training.exercises.rules import Pair, Result, Twin
from training.library.schema import WorkedExample
from training.manuals.addresses import address_of, find_item
from training.manuals.examples import (
    Example,
    Solution,
    exercise_before,
    first_pairs,
    of_exercise,
    of_manual,
)

SCALE = small_pack().instruments[INSTRUMENT]


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("3-item-3", 3),
        ("3", 3),
        ("3-", 3),
        ("3-as-it-was-called-before", 3),
        ("12-item-12", 12),
        ("1", 1),
        ("0", None),
        ("13", None),
        ("03-item-3", None),
        ("3x", None),
        ("-3", None),
        ("item-3", None),
        ("10000", None),
        ("", None),
        ("३", None),
    ],
)
def test_the_number_of_an_address_decides_which_item_it_means(
    address: str, number: int | None
) -> None:
    found = find_item(SCALE, address)
    assert (found.number if found else None) == number


def test_every_item_is_found_at_its_own_address() -> None:
    for item in SCALE.items:
        assert find_item(SCALE, address_of(item)) is item


def pair(item: int, name: str, *answered: int) -> Pair:
    """A pair on an item, whose first twins are answered."""
    twins = [Twin(f"{name}-{n}", name, Result(1, 1) if n in answered else None) for n in (1, 2)]
    return Pair(INSTRUMENT, item, name, (twins[0], twins[1]))


def test_a_pair_opens_when_both_its_exercises_are_rated_or_nobody_is_to_rate_them() -> None:
    assert exercise_before(pair(3, "ferry"), may_rate=True) == "ferry-1"
    assert exercise_before(pair(3, "ferry", 1), may_rate=True) == "ferry-2"
    assert exercise_before(pair(3, "ferry", 2), may_rate=True) == "ferry-1"
    assert exercise_before(pair(3, "ferry", 1, 2), may_rate=True) is None
    assert exercise_before(pair(3, "ferry"), may_rate=False) is None


def test_of_several_pairs_on_an_item_everybody_reads_the_first() -> None:
    ferry, attic, quay = pair(3, "ferry"), pair(3, "attic", 1, 2), pair(1, "quay")
    assert first_pairs([ferry, attic, quay]) == {3: ferry, 1: quay}
    assert first_pairs([attic, ferry]) == {3: attic}
    assert first_pairs([]) == {}


def test_an_example_of_the_manuals_own_is_open_and_marks_what_it_cites() -> None:
    written = WorkedExample.model_validate(example(2, title="A log", rating="NR"))
    found = of_manual(written, 2)
    assert (found.slug, found.title, found.vignette) == ("2-2", "A log", None)
    assert [passage.number for passage in found.passages] == [1, 2, 3, 4]
    assert found.solution == Solution("NR", frozenset({2, 4}), "Twice it was so (2, 4).")


def test_an_exercise_without_its_rating_knows_no_key() -> None:
    text, rating = vignette(LOW), key(LOW).items[3]
    assert of_exercise(LOW, text, None) == Example(LOW, text.title, text, (), None)
    solution = of_exercise(LOW, text, rating).solution
    assert solution == Solution(1, frozenset({2, 4}), rating.reason, rating.contrast)
    other = of_exercise(HIGH, vignette(HIGH), key(HIGH).items[3]).solution
    assert other is not None
    assert other.rating == 2
