"""An audit in figures: minutes, levels, the table and what belongs to no document of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.folders import (
    INSTRUMENT,
    edit_yaml,
    key_rating,
    read,
    write_instrument,
    write_pack,
    write_vignette,
)
from training.library.audit import (
    Audited,
    audit,
    audit_table,
    faults_elsewhere,
    minutes_for,
)
from training.library.coverage import coverage_of, coverage_table
from training.library.reading import Fault, Pack, read_pack


@pytest.mark.parametrize(
    ("words", "minutes"), [(0, 0), (1, 1), (199, 1), (200, 1), (201, 2), (400, 2), (401, 3)]
)
def test_two_hundred_words_are_a_minute_and_one_more_begins_another(
    words: int, minutes: int
) -> None:
    assert minutes_for(words) == minutes


@pytest.mark.parametrize(
    ("levels", "text"),
    [
        (None, "-"),
        ({}, "-"),
        ({1: 4, 2: 0, 3: None}, "4 0 -"),
        ({2: 3}, "2:3"),
        ({1: 2, 3: None}, "1:2 3:-"),
        ({2: 1, 1: 0}, "2:1 1:0"),
    ],
)
def test_levels_are_named_by_their_items_where_some_are_left_out(
    levels: dict[int, int | None] | None, text: str
) -> None:
    assert Audited("vignette", "story", "story.yaml", levels=levels).levels_text == text


def test_the_columns_stand_below_one_another_and_figures_end_alike() -> None:
    """A letter of Han is two cells wide; what was noticed follows its document."""
    story = Audited(
        "vignette",
        "会話",
        "a.yaml",
        instrument="scale",
        pool="certification",
        form="a",
        words=1200,
        minutes=6,
        mean=2.006,
        levels={1: 2, 2: None},
        noticed=("title: is empty", "key: items: is missing"),
    )
    lesson = Audited("module", "first-steps", "b.yaml", words=9, minutes=1, grade=8.25)
    assert audit_table([story, lesson]) == [
        "kind      document     instrument  pool             words  minutes  grade  mean  levels",
        "vignette  会話         scale       certification a   1200        6      -  2.01  2 -",
        "  ! title: is empty",
        "  ! key: items: is missing",
        "module    first-steps  -           -                    9        1    8.2     -  -",
    ]
    assert audit_table([]) == [
        "kind  document  instrument  pool  words  minutes  grade  mean  levels"
    ]


def test_a_fault_is_told_with_its_document_and_of_no_document_apart(tmp_path: Path) -> None:
    write_pack(tmp_path)
    pack = read(tmp_path)
    key_fault = Fault(pack.files["key", "story"], "item 1", "rating", "is odd")
    faults = [
        Fault(pack.files["vignette", "story"], "", "title", "is odd"),
        Fault("vignettes", "item 1", "level plan", "never at low level"),
        Fault("vignettes/lost/vignette.yaml", "", "", "is empty"),
    ]
    rows = audit(pack, [key_fault, *faults])
    assert [(row.kind, row.noticed) for row in rows] == [
        ("instrument", ()),
        ("vignette", ("title: is odd", "key: item 1: rating: is odd")),
    ]
    # What is told with a vignette's key is not told again.
    assert faults_elsewhere(pack, [key_fault, *faults]) == [
        "vignettes: item 1: level plan: never at low level",
        "vignettes/lost/vignette.yaml: is empty",
    ]


def test_the_mean_leaves_out_what_cannot_be_rated(tmp_path: Path) -> None:
    write_pack(tmp_path)
    blank = {"rating": "NR", "evidence": [], "reason": "Nobody came."}
    file = tmp_path / "vignettes/story/key.yaml"
    edit_yaml(file, items={1: key_rating(1, 4), 2: key_rating(2, 1), 3: blank})
    (row,) = [row for row in audit(read(tmp_path), []) if row.kind == "vignette"]
    assert (row.levels, row.mean) == ({1: 4, 2: 1, 3: None}, 2.5)
    edit_yaml(file, items=dict.fromkeys((1, 2, 3), blank))
    (row,) = [row for row in audit(read(tmp_path), []) if row.kind == "vignette"]
    assert (row.levels_text, row.mean) == ("- - -", None)
    file.unlink()
    pack = read_pack(tmp_path)
    (row,) = [row for row in audit(pack, pack.faults) if row.kind == "vignette"]
    assert (row.words, row.levels_text, row.mean) == (54, "-", None)
    assert row.noticed == ("its key.yaml is missing",)


def test_authors_see_how_often_an_item_is_at_each_level_pool_by_pool(tmp_path: Path) -> None:
    write_pack(tmp_path)
    pack = read(tmp_path)
    instrument = pack.instruments[INSTRUMENT]
    assert list(coverage_table(coverage_of(Pack(), instrument))) == []

    write_vignette(tmp_path, "exam", pool="certification")
    place = write_vignette(tmp_path, "other")
    blank = {"rating": "NR", "evidence": [], "reason": "Nobody came."}
    gone = {"rating": "dropped", "evidence": [], "reason": "They differed."}
    edit_yaml(place / "key.yaml", items={1: key_rating(1, 2), 2: blank, 3: gone})
    write_instrument(tmp_path, "other-scale")
    pack = read(tmp_path)
    assert list(coverage_table(coverage_of(pack, instrument))) == [
        "A small scale: how often each item is at each level",
        " " * 26 + " |      practice (2)" + " | certification (1)",
        " " * 26 + " |  0  1  2  3  4 NR" * 2,
        " 1 I1" + " " * 21 + " |  .  .  2  .  .  . |  .  .  1  .  .  .",
        " 2 I2" + " " * 21 + " |  1  .  .  .  .  1 |  1  .  .  .  .  .",
        " 3 I3" + " " * 21 + " |  .  .  .  .  1  . |  .  .  .  .  1  .",
    ]
    assert list(coverage_table(coverage_of(pack, pack.instruments["other-scale"]))) == []
