"""Quantiles and probabilities, against scipy and by hand, to where there are none."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.psychometrics.arrays import NEGLIGIBLE, ratio
from training.psychometrics.distributions import (
    beta_probability_above,
    beta_quantile,
    chi_square_quantile,
    f_quantile,
    t_quantile,
)

# This package warns about its own dependencies when it is imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import scipy.stats


@pytest.mark.parametrize("probability", [0.025, 0.5, 0.975])
def test_chi_square_and_beta_against_scipy(probability: float) -> None:
    for freedom in (1.0, 3.0, 16.0):
        expected = scipy.stats.chi2.ppf(probability, freedom)
        assert chi_square_quantile(probability, freedom) == pytest.approx(expected)
    for alpha, beta in ((0.5, 0.5), (8.5, 1.5), (40.0, 2.0)):
        expected = scipy.stats.beta.ppf(probability, alpha, beta)
        assert beta_quantile(probability, alpha, beta) == pytest.approx(expected)


def test_a_beta_of_one_and_one_is_even() -> None:
    assert beta_quantile(0.3, 1.0, 1.0) == pytest.approx(0.3)
    assert beta_probability_above(0.3, 1.0, 1.0) == pytest.approx(0.7)
    assert beta_probability_above(0.0, 3.0, 2.0) == 1.0
    assert beta_probability_above(1.0, 3.0, 2.0) == 0.0


@settings(max_examples=30)
@given(st.floats(0.01, 0.99), st.floats(0.5, 50.0), st.floats(0.5, 50.0))
def test_a_beta_quantile_leaves_the_rest_above(
    probability: float, alpha: float, beta: float
) -> None:
    threshold = beta_quantile(probability, alpha, beta)
    assert beta_probability_above(threshold, alpha, beta) == pytest.approx(1 - probability)


def test_students_t_looks_up_each_number_of_vignettes_and_keeps_the_shape() -> None:
    freedom = np.array([[3.0, 0.0], [1.0, 3.0]])
    found = t_quantile(0.975, freedom)
    assert found.shape == (2, 2)
    # Student's table at .975: 3.182 on three degrees of freedom, 12.706 on one.
    assert [found[0, 0], found[1, 0], found[1, 1]] == pytest.approx(
        [3.182446, 12.706205, 3.182446], abs=1e-5
    )
    assert np.isnan(found[0, 1])


def test_an_f_quantile_beyond_all_numbers_is_none() -> None:
    # Fisher's table at .975 on 2 and 2 degrees of freedom: 39.00.
    assert f_quantile(0.975, np.array(2.0), np.array(2.0)) == pytest.approx(39.0)
    found = f_quantile(0.975, np.array([5.0, 5.0]), np.array([0.01, 11.0]))
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(4.04, abs=0.005)


def test_what_is_negligible_divides_nothing_on_either_side_of_nothing() -> None:
    least = np.array([NEGLIGIBLE, -NEGLIGIBLE, 2 * NEGLIGIBLE, -2 * NEGLIGIBLE])
    found = ratio(np.full(4, NEGLIGIBLE), least)
    assert np.isnan(found[:2]).all()
    assert found[2:].tolist() == pytest.approx([0.5, -0.5])
