"""What is asked of exercises before they are published, and what two answers show."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from tests.exercises.pairs import HIGH, LOW, key, pack_of_pairs, vignette
from tests.pack import INSTRUMENT, PRACTICE, small_pack
from training.exercises.rules import Pair, Result, Step, Twin, next_pairs, pairs_of, scene_title
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
        f"exercises: item 3: 1 pairs on {INSTRUMENT}, at least 2 are wanted",
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
