"""What kind of rater somebody is, told with due caution."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.psychometrics.raters import (
    KEY,
    SCALE,
    careful,
    central,
    halo,
    lenient,
    ratings,
    severe,
    undecided,
)
from training.psychometrics import (
    Centrality,
    Halo,
    RaterEffects,
    ScaleUse,
    Severity,
    compare_with_consensus,
    rater_effects,
)


def effects(scores: np.ndarray, key: np.ndarray = KEY) -> RaterEffects:
    return rater_effects(compare_with_consensus(ratings(scores, key), scale=SCALE))


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        (lenient(), Severity.LENIENT),
        (severe(), Severity.SEVERE),
        (KEY, Severity.IN_LINE),
        (careful(error=0.3), Severity.IN_LINE),
    ],
    ids=["Ines", "Tomasz", "perfect", "Asta"],
)
def test_severity(scores: np.ndarray, code: Severity) -> None:
    assert effects(scores).severity.code is code


def test_one_odd_meeting_does_not_make_a_rater_lenient() -> None:
    scores = KEY.copy()
    scores[1] = np.minimum(KEY[1] + 3, 4)
    found = effects(scores).severity
    assert found.figure.value is not None
    assert found.figure.value > 0.25
    assert found.code is Severity.UNSURE


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        (central(), Centrality.NARROW),
        (undecided(), Centrality.NARROW),
        (KEY, Centrality.IN_LINE),
        (np.where(KEY >= 2, 4.0, 0.0), Centrality.WIDE),
    ],
    ids=["Pavel", "Noor", "perfect", "all-or-nothing"],
)
def test_centrality(scores: np.ndarray, code: Centrality) -> None:
    assert effects(scores).centrality.code is code


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        (halo(), Halo.UNRELATED),
        (np.rint((halo() + KEY) / 2), Halo.FLATTENED),
        (KEY, Halo.IN_LINE),
        (4 - KEY, Halo.UNRELATED),
    ],
    ids=["Mirembe", "half a halo", "perfect", "upside down"],
)
def test_halo(scores: np.ndarray, code: Halo) -> None:
    assert effects(scores).halo.code is code


def test_scale_points_never_used_are_named() -> None:
    found = effects(central()).scale_use
    assert found.code is ScaleUse.NEVER_USED
    assert found.categories == (0, 4)


def test_a_favourite_scale_point_is_named() -> None:
    scores = KEY.copy()
    scores[:, 3:6] = 3.0
    found = effects(scores).scale_use
    assert found.code is ScaleUse.OVERUSED
    assert found.categories == (3,)


def test_even_use_of_the_scale() -> None:
    found = effects(KEY).scale_use
    assert found.code is ScaleUse.IN_LINE
    assert found.categories == ()
    assert len(found.table) == len(SCALE)


def test_one_meeting_allows_no_verdict() -> None:
    found = effects(lenient(KEY[:1]), KEY[:1])
    assert found.vignettes == 1
    assert found.severity.code is Severity.UNSURE
    assert found.centrality.code is Centrality.UNSURE
    assert found.halo.code is Halo.UNSURE


def test_nothing_rateable_is_unknown() -> None:
    nothing = np.full(KEY.shape, np.nan)
    found = effects(nothing, nothing)
    assert found.severity.code is Severity.UNKNOWN
    assert found.centrality.code is Centrality.UNKNOWN
    assert found.halo.code is Halo.UNKNOWN
    assert found.scale_use.code is ScaleUse.UNKNOWN


def test_middling_figures_are_unsure() -> None:
    noisy = effects(careful(seed=4, error=1.3))
    assert noisy.halo.code in (Halo.UNSURE, Halo.FLATTENED)
    wobbling = KEY.copy()
    wobbling[0] = 4.0
    assert effects(wobbling).centrality.code in (Centrality.UNSURE, Centrality.IN_LINE)


def test_effects_are_json() -> None:
    found = json.loads(json.dumps(effects(lenient()).as_dict(), allow_nan=False))
    assert found["severity"]["code"] == "lenient"
    assert found["centrality"]["slope"]["value"] is not None
    assert found["scale_use"]["table"][0]["category"] == 0
