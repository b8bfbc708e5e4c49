"""Which excerpt comes next."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from training.modules.excerpts import ExcerptTry, NextExcerpt, next_excerpt
from training.modules.mastery import ExcerptResult

BOTH = ("quay", "attic")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def missed(excerpt: str, number: int = 1, *, hour: int = 0) -> ExcerptTry:
    moment = START + timedelta(hours=hour)
    result = ExcerptResult(items=2, exact=0, within_one=1)
    return ExcerptTry(uuid.uuid4(), excerpt, excerpt.title(), number, moment, moment, result)


def begun(excerpt: str, number: int = 1) -> ExcerptTry:
    return ExcerptTry(uuid.uuid4(), excerpt, excerpt.title(), number, START, None, None)


def test_the_first_try_is_at_the_first_excerpt() -> None:
    assert next_excerpt(BOTH, []) == NextExcerpt("quay", 1, was_key_seen=False, session_id=None)


def test_after_a_miss_comes_the_other_one() -> None:
    assert next_excerpt(BOTH, [missed("quay")]) == NextExcerpt(
        "attic", 1, was_key_seen=False, session_id=None
    )


def test_after_both_comes_the_one_longest_ago_and_its_key_was_seen() -> None:
    tries = [missed("quay", hour=1), missed("attic", hour=2)]
    assert next_excerpt(BOTH, tries) == NextExcerpt("quay", 2, was_key_seen=True, session_id=None)
    tries.append(missed("quay", 2, hour=3))
    assert next_excerpt(BOTH, tries) == NextExcerpt("attic", 2, was_key_seen=True, session_id=None)


def test_in_whatever_order_the_tries_are_told_the_latest_at_each_excerpt_counts() -> None:
    tries = [missed("quay", 2, hour=3), missed("attic", hour=2), missed("quay", hour=1)]
    assert next_excerpt(BOTH, tries) == NextExcerpt("attic", 2, was_key_seen=True, session_id=None)


def test_a_rating_under_way_is_finished_first() -> None:
    session = begun("quay")
    step = next_excerpt(BOTH, [session])
    assert step == NextExcerpt("quay", 1, was_key_seen=False, session_id=session.session_id)


def test_a_second_rating_under_way_still_says_that_the_key_was_seen() -> None:
    session = begun("quay", 2)
    step = next_excerpt(BOTH, [missed("quay"), missed("attic", hour=1), session])
    assert step == NextExcerpt("quay", 2, was_key_seen=True, session_id=session.session_id)


def test_an_excerpt_no_longer_in_the_module_is_left_alone() -> None:
    step = next_excerpt(BOTH, [missed("cellar"), begun("cellar", 2)])
    assert (step.excerpt, step.session_id) == ("quay", None)


def test_a_single_excerpt_is_rated_again() -> None:
    assert next_excerpt(("quay",), [missed("quay")]).number == 2


def test_a_module_without_excerpts_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="excerpt"):
        next_excerpt((), [])


def test_of_two_given_back_at_one_moment_the_first_of_the_module_comes() -> None:
    tries = [missed("attic", hour=2), missed("quay", hour=2)]
    assert next_excerpt(BOTH, tries).excerpt == "quay"
    assert next_excerpt(BOTH[::-1], tries).excerpt == "attic"


def test_what_is_under_way_comes_before_what_was_never_begun() -> None:
    session = begun("attic")
    for tries in ([session, missed("quay")], [missed("quay"), session], [session]):
        assert next_excerpt(BOTH, tries) == NextExcerpt(
            "attic", 1, was_key_seen=False, session_id=session.session_id
        )


def test_a_new_excerpt_is_rated_before_any_is_repeated() -> None:
    tries = [missed("quay", hour=1), missed("attic", hour=2), missed("quay", 2, hour=3)]
    step = next_excerpt((*BOTH, "cellar"), tries)
    assert step == NextExcerpt("cellar", 1, was_key_seen=False, session_id=None)


def test_longest_ago_is_what_was_given_back_first_and_not_what_was_opened_first() -> None:
    slow = replace(missed("quay", hour=9), opened_at=START)
    quick = replace(missed("attic", hour=3), opened_at=START + timedelta(hours=2))
    assert next_excerpt(BOTH, [slow, quick]).excerpt == "attic"
