"""What Ines has rated: what counts of it, and every reason she has met, by item and by word."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.calibration.rating_sheets import agreeing
from tests.pack import PRACTICE, canary, small_pack, with_item
from training.calibration.history import PastRating, cells_of, counted, made_knowing_key
from training.calibration.ratings import Rating
from training.calibration.reasons import LONGEST_SEARCH, items_met, matching, reasons_met

PACK = small_pack()
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOBODY = Rating(is_not_rateable=True, reason="Nobody was asked.")


def rated(
    slug: str = PRACTICE[0],
    changes: dict[int, Rating] | None = None,
    *,
    number: int = 1,
    is_practice: bool = True,
    knew_key: bool = False,
    day: int = 0,
) -> PastRating:
    """A rating as the key has it, but for these changes."""
    return PastRating(
        session_id=uuid.uuid4(),
        is_practice=is_practice,
        knew_key=knew_key,
        number=number,
        submitted_at=MONDAY + timedelta(days=day),
        vignette=PACK.vignettes[slug],
        key=PACK.keys[slug],
        instrument=PACK.instruments["dialogic-practice"],
        ratings=agreeing(slug) | (changes or {}),
    )


def test_practice_rated_blind_counts_and_neither_repeats_nor_excerpts_do() -> None:
    first, repeat = rated(), rated(number=2, day=1)
    excerpt, second = rated(is_practice=False), rated(PRACTICE[1], day=2)
    shown = rated(PRACTICE[1], knew_key=True)
    history = [first, repeat, excerpt, second, shown]
    assert counted(history) == [first, second]
    assert made_knowing_key(history) == [repeat, shown]
    assert made_knowing_key([rated(is_practice=False, number=2)]) == []
    assert {slug for slug, *_ in cells_of(history)} == set(PRACTICE)
    assert len(cells_of(history)) == 24
    assert cells_of([]) == []


def test_a_cell_is_an_item_with_both_scores_and_the_panel_may_drop_it() -> None:
    past = rated(changes={9: Rating(1), 10: NOBODY})
    assert past.items == tuple(range(1, 13))
    cells = {number: (own, key) for _slug, number, own, key in past.cells}
    assert (cells[9], cells[10]) == ((1, 3), (None, 1))
    assert past.sums.sum_of_differences == -2
    assert past.sums.rateability_mismatches == 1
    dropped = replace(past, key=with_item(past.key, 9, rating="dropped", evidence=()))
    assert [number for _slug, number, *_ in dropped.cells] == [*range(1, 9), 10, 11, 12]
    assert (dropped.sums.sum_of_differences, dropped.sums.compared_cells) == (0, 11)
    band = replace(past, key=with_item(past.key, 9, band=(2, 3)))
    assert {number: key for _slug, number, _own, key in band.cells}[9] == 2  # nearest to hers


def test_what_was_never_filled_in_is_compared_as_not_rateable() -> None:
    empty = replace(rated(), ratings={})
    assert {own for _slug, _number, own, _key in empty.cells} == {None}
    assert (empty.sums.rated_cells, empty.sums.rateability_mismatches) == (0, 12)


def test_the_latest_reasons_come_first_and_items_in_order() -> None:
    older, newer = rated(day=1), rated(PRACTICE[1], day=5)
    found = reasons_met([older, newer])
    assert [each.past for each in found] == [newer] * 12 + [older] * 12
    assert [each.item.number for each in found[:12]] == list(range(1, 13))
    assert reasons_met([]) == []


def test_items_are_counted_with_how_often_they_differed() -> None:
    history = [
        rated(changes={9: Rating(1), 10: NOBODY}),
        rated(number=2, changes={9: Rating(2)}),
        rated(PRACTICE[1]),
    ]
    met = {
        each.number: (each.name, each.met, each.missed) for each in items_met(reasons_met(history))
    }
    assert list(met) == list(range(1, 13))
    assert met[9] == ("Element 9", 3, 2)
    assert met[10] == ("Element 10", 3, 1)
    assert met[1] == ("Element 1", 3, 0)
    dropped = replace(history[0], key=with_item(history[0].key, 9, rating="dropped", evidence=()))
    (nine,) = [each for each in items_met(reasons_met([dropped])) if each.number == 9]
    assert (nine.met, nine.missed) == (1, 0)  # what is not compared is not missed


NOTED = {
    4: replace(agreeing()[4], note="The KETTLE was cold."),
    5: NOBODY,
    6: replace(agreeing()[6], reason="Left over from before."),
}


@pytest.mark.parametrize(
    ("search", "items"),
    [
        ("kettle cold", [4]),
        ("COLD Kettle", [4]),
        ("kettle warm", []),
        ("nobody asked", [5]),
        ("left over", []),  # of a scored item no reason is shown
        (canary(PRACTICE[0], 7), [7]),
        ("element 12", [12]),
        ("practice-one kettle", [4]),  # the title of the vignette counts in
        ("stays with three", [8]),  # a dissent
        ("", list(range(1, 13))),
    ],
)
def test_a_reason_is_found_by_every_word_that_is_read_in_it(search: str, items: list[int]) -> None:
    past = rated(changes=NOTED)
    dissent = {"expert": 2, "rating": 3, "reason": "She stays with three."}
    spread = {"first": [1, 3], "final": [1, 3], "dissents": [dissent]}
    past = replace(past, key=with_item(past.key, 8, spread=spread))
    found = matching(reasons_met([past]), item=None, search=search)
    assert [each.item.number for each in found] == items


def test_a_search_may_be_narrowed_to_one_item_and_is_never_endless() -> None:
    reasons = reasons_met([rated(changes=NOTED), rated(PRACTICE[1], day=1)])
    found = matching(reasons, item=4, search="")
    assert [each.past.vignette.slug for each in found] == [PRACTICE[1], PRACTICE[0]]
    assert [each.item.number for each in matching(reasons, item=4, search="kettle")] == [4]
    assert matching(reasons, item=5, search="kettle") == []
    assert matching(reasons, item=99, search="") == []
    words = "kettle ".ljust(LONGEST_SEARCH) + "nowhere"
    assert [each.item.number for each in matching(reasons, item=None, search=words)] == [4]
