"""Names that belong to one scene: whole vignettes, pairs of exercises, excerpts and questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.exercises.pairs import HIGH, LOW, pack_of_pairs, vignette
from tests.library.folders import (
    edit_yaml,
    people,
    question,
    read,
    turns,
    write_module,
    write_pack,
    write_vignette,
)
from training.library.name_rules import Claim, called, casts_of, name_faults
from training.library.reading import Pack

RUNA = {"id": "runa", "name": "Runa Holm", "about": "mother", "side": "network"}
PIET = {"id": "piet", "name": "Piet", "about": "nurse", "side": "team"}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Dr. Runa Holm", "runa"),
        ("Prof Dr Holm", "holm"),
        ("RUNA", "runa"),
        ("Sister (Agnes)", "agnes"),
        ("Runa, the elder", "runa"),
        ("Mister Holm", "mister"),  # it is no title on the list
        ("Mrs", "mrs"),
    ],
)
def test_somebody_is_called_by_the_first_word_that_is_no_title(name: str, short: str) -> None:
    assert called(name) == short


def told(pack: Pack) -> list[tuple[str, str, str]]:
    return [(fault.file, fault.item, fault.message) for fault in name_faults(pack)]


def test_two_whole_vignettes_share_no_name_whatever_the_surname(tmp_path: Path) -> None:
    write_pack(tmp_path)
    write_vignette(tmp_path, "a-story", people=[RUNA, PIET])
    other = RUNA | {"name": "Dr Runa Berg"}
    write_vignette(tmp_path, "b-story", people=[other, PIET | {"name": "Joost"}])
    write_vignette(tmp_path, "c-story", people=[PIET, RUNA | {"name": "TO WRITE"}])
    write_vignette(
        tmp_path, "d-story", people=[PIET | {"name": "Berg"}, RUNA | {"name": "TO WRITE"}]
    )
    first = "is a name in vignettes/a-story/vignette.yaml too; choose another"
    assert told(read(tmp_path)) == [
        ("vignettes/c-story/vignette.yaml", "", f"Piet {first}"),
        ("vignettes/b-story/vignette.yaml", "", f"Runa {first}"),
    ]


def test_a_question_and_an_observed_excerpt_yield_to_a_whole_vignette_and_not_to_one_another(
    tmp_path: Path,
) -> None:
    write_pack(tmp_path)
    place = write_module(tmp_path)
    marked: dict[str, Any] = {
        "id": "marked",
        "kind": "mark-the-turn",
        "stem": "Which?",
        "people": [RUNA, PIET],
        "turns": turns(4),
        "correct": [2],
        "explanations": dict.fromkeys((1, 2, 3, 4), "So."),
    }
    questions = [marked, *(question(number) for number in range(1, 6))]
    (place / "questions.yaml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    edit_yaml(place / "observe.yaml", people=[RUNA, PIET])
    pack = read(tmp_path)
    assert told(pack) == []
    assert [(cast.place, cast.claim) for cast in casts_of(pack)] == [
        ("", Claim.EXCERPT),  # to rate at the end of the module
        ("", Claim.WHOLE),
        ("observe", Claim.EXCERPT),
        ("question marked", Claim.EXCERPT),
    ]
    write_vignette(tmp_path, "whole", people=[RUNA, PIET | {"name": "Joost"}])
    file, place_of = "modules/01-first-steps/module.yaml", "vignettes/whole/vignette.yaml"
    message = f"Runa is a name in {place_of} too; choose another"
    assert told(read(tmp_path)) == [
        (file, "observe", message),
        (file, "question marked", message),
    ]


def pairs_with(name: str, *slugs: str) -> Pack:
    """Two pairs on one item, in which the first person of these exercises has this name."""
    others = ("ferry-03-b-1", "ferry-03-b-2")
    pack = pack_of_pairs([LOW, HIGH, *others])
    for slug in slugs:
        first, second = (person.model_dump() for person in pack.vignettes[slug].people)
        pack.vignettes[slug] = vignette(slug, people=[first | {"name": name}, second])
    return pack


def test_twins_are_one_scene_and_another_pair_is_not(tmp_path: Path) -> None:
    assert told(pairs_with("Runa", LOW, HIGH)) == []
    (found,) = told(pairs_with("Runa", HIGH, "ferry-03-b-1"))
    assert found == ("ferry-03-b-1", "", f"Runa is a name in {HIGH} too; choose another")
    both = told(pairs_with("Runa", LOW, "ferry-03-b-1", "ferry-03-b-2"))
    assert [file for file, _, _ in both] == ["ferry-03-b-1", "ferry-03-b-2"]


def test_a_pair_yields_to_a_whole_vignette_and_an_excerpt_to_no_pair(tmp_path: Path) -> None:
    write_pack(tmp_path)
    place = write_module(tmp_path)
    edit_yaml(place / "observe.yaml", people=[*people("observed")[1:], RUNA])
    pack, pairs = read(tmp_path), pairs_with("Runa", LOW)
    pack.vignettes |= pairs.vignettes
    pack.files |= pairs.files
    assert told(pack) == []
    write_vignette(tmp_path, "whole", people=[*people("whole")[1:], RUNA])
    pack = read(tmp_path)
    pack.vignettes |= pairs.vignettes
    pack.files |= pairs.files
    assert sorted(file for file, _, _ in told(pack)) == [
        LOW,
        "modules/01-first-steps/module.yaml",
    ]
