"""What is said about the agreement of a panel, figure by figure, and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.pack import INSTRUMENT, small_pack
from training.charts.intervals import FigureStyle
from training.panels.agreement.figures import (
    LOW_AGREEMENT,
    ExpertAgreement,
    ExpertRating,
    GroupAgreement,
    ItemAgreement,
    LowReason,
    PanelAgreement,
)
from training.panels.agreement.texts import (
    COEFFICIENT,
    POINTS,
    SEVERITIES,
    SHARE,
    bias_rows,
    experts_told,
    figure_in_words,
    group_told,
    item_name,
    item_rows,
    item_sentence,
    kappa_rows,
    missing_in_items,
    ranges_in_words,
    share_rows,
    spread_in_words,
    spread_of,
    why_missing,
)
from training.psychometrics.rater_effects import Severity
from training.psychometrics.statistic import Reason, Statistic, Undefined

ELEMENTS = small_pack().instruments[INSTRUMENT]
NAMES = {1: "Emeka", 2: "Freya", 3: "Goran"}


def figure(value: float | None, low: float | None = None, high: float | None = None) -> Statistic:
    return Statistic(value, low, high, None, 12, "by hand")


def missing(reason: Reason, value: float | None = None) -> Statistic:
    return replace(figure(value), undefined=Undefined.because(reason))


def group(ranges: tuple[tuple[int, int], ...] = (), **figures: Statistic) -> GroupAgreement:
    """Five experts and two vignettes; figures that are not given are 0.72."""
    names = ("all_exact", "all_within_one", "icc_a_1", "icc_a_k", "alpha_ordinal", "ac2_quadratic")
    return GroupAgreement(
        experts=5,
        vignettes=2,
        cells=6,
        compared=6,
        ratings=30,
        not_rateable=0,
        ranges=ranges,
        **{name: figures.get(name, figure(0.72, 0.6, 0.8)) for name in names},
    )


def expert(place: int, severity: Severity = Severity.IN_LINE, **changes: object) -> ExpertAgreement:
    plain = figure(0.9, 0.8, 1.0)
    values = {
        "expert": place,
        "cells": 12,
        "not_rateable": 0,
        "exact": plain,
        "within_one": plain,
        "bias": figure(0.1, -0.1, 0.3),
        "deviation": plain,
        "kappa": plain,
        "severity": severity,
        "low": (),
    }
    return ExpertAgreement(**(values | changes))  # type: ignore[arg-type]


def panel(
    *experts: ExpertAgreement, items: Mapping[int, GroupAgreement] | None = None
) -> PanelAgreement:
    rows = tuple(ItemAgreement(number, each) for number, each in (items or {}).items())
    return PanelAgreement((0, 1, 2, 3, 4), 0.95, LOW_AGREEMENT, group(), rows, experts, ())


def sentence_of(name: str, value: float | None) -> str:
    names = ("all_exact", "all_within_one", "icc_a_1", "icc_a_k", "alpha_ordinal", "ac2_quadratic")
    told = group_told(group(**{name: figure(value)}))
    return told[names.index(name)].sentence


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("all_exact", 0.0, "In 0% of the rated items all experts gave the same score."),
        ("all_exact", 1.0, "In 100% of the rated items all experts gave the same score."),
        (
            "all_within_one",
            0.72,
            "In 72% of the rated items no two experts are more than one point apart.",
        ),
        (
            "icc_a_1",
            0.72,
            "Of the differences between single ratings, 72% lie in what was rated and 28% in who "
            "rated it.",
        ),
        (
            "icc_a_1",
            0.0,
            "Ratings of the same thing differ as much as ratings of different things.",
        ),
        (
            "icc_a_1",
            -0.1,
            "Ratings of the same thing differ as much as ratings of different things.",
        ),
        (
            "icc_a_k",
            0.9,
            "Of the differences between the means of 5 experts, 90% lie in what was rated.",
        ),
        (
            "icc_a_k",
            0.0,
            "Ratings of the same thing differ as much as ratings of different things.",
        ),
        (
            "alpha_ordinal",
            0.8,
            "The experts disagree 20% as much as ratings drawn by chance from theirs would.",
        ),
        (
            "alpha_ordinal",
            -0.5,
            "The experts disagree 150% as much as ratings drawn by chance from theirs would.",
        ),
        ("ac2_quadratic", 0.914, "Of the agreement that chance leaves open, 91% was reached."),
        ("ac2_quadratic", 0.0, "Of the agreement that chance leaves open, 0% was reached."),
        ("ac2_quadratic", -0.01, "There is less agreement than chance alone would give."),
    ],
)
def test_every_figure_of_the_panel_is_a_sentence(name: str, value: float, sentence: str) -> None:
    assert sentence_of(name, value) == sentence


def test_shares_and_coefficients_are_drawn_on_their_own_axes() -> None:
    told = group_told(group(alpha_ordinal=missing(Reason.NO_VARIANCE)))
    assert [each.row.style for each in told] == [FigureStyle.SHARE] * 2 + [FigureStyle.NUMBER] * 4
    assert [each.row.axis for each in told] == [SHARE] * 2 + [COEFFICIENT] * 4
    assert [each.row.label for each in told][::5] == [
        "All gave the same score",
        "Gwet's AC2, quadratic",
    ]
    alpha, ac2 = told[4], told[5]
    assert alpha.row.value is None
    assert alpha.row.note == alpha.sentence == why_missing(missing(Reason.NO_VARIANCE))
    assert (ac2.row.value, ac2.row.low, ac2.row.high) == (0.72, 0.6, 0.8)
    assert (ac2.row.note, ac2.row.thresholds) == ("", ())


@pytest.mark.parametrize(
    ("statistic", "why"),
    [
        (figure(0.7, 0.6, 0.8), ""),
        (
            missing(Reason.NO_VARIANCE),
            "Not computable because the scores do not vary, so there is nothing to relate.",
        ),
        (
            missing(Reason.TOO_FEW_UNITS, 0.0),
            "Without an interval because an interval needs at least two vignettes.",
        ),
        (
            missing(Reason.NO_RATIO_SCALE),
            "Not computable because these ratings do not allow it.",
        ),
    ],
)
def test_what_is_missing_says_why_and_whether_it_is_the_figure_or_its_interval(
    statistic: Statistic, why: str
) -> None:
    assert why_missing(statistic) == why


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ((), "No item has two scores."),
        (((0, 5),), "same score: 5"),
        (((0, 2), (1, 3), (2, 1)), "same score: 2; 1 point apart: 3; 2 points apart: 1"),
    ],
)
def test_how_many_items_are_how_far_apart(ranges: tuple[tuple[int, int], ...], words: str) -> None:
    assert ranges_in_words(group(ranges)) == words


@pytest.mark.parametrize(
    ("ranges", "sentence"),
    [
        ((), "Fewer than two experts found it rateable."),
        (((0, 6),), "Whoever gave a score gave the same."),
        (((0, 5), (1, 1)), "Never more than one point apart."),
        (((1, 5), (2, 1)), "Up to 2 points apart; two or more in 1 vignette of 6."),
        (((0, 1), (2, 3), (4, 2)), "Up to 4 points apart; two or more in 5 vignettes of 6."),
    ],
)
def test_how_far_experts_are_apart_on_an_item(
    ranges: tuple[tuple[int, int], ...], sentence: str
) -> None:
    assert item_sentence(ItemAgreement(3, group(ranges))) == sentence


def test_each_item_is_drawn_by_the_figure_that_is_there_most_often() -> None:
    found = panel(items={3: group(ac2_quadratic=figure(-0.1)), 12: group()})
    third, last = item_rows(found, ELEMENTS)
    assert (third.label, third.value, third.axis) == ("3. Element 3", -0.1, COEFFICIENT)
    assert (last.label, last.value) == ("12. Element 12", 0.72)
    assert item_name(ELEMENTS, 12) == "12. Element 12"


def test_what_is_missing_below_the_items_is_told_once_with_the_items_it_is_missing_of() -> None:
    no_variance, one_vignette = missing(Reason.NO_VARIANCE), missing(Reason.TOO_FEW_UNITS, 0.5)
    items = {
        2: group(alpha_ordinal=no_variance),
        3: group(alpha_ordinal=one_vignette),
        11: group(alpha_ordinal=no_variance, all_exact=one_vignette),
    }
    nothing_varies = "Not computable because the scores do not vary, so there is nothing to relate."
    no_interval = "Without an interval because an interval needs at least two vignettes."
    assert missing_in_items(panel(items=items)) == [
        f"Krippendorff's alpha, ordinal, items 2, 11: {nothing_varies}",
        f"Krippendorff's alpha, ordinal, items 3: {no_interval}",
        f"All gave the same score, items 11: {no_interval}",
    ]
    assert missing_in_items(panel(items={1: group()})) == []


@pytest.mark.parametrize(
    ("statistic", "is_share", "words"),
    [
        (figure(None), False, "–"),
        (figure(None), True, "–"),
        (figure(0.0), True, "0%"),
        (figure(-0.126), False, "-0.13"),
        (figure(0.7, 0.6, None), False, "0.70"),
        (figure(0.7, None, 0.8), False, "0.70"),
        (figure(0.7, 0.0, 0.85), False, "0.70 (0.00 to 0.85)"),
        (figure(0.7, 0.55, 1.0), True, "70% (55% to 100%)"),
    ],
)
def test_a_figure_in_a_cell(statistic: Statistic, is_share: bool, words: str) -> None:
    assert figure_in_words(statistic, is_share=is_share) == words


def test_an_expert_is_told_by_which_figures_their_agreement_is_low() -> None:
    both = (LowReason.WITHIN_ONE, LowReason.KAPPA)
    found = panel(
        expert(1),
        expert(2, Severity.LENIENT, within_one=figure(0.5, 0.3, 0.7), low=both[:1]),
        expert(3, Severity.SEVERE, within_one=figure(0.75), kappa=figure(-0.2), low=both),
    )
    emeka, freya, goran = experts_told(found, NAMES)
    assert (emeka.label, emeka.sentence, emeka.low) == (
        "Expert 1, Emeka",
        "Scores on the level of the others.",
        (),
    )
    assert freya.sentence == "Scores higher than the others."
    assert freya.low == ("within one point of the others in 50% of the ratings, under 80%",)
    assert goran.sentence == "Scores lower than the others."
    assert goran.low == (
        "within one point of the others in 75% of the ratings, under 80%",
        "kappa with the others -0.20, under 0.40",
    )
    assert set(SEVERITIES) == set(Severity)


def test_what_lies_just_under_a_line_has_the_digits_that_show_it() -> None:
    both = (LowReason.WITHIN_ONE, LowReason.KAPPA)
    found = panel(
        expert(1, within_one=figure(0.796), kappa=figure(0.3996), low=both),
        expert(2, within_one=figure(0.7996), kappa=figure(0.394), low=both),
    )
    emeka, freya = experts_told(found, NAMES)
    assert emeka.low == (
        "within one point of the others in 79.6% of the ratings, under 80%",
        "kappa with the others 0.3996, under 0.40",
    )
    assert freya.low == (
        "within one point of the others in 79.96% of the ratings, under 80%",
        "kappa with the others 0.39, under 0.40",
    )


def test_experts_are_drawn_beside_the_line_and_whoever_lies_below_it_is_marked_in_words_too() -> (
    None
):
    few = missing(Reason.TOO_FEW_UNITS, 0.5)
    found = panel(
        expert(1, within_one=missing(Reason.NO_OVERLAP)),
        expert(2, within_one=few, low=(LowReason.WITHIN_ONE,)),
        expert(3, kappa=figure(0.3, 0.2, 0.4), low=(LowReason.KAPPA,)),
    )
    told = experts_told(found, NAMES)
    shares = share_rows(told, 0.8)
    assert [row.note for row in shares] == [
        "Not computable because nothing counts towards it.",
        "Below the line. Without an interval because an interval needs at least two vignettes.",
        "",
    ]
    assert [row.tone for row in shares] == ["", "warm", ""]
    assert {(row.style, row.axis, row.thresholds) for row in shares} == {
        (FigureStyle.SHARE, SHARE, (0.8,))
    }
    kappas = kappa_rows(told, 0.4)
    assert [(row.note, row.tone) for row in kappas] == [
        ("", ""),
        ("", ""),
        ("Below the line.", "warm"),
    ]
    assert {(row.style, row.axis, row.thresholds) for row in kappas} == {
        (FigureStyle.NUMBER, COEFFICIENT, (0.4,))
    }
    biases = bias_rows(told)
    assert {(row.style, row.axis, row.thresholds, row.tone) for row in biases} == {
        (FigureStyle.SIGNED, POINTS, (0.0,), "")
    }
    assert [row.value for row in biases] == [0.1] * 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({1: 2}, "Same score: 2"),
        ({1: 0, 2: 0, 3: 0}, "Same score: 0"),
        ({1: 4, 2: 0, 3: 3}, "0 to 4, range 4"),
        ({1: 3, 2: None, 3: 2}, "2 to 3, range 1; 1 not rateable"),
        ({1: None, 2: 0, 3: None}, "Same score: 0; 2 not rateable"),
        ({1: None, 2: None}, "All: not rateable"),
    ],
)
def test_what_everybody_gave_an_item_in_words(given: dict[int, int | None], words: str) -> None:
    assert spread_in_words(given) == words


def test_the_picture_of_what_everybody_gave_holds_one_vignette_alone() -> None:
    ratings = [
        ExpertRating("first", 2, 1, 3),
        ExpertRating("first", 2, 2, None),
        ExpertRating("first", 11, 1, 0),
        ExpertRating("second", 1, 1, 4),
    ]
    strip = spread_of(ratings, "first", ELEMENTS)
    assert [(placed.row.label, placed.row.ratings, placed.row.words) for placed in strip.rows] == [
        ("2. Element 2", {1: 3, 2: None}, "Same score: 3; 1 not rateable"),
        ("11. Element 11", {1: 0}, "Same score: 0"),
    ]
    assert spread_of(ratings, "third", ELEMENTS).rows == ()
