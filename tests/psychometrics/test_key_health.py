"""Key health: wrong keys are found, sound ones are left alone, drifting raters are told apart."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from tests.pack import LEVELS
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.psychometrics.arrays import BoolArray, FloatArray
from training.psychometrics.key_health.figures import FirstRatings
from training.psychometrics.key_health.report import key_health
from training.psychometrics.key_health.verdicts import CellHealth, OtherRating, Verdict
from training.psychometrics.statistic import Reason

# The package warns about its own dependencies when it is imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import scipy.stats

KEY = np.array([[np.nan if score is None else score for score in row] for row in LEVELS])
VIGNETTES, ITEMS = KEY.shape
SCALE = (0, 1, 2, 3, 4)
CERTIFIABLE = (RaterKind.EXCELLENT, RaterKind.GOOD, RaterKind.FAIR, RaterKind.DRIFTING)
# Forty raters as a service has them: most are good, some are not.
MIXED = {
    RaterKind.EXCELLENT: 10,
    RaterKind.GOOD: 14,
    RaterKind.FAIR: 8,
    RaterKind.BORDERLINE: 4,
    RaterKind.NOISY: 2,
    RaterKind.HALO: 2,
}
SERVICES = 15


def rated(kinds: Mapping[RaterKind, int], *, seed: int) -> tuple[FloatArray, BoolArray]:
    """Scores (raters, vignettes, items), each rater in an order of their own, and who is certified.

    What they see is KEY, which is the truth here.
    """
    random = np.random.default_rng([seed, 99])
    sheets, certified = [], []
    for kind, raters in kinds.items():
        orders = np.array([random.permutation(VIGNETTES) for _ in range(raters)])
        in_order = simulate_raters(kind, KEY[orders], scale=SCALE, raters=raters, seed=[seed])
        sheets.append(np.take_along_axis(in_order, np.argsort(orders)[:, :, None], axis=1))
        certified += [kind in CERTIFIABLE] * raters
    return np.concatenate(sheets), np.array(certified)


def beside(
    key: FloatArray,
    scores: FloatArray,
    certified: BoolArray | None = None,
    *,
    highest: FloatArray | None = None,
    months: FloatArray | None = None,
) -> FirstRatings:
    """These sheets, all complete, beside a key."""
    vignettes, items = key.shape
    flat = scores.reshape(len(scores), vignettes * items)
    return FirstRatings(
        cells=tuple((f"v{v}", item + 1) for v in range(vignettes) for item in range(items)),
        lowest=key.ravel(),
        highest=(key if highest is None else highest).ravel(),
        scores=flat,
        is_rated=np.ones(flat.shape, dtype=np.bool_),
        is_certified=np.ones(len(flat), dtype=np.bool_) if certified is None else certified,
        months=np.full(flat.shape, np.nan) if months is None else months.reshape(flat.shape),
    )


def with_wrong_cells(points: int, *, seed: int) -> tuple[FloatArray, set[int]]:
    """The key with three cells off by so many points, and which cells these are."""
    random = np.random.default_rng([seed, 7])
    key, wrong = KEY.copy().ravel(), set()
    possible = [c for c, score in enumerate(key) if points <= score or score <= 4 - points]
    for cell in random.choice(possible, size=3, replace=False).tolist():
        up = key[cell] + points <= 4 and (random.random() < 0.5 or key[cell] < points)
        key[cell] += points if up else -points
        wrong.add(cell)
    return key.reshape(KEY.shape), wrong


def verdicts(
    kinds: Mapping[RaterKind, int], *, points: int = 0
) -> tuple[Counter[Verdict], Counter[Verdict]]:
    """Of wrong cells and of sound ones, over some services that differ by their seed."""
    wrong_ones: Counter[Verdict] = Counter()
    sound_ones: Counter[Verdict] = Counter()
    for seed in range(SERVICES):
        key, wrong = with_wrong_cells(points, seed=seed) if points else (KEY, set())
        scores, certified = rated(kinds, seed=seed)
        for place, cell in enumerate(key_health(beside(key, scores, certified)).cells):
            (wrong_ones if place in wrong else sound_ones)[cell.verdict] += 1
    return wrong_ones, sound_ones


def share(counts: Counter[Verdict], word: Verdict) -> float:
    return counts[word] / counts.total()


@pytest.mark.parametrize("points", [1, 2])
def test_forty_raters_find_a_wrong_key_and_leave_sound_ones_alone(points: int) -> None:
    """Over 80 services: 91 % of keys one point off, all of those two off, .1 % false alarms."""
    wrong, sound = verdicts(MIXED, points=points)
    assert share(wrong, Verdict.DOUBTFUL) >= (0.75 if points == 1 else 0.95)
    assert share(sound, Verdict.DOUBTFUL) <= 0.01
    assert share(sound, Verdict.SOUND) >= 0.98


def test_among_raters_who_are_all_alike_a_false_alarm_stays_rare() -> None:
    """Their correlations are chance: some 3 % of sound keys are doubted, 77 % of wrong ones."""
    wrong, sound = verdicts({RaterKind.GOOD: 40}, points=1)
    assert share(wrong, Verdict.DOUBTFUL) >= 0.6
    assert share(sound, Verdict.DOUBTFUL) <= 0.05


def test_raters_who_drift_are_not_held_against_the_keys() -> None:
    """Each grows more lenient vignette by vignette: 63 % of cells say drift, .5 % doubt."""
    _, sound = verdicts({RaterKind.DRIFTING: 40})
    assert share(sound, Verdict.DRIFT) >= 0.5
    assert share(sound, Verdict.DOUBTFUL) <= 0.03


def on_one_item(shift: int, item: int, scores: FloatArray) -> FloatArray:
    """The sheets of raters who all give this item so many points more, in every vignette."""
    shifted = scores.copy()
    shifted[:, :, item - 1] = np.clip(shifted[:, :, item - 1] + shift, SCALE[0], SCALE[-1])
    return shifted


def cells_of(item: int, cells: tuple[CellHealth, ...]) -> Iterator[CellHealth]:
    return (cell for cell in cells if cell.item == item)


def test_a_lean_on_one_item_everywhere_is_drift_and_on_one_cell_is_the_key() -> None:
    scores, certified = rated(MIXED, seed=1)
    leaning = key_health(beside(KEY, on_one_item(1, 3, scores), certified))
    words = Counter(cell.verdict for cell in cells_of(3, leaning.cells))
    # A cell at the top of the scale leaves no room to be lenient in.
    room = int((KEY[:, 2] < SCALE[-1]).sum())
    assert words[Verdict.DRIFT] >= room - 1
    assert words[Verdict.DOUBTFUL] == 0
    assert leaning.items[2].item == 3
    assert leaning.items[2].lean.low is not None
    assert leaning.items[2].lean.low > 0

    key = KEY.copy()
    key[4, 2] -= 2  # vignette v4, item 3: raters are two points above this one key only
    found = {(c.vignette, c.item): c for c in key_health(beside(key, scores, certified)).cells}
    wrong = found["v4", 3]
    assert wrong.verdict is Verdict.DOUBTFUL
    assert wrong.other_rating == OtherRating(3, wrong.other_rating.raters)  # type: ignore[union-attr]
    assert wrong.beyond_lean.low is not None
    assert wrong.beyond_lean.low > 1.0
    assert wrong.lean_elsewhere.value == pytest.approx(0.0, abs=0.2)
    assert {c.verdict for c in cells_of(3, tuple(found.values()))} == {
        Verdict.DOUBTFUL,
        Verdict.SOUND,
    }


def test_what_grows_with_time_since_certification_is_drift_beside_the_same_keys() -> None:
    scores, _ = rated({RaterKind.GOOD: 40}, seed=2)
    months = np.zeros(scores.shape)
    months[20:] = 12.0
    scores[20:] = on_one_item(1, 5, scores[20:])
    health = key_health(beside(KEY, scores, months=months))
    assert health.items[4].since_certification.value == pytest.approx(0.8, abs=0.3)
    assert health.items[4].since_certification.low is not None
    assert health.items[4].since_certification.low > 0.25
    words = Counter(cell.verdict for cell in cells_of(5, health.cells))
    assert words[Verdict.DRIFT] >= 4
    assert words[Verdict.DOUBTFUL] == 0
    # The same months beside raters who did not change say nothing.
    assert abs(health.items[0].since_certification.value or 0.0) < 0.25


def test_the_discrimination_is_the_item_rest_correlation() -> None:
    """Proved against scipy.stats.pearsonr of agreement here and agreement in all other cells."""
    scores, certified = rated(MIXED, seed=3)
    ratings = beside(KEY, scores, certified)
    agrees = ratings.is_accepted.astype(float)
    for place, cell in enumerate(key_health(ratings).cells[:12]):
        if cell.discrimination.value is None:
            continue
        rest = np.delete(agrees, place, axis=1).mean(axis=1)
        expected = scipy.stats.pearsonr(agrees[:, place], rest).statistic
        assert cell.discrimination.value == pytest.approx(expected, abs=1e-12)
        assert cell.discrimination.low is not None
        assert cell.discrimination.low < expected < (cell.discrimination.high or 0.0)


def test_bands_and_items_that_are_not_rateable_are_compared_as_they_are() -> None:
    key = np.array([[2.0, np.nan]])
    highest = np.array([[3.0, np.nan]])
    scores = np.array([[[2.0, np.nan]], [[3.0, 1.0]], [[0.0, np.nan]], [[np.nan, np.nan]]])
    band, not_rateable = key_health(beside(key, scores, highest=highest)).cells
    # Nobody has rated enough else to be of high agreement: only certificates count.
    assert (band.certified_accepted.value, band.certified_accepted.n) == (0.5, 4)
    assert band.lean.value == pytest.approx(-2 / 3)  # 0, 0 and two below the band
    assert band.other_rating == OtherRating(0, 1)
    assert not_rateable.certified_accepted.value == 0.75
    assert not_rateable.other_rating == OtherRating(1, 1)
    assert not_rateable.lean.undefined is not None


def test_what_cannot_be_computed_says_why() -> None:
    few = key_health(beside(KEY, rated({RaterKind.GOOD: 10}, seed=4)[0]))
    assert {cell.verdict for cell in few.cells} == {Verdict.TOO_FEW}
    assert few.cells[0].discrimination.undefined is not None
    assert few.cells[0].discrimination.undefined.reason is Reason.TOO_FEW_UNITS

    alike = key_health(beside(KEY, np.repeat(KEY[None], 30, axis=0)))
    assert {cell.verdict for cell in alike.cells} == {Verdict.SOUND}
    assert alike.cells[0].discrimination.undefined is not None
    assert alike.cells[0].discrimination.undefined.reason is Reason.NO_VARIANCE
    assert alike.cells[0].other_rating is None

    nobody = key_health(beside(KEY, np.empty((0, VIGNETTES, ITEMS))))
    assert {cell.verdict for cell in nobody.cells} == {Verdict.TOO_FEW}
    assert nobody.cells[0].certified_accepted.value is None

    with pytest.raises(ValueError, match="highest"):
        beside(KEY, np.empty((0, VIGNETTES, ITEMS)), highest=KEY[:1])
    with pytest.raises(ValueError, match=r"scores must be raters x cells \(3, 96\)"):
        beside(KEY, np.repeat(KEY[None], 2, axis=0), np.ones(3, dtype=np.bool_))


def test_who_cannot_be_ranked_by_the_other_keys_says_nothing_about_this_one() -> None:
    """Thirty raters know every key but the first, about which they are of two minds."""
    scores = np.repeat(KEY[None], 30, axis=0)
    scores[:15, 0, 0] -= 1
    divided = key_health(beside(KEY, scores)).cells[0].discrimination
    assert divided.undefined is not None
    assert divided.undefined.message == "The raters agree equally often with all other keys."
    assert divided.value is None

    scores[0, 1, 1] += 1  # now one of them misses another key too
    by_one = key_health(beside(KEY, scores)).cells[0].discrimination
    assert by_one.undefined is not None
    assert by_one.undefined.reason is Reason.DEPENDS_ON_ONE_UNIT
    assert by_one.value is not None
    assert (by_one.low, by_one.high) == (None, None)
