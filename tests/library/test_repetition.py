"""Sentences that recur across documents, names that do, and options that give themselves away."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
import yaml

from tests.library.folders import (
    edit_yaml,
    question,
    turns,
    write_module,
    write_pack,
    write_vignette,
)
from training.config import PROJECT_ROOT
from training.library.checking import check
from training.library.name_rules import called
from training.library.prose import Passage, Work
from training.library.reading import read_pack
from training.library.repetition import repetitions

LAMP = "Her brother carried the broken lamp down to the harbour"


def texts_of(*texts: str, is_assessed: tuple[bool, ...] = ()) -> list[Work]:
    """Works of one passage each."""
    return [
        Work(str(n), (Passage(str(n), "", "", text, n < len(is_assessed) and is_assessed[n]),))
        for n, text in enumerate(texts)
    ]


def shared(works: list[Work], *common: str) -> list[str]:
    return [" ".join(found.words) for found in repetitions(works, common)]


def test_a_sentence_that_recurs_is_found_whatever_its_capitals_and_commas() -> None:
    again = "And then, HER brother carried: the broken lamp down to the harbour; nobody saw."
    assert shared(texts_of(LAMP, again)) == [LAMP.casefold()]


def test_seven_words_are_chance_between_texts_of_one_kind_and_six_too_many_before_an_assessment():
    seven = "Yes, brother carried the broken lamp down to bed"
    six = "No, carried the broken lamp down to bed"
    assert shared(texts_of(LAMP, seven)) == []
    assert shared(texts_of(LAMP, six, is_assessed=(True, True))) == []
    assert shared(texts_of(LAMP, six, is_assessed=(True, False))) == [
        "carried the broken lamp down to"
    ]
    assert shared(texts_of(LAMP, six, is_assessed=(False, True))) != []


def test_turns_of_phrase_formulas_and_the_instruments_own_words_may_recur() -> None:
    phrase = "I don't know what you want us to do with it now"
    assert shared(texts_of(phrase, phrase)) == []
    formula = "Which of these? Choose all that apply."
    assert shared(texts_of(formula, formula)) == []
    assert shared(texts_of(LAMP, LAMP), f"An anchor: {LAMP}.") == []


def test_nothing_repeats_itself_within_one_work() -> None:
    passage = Passage("0", "", "", f"{LAMP}. {LAMP}.")
    assert shared([Work("0", (passage, passage))]) == []


def test_the_author_is_told_where_both_stand(tmp_path: Path) -> None:
    write_pack(tmp_path)
    write_module(tmp_path)
    said = [*turns(25), [26, "piet", LAMP + "."]]
    write_vignette(tmp_path, "exam", pool="certification", turns=said)
    edit_yaml(tmp_path / "modules/01-first-steps/observe.yaml", setting=f"At home. {LAMP}.")
    assert [str(fault) for fault in check(read_pack(tmp_path))] == [
        "vignettes/exam/vignette.yaml: turn 26: repeats 10 words of "
        f"modules/01-first-steps/module.yaml, observe, setting: “{LAMP.casefold()}”"
    ]


def test_the_shipped_content_is_searched_in_no_time() -> None:
    pack = read_pack(PROJECT_ROOT / "content")
    begun = process_time()
    check(pack)
    assert process_time() - begun < 4  # seconds; about 1 for some hundred documents


@pytest.mark.parametrize(
    ("name", "short"),
    [("Leena", "leena"), ("Dr. Falcão", "falcão"), ("Prabhakar Kelkar", "prabhakar"), ("Dr", "dr")],
)
def test_what_somebody_is_called(name: str, short: str) -> None:
    assert called(name) == short


def test_a_name_belongs_to_one_vignette(tmp_path: Path) -> None:
    write_pack(tmp_path)
    place = write_module(tmp_path)
    write_module(tmp_path, "second-steps", 2)  # observes the same people: excerpts may
    assert check(read_pack(tmp_path)) == []
    others = [
        {"id": "runa", "name": "Dr Runa-of-story", "about": "doctor", "side": "team"},
        {"id": "piet", "name": "Joost", "about": "neighbour", "side": "network"},
    ]
    edit_yaml(place / "observe.yaml", people=others)
    write_vignette(tmp_path, "another", people=others)
    found = [str(fault) for fault in check(read_pack(tmp_path))]
    known = "is a name in vignettes/another/vignette.yaml too; choose another"
    assert f"vignettes/story/vignette.yaml: people: Runa-Of-Story {known}" in found
    assert f"modules/01-first-steps/module.yaml: observe: people: Joost {known}" in found
    assert len(found) == 3  # and Runa, in the module


def write_questions(folder: Path, *lengths: tuple[int, int]) -> list[str]:
    """Six questions; (letters of the right option, letters of the wrong ones) of the first ones."""
    place = write_module(folder)
    questions = [question(number) for number in range(1, 7)]
    for each, (right, wrong) in zip(questions, lengths, strict=False):
        for option in each["options"]:
            option["text"] = "x" * (right if option["correct"] else wrong)
    (place / "questions.yaml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    return [str(fault) for fault in check(read_pack(folder))]


def test_a_right_option_does_not_stand_out_by_its_length(tmp_path: Path) -> None:
    write_pack(tmp_path)
    assert write_questions(tmp_path, (80, 50)) == []
    (fault,) = write_questions(tmp_path, (81, 50))
    assert "question question-1: options: the longest right option has 81 letters" in fault
    assert write_questions(tmp_path, *[(60, 50)] * 3) == []
    (fault,) = write_questions(tmp_path, *[(60, 50)] * 4)
    assert "questions: options: the right option is the longest in 4 of 6 single choices" in fault


@pytest.mark.parametrize("kind", ["option", "step", "turn"])
def test_a_question_without_an_explanation_is_refused(tmp_path: Path, kind: str) -> None:
    place = write_module(tmp_path)
    questions = [question(number) for number in range(1, 7)]
    if kind == "option":
        del questions[0]["options"][1]["explanation"]
    elif kind == "step":
        steps = [{"text": f"Step {n}", "explanation": "So."} for n in range(3)]
        steps[1]["explanation"] = " "
        questions[0] = {"id": "question-1", "kind": "order", "stem": "Order?", "steps": steps}
        questions[0]["explanation"] = "So."
    else:
        questions[0] = {"id": "question-1", "kind": "mark-the-turn", "stem": "Which?"}
        questions[0] |= {"people": [], "turns": [[n, None, "Hm."] for n in (1, 2, 3)]}
        questions[0] |= {"correct": [1], "explanations": {1: "So.", 2: "So."}}
    (place / "questions.yaml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    found = [str(fault) for fault in read_pack(tmp_path).faults]
    assert any("question-1" in each and "explanation" in each for each in found), found
