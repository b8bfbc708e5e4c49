"""Variance components, coefficients and decision studies of tables of ratings."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.psychometrics.generalizability.components import (
    Components,
    _equations,
    _standard_errors_incomplete,
    estimate_components,
)
from training.psychometrics.generalizability.layout import lay_out
from training.psychometrics.generalizability.study import (
    Generalizability,
    GeneralizabilityError,
    _Design,
    generalizability,
)
from training.psychometrics.table import SCORE_DECIMALS, RatingTable

# These packages warn about their own dependencies when they are imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandas
    import pingouin
    from statsmodels.formula.api import mixedlm, ols
    from statsmodels.stats.anova import anova_lm


def intraclass_correlations(scores: np.ndarray) -> pandas.DataFrame:
    """By type, as pingouin has them; it warns about its own use of pandas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        icc = pingouin.intraclass_corr(long(scores), targets="s", raters="r", ratings="y")
    return icc.set_index("Type")


def long(scores: np.ndarray) -> pandas.DataFrame:
    places = np.indices(scores.shape).reshape(scores.ndim, -1)
    frame = pandas.DataFrame(dict(zip("sri", places, strict=False)))
    return frame.assign(y=scores.ravel(), one=1)


EFFECTS = ("subject", "rater", "item", "subject:rater", "subject:item", "rater:item", "residual")
TRUE = dict(zip(EFFECTS, (1.0, 0.4, 0.5, 0.3, 0.6, 0.2, 0.8), strict=True))


def table(scores: np.ndarray, keep: np.ndarray | None = None) -> RatingTable:
    """From a grid subjects x raters (x items); NaN = not rateable, `keep` leaves cells out."""
    keep = np.ones(scores.shape, dtype=bool) if keep is None else keep
    places = np.argwhere(keep)
    names = [
        [f"{kind}-{place:02}" for place in column]
        for kind, column in zip(("session", "rater", "item"), places.T, strict=False)
    ]
    given_scores = [float(scores[tuple(place)]) for place in places]
    return RatingTable(names[0], names[1], given_scores, names[2] if scores.ndim == 3 else None)


def drawn(
    random: np.random.Generator,
    shape: tuple[int, ...],
    true: Sequence[float] = tuple(TRUE.values()),
) -> np.ndarray:
    """Normal scores of the random model with these components."""
    facets = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
    if len(shape) == 2:
        facets = [(0,), (1,), (0, 1)]
    scores = np.zeros(shape)
    for axes, variance in zip(facets, true, strict=True):
        size = [length if axis in axes else 1 for axis, length in enumerate(shape)]
        scores = scores + random.normal(0.0, math.sqrt(variance), size)
    return scores.round(SCORE_DECIMALS)


def components(result: Generalizability) -> np.ndarray:
    return np.array(list(result.components.values()), dtype=float)


# Brennan (2001), Generalizability Theory, synthetic data set no. 1 (person x item, table 2.2):
# persons down, items across. Its mean squares, components, E rho squared and Phi.
BRENNAN_1 = np.array(
    [
        [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0],
        [1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
        [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ],
    dtype=float,
)


def test_brennan_s_first_data_set() -> None:
    result = generalizability(table(BRENNAN_1))
    assert result.mean_squares == pytest.approx(
        {"subject": 0.8157, "rater": 0.8811, "residual": 0.1269}, abs=5e-5
    )
    assert result.degrees_of_freedom == {"subject": 9, "rater": 11, "residual": 99}
    assert result.components == pytest.approx(
        {"subject": 0.0574, "rater": 0.0754, "residual": 0.1269}, abs=5e-5
    )
    assert result.g == pytest.approx(0.844, abs=5e-4)
    assert result.phi == pytest.approx(0.773, abs=5e-4)
    assert result.warnings == ()


# Brennan (2001), synthetic data set no. 3 (person x item x occasion, table 3.1): here occasions
# are the raters. One row per item of the first, then of the second occasion; persons across.
BRENNAN_3 = np.array(
    [
        [2, 4, 5, 5, 4, 4, 2, 3, 0, 6],
        [6, 5, 5, 9, 3, 4, 6, 4, 5, 8],
        [7, 6, 4, 8, 5, 4, 6, 4, 4, 7],
        [5, 7, 6, 6, 6, 7, 5, 5, 5, 6],
        [2, 6, 5, 5, 4, 6, 2, 6, 5, 6],
        [5, 7, 4, 7, 5, 4, 7, 6, 5, 8],
        [5, 5, 5, 7, 6, 7, 7, 6, 5, 8],
        [5, 7, 5, 6, 4, 8, 5, 4, 3, 6],
    ],
    dtype=float,
)
BRENNAN_3_GRID = BRENNAN_3.reshape(2, 4, 10).transpose(2, 0, 1)


def test_brennan_s_third_data_set() -> None:
    result = generalizability(table(BRENNAN_3_GRID))
    assert result.mean_squares == pytest.approx(
        dict(zip(EFFECTS, (6.9111, 3.2000, 12.4833, 1.3389, 2.0852, 2.5000, 0.9352), strict=True)),
        abs=5e-5,
    )
    assert result.degrees_of_freedom == dict(zip(EFFECTS, (9, 1, 3, 9, 27, 3, 27), strict=True))
    assert result.components == pytest.approx(
        dict(zip(EFFECTS, (0.5528, 0.0074, 0.4417, 0.1009, 0.5750, 0.1565, 0.9352), strict=True)),
        abs=5e-5,
    )
    assert (result.g, result.phi) == pytest.approx((0.64, 0.55), abs=5e-3)
    assert result.design == "subject x rater x item"


def test_brennan_s_third_data_set_with_fixed_items() -> None:
    """Brennan (2001), chapter 4: with items fixed E rho squared is .81 and Phi .79."""
    result = generalizability(table(BRENNAN_3_GRID), items_fixed=True)
    assert (result.g, result.phi) == pytest.approx((0.81, 0.79), abs=5e-3)
    random = generalizability(table(BRENNAN_3_GRID))
    assert result.components == random.components


@pytest.mark.parametrize("shape", [(6, 3, 4), (5, 2, 3), (8, 4), (3, 2)])
def test_mean_squares_against_the_anova_of_statsmodels(shape: tuple[int, ...]) -> None:
    true = tuple(TRUE.values()) if len(shape) == 3 else (1.0, 0.4, 0.8)
    scores = drawn(np.random.default_rng(2), shape, true)
    result = generalizability(table(scores))
    formula = "y ~ (C(s) + C(r) + C(i)) ** 2" if len(shape) == 3 else "y ~ C(s) + C(r)"
    anova = anova_lm(ols(formula, long(scores)).fit(), typ=2)
    expected = (anova["sum_sq"] / anova["df"]).to_numpy()
    assert result.mean_squares is not None
    assert list(result.mean_squares.values()) == pytest.approx(expected)
    assert result.degrees_of_freedom is not None
    assert list(result.degrees_of_freedom.values()) == pytest.approx(anova["df"].to_numpy())


def test_positive_components_against_reml() -> None:
    """In a balanced design with positive estimates REML and ANOVA agree (Searle et al. 1992)."""
    scores = drawn(np.random.default_rng(9), (12, 4, 5), [value * 2 for value in TRUE.values()])
    result = generalizability(table(scores))
    assert components(result).min() > 0
    terms = {
        "subject": "0 + C(s)",
        "rater": "0 + C(r)",
        "item": "0 + C(i)",
        "subject:rater": "0 + C(s):C(r)",
        "subject:item": "0 + C(s):C(i)",
        "rater:item": "0 + C(r):C(i)",
    }
    model = mixedlm("y ~ 1", long(scores), groups="one", re_formula="0", vc_formula=terms)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = model.fit(reml=True)
    expected = dict(zip(model.exog_vc.names, fit.vcomp, strict=True)) | {"residual": fit.scale}
    assert result.components == pytest.approx(expected, rel=5e-3, abs=5e-3)


@pytest.mark.parametrize("seed", range(5))
def test_coefficients_are_intraclass_correlations(seed: int) -> None:
    """McGraw & Wong (1996): g is the ICC(C,k), with its interval, and phi the ICC(A,k)."""
    scores = drawn(np.random.default_rng(seed), (9, 4), (1.5, 0.6, 0.7))
    result = generalizability(table(scores))
    assert components(result).min() > 0
    icc = intraclass_correlations(scores)
    assert result.g == pytest.approx(icc.loc["ICC(C,k)", "ICC"])
    assert result.phi == pytest.approx(icc.loc["ICC(A,k)", "ICC"])
    interval = [round(end, 2) for end in (result.g_low or 9, result.g_high or 9)]
    column = next(name for name in icc.columns if name.startswith("CI95"))
    assert interval == pytest.approx(list(icc.loc["ICC(C,k)", column]))
    single = result.study[0]
    assert single.g == pytest.approx(icc.loc["ICC(C,1)", "ICC"])
    assert single.phi == pytest.approx(icc.loc["ICC(A,1)", "ICC"])


@pytest.mark.parametrize("share", [1.0, 0.7])
@pytest.mark.parametrize("shape", [(10, 4), (7, 3, 4)])
def test_components_are_unbiased_with_and_without_gaps(
    shape: tuple[int, ...], share: float
) -> None:
    """The mean estimate of 400 tables with the same gaps is the truth, within 4 standard errors.

    And their spread is what the formula for gaps says at the true components.
    """
    random = np.random.default_rng(7)
    keep = np.random.default_rng(5).random(shape) < share
    true = np.array(list(TRUE.values()) if len(shape) == 3 else [1.0, 0.4, 0.8])
    layouts = [lay_out(table(drawn(random, shape, tuple(true)), keep)) for _ in range(400)]
    coefficients, _ = _equations(layouts[0])
    inverse = np.linalg.inv(coefficients)
    estimates = np.array([inverse @ _equations(layout)[1] for layout in layouts])
    assert estimates[0] == pytest.approx(estimate_components(layouts[0]).solution)
    spread = estimates.std(axis=0, ddof=1)
    assert (np.abs(estimates.mean(axis=0) - true) < 4 * spread / math.sqrt(400)).all()
    stated = _standard_errors_incomplete(layouts[0], true, inverse)
    assert spread == pytest.approx(np.array(list(stated.values()), dtype=float), rel=0.12)


def test_standard_errors_of_complete_tables_are_the_spread_of_the_estimates() -> None:
    """Searle (1971): their squares are unbiased."""
    random = np.random.default_rng(17)
    results = [generalizability(table(drawn(random, (8, 3, 4))), raters=()) for _ in range(400)]
    spread = np.array([components(result) for result in results]).std(axis=0, ddof=1)
    errors = np.array([list(result.standard_errors.values()) for result in results], dtype=float)
    assert np.sqrt((errors**2).mean(axis=0)) == pytest.approx(spread, rel=0.15)


def test_henderson_s_sums_by_hand() -> None:
    """Three sessions, two raters, one gap; the T and their coefficients as Henderson wrote them.

    Scores 1 3 / 4 6 / 8 -, N = 5, T(mean) = 22^2 / 5 = 96.8.
    T(s) = 16/2 + 100/2 + 64 = 122, T(r) = 169/3 + 81/2 = 96.8333, T(all) = 126.
    Coefficients of (s, r, residual): T(s): 5, (2 + 2)/2 + 1 = 3, 3; T(r): 3/3 + 2/2 = 2, 5, 2;
    T(all): 5, 5, 5; T(mean): (4 + 4 + 1)/5 = 1.8, (9 + 4)/5 = 2.6, 1.
    """
    equations = np.array(
        [[5 - 1.8, 3 - 2.6, 3 - 1], [2 - 1.8, 5 - 2.6, 2 - 1], [5 - 1.8, 5 - 2.6, 5 - 1]]
    )
    sums = np.array([122 - 96.8, 169 / 3 + 81 / 2 - 96.8, 126 - 96.8])
    result = generalizability(table(np.array([[1, 3], [4, 6], [8, np.nan]])))
    assert components(result) == pytest.approx(np.linalg.solve(equations, sums))
    assert result.mean_squares is None
    assert result.n["raters_per_subject"] == pytest.approx(3 / (1 / 2 + 1 / 2 + 1))
    assert result.n["missing"] == 1
    assert "incomplete: 1 of 6 cells hold no score" in result.warnings[0]


def test_not_rateable_is_as_good_as_missing() -> None:
    scores = drawn(np.random.default_rng(1), (6, 3, 3))
    keep = np.random.default_rng(2).random(scores.shape) < 0.8
    missing = generalizability(table(scores, keep))
    not_rateable = generalizability(table(np.where(keep, scores, np.nan)))
    assert missing.as_dict() == not_rateable.as_dict()


def test_a_complete_table_says_the_same_whichever_standard_errors() -> None:
    """With many degrees of freedom the two formulas for standard errors meet."""
    layout = lay_out(table(drawn(np.random.default_rng(4), (40, 12), (1.0, 0.4, 0.8))))
    found = estimate_components(layout)
    inverse = np.linalg.pinv(_equations(layout)[0])
    general = _standard_errors_incomplete(layout, found.solution, inverse)
    # 2 MS^2 / df and 2 MS^2 / (df + 2), with 11 degrees of freedom for raters.
    assert general == pytest.approx(found.standard_errors, rel=0.09)


def test_the_decision_study_by_hand() -> None:
    """Components of Brennan's third data set; 3 raters, 4 items, 2 sessions of a service."""
    result = generalizability(table(BRENNAN_3_GRID), raters=[3], sessions=[2])
    s, r, i, sr, si, ri, res = components(result)
    one, mean = result.study
    relative = sr / 3 + si / 4 + res / 12
    absolute = relative + r / 3 + i / 4 + ri / 12
    assert one.relative_error == pytest.approx(math.sqrt(relative))
    assert one.absolute_error == pytest.approx(math.sqrt(absolute))
    assert one.g == pytest.approx(s / (s + relative))
    assert one.phi == pytest.approx(s / (s + absolute))
    assert one.known_to_within == pytest.approx(1.959964 * math.sqrt(absolute))
    assert one.sentence == "With 3 raters and 4 items the score is known to within 1.2 points."
    of_service = (s + relative) / 2 + r / 3 + i / 4 + ri / 12
    assert mean.absolute_error == pytest.approx(math.sqrt(of_service))
    assert mean.relative_error == pytest.approx(math.sqrt((s + relative) / 2))
    assert mean.g is mean.phi is None
    assert mean.sentence.startswith("With 3 raters, 4 items and 2 sessions the service's score is")


def test_the_decision_study_with_fixed_items_by_hand() -> None:
    result = generalizability(table(BRENNAN_3_GRID), raters=[3], sessions=[2], items_fixed=True)
    s, r, _, sr, si, ri, res = components(result)
    one, mean = result.study
    relative, measured = sr / 3 + res / 12, s + si / 4
    assert one.g == pytest.approx(measured / (measured + relative))
    assert one.phi == pytest.approx(measured / (measured + relative + r / 3 + ri / 12))
    of_service = (measured + relative) / 2 + r / 3 + ri / 12
    assert mean.absolute_error == pytest.approx(math.sqrt(of_service))


@pytest.mark.parametrize("items_fixed", [False, True])
def test_the_error_of_a_service_is_what_simulation_finds(items_fixed: bool) -> None:
    """Three sessions, two raters and four items are drawn, and the mean held against 0.

    Fixed items are drawn once: what they do to everybody belongs to the mean that is wanted.
    """
    found = Components(
        lay_out(table(BRENNAN_3_GRID)), np.array(list(TRUE.values())), np.eye(7), {}, None, None
    )
    stated = _Design(2, 4, 3, items_fixed).absolute_error(found)
    random = np.random.default_rng(9)
    true = dict(TRUE, item=0.0) if items_fixed else TRUE
    means = [drawn(random, (3, 2, 4), tuple(true.values())).mean() for _ in range(6000)]
    assert stated == pytest.approx(np.std(means), rel=0.03)


def test_an_interval_around_a_score_holds_its_universe_score() -> None:
    """95 % of 4,000 sessions lie within `known_to_within`, given the true components."""
    random = np.random.default_rng(14)
    big = generalizability(table(drawn(random, (150, 40), (1.0, 0.3, 0.5))), raters=[2])
    half = big.study[0].known_to_within
    assert half is not None
    raters = random.normal(0, math.sqrt(0.3), (4000, 2))
    errors = raters + random.normal(0, math.sqrt(0.5), (4000, 2))
    held = (np.abs(errors.mean(axis=1)) <= half).mean()
    assert held == pytest.approx(0.95, abs=0.025)


def test_negative_estimates_are_shown_and_count_as_nothing() -> None:
    """Otto and Ines contradict each other: what sessions share is estimated below 0."""
    result = generalizability(table(np.array([[1.0, 3.0], [3.0, 1.0], [2.0, 2.0]])))
    assert result.components["subject"] == pytest.approx(-1.0)
    assert result.g == 0.0
    assert (result.g_low, result.g_high) == (None, None)
    assert result.shares == pytest.approx({"subject": 0.0, "rater": 0.0, "residual": 100.0})
    assert "taken as 0 in what follows: subject, rater." in result.warnings[-1]


def test_raters_who_agree_perfectly() -> None:
    result = generalizability(table(np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])))
    assert result.components["residual"] == 0.0
    assert (result.g, result.phi) == (1.0, 1.0)
    assert (result.g_low, result.g_high) == (None, None)
    assert result.study[0].sentence == "With 1 rater the score is known to within 0.0 points."


def test_a_severe_rater_lowers_phi_but_not_g() -> None:
    result = generalizability(table(np.array([[1.0, 0.0], [2.0, 1.0], [4.0, 3.0]])))
    assert result.g == 1.0
    assert result.phi == pytest.approx(7 / 3 / (7 / 3 + 0.25))


def test_constant_scores_relate_to_nothing() -> None:
    result = generalizability(table(np.full((4, 3, 2), 2.0)))
    assert set(result.components.values()) == {0.0}
    assert result.g is result.phi is result.shares is None
    assert result.warnings == ("The scores do not vary, so there is nothing to relate.",)
    assert result.absolute_error == 0.0
    assert result.study[0].known_to_within is None
    assert "it cannot be said how closely" in result.study[0].sentence


def test_rounding_does_not_decide_whether_g_has_an_interval() -> None:
    """The component of subjects is 0 exactly, seen from either end of the scale or either rater."""
    scores = np.array([[0.0, 0], [0, 0], [0, 1]])
    seen = [scores, 1 - scores, scores[:, ::-1], scores + 0.1, 0.7 - scores]
    results = [generalizability(table(each)) for each in seen]
    assert {result.components["subject"] for result in results} == {0.0}
    assert all(result.g_low is not None for result in results)
    assert [result.g_high for result in results] == pytest.approx([results[0].g_high] * len(seen))


def test_raters_nested_in_sessions_leave_phi_but_not_g() -> None:
    """Each session has two raters of its own: their severity cannot be told from error.

    The components are those of the one-way ANOVA, and phi is its ICC(1,k).
    """
    scores = drawn(np.random.default_rng(3), (6, 2), (1.5, 0.0, 0.7))
    spread, keep = np.zeros((6, 12)), np.zeros((6, 12), dtype=bool)
    for session in range(6):
        spread[session, 2 * session : 2 * session + 2] = scores[session]
        keep[session, 2 * session : 2 * session + 2] = True
    result = generalizability(table(spread, keep))
    assert result.components["rater"] is result.components["residual"] is None
    assert result.standard_errors["rater"] is None
    assert result.g is None
    icc = intraclass_correlations(scores)
    assert result.phi == pytest.approx(icc.loc["ICC(1,k)", "ICC"])
    assert result.warnings[-1] == (
        "The design cannot tell rater and residual apart, so they are not estimated."
    )
    service = generalizability(table(spread, keep), sessions=[2]).study[-1]
    assert service.absolute_error is None
    assert service.sentence.endswith("it cannot be said how closely the service's score is known.")


def test_one_item_is_a_table_of_subjects_and_raters() -> None:
    scores = drawn(np.random.default_rng(6), (5, 3), (1.0, 0.2, 0.5))
    one, none = generalizability(table(scores[..., None])), generalizability(table(scores))
    assert one.design == "subject x rater"
    assert one.components["subject"] == none.components["subject"]
    assert one.components["subject:item"] is None
    assert (one.g, one.phi) == (none.g, none.phi)
    assert one.warnings[0].startswith("Only one item was scored")


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (np.zeros((0, 0)), "There is no score: enter ratings"),
        (np.full((3, 3), np.nan), "There is no score: enter ratings"),
        (np.array([[1.0, 2.0, 3.0]]), "Only one subject was scored"),
        (np.array([[1.0], [2.0], [3.0]]), "Only one rater gave scores"),
        (np.array([[1.0, np.nan], [np.nan, 3.0]]), "let at least two raters score the same"),
        (np.ones((1, 3, 4)), "Only one subject"),
        (np.ones((3, 1, 4)), "Only one rater"),
    ],
)
def test_where_nothing_can_be_estimated_a_sentence_says_what_to_do(
    scores: np.ndarray, message: str
) -> None:
    with pytest.raises(GeneralizabilityError, match=message):
        generalizability(table(scores))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"raters": [0]}, "raters must be whole numbers from 1 up, not 0"),
        ({"raters": [1.5]}, "raters must be whole numbers"),
        ({"sessions": [-1]}, "sessions must be whole numbers"),
        ({"items": [0]}, "items must be whole numbers"),
        ({"items": [8], "items_fixed": True}, "items must be left out when they are fixed"),
        ({"confidence": 1.0}, "confidence must lie strictly between"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        generalizability(table(BRENNAN_3_GRID), **options)  # type: ignore[arg-type]


def test_of_a_large_table_with_gaps_the_errors_are_left_out_and_the_rest_is_told() -> None:
    scores = np.random.default_rng(7).integers(0, 5, (40, 20, 2)).astype(float)
    scores[0, 0, 0] = np.nan
    result = generalizability(table(scores))
    assert set(result.standard_errors.values()) == {None}
    assert None not in result.components.values()
    assert "1 of 1600 cells hold no score" in result.warnings[0]


def test_more_raters_items_and_sessions_never_make_it_worse() -> None:
    study = generalizability(
        table(BRENNAN_3_GRID), raters=range(1, 8), items=[4, 8, 16], sessions=[1, 4, 16]
    ).study
    assert len(study) == 7 * 3 * 4
    errors = np.array([row.absolute_error for row in study], dtype=float).reshape(4, 3, 7)
    assert (np.diff(errors, axis=2) < 0).all()
    assert (np.diff(errors, axis=1) < 0).all()
    assert (np.diff(errors[1:], axis=0) < 0).all()


SCORES = st.one_of(st.none(), st.integers(0, 4).map(float))
ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.sampled_from("ijk"), SCORES),
    max_size=36,
    unique_by=lambda row: row[:3],
)


def studied(
    rows: Sequence[tuple[str, str, str, float | None]], has_items: bool
) -> Generalizability | str:
    if not has_items:
        rows = [row for row in rows if row[2] == "i"]
    subjects, raters, items, scores = ([row[column] for row in rows] for column in range(4))
    ratings = RatingTable(subjects, raters, scores, items if has_items else None)
    try:
        return generalizability(ratings, sessions=[3])
    except GeneralizabilityError as error:
        return str(error)


def numbers(result: Generalizability) -> dict[str, object]:
    return {name: value for name, value in result.as_dict().items() if name != "study"}


@given(rows=ROWS, has_items=st.booleans())
def test_any_table_gives_json_or_a_sentence(
    rows: list[tuple[str, str, str, float | None]], has_items: bool
) -> None:
    result = studied(rows, has_items)
    if isinstance(result, str):
        assert result.endswith(".")
        return
    plain = json.loads(json.dumps(result.as_dict(), allow_nan=False))
    for coefficient in ("g", "phi"):
        assert plain[coefficient] is None or 0 <= plain[coefficient] <= 1
    if result.g is not None and result.phi is not None:
        assert result.phi <= result.g + 1e-9
    for error in plain["standard_errors"].values():
        assert error is None or error >= 0
    for name in ("components", "standard_errors"):
        assert list(plain[name]) == list(EFFECTS if has_items else ("subject", "rater", "residual"))
    assert (None in plain["components"].values()) <= bool(plain["warnings"])


@given(rows=ROWS, has_items=st.booleans(), random=st.randoms(use_true_random=False))
def test_neither_order_nor_names_nor_the_origin_of_the_scale_matter(
    rows: list[tuple[str, str, str, float | None]], has_items: bool, random: object
) -> None:
    renamed = [
        (chr(200 - ord(subject)), chr(250 - ord(rater)), item, None if score is None else score + 7)
        for subject, rater, item, score in rows
    ]
    random.shuffle(renamed)  # type: ignore[attr-defined]
    result, other = studied(rows, has_items), studied(renamed, has_items)
    if isinstance(result, str) or isinstance(other, str):
        assert result == other
        return
    assert other.n == pytest.approx(result.n)
    for name, value in result.components.items():
        expected = None if value is None else pytest.approx(value, abs=1e-7)
        assert other.components[name] == expected
    for one, two in zip(result.study, other.study, strict=True):
        assert two.absolute_error == (
            None if one.absolute_error is None else pytest.approx(one.absolute_error, abs=1e-5)
        )
