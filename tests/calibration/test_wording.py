"""Every fault, gap, pattern and kind of error has words, whatever the numbers in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing
from tests.pack import small_pack, with_item
from training.calibration import wording
from training.calibration.feedback import (
    ItemFeedback,
    Kind,
    Lean,
    RemedyStage,
    build_feedback,
)
from training.calibration.ratings import (
    FaultKind,
    Lack,
    LackKind,
    Pattern,
    PatternKind,
    Rating,
    RatingFault,
    RatingFrame,
)
from training.library.reading_words import Either, ReadingWords
from training.library.schema import Key

FRAME = RatingFrame(tuple(range(1, 13)), (0, 1, 2, 3, 4), 26, 2)
TURNS, PASSAGES = ReadingWords(is_dossier=False), ReadingWords(is_dossier=True)
PACK = small_pack()
OWN = {
    Kind.AGREED: Rating(3, evidence=(9,)),
    Kind.NOT_SEEN: Rating(1, evidence=(2,)),
    Kind.MIS_SCALED: Rating(1, evidence=(9,)),
    Kind.OTHER_LENS: Rating(1, evidence=(9, 2, 3)),
    Kind.RATEABILITY: Rating(is_not_rateable=True, reason="No chance."),
}


def item_nine(own: Rating, key: Key = PACK.keys["practice-one"]) -> ItemFeedback:
    """Item 9 of practice-one, whose key is 3 on turns 9 and 21."""
    return build_feedback(
        PACK.vignettes["practice-one"],
        key,
        PACK.instruments["dialogic-practice"],
        agreeing() | {9: own},
        [],
    ).items[8]


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_is_said(app: Flask, kind: FaultKind) -> None:
    with app.test_request_context():
        fault = RatingFault(kind, 4, "evidence", "100 % <b>")
        assert wording.fault_text(fault, FRAME).endswith((".", "7.", "NR."))


@pytest.mark.parametrize("kind", list(LackKind))
def test_every_gap_is_said(app: Flask, kind: LackKind) -> None:
    with app.test_request_context():
        assert wording.lack_text(Lack(kind, 4), FRAME)


@pytest.mark.parametrize("kind", list(PatternKind))
@pytest.mark.parametrize("items", [(3,), (3, 4)])
def test_every_pattern_is_said(app: Flask, kind: PatternKind, items: tuple[int, ...]) -> None:
    with app.test_request_context():
        assert wording.pattern_text(Pattern(kind, items, 2)).endswith(".")


@pytest.mark.parametrize("kind", list(OWN))
def test_every_kind_of_error_has_a_title_a_text_and_an_exercise(app: Flask, kind: Kind) -> None:
    item = item_nine(OWN[kind])
    assert item.kind is kind
    with app.test_request_context():
        assert wording.kind_title(kind)
        assert wording.kind_text(item, TURNS).endswith(".")
        assert bool(wording.exercise_text(item, TURNS)) == (kind is not Kind.AGREED)


def test_an_item_the_panel_dropped_is_no_error_and_says_so(app: Flask) -> None:
    key = with_item(PACK.keys["practice-one"], 9, rating="dropped", evidence=())
    item = item_nine(Rating(1), key)
    assert item.kind is Kind.NOT_COMPARED
    with app.test_request_context():
        assert wording.kind_title(item.kind) == wording.difference_text(item) == "Not compared"
        assert "no consensus" in wording.kind_text(item, TURNS)
        assert wording.exercise_text(item, TURNS) == ""


def test_whoever_scores_what_the_panel_found_not_rateable_is_told_so(app: Flask) -> None:
    item = item_nine(Rating(1), with_item(PACK.keys["practice-one"], 9, rating="NR", evidence=()))
    assert item.kind is Kind.RATEABILITY
    with app.test_request_context():
        text = wording.kind_text(item, TURNS)
        assert text == "You gave a score; the consensus found no opportunity for this item."


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (Rating(is_not_rateable=True, reason="No chance."), "you: NR"),
        (Rating(3), "you: 3, among the experts"),
        (Rating(1), "you: 1, outside of their range"),
    ],
)
def test_where_a_rating_lies_among_those_of_the_experts_is_said(
    app: Flask, own: Rating, words: str
) -> None:
    spread = {"first": [2, 3, 4], "final": [3, 3, 3]}
    item = item_nine(own, with_item(PACK.keys["practice-one"], 9, spread=spread))
    with app.test_request_context():
        assert wording.spread_words(item) == words


def test_texts_name_the_turns_they_speak_of(app: Flask) -> None:
    with app.test_request_context():
        assert "turns 9, 21" in wording.kind_text(item_nine(OWN[Kind.NOT_SEEN]), TURNS)
        assert "You marked 2" in wording.kind_text(item_nine(OWN[Kind.NOT_SEEN]), TURNS)
        assert "You marked nothing" in wording.kind_text(item_nine(Rating(1)), TURNS)
        assert "(turn 9)" in wording.kind_text(item_nine(OWN[Kind.MIS_SCALED]), TURNS)
        assert "(turns 2, 3)" in wording.kind_text(item_nine(OWN[Kind.OTHER_LENS]), TURNS)
        assert "anchors 1 and 3" in wording.exercise_text(item_nine(OWN[Kind.MIS_SCALED]), TURNS)
        assert "(turns 9, 21)" in wording.kind_text(item_nine(Rating(3, evidence=(1,))), TURNS)


def test_a_dossier_is_spoken_of_in_passages(app: Flask) -> None:
    dossier = replace(FRAME, is_dossier=True)
    with app.test_request_context():
        assert "passages 9, 21" in wording.kind_text(item_nine(OWN[Kind.NOT_SEEN]), PASSAGES)
        assert "(passage 9)" in wording.kind_text(item_nine(OWN[Kind.MIS_SCALED]), PASSAGES)
        assert "Take passages 2, 3" in wording.exercise_text(
            item_nine(OWN[Kind.OTHER_LENS]), PASSAGES
        )
        assert wording.fault_text(RatingFault(FaultKind.NO_SUCH_TURN, 4, value="99"), dossier) == (
            "Item 4: There is no passage 99. The last passage is 26."
        )
        assert PASSAGES.evidence_of(()) == "No evidence passages"
        assert PASSAGES.evidence_of((4,)) == "Evidence: passage 4"
        assert PASSAGES.counted(60) == "60 passages"
        in_english = {
            getattr(PASSAGES, name)
            for name, each in vars(ReadingWords).items()
            if isinstance(each, Either)
        }
        assert not [text for text in in_english if "turn" in text.replace("{turn}", "").lower()]


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (Rating(3), "Exact"),
        (Rating(4), "1 point higher"),
        (Rating(1), "2 points lower"),
        (Rating(is_not_rateable=True), "Differs on rateability"),
    ],
)
def test_the_difference_is_said_with_its_direction(app: Flask, own: Rating, words: str) -> None:
    with app.test_request_context():
        assert wording.difference_text(item_nine(own)) == words


def test_every_lean_and_stage_has_words(app: Flask) -> None:
    with app.test_request_context():
        assert len({wording.lean_text(lean) for lean in Lean}) == len(Lean)
        assert len({wording.stage_text(stage) for stage in RemedyStage}) == len(RemedyStage)
