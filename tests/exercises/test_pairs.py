"""What is asked of exercises before they are published, and what two answers show."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from tests.exercises.pairs import HIGH, LOW, key, pack_of_pairs, vignette
from tests.pack import INSTRUMENT, PRACTICE, small_pack
from training.exercises.rules import (
    Pair,
    Result,
    Step,
    Twin,
    next_pairs,
    pairs_of,
    scene_title,
    step_of,
)
from training.library.exercise_rules import exercise_faults
from training.library.name_rules import name_faults
from training.library.pool_rules import pool_faults
from training.library.reading import Pack, canonical_text


@pytest.fixture
def pack() -> Pack:
    pack = pack_of_pairs()
    pack.add("instrument", INSTRUMENT, small_pack().instruments[INSTRUMENT], "instrument")
    return pack


def faults_of(pack: Pack) -> list[str]:
    return [str(fault) for fault in exercise_faults(pack)]


def test_twins_one_point_apart_are_a_pair_and_no_part_of_a_level_plan(pack: Pack) -> None:
    assert faults_of(pack) == []
    assert list(pool_faults(pack)) == []
    assert list(name_faults(pack)) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"contrast": None}, "every exercise needs it"),
        ({"items": None}, "every one of them needs it"),
        ({"items": [3, 4]}, "items: 2, an exercise rates one"),
        ({"pool": "excerpt"}, "contrast belongs to exercises"),
        ({"turns": [[n, None, "Silence."] for n in range(1, 14)]}, "should be 6 to 12"),
    ],
)
def test_an_exercise_alone(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        vignette(LOW, **changes)


@pytest.mark.parametrize(
    ("of_vignette", "of_key", "message"),
    [
        ({"contrast": "nobody"}, {}, f"{HIGH}: contrast: there is no other exercise 'nobody'"),
        ({"contrast": HIGH}, {}, f"{HIGH}: contrast: there is no other exercise '{HIGH}'"),
        ({"contrast": "ferry-04-a-1"}, {}, f"{LOW}: contrast: {HIGH} does not point back"),
        ({"items": [4]}, {}, f"{LOW}: contrast: {HIGH} rates another item"),
        ({}, {"rating": 3}, f"{HIGH} key: rating: is 3, and its twin {LOW} is 1"),
        ({}, {"rating": 1}, f"{HIGH} key: rating: is 1, and its twin {LOW} is 1"),
        ({}, {"rating": "NR"}, f"{HIGH} key: rating: an exercise has one score"),
        ({}, {"band": [2, 3]}, f"{HIGH} key: rating: an exercise has one score"),
        ({}, {"contrast": None}, f"{HIGH} key: item 3: contrast: is missing"),
        ({}, {"reason": "Unlike the twin (2)."}, "reason: speaks of the twin"),
    ],
)
def test_twins_that_make_no_pair(
    pack: Pack, of_vignette: dict[str, Any], of_key: dict[str, Any], message: str
) -> None:
    pack.vignettes[HIGH] = vignette(HIGH, **of_vignette)
    pack.keys[HIGH] = key(HIGH, **of_key)
    assert any(message in fault for fault in faults_of(pack)), faults_of(pack)


def test_an_item_with_one_pair_is_named(pack: Pack) -> None:
    for slug in (LOW, HIGH):
        del pack.vignettes[slug], pack.keys[slug]
    assert faults_of(pack) == [
        f"exercises: item 3: 1 pair on {INSTRUMENT}, at least 2 are wanted",
    ]


def test_only_keys_of_exercises_say_what_sets_twins_apart() -> None:
    pack = deepcopy(small_pack())
    rating = pack.keys[PRACTICE[0]].items[1].model_copy(update={"contrast": "Unlike it."})
    pack.keys[PRACTICE[0]].items[1] = rating
    assert [fault.message for fault in exercise_faults(pack)] == [
        "belongs to the keys of exercises"
    ]


def test_a_name_belongs_to_one_scene(pack: Pack) -> None:
    other = pack.vignettes["ferry-04-b-2"]
    shared = {"people": [pack.vignettes[LOW].people[0].model_dump(), other.people[1].model_dump()]}
    pack.vignettes["ferry-04-b-2"] = vignette("ferry-04-b-2", **shared)
    assert [fault.file for fault in name_faults(pack)] == ["ferry-04-b-2"]


def test_older_documents_keep_their_digests() -> None:
    small = small_pack()
    for document in (small.vignettes[PRACTICE[0]], small.keys[PRACTICE[0]]):
        assert "contrast" not in canonical_text(document)


def test_the_step_is_seen_when_both_first_answers_are_the_keys() -> None:
    exercises = {slug: vignette(slug) for slug in (HIGH, LOW, "ferry-04-a-1")}
    pair = Pair(INSTRUMENT, 3, "The ferry-03-a", (Twin(LOW, exercises[LOW].title, None),) * 2)
    (found,) = pairs_of(exercises, {LOW: Result(1, 1)})
    assert (found.title, found.item, found.is_begun) == (pair.title, 3, True)
    assert (found.step, found.next_twin) == (Step.OPEN, found.twins[1])
    assert next_pairs([found]) == {3: found}
    (seen,) = pairs_of(exercises, {LOW: Result(1, 1), HIGH: Result(2, 2)})
    (missed,) = pairs_of(exercises, {LOW: Result(2, 1), HIGH: Result(2, 2)})
    assert (seen.step, missed.step) == (Step.SEEN, Step.NOT_SEEN)
    assert next_pairs([seen, missed]) == {}
    assert scene_title("A, b", "C, b") == "A, b"


RIGHT, NEAR, FAR = Result(2, 2), Result(1, 2), Result(0, 2)


@pytest.mark.parametrize(
    ("results", "step"),
    [
        ((None, None), Step.OPEN),
        ((RIGHT, None), Step.OPEN),
        ((FAR, None), Step.OPEN),
        ((RIGHT, RIGHT), Step.SEEN),
        ((RIGHT, NEAR), Step.NOT_SEEN),
        ((NEAR, NEAR), Step.NOT_SEEN),  # the same miss twice is no step seen
        ((FAR, RIGHT), Step.NOT_SEEN),
    ],
)
def test_what_two_answers_show_whichever_came_first(
    results: tuple[Result | None, Result | None], step: Step
) -> None:
    assert step_of(results) is step_of(results[::-1]) is step


@pytest.mark.parametrize(
    ("own", "key_score", "distance"),
    [(2, 2, "exact"), (1, 2, "one-off"), (3, 2, "one-off"), (0, 2, "further"), (4, 2, "further")],
)
def test_an_answer_is_as_far_off_to_either_side(own: int, key_score: int, distance: str) -> None:
    assert Result(own, key_score).distance == distance


def test_pairs_stand_by_instrument_item_and_name_each_once_and_whole() -> None:
    chosen = ("ferry-04-a-2", "ferry-03-b-1", "ferry-03-a-2", "ferry-04-a-1", "ferry-03-b-2", LOW)
    exercises = {slug: vignette(slug) for slug in chosen}
    exercises["ferry-09-a-1"] = vignette("ferry-09-a-1")  # its twin is not published
    found = pairs_of(exercises, {})
    assert [tuple(twin.slug for twin in pair.twins) for pair in found] == [
        (LOW, HIGH),
        ("ferry-03-b-1", "ferry-03-b-2"),
        ("ferry-04-a-1", "ferry-04-a-2"),
    ]
    assert [pair.item for pair in found] == [3, 3, 4]
    assert {pair.instrument for pair in found} == {INSTRUMENT}
    assert [twin.title for twin in found[0].twins] == ["The ferry-03-a, one", "The ferry-03-a, two"]
    other = {
        slug: each.model_copy(update={"instrument": "aaa"}) for slug, each in exercises.items()
    }
    other |= {slug: exercises[slug] for slug in (LOW, HIGH)}
    assert [pair.instrument for pair in pairs_of(other, {})] == ["aaa", "aaa", INSTRUMENT]
    assert pairs_of({}, {}) == []


def test_the_twin_without_an_answer_is_next_and_then_the_next_pair_of_the_item() -> None:
    exercises = {slug: vignette(slug) for slug in (LOW, HIGH, "ferry-03-b-1", "ferry-03-b-2")}
    first, second = pairs_of(exercises, {})
    assert not first.is_begun
    assert first.next_twin == first.twins[0]
    assert next_pairs([first, second]) == {3: first}
    (begun, _) = pairs_of(exercises, {HIGH: FAR})  # the second twin was answered first
    assert begun.is_begun
    assert begun.next_twin == begun.twins[0]
    assert begun.step is Step.OPEN
    done, second = pairs_of(exercises, {HIGH: FAR, LOW: RIGHT})
    assert (done.next_twin, done.step) == (None, Step.NOT_SEEN)
    assert next_pairs([done, second]) == {3: second}
    assert next_pairs([]) == {}


@pytest.mark.parametrize(
    ("first", "second", "scene"),
    [
        ("The ferry, one", "The ferry, two", "The ferry"),
        ("The ferry, at night, one", "The ferry, at night, two", "The ferry, at night"),
        ("The ferry, one", "The yard, one", "The ferry, one"),
        ("The ferry", "The ferry", "The ferry"),
        (", one", ", two", ", one"),
    ],
)
def test_a_scene_is_called_by_what_both_titles_say_before_their_last_comma(
    first: str, second: str, scene: str
) -> None:
    assert scene_title(first, second) == scene
