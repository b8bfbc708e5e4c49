"""Which one thing comes next: the kind that misled most, and the exercise that mends it."""

from __future__ import annotations

from dataclasses import replace

from tests.calibration.rating_sheets import agreeing
from tests.pack import level, small_pack
from training.calibration.feedback import ItemFeedback, Kind, RemedyStage, build_feedback
from training.calibration.next_step import ExerciseKind, exercise_for, lesson_of, points_of
from training.calibration.ratings import Rating
from training.exercises.rules import Pair, Twin

SLUG = "practice-one"
PAIR = Pair("dialogic-practice", 9, "Ferry", (Twin("a", "A", None), Twin("b", "B", None)))


def items(changes: dict[int, Rating] | None = None) -> tuple[ItemFeedback, ...]:
    """The first practice vignette as its key has it, but for these ratings."""
    pack = small_pack()
    return build_feedback(
        pack.vignettes[SLUG],
        pack.keys[SLUG],
        pack.instruments["dialogic-practice"],
        agreeing(SLUG) | (changes or {}),
        list(pack.modules.values()),
    ).items


def test_points_weigh_more_than_times() -> None:
    lesson = lesson_of(
        [
            items({9: Rating(2, evidence=(9,)), 1: Rating(2, evidence=(1,))}),  # 1 + 1, mis-scaled
            items({4: Rating(4, evidence=(20,))}),  # 3 off, not seen
        ]
    )
    assert lesson is not None
    assert (lesson.kind, lesson.ratings, lesson.points) == (Kind.NOT_SEEN, 1, 3)
    assert (lesson.vignettes, lesson.example.number) == (2, 4)


def test_of_one_kind_the_item_with_most_points_is_the_example_and_noticing_comes_first() -> None:
    lesson = lesson_of([items({9: Rating(2, evidence=(9,))}), items({9: Rating(1, evidence=(9,))})])
    assert lesson is not None
    assert (lesson.points, lesson.example.own.value) == (3, "1")
    equal = lesson_of([items({9: Rating(2, evidence=(9,)), 7: Rating(2, evidence=(26,))})])
    assert equal is not None
    assert equal.kind is Kind.NOT_SEEN


def test_one_side_without_a_rating_weighs_like_a_gross_miss() -> None:
    nobody = Rating(is_not_rateable=True, reason="Nobody.")
    lesson = lesson_of([items({10: nobody, 9: Rating(2, evidence=(9,))})])
    assert lesson is not None
    assert (lesson.kind, lesson.points) == (Kind.RATEABILITY, 2)


def test_where_nothing_was_missed_there_is_no_lesson() -> None:
    assert lesson_of([items()]) is None
    assert lesson_of([]) is None


def item_missed_as(kind: Kind) -> ItemFeedback:
    (item,) = [each for each in items() if each.number == 9]
    (missed,) = [each for each in items({9: Rating(2, evidence=(9,))}) if each.number == 9]
    return replace(item if kind is Kind.AGREED else missed, kind=kind)


def opened(kind: Kind, pair: Pair | None) -> ExerciseKind | None:
    exercise = exercise_for(item_missed_as(kind), pair)
    return exercise.kind if exercise else None


def test_each_kind_opens_its_own_exercise() -> None:
    assert opened(Kind.MIS_SCALED, PAIR) is ExerciseKind.PAIR
    assert opened(Kind.MIS_SCALED, None) is ExerciseKind.STAGE
    assert opened(Kind.NOT_SEEN, PAIR) is ExerciseKind.STAGE
    assert opened(Kind.AGREED, PAIR) is None
    untaught = replace(item_missed_as(Kind.NOT_SEEN), next_step=None)
    for pair, kind in ((PAIR, ExerciseKind.PAIR), (None, ExerciseKind.MANUAL)):
        exercise = exercise_for(untaught, pair)
        assert exercise is not None
        assert exercise.kind is kind


def test_what_was_not_seen_is_observed_again() -> None:
    (missed,) = [each for each in items({4: Rating(4, evidence=(20,))}) if each.number == 4]
    exercise = exercise_for(missed, PAIR)
    assert exercise is not None
    assert exercise.stage is not None
    assert exercise.stage.stage is RemedyStage.OBSERVE


def test_where_two_kinds_weigh_the_same_they_are_mended_in_their_order() -> None:
    """Noticing before looking through the right lens, that before scaling, that before chances."""
    nobody = Rating(is_not_rateable=True, reason="Nobody.")
    not_seen = {3: Rating(1, evidence=(26,))}  # 3 as the key has it
    other_lens = {9: Rating(1, evidence=(9, 1, 2))}
    mis_scaled = {8: Rating(2, evidence=(8,))}
    sheets = [not_seen, other_lens, mis_scaled, {10: nobody}]
    kinds = [Kind.NOT_SEEN, Kind.OTHER_LENS, Kind.MIS_SCALED, Kind.RATEABILITY]
    for first, kind in enumerate(kinds):
        changes = {number: rating for each in sheets[first:] for number, rating in each.items()}
        lesson = lesson_of([items(changes)])
        assert lesson is not None
        assert (lesson.kind, lesson.ratings, lesson.points) == (kind, 1, 2), kind


def test_of_items_with_as_many_points_a_critical_one_then_the_lower_number_is_the_example() -> None:
    def example(*sheets: dict[int, Rating]) -> tuple[int, str]:
        lesson = lesson_of([items(each) for each in sheets])
        assert lesson is not None
        return lesson.example.number, lesson.example.own.value

    one_off = {
        number: Rating((level(SLUG, number) or 0) + by, evidence=(number,))
        for number, by in ((2, -1), (3, -1), (8, 1))
    }
    assert example({2: one_off[2], 3: one_off[3]}) == (2, str(one_off[2].score))
    assert example(one_off) == (8, str(one_off[8].score))  # critical
    # Twice by one point outweighs once, also where the once is critical; shown as missed last.
    twice = {9: Rating(2, evidence=(9,))}, {9: Rating(4, evidence=(9,)), 8: one_off[8]}
    assert example(*twice) == (9, "4")
    assert example(*twice[::-1]) == (9, "2")


def test_points_are_those_of_what_needs_work_alone() -> None:
    sheet = items({9: Rating(1, evidence=(9,)), 10: Rating(is_not_rateable=True, reason="No.")})
    assert [points_of(sheet[number - 1]) for number in (1, 9, 10)] == [0, 2, 2]
    assert points_of(replace(sheet[8], kind=Kind.NOT_COMPARED)) == 0


def test_an_exercise_leads_to_the_item_that_was_missed() -> None:
    missed = item_missed_as(Kind.MIS_SCALED)
    by_pair, by_stage = exercise_for(missed, PAIR), exercise_for(missed, None)
    assert by_pair is not None
    assert by_stage is not None
    assert (by_pair.item, by_pair.pair, by_pair.stage) == (9, PAIR, None)
    assert (by_stage.item, by_stage.pair, by_stage.stage) == (9, None, missed.next_step)
    for kind in (Kind.OTHER_LENS, Kind.RATEABILITY):
        assert opened(kind, PAIR) is ExerciseKind.STAGE
    assert exercise_for(item_missed_as(Kind.NOT_COMPARED), PAIR) is None
