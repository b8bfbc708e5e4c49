"""Faults between documents: keys against transcripts, modules and standards against the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.library.folders import (
    INSTRUMENT,
    ITEMS,
    edit_yaml,
    key,
    key_rating,
    write_instrument,
    write_module,
    write_pack,
    write_yaml,
)
from training.certification.judging.standard import Standard
from training.config import PROJECT_ROOT
from training.library.checking import check, fit_faults
from training.library.citations import cited_turns
from training.library.reading import read_pack

KEY = "vignettes/story/key.yaml"
STORY = "vignettes/story/vignette.yaml"
STANDARD = PROJECT_ROOT / "content" / "standards" / "dialogic-practice-rater.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pack(tmp_path)
    return tmp_path


def checked(folder: Path) -> list[tuple[str, str, str, str]]:
    return [(f.file, f.item, f.field, f.message) for f in check(read_pack(folder))]


def write_key(folder: Path, ratings: dict[int, Any], **changes: Any) -> None:
    document = key() | changes
    for number, rating in ratings.items():
        document["items"][number] = rating
    write_yaml(folder / KEY, document)


def test_the_small_folder_has_no_faults(folder: Path) -> None:
    write_module(folder)
    assert checked(folder) == []


def test_a_vignette_on_an_instrument_that_is_not_there(folder: Path) -> None:
    edit_yaml(folder / STORY, instrument="great-scale")
    assert checked(folder) == [(STORY, "", "instrument", "there is no instrument 'great-scale'")]


def test_a_key_on_another_instrument(folder: Path) -> None:
    write_instrument(folder, "other-scale")
    edit_yaml(folder / KEY, instrument="other-scale")
    assert (KEY, "", "instrument", "the vignette is rated on 'small-scale'") in checked(folder)


def test_a_key_of_no_vignette(folder: Path) -> None:
    edit_yaml(folder / KEY, vignette="another-story")
    assert (KEY, "", "vignette", "there is no vignette 'another-story'") in checked(folder)


def test_a_key_that_leaves_an_item_out(folder: Path) -> None:
    document = key()
    del document["items"][1]
    write_yaml(folder / KEY, document)
    assert checked(folder) == [(KEY, "item 1", "", "is missing")]


def test_a_key_for_an_item_that_nobody_rates(folder: Path) -> None:
    write_key(folder, {9: key_rating(9)})
    assert checked(folder) == [(KEY, "item 9", "", "is not rated in this vignette")]


@pytest.mark.parametrize("rating", [-1, 5, 100])
def test_a_rating_off_the_scale(folder: Path, rating: int) -> None:
    write_key(folder, {1: key_rating(1, rating)})
    message = f"{rating} is not on the scale [0, 1, 2, 3, 4]"
    assert checked(folder) == [(KEY, "item 1", "rating", message)]


def test_evidence_in_turns_that_are_not_there(folder: Path) -> None:
    write_key(folder, {1: key_rating(1) | {"evidence": [1, 4, 27, 90]}})
    assert checked(folder) == [(KEY, "item 1", "evidence", "there are no turns [27, 90]")]


def test_a_reason_that_cites_turns_that_are_not_there(folder: Path) -> None:
    write_key(folder, {1: key_rating(1) | {"reason": "Seen (1, 99)."}})
    assert checked(folder) == [(KEY, "item 1", "reason", "cites turns that do not exist: [99]")]


def test_a_reason_that_cites_turns_it_does_not_count_as_evidence(folder: Path) -> None:
    write_key(folder, {1: key_rating(1) | {"reason": "Seen (1, 20)."}})
    message = "cites turns that are not in evidence: [20]"
    assert checked(folder) == [(KEY, "item 1", "reason", message)]


def test_not_rateable_more_often_than_the_instrument_allows(folder: Path) -> None:
    blank = {"rating": "NR", "evidence": [], "reason": "Nobody was there."}
    write_key(folder, {1: blank})
    assert checked(folder) == []
    write_key(folder, {1: blank, 2: blank})
    assert (KEY, "", "items", "2 items are NR, at most 1 may be") in checked(folder)


def test_every_fault_of_every_item_is_named(folder: Path) -> None:
    bad = {"rating": 7, "evidence": [40], "reason": "Seen (50)."}
    write_key(folder, dict.fromkeys(ITEMS, bad))
    found = [fault for fault in checked(folder) if fault[2] != "level plan"]
    assert len(found) == 9
    assert {fault[1] for fault in found} == {"item 1", "item 2", "item 3"}


@pytest.mark.parametrize(
    ("reason", "turns"),
    [
        ("Seen in turn (4).", {4}),
        ("Seen (4, 15) and (33, first half of 34).", {4, 15, 33, 34}),
        ("From (1 to 7) on.", {1, 7}),
        ("Nothing is cited in 2026.", set()),
        ("A bracket (without numbers).", set()),
        (f"A number of any length ({'9' * 4301}, 1000004, 7).", {7}),
    ],
)
def test_how_reasons_cite_turns(reason: str, turns: set[int]) -> None:
    assert cited_turns(reason) == turns


@given(st.sets(st.integers(0, 999), min_size=1))
def test_every_number_in_brackets_is_cited(turns: set[int]) -> None:
    assert cited_turns(f"Seen ({', '.join(map(str, turns))}).") == turns


def test_a_lesson_that_is_too_short(folder: Path) -> None:
    (write_module(folder) / "lesson.en.md").write_text("So it is. " * 199 + "It was.")
    (fault,) = checked(folder)
    assert fault[0] == "modules/01-first-steps/module.yaml"
    assert fault[2:] == ("lesson", "has 599 words, needs 600")


def test_modules_are_numbered_without_gaps(folder: Path) -> None:
    write_module(folder, "first-steps", 1)
    write_module(folder, "third-steps", 3)
    assert checked(folder) == [("modules", "", "number", "should run 1, 2, 3 ... but are [1, 3]")]


def test_an_excerpt_to_rate_belongs_to_its_pool_and_module(folder: Path) -> None:
    place = write_module(folder)
    edit_yaml(place / "module.yaml", items=[3])
    assert checked(folder)[0][1:3] == ("first-steps-excerpt", "items")
    edit_yaml(place / "module.yaml", items=[1, 2])
    turns = [[number, "runa", "Hm."] for number in range(1, 27)]
    edit_yaml(place / "apply-1/vignette.yaml", pool="practice", items=None, turns=turns)
    write_yaml(place / "apply-1/key.yaml", key("first-steps-excerpt"))
    assert checked(folder)[0][1:3] == ("first-steps-excerpt", "pool")


def test_a_vignette_that_rates_items_the_instrument_has_not(folder: Path) -> None:
    excerpt = write_module(folder) / "apply-1"
    edit_yaml(excerpt / "vignette.yaml", items=[1, 8])
    messages = [fault[3] for fault in checked(folder)]
    assert "the instrument has no items [8]" in messages


def test_a_standard_that_asks_for_what_is_not_there(folder: Path) -> None:
    (folder / "standards").mkdir()
    standard = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    standard["prerequisites"]["modules"] = ["no-such-module"]
    write_yaml(folder / "standards" / "rater.yaml", standard)
    assert checked(folder) == [
        ("standards/rater.yaml", "", "instrument", "there is no 'dialogic-practice'"),
        ("standards/rater.yaml", "", "prerequisites", "there is no module 'no-such-module'"),
    ]


def test_a_standard_for_another_version_or_other_items_of_its_instrument(folder: Path) -> None:
    (folder / "standards").mkdir()
    standard = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    standard["instrument"] = INSTRUMENT
    standard["instrument_versions"] = {"at_least": "3.0"}
    standard["prerequisites"]["modules"] = []
    standard["form"]["strata"][0] = {"name": "low", "mean_below": 0, "at_least": 1}
    write_yaml(folder / "standards" / "rater.yaml", standard)
    file = "standards/rater.yaml"
    assert checked(folder) == [
        (file, "", "instrument_versions", f"{INSTRUMENT} is version 1.0, not 3.0 and later"),
        (file, "gates critical", "items", "the instrument has no items [8, 11, 12]"),
        (
            file,
            "strata low",
            "mean_from, mean_below",
            "no mean on the scale 0 to 4 lies in it",
        ),
    ]


def test_a_skeleton_says_what_is_still_to_write(folder: Path) -> None:
    edit_yaml(folder / STORY, title="TO WRITE", setting="TO WRITE")
    assert checked(folder) == [(STORY, "", "", "2 texts still say TO WRITE")]
    edit_yaml(folder / STORY, title="A kitchen")
    assert checked(folder) == [(STORY, "", "", "1 text still says TO WRITE")]


def test_a_lesson_that_is_hard_to_read(folder: Path) -> None:
    hard = "Institutional considerations notwithstanding, practitioners systematically deliberate "
    easy = "## Short\n\nSo it is.\n\n"
    place = write_module(folder)
    (place / "lesson.en.md").write_text(easy * 150 + "## Long\n\n" + hard * 10)
    assert checked(folder) == []  # one section of many
    (place / "lesson.en.md").write_text("## Long\n\n" + hard * 100)
    (fault,) = checked(folder)
    assert fault[2] == "lesson"
    assert "at most 10: shorten sentences" in fault[3]


def test_an_excerpt_that_cannot_be_read_is_no_fault_of_its_module_too(folder: Path) -> None:
    file = write_module(folder) / "apply-1" / "vignette.yaml"
    edit_yaml(file, pool="swimming")
    found = checked(folder)
    assert {name for name, *_ in found} == {
        "modules/01-first-steps/apply-1/vignette.yaml",
        "modules/01-first-steps/apply-1/key.yaml",
    }


@pytest.mark.parametrize(("words", "is_hard"), [(35, False), (36, True)])
def test_a_lesson_may_be_of_the_tenth_grade_and_not_above_it(
    folder: Path, words: int, is_hard: bool
) -> None:
    """Words of one syllable: 0.39 × 35 + 11.8 − 15.59 = 9.86, and with one word more 10.25."""
    sentence = " ".join(["So", *["it", "is", "so", "and", "not"] * 7][:words]) + ". "
    assert len(sentence.split()) == words
    (write_module(folder) / "lesson.en.md").write_text("## One\n\n" + sentence * 18)
    found = [fault for fault in checked(folder) if fault[2] == "lesson"]
    assert bool(found) is is_hard


def test_a_lesson_of_six_hundred_words_is_long_enough(folder: Path) -> None:
    lesson = write_module(folder) / "lesson.en.md"
    lesson.write_text("So it is. " * 200)
    assert checked(folder) == []
    lesson.write_text("")
    assert [fault[2] for fault in checked(folder)] == ["lesson.en"]


def test_a_band_lies_within_the_scale(folder: Path) -> None:
    write_key(folder, {3: key_rating(3, 4) | {"band": [3, 4]}})
    assert checked(folder) == []
    write_key(folder, {3: key_rating(3, 4) | {"band": [4, 5]}})
    assert checked(folder) == [(KEY, "item 3", "rating", "5 is not on the scale [0, 1, 2, 3, 4]")]


def test_what_sets_twins_apart_cites_turns_that_are_there_and_marked(folder: Path) -> None:
    write_key(folder, {1: key_rating(1) | {"contrast": "Not so in (2, 4) and (77)."}})
    assert [fault[1:] for fault in checked(folder) if fault[2] == "reason"] == [
        ("item 1", "reason", "cites turns that do not exist: [77]"),
        ("item 1", "reason", "cites turns that are not in evidence: [2]"),
    ]


def test_the_notes_and_excerpts_of_a_module_are_about_its_own_instrument(folder: Path) -> None:
    place = write_module(folder)
    file = "modules/01-first-steps/module.yaml"
    notes = [{"turns": [n], "item": item, "text": f"Note {n}"} for n, item in ((1, 3), (2, 4))]
    edit_yaml(place / "observe.yaml", annotations=[*notes, {"turns": [3], "text": "Note 3"}])
    assert checked(folder) == [(file, "", "observe", f"{INSTRUMENT} has no items [4]")]
    edit_yaml(place / "observe.yaml", annotations=[notes[0]] * 3)
    assert checked(folder) == []

    write_instrument(folder, "other-scale")
    edit_yaml(place / "apply-1/vignette.yaml", instrument="other-scale")
    edit_yaml(place / "apply-1/key.yaml", instrument="other-scale")
    message = f"is rated on other-scale, the module is on {INSTRUMENT}"
    assert checked(folder) == [(file, "first-steps-excerpt", "instrument", message)]


@pytest.mark.parametrize(
    ("stratum", "is_told"),
    [
        ({"mean_from": 4}, False),  # the highest score there is
        ({"mean_from": 4.01}, True),
        ({"mean_below": 0.01}, False),  # only a key of nothing but zeros
        ({"mean_below": 0}, True),
        ({"mean_from": 1.5, "mean_below": 2.5}, False),
        ({"mean_from": -1, "mean_below": 9}, False),
        ({}, False),
    ],
)
def test_a_stratum_holds_some_mean_of_the_scale(
    folder: Path, stratum: dict[str, float], is_told: bool
) -> None:
    document = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    document["form"]["strata"][0] = {"name": "mine", "at_least": 1} | stratum
    standard = Standard.model_validate(document)
    instrument = read_pack(folder).instruments[INSTRUMENT]
    found = [f.item for f in fit_faults("rater.yaml", standard, instrument)]
    assert ("strata mine" in found) is is_told


def test_a_standard_keeps_to_the_versions_of_its_instrument(folder: Path) -> None:
    document = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    instrument = read_pack(folder).instruments[INSTRUMENT]
    for version, is_told in (("0.9", True), ("1.0", False), ("1.1", False)):
        standard = Standard.model_validate(document | {"instrument_versions": {"at_least": "1.0"}})
        changed = instrument.model_copy(update={"version": version})
        fields = [fault.field for fault in fit_faults("rater.yaml", standard, changed)]
        assert ("instrument_versions" in fields) is is_told, version


def test_every_kind_of_fault_is_told_at_once_each_with_its_file(folder: Path) -> None:
    """Nothing hides behind the first thing that is wrong."""
    place = write_module(folder)
    edit_yaml(folder / STORY, title="TO WRITE")
    write_key(folder, {1: key_rating(1, 9)})
    edit_yaml(place / "module.yaml", number=2, sources=[{"reference": "A.", "resource": "a"}])
    assert {(fault[0], fault[2]) for fault in checked(folder)} == {
        (STORY, ""),
        (KEY, "rating"),
        ("modules/01-first-steps/module.yaml", "resource"),
        ("modules", "number"),
    }
