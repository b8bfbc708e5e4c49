"""Dossiers: extracts that cover every passage, tables whose rows fit, digests that stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.library.folders import (
    INSTRUMENT,
    LEVELS,
    dossier,
    edit_yaml,
    extract,
    faults_of,
    item,
    key,
    key_rating,
    observation,
    read,
    turns,
    vignette,
    write_instrument,
    write_module,
    write_pack,
    write_yaml,
)
from training.library.checking import check
from training.library.coverage import coverage_of, coverage_table
from training.library.prose import works_of
from training.library.reading import canonical_text, read_pack
from training.library.repetition import repetition_faults
from training.library.schema import Vignette

SERVICE = "vignettes/service/vignette.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instrument, and one dossier with its key."""
    write_instrument(tmp_path)
    write_yaml(tmp_path / SERVICE, dossier())
    write_yaml(tmp_path / "vignettes/service/key.yaml", key("service"))
    return tmp_path


def test_a_dossier_is_told_in_extracts_and_a_meeting_in_turns(folder: Path) -> None:
    found = read(folder).vignettes["service"]
    assert found.is_dossier
    assert found.is_whole
    assert not Vignette.model_validate(vignette()).is_dossier
    log, _meetings, minutes, mother = found.extracts or ()
    assert log.is_table
    assert [row.number for row in minutes.passages_in(found.turns)] == [29, 30, 31, 32]
    assert {turn.speaker for turn in mother.passages_in(found.turns)} == {"runa"}


def test_reading_takes_longer_where_rows_have_to_be_counted(folder: Path) -> None:
    found = read(folder).vignettes["service"]
    as_text = tuple(each.model_copy(update={"columns": None}) for each in found.extracts or ())
    text = found.model_copy(update={"extracts": as_text})
    assert found.words == text.words + 10  # the heads of the columns; a | is no word
    assert (found.reading_minutes, text.reading_minutes) == (4, 2)


ROWS = dossier()["turns"]
LOG, MEETINGS, MINUTES, MOTHER = dossier()["extracts"]
SPOKEN = [[1, "runa", "1 | a | b | c"], *ROWS[1:]]
TORN = [*ROWS[:2], [3, None, "3 | only this"], [4, None, "4 |  | x | y"], *ROWS[4:]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"extracts": []}, "extracts: needs one or more; leave the field out"),
        (
            {"extracts": [LOG, MEETINGS, MINUTES]},
            "passages 33 to 40 stand at the end in no extract",
        ),
        (
            {"extracts": [LOG, MEETINGS | {"first": 15}, MINUTES, MOTHER]},
            "extract 2 (Meetings): passages 13 to 14 stand before it in no extract",
        ),
        (
            {"extracts": [LOG, MEETINGS | {"first": 12}, MINUTES, MOTHER]},
            "extract 2 (Meetings): begins with passage 12, should begin with 13",
        ),
        (
            {"extracts": [MEETINGS, LOG, MINUTES, MOTHER]},
            "extract 2 (First contacts): begins with passage 1, should begin with 29",
        ),
        (
            {"extracts": [LOG, MEETINGS, MINUTES, MOTHER | {"last": 41}]},
            "extracts: they end with passage 41, but the last one is 40",
        ),
        (
            {"extracts": [LOG, MEETINGS, MINUTES | {"last": 20}, MOTHER | {"first": 29}]},
            "extract 3 (Minutes): ends with passage 20, before it begins (29)",
        ),
        ({"turns": SPOKEN}, "passage 1: a row of a table has no speaker, write ~"),
        ({"turns": TORN}, "passage 3: as many cells as the table has columns, 4"),
        ({"turns": TORN}, "passage 4: a cell is empty, write a dash in it"),
        (
            {"extracts": [LOG | {"columns": ["a", "b", "c | d", "e"]}, MEETINGS, MINUTES, MOTHER]},
            "extract 1 (First contacts): columns: each head stands in quotes of its own",
        ),
        ({"turns": ROWS[:39]}, "turns: 39, should be 40 to 90"),
        ({"turns": [*ROWS, *turns(91)[40:]]}, "turns: 91, should be 40 to 90"),
        ({"pool": "excerpt", "items": [1]}, "turns: 40, should be 6 to 20"),
    ],
)
def test_faults_of_a_dossier_are_told_in_its_authors_words(
    folder: Path, changes: dict[str, Any], message: str
) -> None:
    edit_yaml(folder / SERVICE, **changes)
    found = [text for file, _item, _field, text in faults_of(folder) if file == SERVICE]
    assert len(found) == 1  # all of them at once
    assert message in found[0]


@pytest.mark.parametrize(
    ("change", "place", "field", "message"),
    [
        (
            {"source": "rumour"},
            "extracts 1",
            "extracts.source",
            "should be 'log', 'notes', 'staff'",
        ),
        ({"columns": ["No."]}, "extracts 1", "extracts.columns", "has 1, needs 2 or more"),
        ({"columns": "No."}, "extracts 1", "extracts.columns", "tuple"),
        ({"first": "one"}, "extracts 1", "extracts.first", "should be a whole number"),
        ({"colums": []}, "extracts 1", "extracts.colums", "is not a field here; is it mistyped?"),
        ({"title": " "}, "extracts 1", "extracts.title", "is empty"),
    ],
)
def test_a_faulty_extract_is_named_with_its_field(
    folder: Path, change: dict[str, Any], place: str, field: str, message: str
) -> None:
    edit_yaml(folder / SERVICE, extracts=[LOG | change, MEETINGS, MINUTES, MOTHER])
    found = [fault for fault in faults_of(folder) if fault[:3] == (SERVICE, place, field)]
    assert found, faults_of(folder)
    assert message in found[0][3]


def test_an_absurd_range_is_no_burden(folder: Path) -> None:
    edit_yaml(folder / SERVICE, extracts=[LOG | {"last": 10**12}])
    assert "but the last one is 40" in faults_of(folder)[0][3]


def test_a_key_speaks_of_passages_to_the_author_of_a_dossier(folder: Path) -> None:
    ratings = {number: key_rating(number, LEVELS[number]) for number in (1, 2, 3)}
    ratings[1] |= {"evidence": [1, 77], "reason": "Rows (1, 5) and (88)."}
    edit_yaml(folder / "vignettes/service/key.yaml", items=ratings)
    assert [fault.message for fault in check(read_pack(folder))] == [
        "there are no passages [77]",
        "cites passages that do not exist: [88]",
        "cites passages that are not in evidence: [5]",
    ]


def test_an_observation_may_be_a_dossier_and_a_module_names_its_instrument(folder: Path) -> None:
    place = write_module(folder)
    told = observation() | {"extracts": [extract("Minutes", "notes", 1, 5)]}
    write_yaml(place / "observe.yaml", told)
    assert any("passage 6 stands at the end in no" in fault[3] for fault in faults_of(folder))
    told["extracts"][0]["last"] = 6
    write_yaml(place / "observe.yaml", told)
    module = read(folder).modules["first-steps"]
    assert module.observe.is_dossier
    assert module.instrument_slug == INSTRUMENT
    edit_yaml(place / "module.yaml", items=[1, 9])
    assert f"{INSTRUMENT} has no items [9]" in [f.message for f in check(read_pack(folder))]
    edit_yaml(place / "module.yaml", instrument=None)
    assert read(folder).modules["first-steps"].instrument_slug == "dialogic-practice"
    messages = [fault.message for fault in check(read_pack(folder))]
    assert "there is no instrument 'dialogic-practice'; name the one it is about" in messages
    assert f"is rated on {INSTRUMENT}, the module is on dialogic-practice" in messages


def test_what_is_no_dossier_keeps_the_digest_it_had(folder: Path) -> None:
    """Ratings point to digests: fields that came later leave no trace where they are not used."""
    place = write_module(folder)
    edit_yaml(place / "module.yaml", instrument=None)
    pack = read(folder)
    assert '"extracts"' not in canonical_text(pack.vignettes["first-steps-excerpt"])
    assert '"extracts"' not in canonical_text(pack.modules["first-steps"])
    assert '"instrument"' not in canonical_text(pack.modules["first-steps"])
    assert '"extracts"' in canonical_text(pack.vignettes["service"])


def test_cells_of_a_table_are_no_sentence_that_recurs(folder: Path) -> None:
    """Rows of logs are alike by nature; what stands in one cell is still the author's own."""
    copy = dossier("other") | {"title": "Another"}
    write_yaml(folder / "vignettes/other/vignette.yaml", copy)
    write_yaml(folder / "vignettes/other/key.yaml", key("other"))
    pack = read(folder)
    assert [f for f in repetition_faults(pack) if f.item == "turn 1"] == []
    told = "the ferryman carried her grandmother's copper kettle across twice"
    copy["turns"][0] = [1, None, f"1 | {told} | a sister | 4 Feb"]
    write_yaml(folder / "vignettes/other/vignette.yaml", copy)
    edit_yaml(
        folder / SERVICE,
        turns=[[1, None, f"1 | 3 Feb | {told} | 4 Feb"], *ROWS[1:]],
        extracts=[LOG, MEETINGS, MINUTES | {"about": told}, MOTHER],
    )
    found = [fault.item for fault in repetition_faults(read(folder))]
    assert {"turn 1", "extract Minutes"} <= set(found)
    assert {work.file for work in works_of(pack)} == {SERVICE, "vignettes/other/vignette.yaml"}


def test_two_instruments_are_checked_and_counted_apart(tmp_path: Path) -> None:
    """The second one has a scale from 1 to 5, and its own pool."""
    write_pack(tmp_path)
    scores = [1, 2, 3, 4, 5]
    second = write_instrument(tmp_path, "services")
    edit_yaml(
        second,
        scale={
            "scores": scores,
            "labels": {score: f"Label {score}" for score in scores},
            "descriptions": {score: f"Description {score}" for score in scores},
            "high_is": "more",
        },
        items=[item(n) | {"anchors": {s: f"Anchor {s}" for s in scores}} for n in (1, 2, 3)],
    )
    write_yaml(tmp_path / SERVICE, dossier() | {"instrument": "services"})
    ratings = {number: key_rating(number, score) for number, score in {1: 3, 2: 1, 3: 5}.items()}
    file = tmp_path / "vignettes/service/key.yaml"
    write_yaml(file, key("service") | {"instrument": "services", "items": ratings})
    pack = read(tmp_path)
    assert check(pack) == []
    table = list(coverage_table(coverage_of(pack, pack.instruments["services"])))
    assert table[2].split() == ["|", "1", "2", "3", "4", "5", "NR"]
    assert table[4].split() == ["2", "I2", "|", "1", *"....."]
    ratings[3]["rating"] = 3
    edit_yaml(file, items=ratings)
    assert [fault.message for fault in check(read_pack(tmp_path))] == [
        "has no high item (4 or 5): every vignette mixes high and low, so that the overall tone "
        "gives nothing away"
    ]
