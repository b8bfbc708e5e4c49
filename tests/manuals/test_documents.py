"""The written part of a manual: how it is read, and what its author is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.library.folders import (
    INSTRUMENT,
    edit_yaml,
    read,
    turns,
    vignette,
    write_pack,
    write_yaml,
)
from training.config import PROJECT_ROOT
from training.library.blocks import BlockKind, Run, blocks_of
from training.library.checking import check
from training.library.glossary import glossary_of_terms
from training.library.reading import read_manuals, read_pack
from training.library.schema import Term
from training.manuals.words_explained import terms_of

FILE = f"manuals/{INSTRUMENT}.yaml"


def example(item: int, **changes: Any) -> dict[str, Any]:
    return {
        "item": item,
        "title": f"A log of {item}",
        "passages": [[number, f"Line {number} of {item}."] for number in range(1, 5)],
        "rating": 2,
        "reason": "Twice it was so (2, 4).",
    } | changes


def write_manual(folder: Path, **changes: Any) -> Path:
    """A manual without a fault, beside the small pack of folders."""
    write_pack(folder)
    manual = {
        "instrument": INSTRUMENT,
        "purpose": "Why *this* manual.",
        "preparation": "Sit down.\n\n### Then\n\n1. Read.\n2. Rate.",
        "common_errors": [{"title": "Haste", "text": "Scores before turns. Slow down."}],
        "examples": [example(item, title=f"{name} {item}") for item in (1, 2, 3) for name in "ab"],
    }
    return write_yaml(folder / FILE, manual | changes)


def told(folder: Path) -> list[str]:
    """What the author of the manual is told."""
    return [fault.words for fault in check(read_pack(folder)) if fault.file == FILE]


def test_a_manual_without_faults_is_read_and_never_published(tmp_path: Path) -> None:
    write_manual(tmp_path)
    pack = read(tmp_path)
    assert told(tmp_path) == []
    manual = pack.manuals[INSTRUMENT]
    assert [each.title for each in manual.examples_of(2)] == ["a 2", "b 2"]
    assert "manual" not in {kind for kind, _, _ in pack.documents()}
    assert read_manuals(tmp_path).manuals == pack.manuals


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"instrument": "no-such"}, "instrument: there is no instrument 'no-such'"),
        ({"purpose": "# A title"}, "purpose: may hold paragraphs, lists, emphasis and ### head"),
        ({"preparation": "See [here](https://example.org)."}, "and holds: link"),
        ({"preparation": "- one\n  - two"}, "lists whose entries are one paragraph each"),
        ({"common_errors": []}, "common_errors: has 0, needs 1 or more"),
        ({"advice": "More."}, "advice: is not a field here; is it mistyped?"),
    ],
)
def test_each_fault_of_the_text_is_told(
    tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    write_manual(tmp_path, **changes)
    (fault,) = told(tmp_path)
    assert expected in fault


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"passages": [[1, "Alone."]]}, "passages: has 1, needs 4 or more"),
        ({"passages": [[n, "Odd."] for n in (1, 2, 4, 5)]}, "numbered 1, 2, 3"),
        ({"passages": ["Bare."] * 4}, "passages"),
        ({"rating": 7}, "rating: 7 is not on the scale [0, 1, 2, 3, 4]"),
        ({"rating": True}, "rating"),
        ({"reason": "It was so (9)."}, "reason: cites passages that do not exist: [9]"),
        ({"reason": "It was so."}, "reason: cites no passage in brackets"),
        ({"item": 8}, "item: the instrument has no item 8"),
    ],
)
def test_each_fault_of_an_example_is_told(
    tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    others = [example(item, title=f"{name} {item}") for item in (2, 3) for name in "ab"]
    write_manual(tmp_path, examples=[example(1, title="a 1"), example(1) | changes, *others])
    assert any(expected in fault for fault in told(tmp_path)), told(tmp_path)


def test_an_item_has_two_examples_or_a_pair_of_exercises(tmp_path: Path) -> None:
    write_manual(tmp_path, examples=[example(1)])
    one, none, also_none = told(tmp_path)
    assert "item 1 has 1, wants 2" in one
    assert "item 2 has 0, wants 2, or a pair of micro-exercises" in none
    assert "item 3" in also_none
    exercise = {"pool": "exercise", "contrast": "minute-2", "items": [2], "turns": turns(8)}
    minute = vignette("minute-1") | exercise
    write_yaml(tmp_path / "exercises" / "minute-1" / "vignette.yaml", minute)
    assert not any("item 2" in fault for fault in told(tmp_path))


def test_a_sentence_that_recurs_is_a_fault(tmp_path: Path) -> None:
    sentence = "Seven herons waded slowly past the abandoned mill at dawn."
    file = write_manual(tmp_path, purpose=sentence)
    assert told(tmp_path) == []
    edit_yaml(tmp_path / "vignettes" / "story" / "vignette.yaml", setting=sentence)
    assert any(
        "repeats 10 words" in str(fault) and str(file.name) in str(fault)
        for fault in check(read_pack(tmp_path))
    )


def test_a_short_text_becomes_blocks_for_the_typesetter() -> None:
    paragraph, heading, numbers, bullets = blocks_of(
        "Plain\nand *slanted* **bold**.\n\n### A head\n\n1. One\n2. Two\n\n- Dot"
    )
    assert [run for run in paragraph.lines[0] if run.text.strip()] == [
        Run("Plain"),
        Run("and "),
        Run("slanted", is_emphasised=True),
        Run("bold", is_strong=True),
        Run("."),
    ]
    assert heading.kind is BlockKind.HEADING
    assert numbers.kind is BlockKind.NUMBERS
    assert [line[0].text for line in (*numbers.lines, *bullets.lines)] == ["One", "Two", "Dot"]


def test_a_manual_explains_the_terms_it_uses(tmp_path: Path) -> None:
    write_manual(tmp_path, purpose="Beware of HALO, of halos and of plain talk.")
    pack = read(tmp_path)
    terms = [
        {"slug": "talk", "term": "plain talk", "also": [], "definition": "One thing."},
        {"slug": "halo", "term": "halo", "also": ["halos"], "definition": "Another."},
        {"slug": "haste", "term": "haste", "definition": "Common.", "tooltip": False},
        {"slug": "bias", "term": "bias", "definition": "Nowhere here."},
    ]
    glossary = glossary_of_terms([Term.model_validate(term) for term in terms])
    found = terms_of(glossary, pack.instruments[INSTRUMENT], pack.manuals[INSTRUMENT])
    assert [term.slug for term in found] == ["halo", "talk"]


def test_the_shipped_manual_keeps_to_its_lengths() -> None:
    manual = read_manuals(PROJECT_ROOT / "content").manuals["dialogic-practice"]
    assert 170 <= len(manual.purpose.split()) <= 230
    assert 10 <= len(manual.common_errors) <= 12
    for error in manual.common_errors:
        assert 40 <= len(error.text.split()) <= 80, error.title


def minute(number: int, item: int, **changes: Any) -> dict[str, Any]:
    """One exercise on an item, beside a twin."""
    exercise = {"pool": "exercise", "contrast": "minute-9", "items": [item], "turns": turns(8)}
    return vignette(f"minute-{number}") | exercise | changes


def test_only_exercises_on_the_same_instrument_stand_for_examples(tmp_path: Path) -> None:
    write_manual(tmp_path, examples=[])
    files = [tmp_path / "exercises" / f"minute-{n}" / "vignette.yaml" for n in (1, 2, 3)]
    write_yaml(files[0], minute(1, 1))
    write_yaml(files[1], minute(2, 2, pool="excerpt", contrast=None))
    write_yaml(files[2], minute(3, 3, instrument="other-scale"))
    assert [words.partition(",")[0] for words in told(tmp_path)] == [
        "examples: item 2 has 0",
        "examples: item 3 has 0",
    ]


@pytest.mark.parametrize(("own", "is_told"), [(0, False), (1, True), (2, False), (3, True)])
def test_beside_a_pair_of_exercises_there_are_two_examples_or_none(
    tmp_path: Path, own: int, *, is_told: bool
) -> None:
    others = [example(item, title=f"{name} {item}") for item in (2, 3) for name in "ab"]
    mine = [example(1, title=f"{n} of 1") for n in range(own)]
    write_manual(tmp_path, examples=[*mine, *others])
    write_yaml(tmp_path / "exercises" / "minute-1" / "vignette.yaml", minute(1, 1))
    expected = [f"examples: item 1 has {own}, wants 2, or a pair of micro-exercises and none here"]
    assert told(tmp_path) == (expected if is_told else [])


def test_an_example_nobody_can_rate_has_nothing_to_cite(tmp_path: Path) -> None:
    others = [example(item, title=f"{name} {item}") for item in (2, 3) for name in "ab"]
    nothing = example(1, title="a 1", rating="NR", reason="Nobody was asked.")
    zero = example(1, title="b 1", rating=0, reason="It was not so.")
    write_manual(tmp_path, examples=[nothing, zero, *others])
    assert told(tmp_path) == ["item 1, b 1: reason: cites no passage in brackets, as in (2, 4)"]


@pytest.mark.parametrize(("passages", "is_good"), [(3, False), (4, True), (8, True), (9, False)])
def test_an_example_has_four_to_eight_passages(
    tmp_path: Path, passages: int, *, is_good: bool
) -> None:
    numbered = [[n, f"Line {n}."] for n in range(1, passages + 1)]
    others = [example(item, title=f"{name} {item}") for item in (2, 3) for name in "ab"]
    one = example(1, title="a 1", passages=numbered, reason="Twice it was so (2, 3).")
    write_manual(tmp_path, examples=[one, example(1, title="b 1"), *others])
    assert (told(tmp_path) == []) is is_good


@pytest.mark.parametrize(
    ("markdown", "odd"),
    [
        ("# One", "heading #"),
        ("#### Four", "heading ####"),
        ("> Quoted", "blockquote >"),
        ("```\ncode\n```", "fence ```"),
        ("Some `code`.", "code_inline `"),
        ("See ![a](b.png).", "image"),
        ("Broken  \nhere.", "hardbreak"),
    ],
)
def test_what_cannot_be_set_is_named(markdown: str, odd: str) -> None:
    with pytest.raises(ValueError, match="may hold paragraphs, lists, emphasis") as raised:
        blocks_of(markdown)
    assert str(raised.value).endswith(f"and holds: {odd}")


@pytest.mark.parametrize("markdown", ["- one\n\n  two", "- ### Head", "1. one\n   - two"])
def test_an_entry_of_a_list_is_one_paragraph(markdown: str) -> None:
    with pytest.raises(ValueError, match="lists whose entries are one paragraph each"):
        blocks_of(markdown)


def test_emphasis_within_emphasis_is_both_and_nothing_is_nothing() -> None:
    (block,) = blocks_of("**strong *both* strong** *slanted **both***")
    shown = [run for run in block.lines[0] if run.text]
    assert [(run.text, run.is_strong, run.is_emphasised) for run in shown] == [
        ("strong ", True, False),
        ("both", True, True),
        (" strong", True, False),
        (" ", False, False),
        ("slanted ", False, True),
        ("both", True, True),
    ]
    assert blocks_of("") == blocks_of("\n\n") == []
    (html,) = blocks_of("A <b>bold</b> word & more.")
    assert "".join(run.text for run in html.lines[0]) == "A <b>bold</b> word & more."
