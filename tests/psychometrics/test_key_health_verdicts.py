"""Where the lines between the verdicts on a key lie: each from both sides, and which goes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.psychometrics.key_health.verdicts import (
    ItemDrift,
    Thresholds,
    Verdict,
    surely_beyond,
    verdict,
)
from training.psychometrics.statistic import Reason, Statistic, Undefined

UNKNOWN = Statistic(None, None, None, None, 0, "", Undefined.because(Reason.TOO_FEW_UNITS))
NO_DRIFT = ItemDrift(1, UNKNOWN, UNKNOWN)


def figure(value: float, low: float, high: float) -> Statistic:
    return Statistic(value, low, high, 0.1, 20, "")


# Twenty raters, eight of them trusted, who mostly accept the key and do not lean.
ACCEPTED = figure(0.9, 0.6, 0.98)
REJECTED = figure(0.2, 0.1, 0.4)
LEVEL = figure(0.0, -0.2, 0.2)
HIGHER = figure(0.4, 0.1, 0.7)
KNOWING = figure(0.3, 0.1, 0.5)


def word(**figures: Any) -> Verdict:
    """The verdict on a sound key but for these figures."""
    sound: dict[str, Any] = {
        "raters": 20,
        "trusted": 8,
        "high_accepted": ACCEPTED,
        "lean": LEVEL,
        "lean_elsewhere": LEVEL,
        "beyond_lean": LEVEL,
        "discrimination": KNOWING,
        "drift": NO_DRIFT,
    }
    return verdict(Thresholds(), **(sound | figures))


def test_a_key_that_good_raters_accept_is_sound() -> None:
    assert word() is Verdict.SOUND
    # Nor does it need figures that nobody could compute.
    nothing = dict.fromkeys(
        ("high_accepted", "lean", "lean_elsewhere", "beyond_lean", "discrimination"), UNKNOWN
    )
    assert word(**nothing) is Verdict.SOUND


@pytest.mark.parametrize(
    ("raters", "trusted", "expected"),
    [
        (20, 8, Verdict.DOUBTFUL),
        (19, 8, Verdict.TOO_FEW),
        (20, 7, Verdict.TOO_FEW),
        (19, 19, Verdict.TOO_FEW),
        (0, 0, Verdict.TOO_FEW),
    ],
)
def test_of_few_raters_nothing_is_said_however_they_disagree(
    raters: int, trusted: int, expected: Verdict
) -> None:
    opposed = figure(-0.5, -0.8, -0.2)
    assert word(raters=raters, trusted=trusted, discrimination=opposed) is expected


@pytest.mark.parametrize(
    ("elsewhere", "expected"),
    [
        (figure(0.25, 0.05, 0.45), Verdict.DRIFT),
        (figure(0.2499, 0.05, 0.45), Verdict.SOUND),  # less than the standard's bias gate
        (figure(0.4, 0.0, 0.8), Verdict.SOUND),  # not surely beyond 0
        (figure(0.4, 0.001, 0.8), Verdict.DRIFT),
        (figure(-0.4, -0.6, -0.2), Verdict.SOUND),  # they lean the other way there
        (UNKNOWN, Verdict.SOUND),
    ],
)
def test_raters_who_lean_here_as_they_do_elsewhere_have_drifted(
    elsewhere: Statistic, expected: Verdict
) -> None:
    assert word(lean=HIGHER, lean_elsewhere=elsewhere) is expected
    # What has grown since certification explains as much.
    assert word(lean=HIGHER, drift=ItemDrift(1, UNKNOWN, elsewhere)) is expected
    # And to the severe side the same holds as to the lenient one.
    below, mirrored = turned(HIGHER), turned(elsewhere)
    assert word(lean=below, lean_elsewhere=mirrored) is expected
    assert word(lean=below, drift=ItemDrift(1, UNKNOWN, mirrored)) is expected


def turned(one: Statistic) -> Statistic:
    """The figure with its sign turned."""
    if one.value is None or one.low is None or one.high is None:
        return one
    return replace(one, value=-one.value, low=-one.high, high=-one.low)


@pytest.mark.parametrize(
    "lean",
    [figure(0.4, 0.0, 0.8), figure(0.0, -0.2, 0.2), UNKNOWN, replace(HIGHER, low=None, high=None)],
)
def test_drift_explains_no_cell_whose_own_raters_do_not_surely_lean(lean: Statistic) -> None:
    leaning = figure(0.5, 0.3, 0.7)
    drift = ItemDrift(1, leaning, leaning)
    assert word(lean=lean, lean_elsewhere=leaning, drift=drift) is Verdict.SOUND


def test_the_lean_over_all_vignettes_explains_nothing_since_the_cell_is_one_of_them() -> None:
    assert word(lean=HIGHER, drift=ItemDrift(1, figure(0.5, 0.3, 0.7), UNKNOWN)) is Verdict.SOUND


@pytest.mark.parametrize(
    ("beyond", "expected"),
    [
        (figure(0.8, 0.5, 1.1), Verdict.DRIFT),  # perhaps no more than half a point is left over
        (figure(0.8, 0.51, 1.1), Verdict.DOUBTFUL),
        (figure(-0.8, -1.1, -0.5), Verdict.DRIFT),
        (figure(-0.8, -1.1, -0.51), Verdict.DOUBTFUL),
    ],
)
def test_drift_does_not_excuse_what_is_left_over_beyond_it(
    beyond: Statistic, expected: Verdict
) -> None:
    found = word(lean=HIGHER, lean_elsewhere=HIGHER, beyond_lean=beyond, high_accepted=REJECTED)
    assert found is expected


def test_drift_goes_before_doubt() -> None:
    """Who knows the rest best disagrees here, and leans on the item everywhere: not the key."""
    opposed = figure(-0.5, -0.8, -0.2)
    assert word(discrimination=opposed) is Verdict.DOUBTFUL
    assert word(discrimination=opposed, lean=HIGHER, lean_elsewhere=HIGHER) is Verdict.DRIFT


@pytest.mark.parametrize(
    ("discrimination", "expected"),
    [
        (figure(-0.3, -0.6, -0.001), Verdict.DOUBTFUL),
        (figure(-0.3, -0.6, 0.0), Verdict.SOUND),
        (replace(KNOWING, value=-0.9, low=None, high=None), Verdict.SOUND),
    ],
)
def test_a_key_that_those_who_know_the_rest_reject_is_doubtful_whoever_accepts_it(
    discrimination: Statistic, expected: Verdict
) -> None:
    assert word(discrimination=discrimination) is expected


@pytest.mark.parametrize(
    ("high_accepted", "discrimination", "beyond", "expected"),
    [
        (figure(0.3, 0.1, 0.499), figure(-0.1, -0.4, 0.2), LEVEL, Verdict.DOUBTFUL),
        (figure(0.3, 0.1, 0.499), UNKNOWN, LEVEL, Verdict.DOUBTFUL),
        (figure(0.3, 0.1, 0.499), figure(0.0, -0.3, 0.3), LEVEL, Verdict.DOUBTFUL),
        # Perhaps half of them accept it.
        (figure(0.3, 0.1, 0.5), figure(-0.1, -0.4, 0.2), LEVEL, Verdict.WATCH),
        # Who knows the rest accepts it rather than who does not: a hard key is no wrong one ...
        (figure(0.3, 0.1, 0.499), figure(0.1, -0.2, 0.4), LEVEL, Verdict.WATCH),
        # ... unless they are all too far off, here only.
        (figure(0.3, 0.1, 0.499), figure(0.1, -0.2, 0.4), figure(0.9, 0.6, 1.2), Verdict.DOUBTFUL),
        (figure(0.3, 0.1, 0.499), figure(0.1, -0.2, 0.4), figure(0.9, 0.5, 1.3), Verdict.WATCH),
        # Far off alone is no doubt as long as most accept it.
        (ACCEPTED, figure(-0.1, -0.4, 0.2), figure(0.9, 0.6, 1.2), Verdict.SOUND),
    ],
)
def test_a_key_that_good_raters_reject_is_doubtful_once_something_else_speaks_against_it(
    high_accepted: Statistic, discrimination: Statistic, beyond: Statistic, expected: Verdict
) -> None:
    found = word(high_accepted=high_accepted, discrimination=discrimination, beyond_lean=beyond)
    assert found is expected


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"high_accepted": figure(0.499, 0.3, 0.7)}, Verdict.WATCH),
        ({"high_accepted": figure(0.5, 0.3, 0.7)}, Verdict.SOUND),
        ({"lean": figure(0.5, 0.001, 1.0)}, Verdict.WATCH),
        ({"lean": figure(0.4999, 0.2, 0.8)}, Verdict.SOUND),
        ({"lean": figure(0.9, 0.0, 1.8)}, Verdict.SOUND),
        ({"lean": figure(-0.5, -1.0, -0.001)}, Verdict.WATCH),
        ({"lean": figure(-0.9, -1.8, 0.0)}, Verdict.SOUND),
        ({"lean": UNKNOWN, "high_accepted": UNKNOWN}, Verdict.SOUND),
    ],
)
def test_what_stands_out_and_not_surely_is_watched(
    figures: dict[str, Statistic], expected: Verdict
) -> None:
    assert word(**figures) is expected


def test_other_lines_give_other_verdicts() -> None:
    strict = Thresholds(least_raters=40, least_trusted=8)
    figures = {
        "high_accepted": ACCEPTED,
        "lean": LEVEL,
        "lean_elsewhere": LEVEL,
        "beyond_lean": LEVEL,
        "discrimination": KNOWING,
    }
    few = verdict(strict, raters=39, trusted=8, drift=NO_DRIFT, **figures)
    enough = verdict(strict, raters=40, trusted=8, drift=NO_DRIFT, **figures)
    assert (few, enough) == (Verdict.TOO_FEW, Verdict.SOUND)


@pytest.mark.parametrize(
    ("low", "high", "line", "expected"),
    [
        (0.51, 1.0, 0.5, True),
        (0.5, 1.0, 0.5, False),
        (-1.0, -0.51, 0.5, True),
        (-1.0, -0.5, 0.5, False),
        (-2.0, 2.0, 0.5, False),
        (0.1, 0.2, 0.0, True),
    ],
)
def test_beyond_a_line_is_the_whole_interval_on_one_side(
    low: float, high: float, line: float, expected: bool
) -> None:
    assert surely_beyond(figure((low + high) / 2, low, high), line) is expected


def test_without_an_interval_nothing_is_sure() -> None:
    assert not surely_beyond(UNKNOWN, 0.0)
    assert not surely_beyond(replace(HIGHER, high=None), 0.0)
    assert not surely_beyond(replace(HIGHER, low=None), 0.0)


@st.composite
def any_figure(draw: st.DrawFn) -> Statistic:
    if draw(st.integers(0, 4)) == 0:
        return UNKNOWN
    low, value, high = sorted(draw(st.lists(st.floats(-1, 1), min_size=3, max_size=3)))
    return figure(value, low, high)


@settings(max_examples=60)
@given(leans=st.tuples(*[any_figure()] * 4), discrimination=any_figure())
def test_lenient_and_severe_are_judged_alike(
    leans: tuple[Statistic, ...], discrimination: Statistic
) -> None:
    def judged(here: Statistic, there: Statistic, left: Statistic, late: Statistic) -> Verdict:
        return word(
            lean=here,
            lean_elsewhere=there,
            beyond_lean=left,
            drift=ItemDrift(1, UNKNOWN, late),
            high_accepted=REJECTED,
            discrimination=discrimination,
        )

    assert judged(*leans) is judged(*map(turned, leans))
