"""Every sentence about a rating says what it is about: none stands where another belongs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing
from tests.calibration.test_history import NOBODY, rated
from tests.calibration.test_next_step import PAIR
from tests.pack import evidence, small_pack, with_item
from training.calibration import fingerprint_wording, pattern_wording, wording
from training.calibration.feedback import Feedback, ItemFeedback, Kind, Lean, RemedyStage
from training.calibration.history import PastRating
from training.calibration.next_step import exercise_for
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
from training.calibration.step_links import do_next, step_link, step_links
from training.library.reading_words import ReadingWords
from training.library.schema import PanelNote, Spread
from training.psychometrics import (
    Centrality,
    Halo,
    Reason,
    ScaleUse,
    Severity,
    Statistic,
    Undefined,
)
from training.psychometrics.rateability import NotRateableUse, Rateability

FRAME = RatingFrame(tuple(range(1, 13)), (0, 1, 2, 3, 4), 26, 2)
PACK = small_pack()
INSTRUMENT = PACK.instruments["dialogic-practice"]
MODULES = sorted(PACK.modules.values(), key=lambda module: module.number)


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def feedback_with(changes: dict[int, Rating], **of_nine: object) -> Feedback:
    past = rated(changes=changes)
    return replace(past, key=with_item(past.key, 9, **of_nine)).feedback(MODULES)


def item_nine(own: Rating, **of_key: object) -> ItemFeedback:
    """Item 9 of practice-one, whose key is 3 on turns 9 and 21."""
    return feedback_with({9: own}, **of_key).items[8]


def test_each_fault_names_its_item_what_was_sent_and_what_could_be() -> None:
    said = {
        kind: wording.fault_text(RatingFault(kind, 4, "evidence", "x"), FRAME) for kind in FaultKind
    }
    assert said == {
        FaultKind.NOT_AN_OBJECT: "The ratings were not sent in the form that is expected.",
        FaultKind.NO_REVISION: "The revision that this draft was made from is missing.",
        FaultKind.UNKNOWN_ITEM: "There is no item “x” to rate here.",
        FaultKind.UNKNOWN_FIELD: "Item 4: there is no field “x”.",
        FaultKind.NO_SUCH_SCORE: (
            "Item 4: “x” is not on the scale. Choose one of 0, 1, 2, 3, 4, or NR."
        ),
        FaultKind.NOT_TURNS: ("Item 4: “x” is no turn number. Write numbers with commas: 4, 7."),
        FaultKind.NO_SUCH_TURN: "Item 4: There is no turn x. The last turn is 26.",
        FaultKind.NOT_TEXT: "Item 4: the text was not sent as text.",
        FaultKind.TOO_LONG: "Item 4: a reason or note has at most 5,000 characters.",
    }


def test_each_gap_names_what_is_missing_and_one_is_counted_as_one() -> None:
    said = {kind: wording.lack_text(Lack(kind, 4), FRAME) for kind in LackKind}
    assert said == {
        LackKind.NO_RATING: "Item 4 has no rating yet.",
        LackKind.NO_REASON: "Item 4 is marked as not rateable. Write the reason.",
        LackKind.NOT_EXPLAINED: (
            "Item 4 has a score but no reason. Write yours: the panel will read it."
        ),
        LackKind.TOO_MANY_NOT_RATEABLE: ("On this instrument at most 2 items may be not rateable."),
    }
    one = replace(FRAME, not_rateable_limit=1)
    assert wording.lack_text(Lack(LackKind.TOO_MANY_NOT_RATEABLE), one) == (
        "On this instrument at most 1 item may be not rateable."
    )


def test_each_second_look_says_at_what() -> None:
    for kind, items, begins in (
        (PatternKind.SAME_SCORE, (1, 2, 3), "Every item you scored has a 0. "),
        (PatternKind.NO_EVIDENCE, (3,), "Item 3 has no evidence. "),
        (PatternKind.NO_EVIDENCE, (3, 4), "Items 3, 4 have no evidence. "),
        (PatternKind.MUCH_EVIDENCE, (3,), "Item 3 has more than half of the text as evidence. "),
        (PatternKind.MUCH_EVIDENCE, (3, 9), "Items 3, 9 have more than half of the text as "),
    ):
        assert wording.pattern_text(Pattern(kind, items, 0)).startswith(begins)


def test_which_side_somebody_leans_to_is_not_turned_round() -> None:
    leans = {lean: wording.lean_text(lean) for lean in Lean}
    assert leans[Lean.HIGHER].endswith("higher than the consensus: more lenient.")
    assert leans[Lean.LOWER].endswith("lower than the consensus: more severe.")
    assert leans[Lean.LEVEL] == "On average your scores lie where the consensus lies."
    assert "no average difference" in leans[Lean.UNKNOWN]
    severity = {code: pattern_wording.severity_text(code) for code in Severity}
    assert severity[Severity.LENIENT] == "You score higher than the consensus: lenient."
    assert severity[Severity.SEVERE] == "You score lower than the consensus: severe."
    assert severity[Severity.IN_LINE] == "Your level is that of the consensus."
    assert severity[Severity.UNSURE].startswith("Not clear yet whether you lean to one side")
    assert severity[Severity.UNKNOWN] == "There is nothing to compare yet."


def test_what_is_said_about_the_width_of_the_scale_and_about_halo() -> None:
    width = {code: pattern_wording.centrality_text(code) for code in Centrality}
    assert width[Centrality.NARROW].startswith("You keep to the middle of the scale.")
    assert width[Centrality.WIDE].startswith("You go to the ends of the scale more than")
    assert width[Centrality.IN_LINE].startswith("You use the width of the scale as the consensus")
    assert width[Centrality.UNSURE].startswith("Not clear yet how wide")
    halo = {code: pattern_wording.halo_text(code) for code in Halo}
    assert "more alike than the consensus" in halo[Halo.FLATTENED]
    assert "hardly follow the consensus" in halo[Halo.UNRELATED]
    assert "further apart than the consensus" in halo[Halo.EXAGGERATED]
    assert halo[Halo.IN_LINE].startswith("You tell the items of a vignette apart as")
    assert halo[Halo.UNSURE].startswith("Not clear yet whether you tell the items of a")
    use = {code: pattern_wording.scale_use_text(code, (0, 4)) for code in ScaleUse}
    assert use[ScaleUse.NEVER_USED] == "You never gave 0, 4, and the consensus did."
    assert use[ScaleUse.OVERUSED] == "You give 0, 4 more often than the consensus."
    assert use[ScaleUse.IN_LINE] == "You use the scores about as often as the consensus."


def test_what_is_said_about_not_rateable() -> None:
    nothing = Statistic(None, None, None, None, 0, "none", Undefined.because(Reason.NO_OVERLAP))
    said = {}
    for code in Rateability:
        use = NotRateableUse(
            code=code, cells=24, count=3, reference_count=2, both=2, difference=nothing
        )
        said[code] = fingerprint_wording.not_rateable_text(use)
    assert said[Rateability.MORE].startswith("You find items not rateable more often")
    assert said[Rateability.LESS].startswith("You score items where the experts found no")
    assert said[Rateability.ELSEWHERE].endswith("as often as the experts, but on other items.")
    assert said[Rateability.IN_LINE] == "You use not rateable as the experts do."
    assert said[Rateability.UNSURE].startswith("Not clear yet whether you use not rateable")
    assert fingerprint_wording.not_rateable_counts(use) == (
        "Ratings asked for: 24. NR from you: 3, from the experts: 2, from both: 2."
    )


def test_why_a_figure_is_missing_is_said_and_nothing_where_none_is() -> None:
    for reason, words in (
        (Reason.NO_OVERLAP, "Nothing that counts towards this yet."),
        (Reason.NO_VARIANCE, "All scores are the same, so there is nothing to relate."),
        (Reason.TOO_FEW_UNITS, "An interval needs at least two vignettes."),
        (Reason.DEPENDS_ON_ONE_UNIT, "Rests on one vignette alone, so its error is unknown."),
    ):
        missing = Statistic(None, None, None, None, 0, "none", Undefined.because(reason))
        assert pattern_wording.undefined_text(missing) == words
    there = Statistic(0.5, 0.4, 0.6, 0.1, 3, "none", None)
    assert pattern_wording.undefined_text(there) == ""


def test_a_difference_has_its_direction_and_its_number() -> None:
    for own, words in (
        (Rating(3), "Exact"),
        (Rating(2), "1 point lower"),
        (Rating(4), "1 point higher"),
        (Rating(0), "3 points lower"),
        (NOBODY, "Differs on rateability"),
    ):
        assert wording.difference_text(item_nine(own)) == words
    assert wording.difference_text(item_nine(Rating(3), rating=1)) == "2 points higher"
    agreed = item_nine(NOBODY, rating="NR", evidence=())
    assert wording.difference_text(agreed) == "Agreed: not rateable"


def test_stages_and_kinds_are_called_by_their_own_names() -> None:
    assert {stage: wording.stage_text(stage) for stage in RemedyStage} == {
        RemedyStage.ORIENT: "read about it again",
        RemedyStage.OBSERVE: "the annotated excerpt",
        RemedyStage.APPLY: "rate an excerpt",
    }
    assert {kind: wording.kind_title(kind) for kind in Kind} == {
        Kind.AGREED: "Agreed",
        Kind.NOT_SEEN: "Not seen",
        Kind.MIS_SCALED: "Seen but mis-scaled",
        Kind.OTHER_LENS: "Another lens",
        Kind.RATEABILITY: "Rateable or not",
        Kind.NOT_COMPARED: "Not compared",
    }


def test_a_missed_opportunity_is_told_from_one_that_was_seen_where_none_was() -> None:
    reading = ReadingWords(is_dossier=False)
    skipped = wording.kind_text(item_nine(NOBODY), reading)
    assert skipped.startswith("You found no opportunity for this item; the consensus found one")
    invented = wording.kind_text(item_nine(Rating(1), rating="NR", evidence=()), reading)
    assert invented.startswith("You gave a score; the consensus found no opportunity")
    agreed = wording.kind_text(item_nine(Rating(3, evidence=(9,))), reading)
    assert agreed == "You and the consensus agree."
    exercise = wording.exercise_text(item_nine(Rating(1, evidence=(2,))), reading)
    assert exercise.startswith("Read turns 9, 21 again, and say in one sentence")
    assert "any opportunity" in wording.exercise_text(item_nine(NOBODY), reading)


def test_what_the_experts_gave_is_said_before_and_after_they_talked() -> None:
    moved, stayed = Spread(first=(2, "NR"), final=(3, 3)), Spread(first=(2, 3), final=(2, 3))
    assert wording.spread_text(moved) == (
        "The experts, each alone: 2, NR. After the discussion: 3, 3."
    )
    assert wording.spread_text(stayed) == (
        "The experts, each alone: 2, 3. Nobody moved in the discussion."
    )
    assert wording.strip_text(item_nine(Rating(1))) == "You 1, consensus 3."
    banded = item_nine(NOBODY, band=(2, 3), spread=moved.model_dump())
    assert wording.strip_text(banded) == ("You NR, consensus 2–3. The experts, each alone: 2, NR.")


def test_the_range_of_the_experts_reaches_from_their_lowest_to_their_highest() -> None:
    for own, first, words in (
        (2, [2, 4], "you: 2, among the experts"),  # at the edge of their range
        (4, [2, 4], "you: 4, among the experts"),
        (1, [2, 4], "you: 1, outside of their range"),
        (3, [2, 4], "you: 3, among the experts"),  # though nobody gave it
        (4, [3, "NR"], "you: 4, outside of their range"),
        (3, ["NR", "NR"], "you: 3"),
    ):
        spread = {"first": first, "final": [3, 3]}
        assert wording.spread_words(item_nine(Rating(own), spread=spread)) == words


def test_how_many_experts_agreed_and_on_which_day_is_said() -> None:
    note = PanelNote(
        panel="a panel",
        title="Spring panel",
        ratified_on=date(2026, 12, 1),
        experts=1,
        instrument_digest="0" * 64,
        vignette_digest="1" * 64,
    )
    assert wording.panel_text(note) == (
        "This key is ratified: 1 expert rated independently and then agreed on it on "
        "1 December 2026."
    )


def test_beside_each_turn_stand_both_sides_with_the_items_they_marked_it_for() -> None:
    """Both first, then the experts, then the rater alone; items in their order."""
    sheet = {2: Rating(3, evidence=(9, 26)), 9: Rating(3, evidence=(9, 3))}
    marks = wording.marks_beside_turns(feedback_with(sheet))

    def beside(turn: int) -> list[tuple[object, object, list[object]]]:
        links = [mark["links"] for mark in marks[turn]]
        numbers = [[each["text"] for each in link] for link in links]  # type: ignore[attr-defined]
        return [
            (mark["by"], mark["text"], found)
            for mark, found in zip(marks[turn], numbers, strict=True)
        ]

    assert beside(9) == [("both", "both, item:", [9]), ("own", "you, item:", [2])]
    assert beside(3) == [("both", "both, item:", [3]), ("own", "you, item:", [9])]
    assert beside(2) == [("experts", "consensus, item:", [2])]
    assert beside(21) == [("experts", "consensus, item:", [9])]
    assert beside(26) == [("own", "you, item:", [2])]
    assert marks[26][0]["links"] == [{"text": 2, "anchor": "item-2"}]
    assert 25 not in marks


def next_after(*history: PastRating) -> str | None:
    found = do_next([past.feedback(MODULES).items for past in history], INSTRUMENT, {})
    return found.reason if found else None


def test_what_comes_next_is_reasoned_with_its_counts() -> None:
    mis_scaled = {9: Rating(1, evidence=(9,))}
    assert next_after() is None
    assert next_after(rated(changes=mis_scaled)) == (
        "In your latest vignette one thing led you furthest from the consensus: you saw what the "
        "experts saw and placed it elsewhere on the scale (1 rating, 2 points together). Most of "
        "all on 9. Element 9."
    )
    twice = rated(changes=mis_scaled), rated(changes=mis_scaled)
    assert "In your latest 2 vignettes one thing" in str(next_after(*twice))
    assert "(2 ratings, 4 points together)" in str(next_after(*twice))
    for own, what in (
        (Rating(1, evidence=(26,)), "what the experts went by was not among what you marked"),
        (Rating(1, evidence=(9, 1, 2)), "you went by other things than the experts"),
        (NOBODY, "you and the experts differ on whether there was an opportunity"),
    ):
        assert f"the consensus: {what} (" in str(next_after(rated(changes={9: own})))
    assert next_after(rated()) == (
        "You agree with the consensus on every item of your latest vignette."
    )
    assert next_after(rated(), rated()) == (
        "You agree with the consensus on every item of your latest 2 vignettes."
    )


def test_a_step_leads_to_the_pair_the_stage_or_the_manual_and_back_to_its_feedback() -> None:
    missed = item_nine(Rating(1, evidence=tuple(evidence(9))))
    session_id = uuid.UUID(int=7)

    def link(item: ItemFeedback, *, with_pair: bool = False) -> tuple[str, str, str]:
        exercise = exercise_for(item, PAIR if with_pair else None)
        assert exercise is not None
        found = step_link(exercise, INSTRUMENT, session_id=session_id)
        return found.what, found.address, found.button

    assert link(missed, with_pair=True) == (
        "Contrast pair on this item:",
        f"/exercises/a?from={session_id}",
        "Open the contrast pair “Ferry”",
    )
    assert link(missed) == (
        "In a module:",
        "/modules/first-things/apply",
        "Open “First things: rate an excerpt”",
    )
    assert link(replace(missed, next_step=None)) == (
        "In the manual:",
        "/manuals/dialogic-practice/items/9-item-9",
        "Read “9. Element 9” in the manual",
    )
    exercise = exercise_for(missed, PAIR)
    assert exercise is not None
    assert step_link(exercise, INSTRUMENT).address == "/exercises/a"
    sheet = agreeing() | {9: Rating(1, evidence=(9,)), 2: NOBODY}
    links = step_links(feedback_with(sheet).items, {9: PAIR}, INSTRUMENT, session_id)
    assert {number: each.title for number, each in links.items()} == {
        2: "2. Element 2",  # no module draws on it
        9: "Ferry",
    }
