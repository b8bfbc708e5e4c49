"""Reading content folders: every fault at once, each with file, item and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.library.folders import (
    INSTRUMENT,
    edit_yaml,
    faults_of,
    instrument,
    item,
    key,
    key_rating,
    observation,
    people,
    question,
    read,
    turns,
    vignette,
    write_instrument,
    write_module,
    write_pack,
    write_vignette,
    write_yaml,
)
from tests.manuals.test_documents import example, write_manual
from training.library.reading import Fault, canonical_text, digest_of, read_pack
from training.library.schema import Vignette

STORY = "vignettes/story/vignette.yaml"
KEY = "vignettes/story/key.yaml"
SCALE = f"instruments/{INSTRUMENT}.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pack(tmp_path)
    return tmp_path


def test_a_whole_pack_is_read_without_faults(folder: Path) -> None:
    write_module(folder)
    pack = read(folder)
    assert [(kind, slug) for kind, slug, _ in pack.documents()] == [
        ("instrument", INSTRUMENT),
        ("vignette", "first-steps-excerpt"),
        ("vignette", "story"),
        ("key", "first-steps-excerpt"),
        ("key", "story"),
        ("module", "first-steps"),
    ]
    assert pack.files["key", "story"] == KEY
    assert pack.modules["first-steps"].excerpts == ("first-steps-excerpt",)


NOT_READ = "was not read: no document has this place and name"


@pytest.mark.parametrize(
    "name",
    [
        "vignete/story/vignette.yaml",
        "vignettes/story/standard.yaml",
        "vignettes/vignette.yaml",
        "vignettes/other/key.yaml",
        "standard.yaml",
        "standards/rater.yml",
        "modules/01-first-steps/mod.yml",
        "modules/01-first-steps/lesson.english.md",
        "modules/01-first-steps/aply-2/vignette.yaml",
        "modules/02-next/observe.yaml",
        "glossary/terms.yaml",
        "Notes.MD",
    ],
)
def test_a_document_in_no_place_of_a_pack_is_named(folder: Path, name: str) -> None:
    write_module(folder)
    write_yaml(folder / name, {"slug": "story"})
    assert faults_of(folder) == [(name, "", "", NOT_READ)]


@pytest.mark.parametrize(
    "name", ["README.md", "vignettes/readme.md", ".github/check.yml", "notes.txt", "map.svg"]
)
def test_notes_for_authors_pictures_and_hidden_files_are_nobodys_business(
    folder: Path, name: str
) -> None:
    write_yaml(folder / name, {"slug": "story"})
    assert faults_of(folder) == []


def test_what_waits_for_a_faulty_module_is_not_named_too(folder: Path) -> None:
    place = write_module(folder)
    (place / "module.yaml").write_text("- a list", encoding="utf-8")
    assert [fault[0] for fault in faults_of(folder)] == ["modules/01-first-steps/module.yaml"]


def test_an_empty_folder_is_an_empty_pack(tmp_path: Path) -> None:
    assert list(read(tmp_path).documents()) == []


def test_several_folders_are_one_pack(tmp_path: Path) -> None:
    write_instrument(tmp_path / "public")
    write_vignette(tmp_path / "private")
    pack = read_pack(tmp_path / "public", tmp_path / "private")
    assert pack.faults == []
    assert set(pack.vignettes) == {"story"}


def test_the_same_slug_twice_is_a_fault_that_names_both_files(tmp_path: Path) -> None:
    write_pack(tmp_path / "a")
    write_vignette(tmp_path / "b")
    pack = read_pack(tmp_path / "a", tmp_path / "b")
    assert Fault(STORY, "", "slug", f"'story' is also in {STORY}") in pack.faults
    assert len(pack.faults) == 2  # the vignette and its key


def vignette_with(**changes: Any) -> dict[str, Any]:
    return vignette() | changes


TWICE = [{"id": "runa", "name": name, "about": "x", "side": "team"} for name in ("A", "B")]


@pytest.mark.parametrize(
    ("changes", "item_name", "field", "message"),
    [
        ({"title": None}, "", "title", "is missing"),
        ({"title": "   "}, "", "title", "is empty"),
        ({"tittle": "x"}, "", "tittle", "is not a field here; is it mistyped?"),
        ({"slug": "Not A Slug"}, "", "slug", "should be small letters, digits"),
        ({"pool": "swimming"}, "", "pool", "should be 'teaching'"),
        ({"turns": turns(24)}, "", "", "turns: 24, should be 25 to 60"),
        ({"turns": turns(61)}, "", "", "turns: 61, should be 25 to 60"),
        ({"turns": turns()[1:]}, "", "", "numbered 1, 2, 3 ... without gaps"),
        ({"turns": [*turns(25), [26, "runa"]]}, "turns 26", "turns", "a turn is [number, speaker"),
        ({"turns": [*turns(25), [26, "nora", "Hm."]]}, "", "", "nobody has the id 'nora'"),
        ({"people": TWICE}, "", "", "people: an id occurs twice"),
        ({"people": [{"id": "x"}]}, "people x", "people.side", "is missing"),
        ({"items": [1]}, "", "", "items belongs to excerpts"),
        ({"pool": "excerpt", "turns": turns(8)}, "", "", "every one of them needs it"),
    ],
)
def test_faults_of_a_vignette(
    folder: Path, changes: dict[str, Any], item_name: str, field: str, message: str
) -> None:
    edit_yaml(folder / STORY, **changes)
    found = [f for f in faults_of(folder) if f[:3] == (STORY, item_name, field)]
    assert any(message in fault[3] for fault in found), faults_of(folder)


@pytest.mark.parametrize(
    ("rating", "field", "message"),
    [
        ({"rating": "2.5"}, "items.1.rating", "whole number"),
        ({"rating": True}, "items.1.rating", "a rating is a score of the scale or NR"),
        ({"rating": "nr"}, "items.1.rating", "'NR'"),
        ({"evidence": []}, "items.1", "a score needs evidence turns"),
        ({"evidence": ["four"]}, "items.1.evidence", "whole number"),
        ({"reason": ""}, "items.1.reason", "is empty"),
        ({"reasn": "x"}, "items.1.reasn", "is not a field here"),
    ],
)
def test_faults_of_a_key(folder: Path, rating: dict[str, Any], field: str, message: str) -> None:
    document = key()
    document["items"][1] |= rating
    write_yaml(folder / KEY, document)
    found = faults_of(folder)
    assert {fault[0] for fault in found} == {KEY}
    assert any(message in fault[3] for fault in found), found
    assert any(field.split(".")[-1] in fault[2] for fault in found) or found[0][2] == "items", found


def instrument_with(**changes: Any) -> dict[str, Any]:
    return instrument() | changes


def test_a_lesson_that_is_no_text_is_the_only_fault_of_its_module(folder: Path) -> None:
    (write_module(folder) / "lesson.en.md").write_bytes(b"Wait\xff.")
    assert faults_of(folder) == [
        ("modules/01-first-steps/lesson.en.md", "", "", "is not UTF-8 text")
    ]


def test_a_folder_in_the_place_of_a_file_is_a_fault(folder: Path) -> None:
    (folder / STORY).unlink()
    (folder / STORY).mkdir()
    assert (STORY, "", "", "is a folder, and should be a file") in faults_of(folder)


def test_a_control_character_is_told_of_in_one_line(folder: Path) -> None:
    (folder / STORY).write_text("slug: story\ntitle: a\x07b\n", encoding="utf-8")
    (fault,) = [fault for fault in faults_of(folder) if fault[0] == STORY]
    assert fault[3].startswith("is not YAML: ")
    assert "\n" not in fault[3]


def test_a_date_that_is_none_is_a_fault(folder: Path) -> None:
    (folder / STORY).write_text("slug: 2026-13-45\n", encoding="utf-8")
    (fault,) = [fault for fault in faults_of(folder) if fault[0] == STORY]
    assert fault[3].startswith("is not YAML: month must be in 1..12")


def test_a_field_written_twice_is_named_with_its_line(folder: Path) -> None:
    """YAML itself would take the last one without a word: another status, another rating."""
    text = (folder / KEY).read_text(encoding="utf-8")
    lines = text.count("\n")
    again = "status: ratified\ncases: &same [a]\nold: *same\n"
    (folder / KEY).write_text(text + again, encoding="utf-8")
    assert (KEY, f"line {lines + 1}", "status", "is written twice") in faults_of(folder)
    twice = "items:\n  1: {rating: 2}\n  2: {rating: 3}\n  1: {rating: 4}\n"
    (folder / KEY).write_text(twice, encoding="utf-8")
    assert (KEY, "line 4", "1", "is written twice") in faults_of(folder)


def test_yaml_that_leads_back_to_itself_ends(folder: Path) -> None:
    (folder / STORY).write_text("&story\nslug: story\npeople: *story\n", encoding="utf-8")
    assert STORY in [fault[0] for fault in faults_of(folder)]


@pytest.mark.parametrize("number", [True, "4", 4.0])
def test_a_number_is_a_number_and_neither_a_flag_nor_a_text(folder: Path, number: object) -> None:
    whole = "should be a whole number"
    edit_yaml(folder / STORY, turns=[[number, "ana", "Yes."], *turns(30)[1:]])
    assert whole in [fault[3] for fault in faults_of(folder) if fault[0] == STORY]
    edit_yaml(folder / KEY, items={1: key_rating(1) | {"evidence": [number, 4]}})
    assert whole in [fault[3] for fault in faults_of(folder) if fault[0] == KEY]


def test_what_is_listed_by_number_is_listed_once(folder: Path) -> None:
    excerpt = write_module(folder) / "apply-1"
    edit_yaml(excerpt / "vignette.yaml", items=[1, 1])
    edit_yaml(folder / KEY, items={1: key_rating(1) | {"evidence": [4, 2, 4]}})
    write_yaml(folder / SCALE, instrument_with(critical_items=[2, 2]))
    told = {(fault[2], fault[3]) for fault in faults_of(folder)}
    assert {("items", "names 1 twice"), ("critical_items", "names 2 twice")} <= told
    assert ("items.evidence", "names 4 twice") in told


BAD_ITEM = item(3) | {"anchors": {0: "Only this."}, "principles": ["song"]}
BAD_CONFUSION = item(3) | {"confusions": [{"item": 9, "difference": "None."}]}
SHORT_SCALE = instrument()["scale"] | {"labels": {0: "Only this."}}


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"items": [item(1), item(3)]}, ["items must be numbered 1, 2, 3 ... in order"]),
        (
            {"items": [item(1), item(2), BAD_ITEM]},
            ["item 3: anchors must describe every score", "item 3: unknown principles ['song']"],
        ),
        ({"items": [item(1), item(2), BAD_CONFUSION]}, ["item 3: confusions with unknown {9}"]),
        ({"items": []}, ["has 0, needs 1 or more"]),
        (
            {"not_rateable": instrument()["not_rateable"] | {"limit": -1}},
            ["should be 0 or more"],
        ),
        ({"critical_items": [2, 7]}, ["critical_items names unknown items [7]"]),
        ({"scale": SHORT_SCALE}, ["labels must name every score [0, 1, 2, 3, 4] once"]),
        (
            {"scale": instrument()["scale"] | {"scores": [1, 0]}},
            ["scores must be two or more different numbers, ascending"],
        ),
    ],
)
def test_faults_of_an_instrument(
    folder: Path, changes: dict[str, Any], messages: list[str]
) -> None:
    write_yaml(folder / SCALE, instrument_with(**changes))
    found = [fault for fault in faults_of(folder) if fault[0] == SCALE]
    for message in messages:
        assert any(message in fault[3] for fault in found), found


@pytest.mark.parametrize("missing", ["observe.yaml", "questions.yaml"])
def test_a_missing_part_of_a_module_is_named(folder: Path, missing: str) -> None:
    place = write_module(folder)
    (place / missing).unlink()
    found = faults_of(folder)
    assert (f"modules/01-first-steps/{missing}", "", "", "this file is missing") in found


def test_a_module_without_its_lesson(folder: Path) -> None:
    (write_module(folder) / "lesson.en.md").rename(folder / "modules/01-first-steps/lesson.hi.md")
    assert any("English is missing" in fault[3] for fault in faults_of(folder))


def test_a_module_without_an_excerpt_to_rate(folder: Path) -> None:
    place = write_module(folder)
    for file in (place / "apply-1").iterdir():
        file.unlink()
    assert any(fault[2] == "excerpts" for fault in faults_of(folder))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"options": question(1)["options"][:2]}, "options: at least three"),
        (
            {"options": [option | {"correct": True} for option in question(1)["options"]]},
            "options: exactly one is correct, not 3",
        ),
        ({"kind": "multiple-choice"}, "two or more are correct, but not all"),
        ({"kind": "guess"}, "kind"),
        ({"id": "question-2"}, "ids occur twice: ['question-2']"),
    ],
)
def test_faults_of_questions(folder: Path, changes: dict[str, Any], message: str) -> None:
    place = write_module(folder)
    questions = [question(number) for number in range(1, 7)]
    questions[0] |= changes
    (place / "questions.yaml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    found = faults_of(folder)
    assert any(message in fault[3] for fault in found), found
    assert {fault[0] for fault in found} == {"modules/01-first-steps/module.yaml"}


def test_a_faulty_question_is_named_by_its_id(folder: Path) -> None:
    place = write_module(folder)
    questions = [question(number) for number in range(1, 7)]
    questions[3]["options"] = questions[3]["options"][:1]
    (place / "questions.yaml").write_text(yaml.safe_dump(questions), encoding="utf-8")
    assert "questions question-4" in [fault[1] for fault in faults_of(folder)]


def test_too_few_questions(folder: Path) -> None:
    place = write_module(folder)
    (place / "questions.yaml").write_text(yaml.safe_dump([question(1)]), encoding="utf-8")
    assert any(fault[2] == "questions" for fault in faults_of(folder))


def test_an_annotation_of_a_turn_that_is_not_there(folder: Path) -> None:
    document = observation()
    document["annotations"][1]["turns"] = [99]
    write_yaml(write_module(folder) / "observe.yaml", document)
    assert any("annotation 2: no turns [99]" in fault[3] for fault in faults_of(folder))


def test_text_that_is_no_yaml_is_named_with_its_line(folder: Path) -> None:
    (folder / STORY).write_text("slug: story\ntitle: [unclosed\n", encoding="utf-8")
    (fault,) = [fault for fault in faults_of(folder) if fault[0] == STORY]
    assert fault[1] == "line 3"
    assert "is not YAML" in fault[3]


@pytest.mark.parametrize("text", ["", "# nothing here\n", "~"])
@pytest.mark.parametrize("file", [STORY, KEY, SCALE])
def test_an_empty_file_is_a_fault(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    assert file in [fault[0] for fault in faults_of(folder)]


@pytest.mark.parametrize("text", ["just a sentence", "- a\n- list\n", "42"])
def test_a_file_without_fields_is_a_fault(folder: Path, text: str) -> None:
    (folder / STORY).write_text(text, encoding="utf-8")
    assert (STORY, "", "", "should be fields with values") in faults_of(folder)


def test_bytes_that_are_no_text(folder: Path) -> None:
    (folder / KEY).write_bytes(b"vignette: \xff\xfe")
    assert (KEY, "", "", "is not UTF-8 text") in faults_of(folder)


def test_a_vignette_without_a_key(folder: Path) -> None:
    (folder / KEY).unlink()
    assert faults_of(folder) == [(STORY, "", "", "its key.yaml is missing")]


def test_all_faults_of_all_files_are_found_at_once(folder: Path) -> None:
    place = write_module(folder)
    edit_yaml(folder / STORY, title=None, pool="swimming", tittle="x")
    edit_yaml(folder / KEY, status="guessed")
    edit_yaml(place / "module.yaml", minutes=0)
    write_yaml(folder / SCALE, instrument_with(name=""))
    (folder / "standards").mkdir()
    (folder / "standards" / "nothing.yaml").write_text("slug: nothing\n")
    files = [fault[0] for fault in faults_of(folder)]
    assert files.count(STORY) == 3
    assert {KEY, SCALE, "modules/01-first-steps/module.yaml", "standards/nothing.yaml"} < set(files)


def test_a_fault_reads_as_one_line() -> None:
    assert str(Fault("a.yaml", "item 3", "rating", "is missing")) == (
        "a.yaml: item 3: rating: is missing"
    )
    assert str(Fault("a.yaml", "", "", "is not YAML")) == "a.yaml: is not YAML"


def test_layout_and_order_of_a_file_change_no_digest(folder: Path) -> None:
    before = canonical_text(read(folder).vignettes["story"])
    document = yaml.safe_load((folder / STORY).read_text(encoding="utf-8"))
    reordered = dict(reversed(document.items()))
    (folder / STORY).write_text(
        yaml.safe_dump(reordered, sort_keys=False, default_flow_style=True), encoding="utf-8"
    )
    assert canonical_text(read(folder).vignettes["story"]) == before


def test_equal_text_in_another_encoding_has_the_same_digest() -> None:
    composed, decomposed = "Zoë", "Zoe\u0308"
    digests = {
        digest_of(canonical_text(Vignette.model_validate(vignette_with(title=title))))
        for title in (composed, decomposed, f"  {composed} ")
    }
    assert len(digests) == 1


@given(st.text(alphabet=st.characters(categories=["L", "P"]), min_size=1, max_size=40))
def test_every_other_title_is_another_version(title: str) -> None:
    first = Vignette.model_validate(vignette_with(title="The story"))
    second = Vignette.model_validate(vignette_with(title=title))
    is_same = first.title == second.title
    assert (digest_of(canonical_text(first)) == digest_of(canonical_text(second))) == is_same


def test_a_digest_is_the_sha_256_of_the_text() -> None:
    expected = (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, "abc"
    )
    assert digest_of("abc") == expected


def test_a_key_may_say_not_rateable(folder: Path) -> None:
    document = key()
    document["items"][2] = key_rating(2, "NR") | {"evidence": []}
    write_yaml(folder / KEY, document)
    assert read(folder).keys["story"].items[2].score is None


def test_a_module_without_a_line_is_told_to_be_empty_and_nothing_beside_it(folder: Path) -> None:
    file = "modules/01-first-steps/module.yaml"
    (write_module(folder) / "module.yaml").write_text("# to write\n", encoding="utf-8")
    assert faults_of(folder) == [(file, "", "", "is empty")]


@pytest.mark.parametrize("file", ["library/resources.yaml", "glossary.yaml"])
def test_a_list_without_a_line_is_told_to_be_empty(folder: Path, file: str) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text("# nothing yet\n", encoding="utf-8")
    assert faults_of(folder) == [(file, "", "", "is empty")]


def test_a_question_in_which_every_turn_is_right_asks_nothing(folder: Path) -> None:
    numbers = [1, 2, 3]
    marked = {
        "id": "question-1",
        "kind": "mark-the-turn",
        "stem": "Which?",
        "people": people("asked"),
        "turns": turns(3),
        "correct": numbers,
        "explanations": dict.fromkeys(numbers, "Because."),
    }
    questions = [marked, *[question(number) for number in range(2, 7)]]
    text = yaml.safe_dump(questions)
    (write_module(folder) / "questions.yaml").write_text(text, encoding="utf-8")
    ((_file, _item, _field, message),) = faults_of(folder)
    assert message == "correct: some of the turns, not all"


def test_an_instrument_has_no_item_before_its_first_or_after_its_last(folder: Path) -> None:
    scale = read(folder).instruments[INSTRUMENT]
    assert [scale.item(number).number for number in (1, 3)] == [1, 3]
    for number in (0, 4):
        with pytest.raises(KeyError):
            scale.item(number)


def test_a_passage_of_a_worked_example_is_a_number_and_a_text(tmp_path: Path) -> None:
    passages = [[1, "One."], [2, "Two.", "And more."], [3, "Three."], [4, "Four."]]
    file = write_manual(tmp_path, examples=[example(1, passages=passages)])
    ((where, _place, _field, message),) = faults_of(tmp_path)
    assert where == f"manuals/{file.name}"
    assert message == "a passage is [number, text]"


def test_a_module_that_is_a_list_is_told_of_and_never_dropped(folder: Path) -> None:
    (write_module(folder) / "module.yaml").write_text("- a list\n", encoding="utf-8")
    file = "modules/01-first-steps/module.yaml"
    assert faults_of(folder) == [(file, "", "", "should be fields with values")]
