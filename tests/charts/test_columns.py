"""Texts below one another and lines between columns: where they lie in a drawing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.charts.crossing import LINE_STEP, bundle_height, crossing
from training.charts.text_stack import GAP, LINE_HEIGHT, spread, stacked

WORDS = st.lists(st.text("abcdefgh ", min_size=1, max_size=60), min_size=1, max_size=6)


def test_texts_are_broken_into_lines_and_stand_below_one_another() -> None:
    first, second = stacked(["one two three", "four"], letters=8, top=10, heads=1)
    assert first.lines == ("one two", "three")
    assert (first.top, first.bottom) == (10, 10 + 3 * LINE_HEIGHT)  # a heading and two lines
    assert second.top == first.bottom + GAP
    assert first.baselines == (first.head_baseline + 18, first.head_baseline + 36)
    assert stacked(["uncertainty"], letters=5)[0].lines == ("uncertainty",)  # no word is broken
    assert stacked(["not-knowing"], letters=8)[0].lines == ("not-", "knowing")


@given(WORDS, st.integers(1, 30))
def test_no_text_lies_on_another_and_no_word_is_lost(texts: list[str], letters: int) -> None:
    stack = stacked(texts, letters=letters)
    for text, placed in zip(texts, stack, strict=True):
        assert " ".join(placed.lines).split() == text.split()
    wide = spread(stack, stack[-1].bottom + 100)
    assert wide[-1].bottom == pytest.approx(stack[-1].bottom + (100 if len(stack) > 1 else 0))
    for above, below in pairwise(wide):
        assert below.top >= above.bottom + GAP


def test_lines_from_one_place_lie_side_by_side_in_the_order_of_their_ends() -> None:
    lines = crossing([(0, 1), (0, 0), (1, 1), (0, 1)], left=[50, 90], right=[20, 60])
    assert [(line.left, line.right) for line in lines] == [(0, 0), (0, 1), (1, 1)]
    half = LINE_STEP / 2
    assert [line.left_y for line in lines] == [50 - half, 50 + half, 90]
    assert [line.right_y for line in lines] == [20, 60 - half, 60 + half]
    assert bundle_height(lines, left=0) == 2 * LINE_STEP
    assert bundle_height(lines, right=1) == 2 * LINE_STEP
    assert bundle_height(lines, right=7) == 0
    with pytest.raises(IndexError):
        crossing([(0, 5)], left=[1], right=[1])
