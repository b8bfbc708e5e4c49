"""How long and how many: what a document may just be, and what is one too few or too many."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.library.folders import (
    LESSON,
    dossier,
    extract,
    instrument,
    module,
    observation,
    people,
    question,
    turns,
    vignette,
)
from tests.library.test_resources import entry
from training.library.schema import (
    Instrument,
    MarkTheTurnQuestion,
    Module,
    OrderQuestion,
    Resource,
    Vignette,
)
from training.library.schema.extracts import cells_of, words_in
from training.library.schema.parts import Part


def is_taken(model: type[Part], document: dict[str, Any]) -> bool:
    try:
        model.model_validate(document)
    except ValidationError:
        return False
    return True


def dossier_of(passages: int) -> dict[str, Any]:
    told = [[n, None, f"What is told in {n}."] for n in range(1, passages + 1)]
    return dossier() | {"turns": told, "extracts": [extract("Notes", "notes", 1, passages)]}


EXCERPT = {"pool": "excerpt", "items": [1, 2]}
EXERCISE = {"pool": "exercise", "items": [1], "contrast": "story-2"}


@pytest.mark.parametrize(
    ("changes", "fewest", "most"),
    [
        ({}, 25, 60),
        ({"pool": "certification"}, 25, 60),
        ({"pool": "recheck"}, 25, 60),
        ({"pool": "teaching"}, 25, 60),
        (EXCERPT, 6, 20),
        (EXERCISE, 6, 12),
    ],
)
def test_a_meeting_is_as_long_as_its_pool_allows(
    changes: dict[str, Any], fewest: int, most: int
) -> None:
    lengths = (fewest - 1, fewest, most, most + 1)
    found = [is_taken(Vignette, vignette() | changes | {"turns": turns(n)}) for n in lengths]
    assert found == [False, True, True, False]


def test_a_dossier_has_forty_to_ninety_passages_and_as_an_excerpt_as_few_as_a_meeting() -> None:
    found = [is_taken(Vignette, dossier_of(n)) for n in (39, 40, 90, 91)]
    assert found == [False, True, True, False]
    found = [is_taken(Vignette, dossier_of(n) | EXCERPT) for n in (5, 6, 20, 21)]
    assert found == [False, True, True, False]


@pytest.mark.parametrize(
    ("changes", "is_good"),
    [
        ({"items": [1]}, False),  # a whole vignette is rated on all
        (EXCERPT | {"turns": turns(8)}, True),
        (EXCERPT | {"turns": turns(8), "items": None}, False),
        (EXCERPT | {"turns": turns(8), "contrast": "story-2"}, False),
        (EXERCISE | {"turns": turns(8)}, True),
        (EXERCISE | {"turns": turns(8), "items": [1, 2]}, False),
        (EXERCISE | {"turns": turns(8), "items": []}, False),
        (EXERCISE | {"turns": turns(8), "contrast": None}, False),
        ({"pool": "certification", "form": "b"}, True),
        ({"pool": "recheck", "form": "b"}, False),
        (EXCERPT | {"turns": turns(8), "form": "a"}, False),
    ],
)
def test_what_belongs_to_one_pool_is_asked_of_it_and_of_no_other(
    changes: dict[str, Any], *, is_good: bool
) -> None:
    assert is_taken(Vignette, vignette() | changes) is is_good


def module_with(**changes: Any) -> dict[str, Any]:
    whole = {
        "lesson": {"en": LESSON},
        "observe": observation(),
        "questions": [question(n) for n in range(1, 7)],
        "excerpts": ["first-steps-excerpt"],
    }
    return module() | whole | changes


def test_a_module_has_three_aims_six_questions_an_item_an_excerpt_and_some_minutes() -> None:
    assert is_taken(Module, module_with())
    asked = [question(n) for n in range(1, 6)]
    notes = observation()["annotations"]
    for changes in (
        {"aims": ["See.", "Hear."]},
        {"questions": asked},
        {"items": []},
        {"excerpts": []},
        {"minutes": 0},
        {"observe": observation() | {"annotations": notes[:2]}},
        {"observe": observation() | {"annotations": [*notes, {"turns": [], "text": "A."}]}},
    ):
        assert not is_taken(Module, module_with(**changes)), changes
    assert is_taken(Module, module_with(minutes=1, aims=["See."] * 3, items=[3]))


def steps(number: int) -> dict[str, Any]:
    told = [{"text": f"Step {n}", "explanation": "So."} for n in range(number)]
    return {"id": "q", "kind": "order", "stem": "Order?", "steps": told, "explanation": "So."}


def marked(number: int, *correct: int) -> dict[str, Any]:
    return {
        "id": "q",
        "kind": "mark-the-turn",
        "stem": "Which?",
        "people": people("asked"),
        "turns": turns(number),
        "correct": correct,
        "explanations": dict.fromkeys(range(1, number + 1), "So."),
    }


def test_three_to_six_steps_are_ordered_and_three_to_twelve_turns_are_shown() -> None:
    assert [is_taken(OrderQuestion, steps(n)) for n in (2, 3, 6, 7)] == [False, True, True, False]
    found = [is_taken(MarkTheTurnQuestion, marked(n, 1)) for n in (2, 3, 12, 13)]
    assert found == [False, True, True, False]
    found = [is_taken(MarkTheTurnQuestion, marked(3, *turns)) for turns in ((), (1, 2), (1, 2, 3))]
    assert found == [False, True, False]
    assert not is_taken(MarkTheTurnQuestion, marked(3, 4))
    unexplained = marked(3, 1) | {"explanations": {1: "So.", 2: "So.", 3: "So.", 4: "So."}}
    assert not is_taken(MarkTheTurnQuestion, unexplained)


def test_an_answer_is_right_when_it_is_neither_less_nor_more() -> None:
    several = question(1) | {"kind": "multiple-choice"}
    for option in several["options"]:
        option["correct"] = option["text"] != "Option 2"
    asked = Module.model_validate(
        module_with(questions=[several, *(question(n) for n in range(2, 7))])
    )
    first, single = asked.question("question-1"), asked.question("question-2")
    assert [first.is_right(each) for each in ([0, 2], [2, 0], [0], [0, 1, 2], [])] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [single.is_right(each) for each in ([0], [1], [0, 1])] == [True, False, False]
    order = OrderQuestion.model_validate(steps(3))
    assert [order.is_right(each) for each in ([0, 1, 2], [0, 2, 1], [0, 1])] == [True, False, False]
    turn = MarkTheTurnQuestion.model_validate(marked(4, 3, 2))
    assert [turn.is_right(each) for each in ([2, 3], [3, 2], [2], [1, 2])] == [
        True,
        True,
        False,
        False,
    ]
    with pytest.raises(KeyError):
        asked.question("question-9")


@pytest.mark.parametrize(
    ("slug", "is_good"),
    [
        ("a" * 100, True),
        ("a" * 101, False),
        ("a-1-b", True),
        ("1", True),
        ("a--b", False),
        ("-a", False),
        ("a-", False),
        ("a_b", False),
        ("é", False),
        ("", False),
        ("a\n", False),
    ],
)
def test_a_slug_is_small_letters_digits_and_single_hyphens(slug: str, *, is_good: bool) -> None:
    assert is_taken(Vignette, vignette(slug) | {"people": people("here")}) is is_good


def test_a_resource_is_of_these_centuries_and_names_its_site() -> None:
    years = (1899, 1900, 2100, 2101, None)
    assert [is_taken(Resource, entry(year=year)) for year in years] == [
        False,
        True,
        True,
        False,
        True,
    ]
    for address, site in (
        ("https://www.who.int/publications/i/item", "who.int"),
        ("https://doi.org", "doi.org"),
        ("https://example.org/www.other.org", "example.org"),
    ):
        assert Resource.model_validate(entry(address=address)).site == site
    for note, is_good in (
        ("One. Two.", True),
        ("One. Two. Three. Four.", True),
        ("Seikkula et al. (2006) say so. It is said i.e. reported.", True),
        ("Only one, as et al. say. and no more", False),
        ("“Is it?” Yes! It is.", True),
    ):
        assert is_taken(Resource, entry(annotation=note)) is is_good, note


def test_the_time_to_read_is_of_all_words_and_a_minute_begun_counts() -> None:
    """The setting has two words, the turns the rest."""

    def minutes(words: int) -> tuple[int, int]:
        first = [1, "runa", "word " * (words - 2 - 24)]
        rest = [[n, None, "Hm."] for n in range(2, 26)]
        found = Vignette.model_validate(vignette() | {"turns": [first, *rest]})
        return found.words, found.reading_minutes

    assert [minutes(words) for words in (200, 201, 400, 401)] == [
        (200, 1),
        (201, 2),
        (400, 2),
        (401, 3),
    ]
    assert (words_in("a | b c |  | d"), words_in(""), words_in("a|b")) == (4, 0, 1)
    assert cells_of(" a |  | b c ") == ["a", "", "b c"]


def test_a_changed_copy_takes_nothing_along_that_was_worked_out_for_the_original() -> None:
    original = Vignette.model_validate(vignette())
    assert (original.head.content_note, original.people_by_id["runa"].id) == (None, "runa")
    first, *rest = original.turns
    longer = first.model_copy(update={"text": first.text + " One more."})
    changes = {"content_note": "Thoughts of dying.", "turns": (longer, *rest)}
    for copy in (original.model_copy(update=changes), copy_of_a_copy(original, changes)):
        assert copy.head.content_note == "Thoughts of dying."
        assert copy.words == original.words + 2
    assert original.head.content_note is None


def copy_of_a_copy(original: Vignette, changes: dict[str, object]) -> Vignette:
    deep = original.model_copy(deep=True)
    assert deep == original
    assert deep.head == original.head
    return deep.model_copy(update=changes)


def test_a_scale_has_two_scores_and_every_one_its_words() -> None:
    scale = instrument()["scale"]

    def with_scores(*scores: int) -> bool:
        words = dict.fromkeys(scores, "A word")
        changed = scale | {"scores": scores, "labels": words, "descriptions": words}
        items = [item | {"anchors": words} for item in instrument()["items"]]
        return is_taken(Instrument, instrument() | {"scale": changed, "items": items})

    assert with_scores(0, 1)
    assert with_scores(-2, 0, 5)
    for scores in ((0,), (), (0, 0, 1), (1, 0)):
        assert not with_scores(*scores), scores
