"""What feedback says: distance, direction, kind of error, neighbour, next step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.rating_sheets import agreeing
from tests.pack import evidence, level, small_pack, with_item
from training.calibration.feedback import (
    Distance,
    Feedback,
    Kind,
    Lean,
    RemedyStage,
    begin_with,
    build_feedback,
    distance_of,
    kind_of,
    lean_of,
    next_step_for,
)
from training.calibration.ratings import Rating
from training.library.schema import KeyRating, Module
from training.modules.stages import Stage

PACK = small_pack()
SLUG = "practice-one"
INSTRUMENT = PACK.instruments["dialogic-practice"]
MODULES = sorted(PACK.modules.values(), key=lambda module: module.number)
turn_sets = st.sets(st.integers(1, 26), max_size=8).map(lambda turns: tuple(sorted(turns)))


def feedback_on(ratings: dict[int, Rating], slug: str = SLUG) -> Feedback:
    return build_feedback(PACK.vignettes[slug], PACK.keys[slug], INSTRUMENT, ratings, MODULES)


def key(score: int | None, *turns: int) -> KeyRating:
    rating = "NR" if score is None else score
    return KeyRating(rating=rating, evidence=turns, reason="Because.")


def test_who_agrees_is_told_so() -> None:
    feedback = feedback_on(agreeing())
    assert feedback.sums.exact_share == 1.0
    assert feedback.kinds == {Kind.AGREED: 12}
    assert feedback.begin_with is None
    assert feedback.lean is Lean.LEVEL
    assert not feedback.is_ratified


def test_a_difference_is_explained_with_anchor_reason_and_neighbour() -> None:
    assert level(SLUG, 9) == 3
    item = feedback_on(agreeing() | {9: Rating(1, evidence=(9, 21, 25))}).items[8]
    assert (item.number, item.difference, item.distance) == (9, -2, Distance.FURTHER)
    assert item.reason == PACK.keys[SLUG].items[9].reason
    assert (item.own.value, item.own.label) == ("1", "Absent")
    assert (item.consensus.value, item.consensus.anchor) == ("3", "Anchor 3 of element 9.")
    assert item.neighbour is not None
    assert item.neighbour.score == 2  # towards the rater's own
    assert (item.shared_turns, item.missed_turns, item.further_turns) == ((9, 21), (), (25,))
    assert item.kind is Kind.MIS_SCALED
    assert item.advice == "Look for element 9 turn by turn."


@pytest.mark.parametrize(
    ("own", "consensus", "kind"),
    [
        (Rating(3), key(3, 4), Kind.AGREED),
        (Rating(2), key(3, 4), Kind.NOT_SEEN),
        (Rating(2, evidence=(5, 6)), key(3, 4), Kind.NOT_SEEN),
        (Rating(2, evidence=(4,)), key(3, 4, 9), Kind.MIS_SCALED),
        (Rating(2, evidence=(4, 5)), key(3, 4), Kind.MIS_SCALED),
        (Rating(2, evidence=(4, 5, 6)), key(3, 4), Kind.OTHER_LENS),
        (Rating(is_not_rateable=True), key(None), Kind.AGREED),
        (Rating(is_not_rateable=True), key(3, 4), Kind.RATEABILITY),
        (Rating(3, evidence=(4,)), key(None, 4), Kind.RATEABILITY),
    ],
)
def test_the_kind_of_error_follows_from_scores_and_turns(
    own: Rating, consensus: KeyRating, kind: Kind
) -> None:
    assert kind_of(own, consensus) is kind


@given(st.integers(0, 4), st.integers(0, 4), turn_sets, turn_sets.filter(bool))
def test_every_scored_pair_has_one_kind_that_fits(
    own: int, consensus: int, own_turns: tuple[int, ...], expert_turns: tuple[int, ...]
) -> None:
    kind = kind_of(Rating(own, evidence=own_turns), key(consensus, *expert_turns))
    shared = set(own_turns) & set(expert_turns)
    assert (kind is Kind.AGREED) == (own == consensus)
    if own != consensus:
        assert (kind is Kind.NOT_SEEN) == (not shared)
        assert kind in (Kind.NOT_SEEN, Kind.MIS_SCALED, Kind.OTHER_LENS)
    if kind is Kind.OTHER_LENS:
        assert set(own_turns) - set(expert_turns)


@given(st.none() | st.integers(0, 4), st.none() | st.integers(0, 4))
def test_distance_is_the_same_from_both_sides(own: int | None, consensus: int | None) -> None:
    assert distance_of(own, consensus) is distance_of(consensus, own)
    assert (distance_of(own, consensus) is Distance.EXACT) == (own == consensus)


@given(
    st.dictionaries(
        st.integers(1, 12),
        st.builds(Rating, score=st.integers(0, 4), evidence=turn_sets)
        | st.just(Rating(is_not_rateable=True, reason="No chance.")),
        min_size=12,
        max_size=12,
    )
)
def test_feedback_on_any_sheet_is_whole(ratings: dict[int, Rating]) -> None:
    feedback = feedback_on(ratings)
    assert [item.number for item in feedback.items] == list(range(1, 13))
    assert sum(feedback.kinds.values()) == 12
    for item in feedback.items:
        assert {*item.shared_turns, *item.missed_turns} == set(item.expert_turns)
        assert {*item.shared_turns, *item.further_turns} == set(item.own_turns)
        if item.is_agreed:
            assert item.next_step is None
        if item.neighbour is not None and item.consensus.score is not None:
            assert abs((item.neighbour.score or 0) - item.consensus.score) == 1
    if feedback.begin_with is not None:
        assert not feedback.begin_with.is_agreed


def test_both_not_rateable_is_agreement() -> None:
    slug = "certification-7"
    sheet = agreeing(slug)
    item = feedback_on(sheet, slug).items[9]
    assert item.consensus.value == "NR"
    assert item.is_agreed
    assert item.neighbour is None


def test_a_right_score_on_other_turns_is_noticed() -> None:
    item = feedback_on(agreeing() | {9: Rating(3, evidence=(20,))}).items[8]
    assert item.is_agreed
    assert item.rests_on_other_turns


@pytest.mark.parametrize(
    ("bias", "lean"),
    [(None, Lean.UNKNOWN), (0.25, Lean.LEVEL), (-0.26, Lean.LOWER), (0.5, Lean.HIGHER)],
)
def test_a_lean_is_called_one_when_it_is_noticeable(bias: float | None, lean: Lean) -> None:
    assert lean_of(bias) is lean


def test_the_largest_miss_comes_first_and_a_critical_one_before_others() -> None:
    sheet = agreeing() | {
        4: Rating(3, evidence=tuple(evidence(4))),  # two above
        8: Rating(2, evidence=tuple(evidence(8))),  # two above, critical
        1: Rating(2, evidence=tuple(evidence(1))),  # one below
    }
    first = feedback_on(sheet).begin_with
    assert first is not None
    assert first.number == 8
    assert begin_with([]) is None


def test_the_next_step_names_the_stage_for_the_kind_of_error() -> None:
    stages = {
        Kind.NOT_SEEN: RemedyStage.OBSERVE,
        Kind.MIS_SCALED: RemedyStage.APPLY,
        Kind.OTHER_LENS: RemedyStage.ORIENT,
        Kind.RATEABILITY: RemedyStage.ORIENT,
    }
    for kind, stage in stages.items():
        step = next_step_for(INSTRUMENT.item(3), kind, MODULES)
        assert step is not None
        assert (step.module_slug, step.stage) == ("first-things", stage)
    assert next_step_for(INSTRUMENT.item(3), Kind.AGREED, MODULES) is None


def test_every_remedy_is_a_stage_that_modules_have() -> None:
    assert {stage.value for stage in RemedyStage} <= {stage.value for stage in Stage}


def test_the_module_on_the_items_first_principle_comes_before_others_that_draw_on_it() -> None:
    other = MODULES[0].model_copy(update={"slug": "other", "principle": "responsibility"})
    step = next_step_for(INSTRUMENT.item(3), Kind.NOT_SEEN, [other, MODULES[1]])
    assert step is not None
    assert step.module_slug == "second-things"


def test_without_modules_there_is_no_next_step() -> None:
    assert next_step_for(INSTRUMENT.item(3), Kind.NOT_SEEN, []) is None


@pytest.mark.parametrize(
    ("own", "score", "neighbour"),
    [
        (1, 3, 2),  # towards the rater's own
        (4, 3, 4),
        (3, 3, 4),  # who agrees reads upwards
        (0, 0, 1),
        (4, 4, 3),  # and downwards from the top
        (3, 4, 3),
        (1, 0, 1),
    ],
)
def test_the_neighbour_is_the_next_score_on_the_side_of_the_raters_own(
    own: int, score: int, neighbour: int
) -> None:
    consensus = with_item(PACK.keys[SLUG], 9, rating=score)
    ratings = agreeing() | {9: Rating(own, evidence=(9,))}
    item = build_feedback(PACK.vignettes[SLUG], consensus, INSTRUMENT, ratings, MODULES).items[8]
    assert item.neighbour is not None
    assert (item.neighbour.score, item.neighbour.anchor) == (
        neighbour,
        f"Anchor {neighbour} of element 9.",
    )


def test_a_band_over_the_whole_scale_has_no_neighbour() -> None:
    scale = INSTRUMENT.scale.model_copy(update={"scores": (2, 3)})
    narrow = INSTRUMENT.model_copy(update={"scale": scale})
    consensus = with_item(PACK.keys[SLUG], 9, band=(2, 3))
    ratings = agreeing() | {9: Rating(2, evidence=(9,))}
    item = build_feedback(PACK.vignettes[SLUG], consensus, narrow, ratings, MODULES).items[8]
    assert item.neighbour is None


@pytest.mark.parametrize(
    ("own", "consensus", "distance"),
    [
        (2, 2, Distance.EXACT),
        (1, 2, Distance.ONE_OFF),
        (3, 2, Distance.ONE_OFF),
        (0, 2, Distance.FURTHER),
        (4, 2, Distance.FURTHER),
        (None, None, Distance.EXACT),
        (None, 0, Distance.RATEABILITY),
        (0, None, Distance.RATEABILITY),
    ],
)
def test_one_point_is_one_off_and_two_are_further(
    own: int | None, consensus: int | None, distance: Distance
) -> None:
    assert distance_of(own, consensus) is distance


@pytest.mark.parametrize(
    ("bias", "lean"),
    [(-0.25, Lean.LEVEL), (0.0, Lean.LEVEL), (0.26, Lean.HIGHER), (-2, Lean.LOWER)],
)
def test_a_quarter_of_a_point_is_no_lean_on_either_side(bias: float, lean: Lean) -> None:
    assert lean_of(bias) is lean


def test_what_was_never_rated_differs_on_whether_there_was_a_chance() -> None:
    """Only a script that skips the check could leave it out: it is no agreement."""
    item = feedback_on({n: each for n, each in agreeing().items() if n != 9}).items[8]
    assert (item.kind, item.difference, item.own.value) == (Kind.RATEABILITY, None, "NR")


def test_a_reason_of_ones_own_is_shown_where_it_says_why_nothing_was_scored() -> None:
    nobody = Rating(is_not_rateable=True, reason="Nobody came.", note="A note.")
    left = Rating(3, reason="From before.", evidence=(21, 9, 2), note="Mine.")
    feedback = feedback_on(agreeing() | {1: nobody, 9: left})
    one, nine = feedback.items[0], feedback.items[8]
    assert (one.own_reason, one.own_note) == ("Nobody came.", "A note.")
    assert (nine.own_reason, nine.own_note) == ("", "Mine.")
    assert (one.own.anchor, one.own.label) == ("Always rateable.", "")
    assert (nine.shared_turns, nine.further_turns) == ((9, 21), (2,))
    assert [item.number for item in feedback.items if item.is_critical] == [8, 11, 12]


def first_of(changes: dict[int, Rating]) -> int:
    first = feedback_on(agreeing() | changes).begin_with
    assert first is not None
    return first.number


def off(item: int, points: int) -> Rating:
    score = level(SLUG, item)
    assert score is not None
    return Rating(score + points, evidence=tuple(evidence(item)))


def test_what_comes_first_by_points_then_by_what_is_critical_then_by_number() -> None:
    """A side that found no opportunity weighs like two points."""
    nobody = Rating(is_not_rateable=True, reason="Nobody came.")
    assert first_of({1: off(1, -1), 9: off(9, -1)}) == 1
    assert first_of({1: off(1, -1), 12: off(12, -1)}) == 12  # it is critical
    assert first_of({3: nobody, 12: off(12, -1)}) == 3
    assert first_of({3: nobody, 12: off(12, -2)}) == 12
    assert first_of({3: off(3, -2), 10: nobody}) == 3
    assert first_of({3: nobody, 4: off(4, 3)}) == 4
    assert first_of({2: off(2, -2), 5: off(5, -3)}) == 5


def test_help_comes_from_the_modules_of_the_instrument_that_is_rated() -> None:
    elsewhere = [
        module.model_copy(update={"instrument": "programme-fidelity"}) for module in MODULES
    ]
    ratings = agreeing() | {9: Rating(1)}

    def help_among(modules: list[Module]) -> str | None:
        consensus = PACK.keys[SLUG]
        items = build_feedback(PACK.vignettes[SLUG], consensus, INSTRUMENT, ratings, modules).items
        step = items[8].next_step
        return step.module_slug if step else None

    assert help_among(MODULES) is not None
    assert help_among(elsewhere) is None
    assert help_among([*elsewhere, MODULES[1]]) == MODULES[1].slug


def test_a_module_that_draws_on_the_item_comes_before_one_on_its_principle() -> None:
    item = INSTRUMENT.item(3)  # on dialogism
    base = MODULES[0].model_copy(update={"principle": "responsibility", "items": (1,)})
    both = base.model_copy(update={"slug": "both", "principle": "dialogism", "items": (1, 3)})
    draws = base.model_copy(update={"slug": "draws", "items": (3,)})
    on_it = base.model_copy(update={"slug": "on-it", "principle": "dialogism"})

    def chosen(*modules: Module) -> str | None:
        step = next_step_for(item, Kind.MIS_SCALED, modules)
        return step.module_slug if step else None

    assert chosen(base, on_it, draws, both) == "both"
    assert chosen(base, on_it, draws) == "draws"
    assert chosen(base, on_it) == "on-it"
    assert chosen(base) is None
    two = item.model_copy(update={"principles": ("responsibility", "dialogism")})
    second = both.model_copy(update={"slug": "second", "principle": "responsibility"})
    step = next_step_for(two, Kind.MIS_SCALED, [both, second])
    assert step is not None
    assert step.module_slug == "second"  # on the item's first principle
