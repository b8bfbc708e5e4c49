"""Where each sentence of an author stands: what recurs is found and named wherever it was put."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import yaml

from tests.library.folders import (
    edit_yaml,
    key_rating,
    observation,
    people,
    question,
    read,
    turns,
    write_module,
    write_vignette,
    write_yaml,
)
from tests.library.test_glossary import term_entry, write_glossary
from tests.library.test_resources import entry, write_library
from tests.manuals.test_documents import example, write_manual
from training.library.prose import Passage, Work, texts_in
from training.library.reading import Pack
from training.library.repetition import (
    is_telling,
    repetition_faults,
    repetitions,
    runs,
    words_of,
)


def sentence(letter: str) -> str:
    """Eight made-up words that no other letter has: as many as are nobody's chance find."""
    ends = ("alder", "inden", "osket", "erries", "urling", "ampart", "olling", "ummock")
    return " ".join(letter + end for end in ends) + "."


def said(pack: Pack) -> list[tuple[str, str, str]]:
    """The place of every sentence that stands in the exam as well, in the exam's order."""
    found = [
        (fault.item, fault.message.removeprefix("repeats 8 words of ").partition(":")[0])
        for fault in repetition_faults(pack)
        if fault.file == "vignettes/exam/vignette.yaml"
    ]
    places = sorted(found, key=lambda place: int(place[0].removeprefix("turn ")))
    return [(item, *place.split(", ", 1)) for item, place in places]  # type: ignore[misc]


def write_exam(folder: Path, letters: str) -> None:
    """A vignette whose turns say the sentences of these letters, one each."""
    told = [[n, "runa", sentence(letter)] for n, letter in enumerate(letters, start=1)]
    rest = [[n, None, f"Hm, {n}."] for n in range(len(told) + 1, 27)]
    write_vignette(folder, "exam", turns=[*told, *rest])


def marked(letters: Iterator[str]) -> dict[str, Any]:
    """A question that is answered by marking turns."""
    return {
        "id": "marked",
        "kind": "mark-the-turn",
        "stem": "Which?",
        "people": people("marked"),
        "turns": [[1, "runa", sentence(next(letters))], [2, None, "Hm."], [3, None, "So."]],
        "correct": [2],
        "explanations": {1: sentence(next(letters)), 2: "It is.", 3: "It is not."},
    }


def ordered(letters: Iterator[str]) -> dict[str, Any]:
    """A question that is answered by putting steps in order."""
    return {
        "id": "ordered",
        "kind": "order",
        "stem": "Which first?",
        "steps": [
            {"text": sentence(next(letters)), "explanation": sentence(next(letters))},
            {"text": "Then.", "explanation": "So."},
            {"text": "Last.", "explanation": "So."},
        ],
        "explanation": sentence(next(letters)),
    }


def test_every_sentence_of_a_module_is_searched_and_its_place_is_named(tmp_path: Path) -> None:
    write_manual(tmp_path)
    place = write_module(tmp_path)
    letters = iter(ascii_lowercase)
    edit_yaml(
        place / "module.yaml",
        summary=sentence(next(letters)),
        aims=["See.", sentence(next(letters)), "Say."],
        reflect={"prompt": sentence(next(letters)), "hints": [sentence(next(letters))]},
    )
    lesson = (place / "lesson.en.md").read_text(encoding="utf-8")
    (place / "lesson.en.md").write_text(f"{lesson}\n\n{sentence(next(letters))}")
    (place / "lesson.hi.md").write_text(sentence(next(letters)))
    notes = observation()["annotations"]
    write_yaml(
        place / "observe.yaml",
        observation()
        | {
            "setting": sentence(next(letters)),
            "turns": [*turns(5), [6, None, sentence(next(letters))]],
            "annotations": [*notes, {"turns": [6], "text": sentence(next(letters))}],
        },
    )
    first = question(1) | {"stem": sentence(next(letters))}
    first["options"][2] |= {"text": sentence(next(letters)), "explanation": sentence(next(letters))}
    questions = [first, ordered(letters), marked(letters), *map(question, range(2, 6))]
    (place / "questions.yaml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    used = ascii_lowercase.partition(next(letters))[0]
    write_exam(tmp_path, used)

    expected = [
        "summary",
        "aim 2",
        "reflect, prompt",
        "reflect, hints",
        "lesson.en",
        "lesson.hi",
        "observe, setting",
        "observe, turn 6",
        "observe, annotation 4",
        "question question-1, stem",
        "question question-1, option",
        "question question-1, explanation",
        "question ordered, step",
        "question ordered, explanation",
        "question ordered, explanation",
        "question marked, turn 1",
        "question marked, turn 1, explanation",
    ]
    assert len(used) == len(expected)
    assert said(read(tmp_path)) == [
        (f"turn {turn}", "modules/01-first-steps/module.yaml", where)
        for turn, where in enumerate(expected, start=1)
    ]


def test_so_is_every_sentence_of_a_key_a_manual_a_resource_and_a_term(tmp_path: Path) -> None:
    letters = iter(ascii_lowercase)
    first = example(
        1,
        title="A log",
        passages=[[n, sentence(next(letters)) if n == 2 else "So."] for n in (1, 2, 3, 4)],
        reason=f"{sentence(next(letters))} (2)",
    )
    write_manual(
        tmp_path,
        purpose=sentence(next(letters)),
        preparation=f"Sit.\n\n{sentence(next(letters))}",
        common_errors=[{"title": "Haste", "text": sentence(next(letters))}],
        examples=[first, *(example(n, title=f"{x} {n}") for n in (1, 2, 3) for x in "ab")],
    )
    note = f"{sentence(next(letters)).capitalize()} It was."
    write_library(tmp_path, entry("myford", annotation=note))
    write_glossary(tmp_path, term_entry("halo", definition=sentence(next(letters)).capitalize()))
    place = write_vignette(tmp_path, "before", setting=sentence(next(letters)))
    rating = key_rating(1) | {"reason": f"{sentence(next(letters))} (1)"}
    rating["contrast"] = f"{sentence(next(letters))} (4)"
    edit_yaml(place / "key.yaml", items={1: rating, 2: key_rating(2, 0), 3: key_rating(3, 4)})
    used = ascii_lowercase.partition(next(letters))[0]
    write_exam(tmp_path, used)

    manual = "manuals/small-scale.yaml"
    key_file = "vignettes/before/key.yaml"
    expected = [
        (manual, "item 1, A log, passages"),
        (manual, "item 1, A log, reason"),
        (manual, "purpose"),
        (manual, "preparation"),
        (manual, "Haste, text"),
        ("library/resources.yaml", "resource myford, annotation"),
        ("glossary.yaml", "term halo, definition"),
        ("vignettes/before/vignette.yaml", "setting"),
        (key_file, "item 1, reason"),
        (key_file, "item 1, contrast"),
    ]
    assert len(used) == len(expected)
    assert said(read(tmp_path)) == [
        (f"turn {turn}", *where) for turn, where in enumerate(expected, start=1)
    ]


def test_texts_are_found_however_deep_and_nothing_else_is() -> None:
    nested = {"a": "one", "b": ["two", ("three", {"c": "four"})], "d": None, "e": 5, "f": {}}
    assert list(texts_in(nested)) == ["one", "two", "three", "four"]
    assert list(texts_in(7)) == list(texts_in([])) == []


def works(*texts: str) -> list[Work]:
    return [Work(str(n), (Passage(str(n), "", "", text),)) for n, text in enumerate(texts)]


def test_three_words_of_its_own_tell_and_two_are_a_turn_of_phrase() -> None:
    assert is_telling(("the", "lamp", "and", "harbour", "were", "broken"))
    assert not is_telling(("the", "lamp", "and", "the", "harbour", "were"))
    assert not is_telling(())


def test_a_run_is_every_word_with_those_behind_it() -> None:
    assert list(runs(("a", "b", "c", "d"), 3)) == [("a", "b", "c"), ("b", "c", "d")]
    assert list(runs(("a", "b"), 3)) == []
    assert words_of("Don’t, said Léa — twice; 4 times!") == (
        "don't",
        "said",
        "léa",
        "twice",
        "times",
    )


def test_what_recurs_twice_in_a_text_is_told_twice_against_where_it_stood_first() -> None:
    kettle, ferry = sentence("k"), sentence("f")
    found = list(repetitions(works(f"{kettle} {ferry}", f"{ferry} {kettle}", kettle)))
    assert [(each.passage.file, each.earlier.file, len(each.words)) for each in found] == [
        ("1", "0", 8),
        ("1", "0", 8),
        ("2", "0", 8),  # and not against the second, which had it from the first
    ]
    together = list(repetitions(works(f"{kettle} {ferry}", f"So: {kettle} {ferry}")))
    assert [len(each.words) for each in together] == [16]


def test_what_is_still_to_write_repeats_nothing() -> None:
    assert list(repetitions(works(f"TO WRITE {sentence('k')}", f"TO WRITE {sentence('k')}"))) == []
