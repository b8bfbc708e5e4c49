"""A table of ratings, its scale and its units: what is kept, what is read off, what is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.psychometrics.tables import NAN, table_of
from training.psychometrics.agreement import agreement
from training.psychometrics.layout import Layout
from training.psychometrics.scale import (
    MOST_CATEGORIES,
    places_on,
    plain,
    plain_number,
    scale_of,
)
from training.psychometrics.table import RatingTable


def one_rater(*scores: float | None) -> RatingTable:
    """Ines alone, one meeting a score."""
    return RatingTable([f"{n:03}" for n in range(len(scores))], ["Ines"] * len(scores), scores)


class TestTable:
    def test_names_and_rows_stand_in_order_however_they_came(self) -> None:
        table = RatingTable(
            ["Yard", "Attic", "Attic", "Attic"],
            ["Otto", "Otto", "Ines", "Ines"],
            [1, 2, 3, 4],
            ["Voice", "Voice", "Voice", "Safety"],
        )
        assert table.subjects == ("Attic", "Yard")
        assert table.items == ("Safety", "Voice")
        assert table.raters == ("Ines", "Otto")
        assert table.subject.tolist() == [0, 0, 0, 1]
        assert table.item.tolist() == [0, 1, 1, 1]
        assert table.rater.tolist() == [0, 0, 1, 1]
        assert table.score.tolist() == [4, 3, 2, 1]
        assert table.unit.tolist() == [0, 1, 1, 2]
        assert len(table) == 4
        assert table.has_items

    def test_without_items_every_subject_is_one_unit(self) -> None:
        table = RatingTable(["Yard", "Attic", "Yard"], ["Otto", "Otto", "Ines"], [1, 2, None])
        assert not table.has_items
        assert table.items == ()
        assert table.item.tolist() == [0, 0, 0]
        assert table.unit.tolist() == [0, 1, 1]
        assert table.is_scored.tolist() == [True, False, True]

    def test_the_largest_score_is_a_thousand_to_either_side(self) -> None:
        assert one_rater(1000, -1000).score.tolist() == [1000.0, -1000.0]
        for score in (1000.001, -1000.001):
            with pytest.raises(ValueError, match="scores must lie within 1000"):
                one_rater(score)

    def test_equal_scores_are_equal_to_three_decimals(self) -> None:
        table = one_rater(0.1 + 0.2, 0.3, 1.2344, 1.2346, -0.0001, 7)
        assert table.score.tolist() == [0.3, 0.3, 1.234, 1.235, 0.0, 7.0]
        assert not np.signbit(table.score[4])

    def test_none_and_nan_are_not_rateable(self) -> None:
        table = one_rater(None, float("nan"), 0)
        assert table.is_scored.tolist() == [False, False, True]
        assert len(table) == 3

    def test_a_rater_may_rate_the_same_item_of_another_subject_and_another_item_of_the_same(
        self,
    ) -> None:
        columns = ["Attic", "Attic", "Yard"], ["Ines"] * 3, [1, 2, 3]
        assert len(RatingTable(*columns, ["Voice", "Safety", "Voice"])) == 3
        with pytest.raises(ValueError, match="named twice"):
            RatingTable(*columns, ["Voice", "Voice", "Voice"])

    def test_columns_cannot_be_written_to(self) -> None:
        table = one_rater(1, 2)
        for column in (table.subject, table.item, table.rater, table.score):
            with pytest.raises(ValueError, match="read-only"):
                column[0] = 0

    def test_an_item_needs_a_name(self) -> None:
        with pytest.raises(ValueError, match="items must hold non-empty names, not ''"):
            RatingTable(["Attic"], ["Ines"], [1], [""])
        with pytest.raises(ValueError, match="same length"):
            RatingTable(["Attic"], ["Ines"], [1], ["Voice", "Safety"])


class TestScale:
    def test_whole_scores_make_a_scale_without_gaps(self) -> None:
        categories, warning = scale_of(one_rater(4, 1, 2), None)
        assert categories == (1, 2, 3, 4)
        assert warning == (
            "No scale was given: the range of the scores was taken, 1 to 4. If the instrument has "
            "further categories that nobody used, chance-corrected figures change: give the scale."
        )

    def test_of_scores_that_are_not_whole_those_that_occur_are_taken(self) -> None:
        categories, warning = scale_of(one_rater(0.5, 3, 2.5, 0.5, None), None)
        assert categories == (0.5, 2.5, 3.0)
        assert warning is not None
        assert "0.5 to 3." in warning

    def test_whole_scores_far_apart_are_no_scale_of_all_between(self) -> None:
        nearest = scale_of(one_rater(1, MOST_CATEGORIES), None)[0]
        assert len(nearest) == MOST_CATEGORIES
        assert scale_of(one_rater(1, MOST_CATEGORIES + 1), None)[0] == (1, MOST_CATEGORIES + 1)

    def test_one_score_is_a_scale_of_one(self) -> None:
        assert scale_of(one_rater(2, 2, 2), None)[0] == (2,)

    def test_without_scores_there_is_nothing_to_read_off(self) -> None:
        assert scale_of(one_rater(None, None), None) == (
            (),
            "No scale was given and there are no scores to read one off.",
        )

    def test_a_declared_scale_is_taken_in_rising_order_and_without_a_warning(self) -> None:
        assert scale_of(one_rater(2, 5), (5, 1, 2)) == ((1, 2, 5), None)
        assert scale_of(one_rater(None), (0, 1)) == ((0, 1), None)

    @pytest.mark.parametrize(
        ("scale", "message"),
        [
            ((0, 1, 2), "scale has no category 3, which occurs as a score"),
            ((0, 1, 2.5), "scale has no category 3, which occurs as a score"),
            ((3,), r"scale must have two categories or more, not \[3\]"),
            ((), r"scale must have two categories or more, not \[\]"),
            ((3, 3), r"scale names a category twice: \[3, 3\]"),
            ((3, float("nan")), r"scale must hold finite numbers, not \[3, nan\]"),
        ],
    )
    def test_a_scale_that_is_none_is_refused_by_name(
        self, scale: tuple[float, ...], message: str
    ) -> None:
        with pytest.raises(ValueError, match=f"^{message}$"):
            scale_of(one_rater(3), scale)

    def test_the_first_score_that_is_missing_is_named(self) -> None:
        with pytest.raises(ValueError, match=r"no category 2\.5,"):
            scale_of(one_rater(7, 2.5, 1), (0, 1))

    def test_scores_have_places_on_the_scale(self) -> None:
        assert places_on((1, 2, 5), np.array([5.0, 1.0, 2.0])).tolist() == [2, 0, 1]

    def test_numbers_are_written_as_people_write_them(self) -> None:
        assert [plain(number) for number in (3.0, 2.5, -1.0, 0.125)] == ["3", "2.5", "-1", "0.125"]
        for number, kind in ((3.0, int), (-2.0, int), (2.5, float), (0.0, int)):
            assert plain_number(number) == number
            assert type(plain_number(number)) is kind


def layout() -> Layout:
    """Ines said "not rateable" to the last element, Noor to the one before."""
    rows = [
        ("Attic", "one", "Asta", 0),
        ("Attic", "one", "Ines", 0),
        ("Attic", "one", "Noor", 1),
        ("Attic", "two", "Asta", 2),
        ("Attic", "two", "Ines", 2),
        ("Attic", "two", "Noor", 2),
        ("Yard", "one", "Asta", 1),
        ("Yard", "one", "Noor", None),
        ("Yard", "two", "Asta", None),
    ]
    subjects, items, raters, scores = zip(*rows, strict=True)
    return Layout(RatingTable(subjects, raters, scores, items), (0, 1, 2))


class TestLayout:
    def test_units_are_the_elements_of_the_meetings(self) -> None:
        found = layout()
        assert (found.units, found.subjects, found.raters) == (4, 2, 3)
        assert found.subject_of_unit.tolist() == [0, 0, 1, 1]
        assert found.units_share_subjects
        assert found.counts.tolist() == [[2, 1, 0], [0, 0, 3], [0, 1, 0], [0, 0, 0]]
        assert found.scores.tolist() == [3, 3, 1, 0]
        assert found.not_rateable.tolist() == [0, 0, 1, 1]

    def test_sums_by_subject_add_up_the_units_of_each(self) -> None:
        values = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 0.0]])
        assert layout().by_subject(values).tolist() == [[3, 7], [2, 1]]

    def test_complete_units_are_those_that_everybody_scored(self) -> None:
        assert layout().complete.tolist() == [[0, 0, 1], [2, 2, 2]]

    def test_categorised_ratings_leave_units_and_raters_without_a_score_out(self) -> None:
        found = layout().categorised
        assert found.unit.tolist() == [0, 0, 0, 1, 1, 1, 2]
        assert found.category.tolist() == [0, 0, 1, 2, 2, 2, 1]
        assert found.raters == 3
        assert found.ratings.tolist() == [3, 3, 1]
        # (2/3 + 0 + 0) / 3, (1/3 + 0 + 1) / 3, (0 + 1 + 0) / 3.
        assert found.prevalence.tolist() == pytest.approx([2 / 9, 4 / 9, 3 / 9])

    def test_one_unit_for_every_subject_shares_none(self) -> None:
        assert not Layout(one_rater(1, 2), (1, 2)).units_share_subjects

    def test_two_columns_tell_not_rated_from_not_rateable(self) -> None:
        table = RatingTable(
            ["a", "a", "b", "b", "c"], ["Ines", "Otto", "Ines", "Otto", "Otto"], [1, 2, None, 3, 4]
        )
        first, second, both = Layout(table, (1, 2, 3, 4)).columns()
        assert first.tolist() == pytest.approx([1, NAN, NAN], nan_ok=True)
        assert second.tolist() == [2, 3, 4]
        assert both.tolist() == [True, True, False]

    def test_nothing_at_all_has_no_units(self) -> None:
        empty = Layout(RatingTable([], [], []), (0, 1))
        assert (empty.units, empty.subjects, empty.raters) == (0, 0, 0)
        assert empty.complete.shape == (0, 1)


class TestWarnings:
    """What is said beside the figures, and only where it is so."""

    def test_two_raters_who_rated_all_are_told_whose_the_sign_is(self) -> None:
        found = agreement(table_of(np.array([[1, 2], [2, 2], [0, 1]])), scale=range(3))
        assert found.warnings == ("Differences are Asta less Ines: positive, Asta is higher.",)
        assert (found.units, found.ratings, found.raters) == (3, 6, ("Asta", "Ines"))

    def test_every_other_trouble_is_counted(self) -> None:
        found = agreement(layout().table, scale=range(3))
        assert found.warnings == (
            "1 of 4 units have one score only: they count towards what is expected by chance, not "
            "towards agreement.",
            "On 1 of 4 units the raters differ on whether there is something to rate: exact and "
            "adjacent agreement count such pairs as misses, the other figures leave the missing "
            "scores out.",
            "The intraclass correlations use the 2 of 4 units that all 3 raters scored.",
            "Units of the same subject are not independent: read the interval called clustered, "
            "which leaves whole subjects out, where there is one.",
        )

    def test_one_rater_alone_is_told_nothing_about_others(self) -> None:
        assert agreement(one_rater(1, 2, 0), scale=range(3)).warnings == ()

    def test_plain_values_say_what_the_figures_rest_on(self) -> None:
        plain_values = agreement(one_rater(1, 2.5), scale=(1, 2.5, 4), confidence=0.9).as_dict()
        del plain_values["statistics"]
        assert plain_values == {
            "units": 2,
            "raters": ["Ines"],
            "ratings": 2,
            "scale": [1, 2.5, 4],
            "confidence": 0.9,
            "warnings": [],
        }


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("IJ")),
        min_size=1,
        unique=True,
    )
)
def test_every_rating_has_its_place_in_the_layout(cells: list[tuple[str, str, str]]) -> None:
    subjects, items, raters = zip(*cells, strict=True)
    scores = [float(place % 3) for place in range(len(cells))]
    found = Layout(RatingTable(subjects, raters, scores, items), (0, 1, 2))
    assert found.units == len({cell[:2] for cell in cells})
    assert found.counts.sum() == len(cells)
    assert found.scores.max() <= found.raters
    assert found.by_subject(found.scores[None]).sum() == len(cells)
