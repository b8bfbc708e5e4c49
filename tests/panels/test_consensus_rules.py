"""What experts may agree on: bands, ranges, dissent, and what keeps a key from being signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pack import PRACTICE, small_pack
from training.calibration.ratings import RatingFrame
from training.library.schema import PanelNote
from training.panels.consensus.key_documents import build_key, digest_of_key, key_rating
from training.panels.consensus.rules import (
    Consensus,
    ConsensusKind,
    Fault,
    FaultKind,
    ItemState,
    LackKind,
    Stance,
    Standpoint,
    dissenters,
    faults_of,
    lacks_of,
    mark_of,
    range_of,
    score_of_band,
    state_of,
)

FRAME = RatingFrame(items=(1, 2, 3), scores=(0, 1, 2, 3, 4), turns=26, not_rateable_limit=1)
POSITIONS = st.lists(st.none() | st.integers(0, 4), min_size=3, max_size=7)


def stances(*finals: int | None, reason: str = "") -> tuple[Stance, ...]:
    """Experts from place 1 on who stand here and rated so in round one, too."""
    return tuple(Stance(place, final, final, reason) for place, final in enumerate(finals, 1))


def score(value: int, **changes: object) -> Consensus:
    values = {"reason": "Seen in turn (4).", "evidence": (4,)} | changes
    return Consensus(ConsensusKind.SCORE, value, value, **values)  # type: ignore[arg-type]


def band(low: int) -> Consensus:
    return Consensus(ConsensusKind.BAND, low, low + 1, "Between the two.", (4,))


NOT_RATEABLE = Consensus(ConsensusKind.NOT_RATEABLE, reason="Nobody was there.")
DROPPED = Consensus(ConsensusKind.DROPPED, reason="We could not agree.")


def kinds(consensus: Consensus, experts: Sequence[Stance]) -> list[FaultKind]:
    return [fault.kind for fault in faults_of(consensus, experts, FRAME)]


@pytest.mark.parametrize(
    ("positions", "points"),
    [((3, 3, 3), 0), ((2, 3, 4), 2), ((None, None), 0), ((3, None, 3), None), ((), 0)],
)
def test_the_range_is_over_scores_and_mixed_rateability_is_not_settled(
    positions: tuple[int | None, ...], points: int | None
) -> None:
    assert range_of(positions) == points


@pytest.mark.parametrize(
    ("consensus", "experts", "expected"),
    [
        (score(3), stances(3, 3, 3), []),
        (score(3), stances(3, 3, 4, reason="Warmer."), []),
        (score(3), stances(3, 3, 4), [FaultKind.NO_REASON_FOR_DISSENT]),
        (score(3), stances(3, 3, 3, 3, 1, reason="Cold."), [FaultKind.RANGE_TOO_WIDE]),
        (band(2), stances(2, 3, 3, 3, 1, reason="Cold."), []),
        (band(2), stances(2, 3, 3, 3, 1), [FaultKind.NO_REASON_FOR_DISSENT]),
        (band(3), stances(0, 2, 4, reason="Mine."), [FaultKind.NO_MAJORITY]),
        (score(3), stances(3, 3, 4, 4, reason="Mine."), [FaultKind.NO_MAJORITY]),
        (score(3), stances(3, 3, None), [FaultKind.NOT_SETTLED]),
        (NOT_RATEABLE, stances(None, None, 3), [FaultKind.NOT_SETTLED]),
        (NOT_RATEABLE, stances(None, None, None), []),
        (NOT_RATEABLE, stances(3, 3, 3), [FaultKind.NO_MAJORITY]),
        (DROPPED, stances(0, 4, None), []),
        (score(5), stances(4, 4, 4), [FaultKind.NOT_ON_SCALE, FaultKind.NO_MAJORITY]),
        (band(4), stances(4, 4, 4), [FaultKind.NOT_ON_SCALE]),
        (score(3, reason=" "), stances(3, 3, 3), [FaultKind.NO_REASON]),
        (Consensus(ConsensusKind.DROPPED), stances(0, 4, 2), [FaultKind.NO_REASON]),
        (score(3, evidence=()), stances(3, 3, 3), [FaultKind.NO_EVIDENCE]),
        (score(3, evidence=(4, 27)), stances(3, 3, 3), [FaultKind.NO_SUCH_TURN]),
        (score(3, reason="See (4, 31)."), stances(3, 3, 3), [FaultKind.CITES_NO_SUCH_TURN]),
        # What panels write need not stand in evidence, as an author's citations must.
        (score(3, reason="See (9)."), stances(3, 3, 3), []),
    ],
)
def test_what_may_be_recorded(
    consensus: Consensus, experts: Sequence[Stance], expected: list[FaultKind]
) -> None:
    assert kinds(consensus, experts) == expected


@pytest.mark.parametrize(
    ("consensus", "expected"),
    [
        (Consensus(ConsensusKind.SCORE, reason="So.", evidence=(4,)), FaultKind.NO_SCORE),
        (Consensus(ConsensusKind.BAND, 2, 4, "So.", (4,)), FaultKind.NOT_NEIGHBOURS),
        (Consensus(ConsensusKind.SCORE, 2, 3, "So.", (4,)), FaultKind.NOT_NEIGHBOURS),
    ],
)
def test_a_score_is_one_and_a_band_two_neighbours(
    consensus: Consensus, expected: FaultKind
) -> None:
    assert expected in kinds(consensus, stances(2, 3, 3))


def test_only_a_missing_reason_of_a_dissenter_can_wait() -> None:
    assert [kind for kind in FaultKind if Fault(kind).can_wait] == [FaultKind.NO_REASON_FOR_DISSENT]


@given(POSITIONS, st.integers(0, 4), st.booleans())
def test_whatever_has_no_fault_becomes_a_key(
    positions: list[int | None], value: int, is_band: bool
) -> None:
    experts = stances(*positions, reason="Mine.")
    consensus = band(min(value, 3)) if is_band else score(value)
    if faults_of(consensus, experts, FRAME):
        return
    rating = key_rating(consensus, experts)
    assert rating.accepted == consensus.accepted
    assert rating.spread is not None
    assert len(rating.spread.final) == len(positions)
    outside = [stance.place for stance in experts if stance.final not in consensus.accepted]
    assert [dissent.expert for dissent in rating.spread.dissents] == outside
    assert 2 * len(outside) < len(positions)


@given(POSITIONS)
def test_two_points_apart_are_never_one_score(positions: list[int | None]) -> None:
    points = range_of(positions)
    if points is None or points >= 2:
        for value in range(5):
            assert faults_of(score(value), stances(*positions, reason="Mine."), FRAME)


def test_in_a_band_the_rating_is_where_most_stand_and_the_lower_of_a_tie() -> None:
    assert score_of_band(band(2), stances(2, 3, 3)) == 3
    assert score_of_band(band(2), stances(2, 2, 3, 3, 1)) == 2
    assert score_of_band(score(4), stances(4, 4, 3)) == 4
    assert score_of_band(DROPPED, stances(1, 2, 3)) is None


def test_what_is_missing_before_it_can_be_signed() -> None:
    recorded = {1: score(3), 2: None, 3: score(2, evidence=())}
    experts = {number: stances(3, 3, 3) for number in FRAME.items}
    experts[3] = stances(2, 2, 2)
    lacks = lacks_of(recorded, experts, FRAME)
    assert [(lack.kind, lack.item) for lack in lacks] == [
        (LackKind.ITEM_OPEN, 2),
        (LackKind.ITEM_FAULTY, 3),
    ]
    assert not lacks_of({1: score(3), 2: DROPPED, 3: score(2)}, experts, FRAME)


def test_a_vignette_as_a_whole_may_lack_something() -> None:

    def missing(consensus: Consensus, *finals: int | None) -> list[LackKind]:
        recorded = dict.fromkeys(FRAME.items, consensus)
        experts = dict.fromkeys(FRAME.items, stances(*finals))
        return [lack.kind for lack in lacks_of(recorded, experts, FRAME)]

    assert missing(NOT_RATEABLE, None, None, None) == [LackKind.TOO_MANY_NOT_RATEABLE]
    assert missing(DROPPED, 0, 2, 4) == [LackKind.NOTHING_COMPARED]
    assert missing(score(3), 3, 3) == [LackKind.TOO_FEW_EXPERTS]


def test_the_state_of_an_item_is_what_is_recorded() -> None:
    states = [state_of(each) for each in (None, score(3), NOT_RATEABLE, band(2), DROPPED)]
    assert states == [
        ItemState.OPEN,
        ItemState.AGREED,
        ItemState.AGREED,
        ItemState.BAND,
        ItemState.DROPPED,
    ]
    assert dissenters(DROPPED, stances(0, 4)) == ()


def test_a_mark_tells_versions_apart() -> None:
    versions = [None, score(3), score(2), band(2), Standpoint(3), Standpoint(None), DROPPED]
    assert len({mark_of(version) for version in versions}) == len(versions)
    assert mark_of(score(3)) == mark_of(score(3))


def test_the_key_holds_what_every_expert_gave_and_no_name() -> None:
    note = PanelNote(
        panel="a",
        title="Spring",
        ratified_on=date(2026, 3, 1),
        experts=3,
        instrument_digest="i",
        vignette_digest="v",
    )
    experts = (Stance(1, 1, 3), Stance(2, None, 3), Stance(4, 4, 4, "Warmer."))
    agreed = {1: (score(3), experts), 2: (DROPPED, stances(0, 2, 4))}
    key = build_key(small_pack().vignettes[PRACTICE[0]], agreed, note)
    assert key.status == "ratified"
    spread = key.items[1].spread
    assert spread is not None
    assert spread.first == (1, "NR", 4)
    assert spread.final == (3, 3, 4)
    assert [(each.expert, each.rating) for each in spread.dissents] == [
        (3, 4)
    ]  # the third of those who rated
    assert key.compared_items == (1,)
    later = note.model_copy(update={"ratified_on": date(2026, 3, 2)})
    again = build_key(small_pack().vignettes[PRACTICE[0]], agreed, later)
    assert digest_of_key(again) != digest_of_key(key)


# At the edges


@pytest.mark.parametrize(
    ("consensus", "experts", "faults"),
    [
        # Two of five may dissent, and three may not; one of four may, and two may not.
        (band(3), stances(3, 4, 3, 0, 1, reason="Mine."), []),
        (band(3), stances(3, 4, 2, 0, 1, reason="Mine."), [Fault(FaultKind.NO_MAJORITY, 3)]),
        (band(3), stances(3, 4, 3, 0, reason="Mine."), []),
        (band(3), stances(3, 4, 2, 0, reason="Mine."), [Fault(FaultKind.NO_MAJORITY, 2)]),
        # Nobody has to explain a dissent while it is the minority that is recorded.
        (band(3), stances(3, 4, 2, 0), [Fault(FaultKind.NO_MAJORITY, 2)]),
        (
            band(3),
            stances(3, 1, 3, 4, 2),
            [
                Fault(FaultKind.NO_REASON_FOR_DISSENT, 2),
                Fault(FaultKind.NO_REASON_FOR_DISSENT, 5),
            ],
        ),
        (band(3), stances(3, 3, 2, reason=" \n"), [Fault(FaultKind.NO_REASON_FOR_DISSENT, 3)]),
        (score(2), stances(2, 2, 2, 1, reason="Mine."), []),
        (score(2), stances(2, 2, 2, 0, reason="Mine."), [Fault(FaultKind.RANGE_TOO_WIDE, 2)]),
        (score(2), stances(2, 2, 2, 4, 0, reason="Mine."), [Fault(FaultKind.RANGE_TOO_WIDE, 4)]),
        (score(2), stances(), []),
        (score(0), stances(0, 0, 0), []),
        (score(-1), stances(), [Fault(FaultKind.NOT_ON_SCALE, -1)]),
        (band(-1), stances(), [Fault(FaultKind.NOT_ON_SCALE, -1)]),
        (band(5), stances(), [Fault(FaultKind.NOT_ON_SCALE, 5), Fault(FaultKind.NOT_ON_SCALE, 6)]),
        (
            Consensus(ConsensusKind.BAND, 3, 2, "So.", (4,)),
            stances(2, 3, 3),
            [Fault(FaultKind.NOT_NEIGHBOURS)],
        ),
        (
            Consensus(ConsensusKind.BAND, 2, 2, "So.", (4,)),
            stances(2, 2, 2),
            [Fault(FaultKind.NOT_NEIGHBOURS)],
        ),
    ],
)
def test_how_far_experts_may_stand_from_what_is_recorded(
    consensus: Consensus, experts: Sequence[Stance], faults: list[Fault]
) -> None:
    assert list(faults_of(consensus, experts, FRAME)) == faults


def test_half_a_score_or_band_is_none() -> None:
    for kind in (ConsensusKind.SCORE, ConsensusKind.BAND):
        for lowest, highest in ((2, None), (None, 2)):
            half = Consensus(kind, lowest, highest, "So.", (4,))
            assert half.accepted == ()
            assert kinds(half, ()) == [FaultKind.NO_SCORE]


@pytest.mark.parametrize(
    ("reason", "evidence", "faults"),
    [
        ("See (1) and (26).", (1, 26), []),
        ("See (0).", (4,), [Fault(FaultKind.CITES_NO_SUCH_TURN, 0)]),
        ("See (27).", (4,), [Fault(FaultKind.CITES_NO_SUCH_TURN, 27)]),
        ("So.", (0,), [Fault(FaultKind.NO_SUCH_TURN, 0)]),
        ("So.", (27, 26, 30), [Fault(FaultKind.NO_SUCH_TURN, turn) for turn in (27, 30)]),
        (
            "See (40, 30), and (30) once more.",
            (4,),
            [Fault(FaultKind.CITES_NO_SUCH_TURN, turn) for turn in (30, 40)],
        ),
        ("", (), [Fault(FaultKind.NO_REASON), Fault(FaultKind.NO_EVIDENCE)]),
        ("In 2027 nobody asked.", (4,), []),
    ],
)
def test_every_turn_that_is_named_is_one_of_the_transcripts(
    reason: str, evidence: tuple[int, ...], faults: list[Fault]
) -> None:
    given_up = score(3, reason=reason, evidence=evidence)
    assert list(faults_of(given_up, stances(3, 3, 3), FRAME)) == faults


def test_only_a_score_rests_on_evidence_but_what_is_named_is_there() -> None:
    without_evidence = Consensus(ConsensusKind.BAND, 2, 3, "Between the two.")
    assert kinds(without_evidence, stances(2, 3, 3)) == [FaultKind.NO_EVIDENCE]
    for kind, experts in (
        (ConsensusKind.NOT_RATEABLE, stances(None, None, None)),
        (ConsensusKind.DROPPED, stances(0, 2, 4)),
    ):
        assert kinds(Consensus(kind, reason="So."), experts) == []
        named = Consensus(kind, reason="So.", evidence=(26, 27))
        assert list(faults_of(named, experts, FRAME)) == [Fault(FaultKind.NO_SUCH_TURN, 27)]


RECORDED = (
    st.builds(score, st.integers(0, 4))
    | st.builds(band, st.integers(0, 3))
    | st.sampled_from([NOT_RATEABLE, DROPPED])
)


@settings(max_examples=50)
@given(RECORDED, POSITIONS, st.randoms(use_true_random=False))
def test_the_order_of_the_seats_changes_no_fault(
    consensus: Consensus, positions: list[int | None], random: Random
) -> None:
    shuffled = random.sample(positions, len(positions))
    before = kinds(consensus, stances(*positions))
    assert sorted(kinds(consensus, stances(*shuffled))) == sorted(before)


@settings(max_examples=50)
@given(st.integers(0, 3), st.lists(st.integers(0, 4), min_size=3, max_size=7))
def test_one_more_expert_who_holds_the_band_stands_in_nobodys_way(
    lowest: int, positions: list[int]
) -> None:
    before = faults_of(band(lowest), stances(*positions), FRAME)
    after = faults_of(band(lowest), stances(*positions, lowest), FRAME)
    if FaultKind.NO_MAJORITY not in [fault.kind for fault in before]:
        assert after == before


@settings(max_examples=50)
@given(RECORDED, POSITIONS, st.sets(st.integers(1, 26), max_size=3))
def test_whatever_stands_is_a_rating_of_a_key_also_without_a_score(
    consensus: Consensus, positions: list[int | None], turns: set[int]
) -> None:
    recorded = replace(consensus, evidence=tuple(sorted(turns)))
    experts = stances(*positions, reason="Mine.")
    if faults_of(recorded, experts, FRAME):
        return
    rating = key_rating(recorded, experts)
    assert (rating.accepted, rating.evidence) == (recorded.accepted, recorded.evidence)
    assert rating.is_dropped is (recorded.kind is ConsensusKind.DROPPED)
    assert (rating.band is not None) is (recorded.kind is ConsensusKind.BAND)
    if recorded.kind in (ConsensusKind.DROPPED, ConsensusKind.NOT_RATEABLE):
        assert rating.spread is not None
        assert rating.spread.dissents == ()
        assert rating.rating == ("dropped" if rating.is_dropped else "NR")


@settings(max_examples=50)
@given(st.integers(0, 3), POSITIONS)
def test_the_rating_of_a_band_is_one_of_its_scores_at_which_no_fewer_stand(
    lowest: int, positions: list[int | None]
) -> None:
    chosen = score_of_band(band(lowest), stances(*positions))
    assert chosen in (lowest, lowest + 1)
    other = 2 * lowest + 1 - chosen
    assert positions.count(chosen) >= positions.count(other)
    if positions.count(chosen) == positions.count(other):
        assert chosen == lowest


def test_what_the_experts_gave_first_does_not_count_where_they_stand_elsewhere_now() -> None:
    moved = tuple(Stance(place, first, 3) for place, first in enumerate((0, None, 4), start=1))
    assert kinds(score(3), moved) == []
    back = tuple(Stance(place, 3, final) for place, final in enumerate((0, 4, 4), start=1))
    assert kinds(score(3), back) == [FaultKind.RANGE_TOO_WIDE]
    assert score_of_band(band(3), back) == 4


def test_as_many_items_as_the_instrument_lets_may_be_not_rateable() -> None:
    experts = dict.fromkeys(FRAME.items, stances(3, 3, 3))
    nobody = stances(None, None, None)

    def lacking(*numbers: int, limit: int) -> list[LackKind]:
        recorded = {n: NOT_RATEABLE if n in numbers else score(3) for n in FRAME.items}
        stands = experts | dict.fromkeys(numbers, nobody)
        frame = replace(FRAME, not_rateable_limit=limit)
        return [lack.kind for lack in lacks_of(recorded, stands, frame)]

    assert lacking(limit=0) == []
    assert lacking(2, limit=0) == [LackKind.TOO_MANY_NOT_RATEABLE]
    assert lacking(2, limit=1) == []
    assert lacking(1, 2, limit=1) == [LackKind.TOO_MANY_NOT_RATEABLE]
    assert lacking(1, 2, limit=2) == []


def test_one_item_that_is_compared_is_enough_and_each_has_three_experts() -> None:
    apart, agreed = stances(0, 2, 4), stances(3, 3, 3)
    experts = {1: apart, 2: apart, 3: agreed}
    assert lacks_of({1: DROPPED, 2: DROPPED, 3: score(3)}, experts, FRAME) == ()
    few = experts | {2: stances(0, 4)}
    (lack,) = lacks_of({1: DROPPED, 2: DROPPED, 3: score(3)}, few, FRAME)
    assert (lack.kind, lack.item, lack.fault) == (LackKind.TOO_FEW_EXPERTS, None, None)


def test_what_is_missing_is_told_in_the_order_of_the_items_and_of_the_whole_last() -> None:
    experts = dict.fromkeys(FRAME.items, stances(3, 1))
    frame = replace(FRAME, items=(3, 1, 2), not_rateable_limit=0)
    recorded = {1: NOT_RATEABLE, 2: None, 3: score(3, evidence=(27,))}
    lacks = lacks_of(recorded, experts, frame)
    assert [(lack.kind, lack.item) for lack in lacks] == [
        (LackKind.TOO_FEW_EXPERTS, None),
        (LackKind.ITEM_FAULTY, 3),
        (LackKind.ITEM_FAULTY, 3),
        (LackKind.ITEM_FAULTY, 1),
        (LackKind.ITEM_OPEN, 2),
        (LackKind.TOO_MANY_NOT_RATEABLE, None),
    ]
    assert [lack.fault for lack in lacks[1:4]] == [
        Fault(FaultKind.NO_SUCH_TURN, 27),
        Fault(FaultKind.RANGE_TOO_WIDE, 2),
        Fault(FaultKind.NO_MAJORITY, 2),
    ]


def test_a_mark_is_another_one_with_every_word_that_changes() -> None:
    stored = band(2)
    others = [
        replace(stored, reason="Between the two"),
        replace(stored, evidence=(4, 5)),
        replace(stored, evidence=()),
        replace(stored, highest=2),
        Standpoint(2),
        Standpoint(2, "Mine."),
    ]
    marks = {mark_of(version) for version in (stored, *others)}
    assert len(marks) == 1 + len(others)
    assert {len(mark) for mark in marks} == {16}
