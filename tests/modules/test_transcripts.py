"""Notes beside the turns they are about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from training.library.schema import Annotation, Extract, Observation, Person, Turn
from training.modules.transcripts import Passage, passages

PEOPLE = (
    Person(id="runa", name="Runa", about="mother", side="network"),
    Person(id="piet", name="Piet", about="nurse", side="team"),
)


def observation(*notes: tuple[int, ...], turns: int = 8) -> Observation:
    return Observation.model_construct(
        title="At the table",
        setting="An evening.",
        people=PEOPLE,
        turns=tuple(
            Turn(number=n, speaker=("runa", "piet", None)[n % 3], text=f"Said in {n}.")
            for n in range(1, turns + 1)
        ),
        annotations=tuple(
            Annotation(turns=turns, item=turns[0], text=f"About {turns}.") for turns in notes
        ),
    )


def shape(found: tuple[Passage, ...]) -> list[tuple[list[int], list[int]]]:
    return [
        ([turn.number for turn in passage.turns], [note.number for note in passage.notes])
        for passage in found
    ]


def test_a_note_stands_beside_all_its_turns() -> None:
    assert shape(passages(observation((2, 3), (6,)), {})) == [
        ([1], []),
        ([2, 3], [1]),
        ([4], []),
        ([5], []),
        ([6], [2]),
        ([7], []),
        ([8], []),
    ]


def test_notes_that_overlap_share_a_passage() -> None:
    assert shape(passages(observation((4, 5), (2, 4), (4,), turns=6), {})) == [
        ([1], []),
        ([2, 3, 4, 5], [1, 2, 3]),
        ([6], []),
    ]


def test_turns_between_those_a_note_names_stay_with_it() -> None:
    found = passages(observation((2, 4), turns=4), {})
    assert shape(found)[1] == ([2, 3, 4], [1])
    assert [turn.notes for turn in found[1].turns] == [(1,), (), (1,)]


def test_notes_are_numbered_as_they_are_met() -> None:
    found = passages(observation((6,), (1, 2), (4,)), {4: "Answering"})
    notes = [note for passage in found for note in passage.notes]
    assert [(note.number, note.turns) for note in notes] == [(1, (1, 2)), (2, (4,)), (3, (6,))]
    assert [note.item_name for note in notes] == [None, "Answering", None]


def test_scenes_have_no_speaker() -> None:
    turns = [turn for passage in passages(observation((1,)), {}) for turn in passage.turns]
    assert [turn.speaker for turn in turns[:3]] == ["Piet", None, "Runa"]
    assert [turn.side for turn in turns[:3]] == ["team", None, "network"]


def test_of_a_dossier_each_extract_is_one_and_a_note_waits_for_its_last_passage() -> None:
    log = Extract(title="Log", source="log", first=1, last=3, columns=("Day", "Who"))
    talk = Extract(title="A nurse", source="staff", first=4, last=8)
    told = observation((2, 5), (3,), (1,)).model_copy(update={"extracts": (log, talk)})
    found = passages(told, {})
    assert shape(found) == [([1, 2, 3], [1, 2]), ([4, 5, 6, 7, 8], [3])]
    assert [passage.extract for passage in found] == [log, talk]
    assert [turn.notes for turn in found[0].turns] == [(1,), (3,), (2,)]


note = st.lists(st.integers(1, 8), min_size=1, max_size=4, unique=True).map(tuple)


@given(st.lists(note, min_size=1, max_size=6))
def test_every_turn_and_note_is_shown_once_and_in_order(notes: list[tuple[int, ...]]) -> None:
    found = passages(observation(*notes), {})
    assert [turn.number for p in found for turn in p.turns] == list(range(1, 9))
    shown = [note for passage in found for note in passage.notes]
    assert [note.number for note in shown] == list(range(1, len(notes) + 1))
    for passage in found:
        here = {turn.number for turn in passage.turns}
        assert all(set(note.turns) <= here for note in passage.notes)
