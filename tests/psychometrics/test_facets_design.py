"""Who can be measured: extreme elements, unused categories, groups that nothing links, anchors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.psychometrics.test_facets import (
    SCALE,
    THRESHOLDS,
    Row,
    logit_of,
    measure_of,
    measures,
    probabilities,
    simulated,
    table,
)
from training.psychometrics.facets.analysis import (
    Anchors,
    DisconnectedDesignError,
    FacetsError,
    FacetsFit,
    Group,
    NothingToEstimateError,
    UnboundedMeasuresError,
    fit_facets,
)

MEETINGS = tuple(f"meeting-{number:03}" for number in range(1, 13))


def fitted(rows: list[Row], anchors: Anchors | None = None) -> FacetsFit:
    return fit_facets(table(rows), scale=SCALE, anchors=anchors)


def by(rater: str, rows: list[Row], score: float | None = None) -> list[Row]:
    """The same rater's rows, or another's with one score throughout."""
    if score is None:
        return [row for row in rows if row.rater == rater]
    units = dict.fromkeys((row.subject, row.item) for row in rows)
    return [Row(subject, item, rater, score) for subject, item in units]


def expected_sum(fit: FacetsFit, rows: list[Row]) -> float:
    steps = tuple(threshold.measure for threshold in fit.thresholds)
    ranks = np.arange(len(steps) + 1)
    return sum(float(probabilities(logit_of(fit, row), steps) @ ranks) for row in rows)


def test_a_rater_who_only_gives_the_highest_score_is_reported_apart() -> None:
    """Zoe is pleased with everything; the others are measured as if she had not been there."""
    rows, _ = simulated(20)
    zoe = by("Zoe", rows, 4.0)
    fit, without = fitted(rows + zoe), fitted(rows)
    assert fit.raters["Zoe"].extreme
    assert fit.raters["Zoe"].infit is None
    assert fit.raters["Zoe"].outfit_z is None
    assert fit.raters["Zoe"].n == len(zoe)
    assert measure_of(fit.raters["Zoe"]) < measures(without.raters).min()
    assert expected_sum(fit, zoe) == pytest.approx(4 * len(zoe) - 0.3, abs=1e-6)
    assert {name: element for name, element in fit.raters.items() if name != "Zoe"} == (
        without.raters
    )
    assert fit.reliability == without.reliability
    assert "rater Zoe" in fit.warnings[0]


def test_the_standard_error_of_an_extreme_rater_comes_from_the_adjusted_measure() -> None:
    rows, _ = simulated(21)
    fit = fitted(rows + by("Zoe", rows, 0.0))
    steps = tuple(threshold.measure for threshold in fit.thresholds)
    ranks = np.arange(5)
    information = 0.0
    for row in by("Zoe", rows, 0.0):
        chances = probabilities(logit_of(fit, row), steps)
        information += float(chances @ (ranks - chances @ ranks) ** 2)
    assert fit.raters["Zoe"].se == pytest.approx(1 / math.sqrt(information), rel=1e-6)
    assert measure_of(fit.raters["Zoe"]) > 3


def test_leaving_out_one_extreme_element_can_make_another_extreme() -> None:
    """Meeting A is perfect to all. Zoe rated it, and gave the lowest score everywhere else."""
    rows, _ = simulated(22)
    perfect = [Row("meeting-A", "element-01", rater, 4.0) for rater in ("Asta", "Ines", "Zoe")]
    zoe = [Row(meeting, "element-01", "Zoe", 0.0) for meeting in MEETINGS[:4]]
    fit = fitted(rows + perfect + zoe)
    assert fit.subjects["meeting-A"].extreme
    assert fit.raters["Zoe"].extreme
    assert fit.raters["Zoe"].n == 5
    # Zoe, found last, is measured by her four scores of ordinary meetings; meeting A by all three.
    assert expected_sum(fit, zoe) == pytest.approx(0.3, abs=1e-6)
    assert expected_sum(fit, perfect) == pytest.approx(12 - 0.3, abs=1e-6)
    assert measure_of(fit.raters["Asta"]) == measure_of(fitted(rows).raters["Asta"])


def test_a_rater_seen_only_beside_extremes_has_no_measure() -> None:
    """Zoe rated the perfect meeting and the hopeless one, nothing in between."""
    rows, _ = simulated(23)
    others = [
        Row(meeting, "element-01", rater, score)
        for meeting, score in (("hopeless", 0.0), ("perfect", 4.0))
        for rater in ("Asta", "Ines", "Zoe")
    ]
    fit = fitted(rows + others)
    assert fit.raters["Zoe"].measure is None
    assert fit.raters["Zoe"].se is None
    assert not fit.raters["Zoe"].extreme
    assert measure_of(fit.subjects["perfect"]) > 3
    assert fit.warnings[-1] == "Scores only together with extreme elements, no measure: rater Zoe."


def test_two_who_are_extreme_only_together_have_no_measure() -> None:
    rows, _ = simulated(24)
    fit = fitted([*rows, Row("perfect", "element-01", "Zoe", 4.0)])
    assert fit.raters["Zoe"].extreme
    assert fit.subjects["perfect"].extreme
    assert fit.raters["Zoe"].measure is None
    assert fit.subjects["perfect"].measure is None


def test_a_rater_who_always_gives_the_middle_score_is_measured() -> None:
    """A constant rater is not extreme: a finite severity makes the sum the expected one."""
    rows, _ = simulated(25)
    fit = fitted(rows + by("Noor 2", rows, 2.0))
    assert not fit.raters["Noor 2"].extreme
    assert fit.raters["Noor 2"].outfit_z is not None
    assert expected_sum(fit, by("Noor 2", rows, 2.0)) == pytest.approx(2 * 72, abs=1e-6)


def test_a_category_that_nobody_used_at_an_end_is_dropped() -> None:
    rows, _ = simulated(26, thresholds=(-1.0, 0.0, 1.0))
    declared = fit_facets(table(rows), scale=range(-1, 6))
    needed = fit_facets(table(rows), scale=range(4))
    assert declared.raters == needed.raters
    assert declared.categories == (0, 1, 2, 3)
    assert [threshold.category for threshold in declared.thresholds] == [1, 2, 3]
    assert declared.warnings == (
        "Category -1 was used by nobody: the lowest end of the scale was left out.",
        "Categories 4, 5 were used by nobody: the highest end of the scale was left out.",
    )


def test_a_category_that_nobody_used_in_between_keeps_its_step() -> None:
    """The declared scale counts: 4 is two steps above 2 although nobody gave a 3."""
    rows, _ = simulated(27, subjects=20)
    skipping = [Row(r.subject, r.item, r.rater, 4.0 if r.score == 3 else r.score) for r in rows]
    fit = fitted(skipping)
    assert fit.categories == (0, 1, 2, 4)
    assert fit.warnings == ("Category 3 was used by nobody: the threshold of 4 is counted from 2.",)
    first, second, over = fit.thresholds
    assert first.measure + second.measure + 2 * over.measure == pytest.approx(0, abs=1e-9)
    assert all(threshold.se is not None for threshold in fit.thresholds)


def test_a_category_used_only_by_an_extreme_rater_is_named() -> None:
    rows, _ = simulated(28)
    modest = [Row(row.subject, row.item, row.rater, min(row.score, 3.0)) for row in rows]
    zoe = by("Zoe", rows, 4.0)
    fit = fitted(modest + zoe)
    assert fit.categories == (0, 1, 2, 3)
    assert fit.warnings[0] == (
        "Category 4 was used by only extreme elements: the highest end of the scale was left out."
    )
    assert expected_sum(fit, zoe) == pytest.approx(3 * len(zoe) - 0.3, abs=1e-6)


def test_two_teams_that_share_nothing_are_refused_by_name() -> None:
    """Ines and Otto rate in one town, Noor and Pavel in another, each team its own meetings."""
    here, _ = simulated(30, subjects=6, raters=2)
    there, _ = simulated(31, subjects=6, raters=2)
    moved = [
        Row(f"other {row.subject}", f"other {row.item}", f"other {row.rater}", row.score)
        for row in there
    ]
    with pytest.raises(DisconnectedDesignError) as refusal:
        fitted(here + moved)
    first, second = refusal.value.groups
    assert first.raters == ("Asta", "Ines")
    assert first.subjects == MEETINGS[:6]
    assert second.raters == ("other Asta", "other Ines")
    assert second.items == tuple(f"other element-{number:02}" for number in range(1, 7))
    assert "fall into 2 groups" in str(refusal.value)
    assert "anchor" in str(refusal.value)


def nested(rows: list[Row]) -> list[Row]:
    """Each rater has two meetings of their own; all use the same elements."""
    raters = ("Asta", "Ines", "Mirembe", "Noor", "Otto")
    return [row for row in rows if raters[MEETINGS.index(row.subject) // 2 % 5] == row.rater]


def test_raters_who_each_have_their_own_meetings_cannot_be_compared() -> None:
    """The elements link all of them, and yet severe cannot be told from rating weak meetings."""
    rows = [row for row in nested(simulated(32)[0]) if row.subject in MEETINGS[:10]]
    with pytest.raises(DisconnectedDesignError) as refusal:
        fitted(rows)
    elements = tuple(f"element-{number:02}" for number in range(1, 7))
    assert refusal.value.groups[0] == Group(MEETINGS[0:2], elements, ("Asta",))
    assert [group.raters[0] for group in refusal.value.groups] == [
        "Asta",
        "Ines",
        "Mirembe",
        "Noor",
        "Otto",
    ]
    assert "element-01" not in str(refusal.value)


def test_nested_raters_can_be_measured_once_their_meetings_are_anchored() -> None:
    rows, truth = simulated(32)
    rows = [row for row in nested(rows) if row.subject in MEETINGS[:10]]
    fit = fitted(rows, Anchors(subjects={name: truth.subjects[name] for name in MEETINGS[:10]}))
    for name, element in fit.raters.items():
        assert element.se is not None
        assert abs(measure_of(element) - truth.raters[name]) < 3.5 * element.se
    assert measures(fit.items).mean() == pytest.approx(0, abs=1e-12)


def test_anchors_must_reach_every_group() -> None:
    """Anchored raters in one town say nothing about the other."""
    rows = [row for row in nested(simulated(32)[0]) if row.subject in MEETINGS[:4]]
    with pytest.raises(DisconnectedDesignError):
        fitted(rows, Anchors(raters={"Asta": 0.0}))
    fit = fitted(rows, Anchors(raters={"Asta": 0.0, "Ines": 0.2}))
    assert fit.raters["Ines"].measure == 0.2
    assert measure_of(fit.subjects[MEETINGS[2]]) != 0


def test_a_link_through_an_extreme_rater_is_no_link() -> None:
    """Only Zoe rated in both towns, and only gave the highest score."""
    here, _ = simulated(33, subjects=6, raters=2)
    there = [
        Row(f"other {row.subject}", f"other {row.item}", f"other {row.rater}", row.score)
        for row in simulated(34, subjects=6, raters=2)[0]
    ]
    zoe = by("Zoe", here + there, 4.0)
    with pytest.raises(DisconnectedDesignError) as refusal:
        fitted(here + there + zoe)
    assert len(refusal.value.groups) == 2


def test_raters_confounded_with_items_are_refused() -> None:
    """Asta rates the odd elements of every meeting, Ines the even ones."""
    rows = [
        row
        for row in simulated(35, raters=2)[0]
        if (int(row.item[-1]) % 2 == 1) == (row.rater == "Asta")
    ]
    with pytest.raises(DisconnectedDesignError) as refusal:
        fitted(rows)
    assert [(group.raters, len(group.items)) for group in refusal.value.groups] == [
        (("Asta",), 3),
        (("Ines",), 3),
    ]


def test_one_common_score_links_large_teams() -> None:
    """Forty raters in each of two towns; one of them once looked at a meeting of the other town."""
    here, _ = simulated(47, subjects=15, items=4, raters=40)
    there, _ = simulated(48, subjects=15, items=4, raters=40)
    there = [Row(f"other {r.subject}", r.item, f"other {r.rater}", r.score) for r in there]
    with pytest.raises(DisconnectedDesignError, match="and 30 more") as refusal:
        fitted(here + there)
    assert [len(group.raters) for group in refusal.value.groups] == [40, 40]
    link = Row("other meeting-001", "element-01", "Asta", 2.0)
    assert fitted([*here, *there, link]).warnings == ()


def test_one_common_meeting_links_two_raters() -> None:
    rows, _ = simulated(36, subjects=12, raters=2)
    split = [
        row
        for row in rows
        if row.subject == MEETINGS[0]
        or (row.rater == "Asta") == (MEETINGS.index(row.subject) % 2 == 0)
    ]
    assert fitted(split).warnings == ()


def test_against_fixed_measures_a_rater_is_measured_whoever_else_is_there() -> None:
    """Noor is measured against a calibrated set of meetings, elements and thresholds."""
    rows, truth = simulated(37)
    anchors = Anchors(truth.subjects, truth.items, {}, THRESHOLDS)
    alone = fitted(by("Noor", rows), anchors).raters["Noor"]
    random = np.random.default_rng(37)
    crowd = [
        Row(subject, item, f"Crowd {number:02}", float(random.integers(0, 5)))
        for subject in truth.subjects
        for item in truth.items
        for number in range(20)
    ]
    in_crowd = fitted(rows + crowd + by("Zoe", rows, 0.0), anchors).raters["Noor"]
    assert measure_of(in_crowd) == pytest.approx(measure_of(alone), abs=1e-9)
    assert in_crowd.se == pytest.approx(alone.se, abs=1e-9)
    assert in_crowd.outfit == pytest.approx(alone.outfit, abs=1e-9)
    assert alone.se is not None
    assert abs(measure_of(alone) - truth.raters["Noor"]) < 3.5 * alone.se


def test_even_a_lone_extreme_rater_is_measured_against_fixed_measures() -> None:
    rows, truth = simulated(38)
    zoe = by("Zoe", rows, 4.0)
    fit = fitted(zoe, Anchors(truth.subjects, truth.items, {}, THRESHOLDS))
    assert fit.raters["Zoe"].extreme
    assert expected_sum(fit, zoe) == pytest.approx(4 * len(zoe) - 0.3, abs=1e-6)
    assert fit.log_likelihood == 0


def test_anchors_from_a_fit_give_the_same_fit_again() -> None:
    """Also where a category was skipped, once the anchors say which categories they mean."""
    rows, _ = simulated(39)
    skipping = [Row(r.subject, r.item, r.rater, 4.0 if r.score == 3 else r.score) for r in rows]
    first = fitted(skipping)
    again = fitted(
        skipping,
        Anchors(
            subjects={name: measure_of(element) for name, element in first.subjects.items()},
            items={name: measure_of(element) for name, element in first.items.items()},
            thresholds=[threshold.measure for threshold in first.thresholds],
            categories=first.categories,
        ),
    )
    for name, element in first.raters.items():
        assert measure_of(again.raters[name]) == pytest.approx(measure_of(element), abs=1e-7)
        assert again.raters[name].infit == pytest.approx(element.infit, abs=1e-7)
    assert again.subjects["meeting-001"].anchored
    assert again.subjects["meeting-001"].measure == first.subjects["meeting-001"].measure
    assert again.log_likelihood == pytest.approx(first.log_likelihood)
    assert all(threshold.se is None for threshold in again.thresholds)


@pytest.mark.parametrize("seed", range(12))
def test_with_anchors_every_sum_that_is_free_to_be_is_the_expected_one(seed: int) -> None:
    """The likelihood is concave: where these equations hold is its maximum under the anchors."""
    rows, truth = simulated(300 + seed, subjects=8, items=4, raters=4, missing=0.3)
    random = np.random.default_rng(seed)
    anchored = {
        facet: {name: 2 * true for name, true in getattr(truth, facet).items() if chance()}
        for facet in ("subjects", "items", "raters")
        for share in [random.choice([0.0, 0.5])]
        for chance in [lambda share=share: random.random() < share]
    }
    fit = fitted(rows, Anchors(**anchored, thresholds=THRESHOLDS if seed % 3 == 0 else None))
    for facet, column in (("subjects", "subject"), ("items", "item"), ("raters", "rater")):
        for name, element in getattr(fit, facet).items():
            own = [row for row in rows if getattr(row, column) == name]
            if name in anchored[facet]:
                assert element.measure == anchored[facet][name]
            else:
                observed = sum(row.score for row in own)
                assert expected_sum(fit, own) == pytest.approx(observed, abs=1e-6)


@pytest.mark.parametrize("facet", ["subjects", "items", "raters"])
def test_one_anchor_moves_the_zero_of_its_facet_and_nothing_else(facet: str) -> None:
    rows, _ = simulated(40)
    free = fitted(rows)
    name, element = next(iter(getattr(free, facet).items()))
    moved = fitted(rows, Anchors(**{facet: {name: measure_of(element) + 1.0}}))
    shift = {"subjects": 0.0, "items": 0.0, "raters": 0.0, facet: 1.0}
    # Whoever is not centred takes up the shift: subjects, or raters where subjects hold an anchor.
    taker, sign = ("raters", 1.0) if facet == "subjects" else ("subjects", 1.0)
    shift[taker] += sign
    for other, by_how_much in shift.items():
        assert measures(getattr(moved, other)) == pytest.approx(
            measures(getattr(free, other)) + by_how_much, abs=1e-6
        )
    assert moved.log_likelihood == pytest.approx(free.log_likelihood)


def test_anchors_for_people_who_are_not_there_do_no_harm() -> None:
    rows, _ = simulated(41)
    bare = [Row(row.subject, None, row.rater, row.score) for row in rows if row.item[-1] == "1"]
    fit = fitted(bare, Anchors(items={"x": 1.0}, raters={"Nobody": 1.0, "No one": 0.0}))
    assert fit.raters == fitted(bare).raters
    assert fit.warnings[:2] == (
        "Anchors name items that are not in the table: x.",
        "Anchors name raters that are not in the table: No one, Nobody.",
    )


def test_impossible_scores_beside_absurd_anchors_still_leave_numbers() -> None:
    rows, truth = simulated(42, subjects=3, items=2, raters=2)
    fit = fitted(rows, Anchors(dict.fromkeys(truth.subjects, 100.0), thresholds=THRESHOLDS))
    assert measure_of(fit.raters["Asta"]) == pytest.approx(100, abs=5)
    fixed = Anchors(
        dict.fromkeys(truth.subjects, 100.0),
        dict.fromkeys(truth.items, -100.0),
        dict.fromkeys(truth.raters, -100.0),
        (-100.0, 0.0, 0.0, 100.0),
    )
    fit = fitted(rows, fixed)
    assert fit.raters["Asta"].measure == -100
    assert math.isfinite(fit.log_likelihood)


def test_meetings_that_no_score_links_drift_apart_and_are_named() -> None:
    """All scores of two meetings are 2 or less, of the other two 2 or more: no finite distance."""
    scores = {
        "low 1": (0.0, 1.0, 2.0, 1.0),
        "low 2": (1.0, 0.0, 1.0, 2.0),
        "high 1": (2.0, 3.0, 4.0, 3.0),
        "high 2": (3.0, 4.0, 2.0, 2.0),
    }
    rows = [
        Row(meeting, None, rater, score)
        for meeting, given in scores.items()
        for rater, score in zip(("Asta", "Ines", "Noor", "Otto"), given, strict=True)
    ]
    with pytest.raises(UnboundedMeasuresError) as refusal:
        fitted(rows)
    assert {facet for facet, _ in refusal.value.elements} == {"subjects"}
    assert "without limit" in str(refusal.value)


def test_meetings_drift_apart_on_a_long_scale_as_well() -> None:
    rows = [
        Row(f"{level} {number}", None, rater, score)
        for level, given in (("low", (0.0, 50.0)), ("high", (50.0, 100.0)))
        for number, order in enumerate(((0, 1), (1, 0)))
        for rater, score in zip(("Asta", "Ines"), (given[place] for place in order), strict=True)
    ]
    with pytest.raises(UnboundedMeasuresError):
        fit_facets(table(rows), scale=range(101))


def test_an_anchor_whose_scores_are_all_extreme_is_named_as_the_cause() -> None:
    """Zoe gives 4 throughout: everything drifts away from the only anchored rater."""
    rows, _ = simulated(20)
    with pytest.raises(UnboundedMeasuresError) as refusal:
        fitted(rows + by("Zoe", rows, 4.0), Anchors(raters={"Zoe": -2.5}))
    assert refusal.value.extreme_anchors == ("rater Zoe",)
    assert "Anchored, but with scores in the lowest or the highest category alone: rater Zoe." in (
        str(refusal.value)
    )


@pytest.mark.parametrize("rater", [None, "Zoe"])
def test_a_table_of_extremes_is_refused(rater: str | None) -> None:
    rows, _ = simulated(43)
    everyone = [Row(row.subject, row.item, rater or row.rater, 4.0) for row in rows]
    everyone = list({(row.subject, row.item, row.rater): row for row in everyone}.values())
    with pytest.raises(NothingToEstimateError, match="vary, or anchor"):
        fitted(everyone)


def test_a_table_without_scores_is_refused() -> None:
    with pytest.raises(NothingToEstimateError, match="no scores"):
        fitted([])
    with pytest.raises(NothingToEstimateError, match="no scores"):
        fitted([Row("meeting-001", "element-01", "Asta", None)])


def test_two_extremes_and_fixed_thresholds_are_not_enough() -> None:
    with pytest.raises(NothingToEstimateError):
        fitted([Row("perfect", None, "Zoe", 4.0)], Anchors(thresholds=THRESHOLDS))


def test_one_category_beside_anchors_does_not_give_thresholds() -> None:
    with pytest.raises(NothingToEstimateError):
        fitted([Row("a", None, "Asta", 2.0)], Anchors(subjects={"a": 0.0}, raters={"Asta": 0.0}))


def test_one_rater_is_measured_as_zero_with_a_warning() -> None:
    rows, _ = simulated(44)
    fit = fitted(by("Asta", rows))
    assert fit.raters["Asta"].measure == 0
    assert fit.warnings == ("There is only one rater: its measure is 0 by definition.",)
    assert fit.reliability["raters"].undefined is not None
    assert fit.reliability["raters"].undefined.reason == "too_few_units"


def test_one_rater_named_like_a_meeting() -> None:
    rows = [
        Row(row.subject, row.item, "meeting-001", row.score) for row in simulated(44, raters=1)[0]
    ]
    fit = fitted(rows, Anchors(raters={"meeting-001": 0.5}))
    assert fit.raters["meeting-001"].measure == 0.5
    assert fit.warnings == ()


def test_one_meeting_rated_by_many() -> None:
    rows, _ = simulated(46, subjects=1, items=12, raters=7)
    fit = fitted(rows)
    assert len(fit.subjects) == 1
    assert fit.reliability["subjects"].reliability is None
    assert fit.reliability["raters"].elements == 7


@pytest.mark.parametrize(
    ("scale", "anchors", "message"),
    [
        ((0, 1, 2), None, "holds 3"),
        ((4, 3, 2, 1, 0), None, "rise"),
        ((0,), None, "two or more"),
        ((0, math.inf), None, "finite"),
        (SCALE, Anchors(thresholds=(0.0,)), "4 thresholds, but 1"),
        (SCALE, Anchors(thresholds=(0.0,), categories=(0, 7)), "not all on the scale"),
        (SCALE, Anchors(thresholds=(0.0,), categories=(0, 1)), "no anchored threshold"),
    ],
)
def test_what_does_not_match_is_refused(
    scale: tuple[float, ...], anchors: Anchors | None, message: str
) -> None:
    scores = [0.0, 1.0, 2.0, 3.0]
    rows = [Row(f"meeting-{number}", None, "Asta", score) for number, score in enumerate(scores)]
    with pytest.raises(FacetsError, match=message):
        fit_facets(table(rows), scale=scale, anchors=anchors)


@pytest.mark.parametrize("measure", [math.nan, math.inf, 1e6])
def test_anchors_that_are_no_measures_are_refused(measure: float) -> None:
    with pytest.raises(FacetsError, match="Asta"):
        Anchors(raters={"Asta": measure})
    with pytest.raises(FacetsError, match="threshold"):
        Anchors(thresholds=(0.0, measure))


def test_a_scale_of_halves_counts_by_steps() -> None:
    rows, _ = simulated(45)
    halved = [Row(row.subject, row.item, row.rater, row.score / 2) for row in rows]
    fit = fit_facets(table(halved), scale=(0, 0.5, 1, 1.5, 2))
    assert fit.raters == fitted(rows).raters
    assert [threshold.category for threshold in fit.thresholds] == [0.5, 1, 1.5, 2]
