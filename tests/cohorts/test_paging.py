"""Which page of a long list was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.paging import paging_of


@pytest.mark.parametrize(
    ("asked", "number"),
    [(None, 1), ("", 1), ("2", 2), ("3", 3), ("4", 3), ("0", 1), ("-1", 1), ("x", 1), ("²", 1)]
    + [("9" * digits, 3) for digits in (7, 8, 9, 10, 5_000)],
)
def test_the_nearest_page_there_is(asked: str | None, number: int) -> None:
    assert paging_of(asked, size=50, total=101).number == number


def test_an_empty_list_has_one_empty_page() -> None:
    paging = paging_of("7", size=50, total=0)
    assert (paging.pages, paging.first, paging.last, paging.offset) == (1, 0, 0, 0)
    assert not paging.has_previous
    assert not paging.has_next


@given(st.integers(1, 60), st.integers(1, 500))
def test_pages_hold_every_entry_once(size: int, total: int) -> None:
    pages = [paging_of("1", size=size, total=total)]
    while pages[-1].has_next:
        pages.append(paging_of(str(pages[-1].number + 1), size=size, total=total))
    shown = [place for page in pages for place in range(page.first, page.last + 1)]
    assert shown == list(range(1, total + 1))
    assert [page.offset + 1 for page in pages] == [page.first for page in pages]


@given(st.text(max_size=12))
def test_whatever_stands_in_the_address_leads_to_a_page(asked: str) -> None:
    paging = paging_of(asked, size=10, total=35)
    assert 1 <= paging.number <= 4
