"""The measurement engine beside other packages: CPU time, growth and peak memory.

Each part is a process of its own, so that its peak memory is its own. CPU seconds rather than
those of the clock are compared: both sides compute only, and other load disturbs them less.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.arithmetic import growth_exponent, median_ratio

Figures = dict[str, float]

VIGNETTES, ITEMS = 10, 12
SCALE = (0, 1, 2, 3, 4)
COHORT = 1_000
GROWTH = (1_000, 10_000, 100_000)
GROWTH_QUICK = (1_000, 3_000, 10_000)
RASCHPY_RATERS = 100
KIBIBYTES = 1024


def engine(*, quick: bool) -> tuple[Figures, dict[str, Any]]:
    """The figures by code, and every reading. Each part is a fresh process, one after the other."""
    sizes = GROWTH_QUICK if quick else GROWTH
    rounds = range(1 if quick else 5)
    packages, ours = _in_turn(rounds, ("packages", COHORT), ("cohort", COHORT))
    facets, raschpy = _in_turn(rounds, ("facets", COHORT), ("raschpy", RASCHPY_RATERS))
    cohorts = {size: part("cohort", size) for size in sizes}
    imported = min((part("imported", 0) for _ in rounds), key=lambda reading: reading["seconds"])
    figures = {
        "E1": _ratio(packages, ours),
        "E2": growth_exponent(list(sizes), [cohorts[size]["seconds"] for size in sizes]),
        "E2 MiB": cohorts[sizes[-1]]["peak_mebibytes"],
        "E3": _ratio(facets, raschpy),
        "E3 MiB": max(reading["peak_mebibytes"] for reading in facets),
        "E4": imported["seconds"],
        "E4 MiB": imported["grown_mebibytes"],
    }
    readings = {
        "cohorts": cohorts,
        "packages": packages,
        "cohort": ours,
        "facets": facets,
        "raschpy": raschpy,
        "imported": imported,
    }
    return figures, readings


def _in_turn(rounds: range, *parts: tuple[str, int]) -> list[list[dict[str, float]]]:
    """Each part once in every round, so that what disturbs one disturbs the other."""
    readings: list[list[dict[str, float]]] = [[] for _ in parts]
    for _ in rounds:
        for own, (name, size) in zip(readings, parts, strict=True):
            own.append(part(name, size))
    return readings


def _ratio(measured: list[dict[str, float]], compared: list[dict[str, float]]) -> float:
    return median_ratio(
        [reading["seconds"] for reading in measured], [reading["seconds"] for reading in compared]
    )


def part(name: str, size: int) -> dict[str, float]:
    """One part in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.engine", name, str(size)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603


def _cohort(raters: int) -> dict[str, float]:
    """Every figure of every rater, with intervals that leave out whole vignettes."""
    from training.psychometrics.cohort import compare_cohort

    scores, key = _ratings(raters)
    compare_cohort(scores[:10], key, scale=SCALE)  # loads scipy.special
    return _timed(lambda: compare_cohort(scores, key, scale=SCALE))


def _packages(raters: int) -> dict[str, float]:
    """Four figures of every rater, one after the other, without any clustered interval."""
    import krippendorff
    import numpy as np
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import cohens_kappa

    scores, key = _ratings(raters)
    expert = key.ravel().astype(int)

    def one_by_one() -> None:
        for rater in scores:
            own = rater.ravel().astype(int)
            cohen_kappa_score(own, expert, weights="quadratic", labels=SCALE)
            table = np.zeros((len(SCALE), len(SCALE)))
            np.add.at(table, (own, expert), 1)
            cohens_kappa(table, wt="quadratic")
            _ac2(np.stack([own, expert], axis=1))
            krippendorff.alpha(
                np.stack([own, expert]).astype(float),
                level_of_measurement="ordinal",
                value_domain=list(SCALE),
            )

    return _timed(one_by_one)


def _ac2(ratings: Any) -> tuple[float, float]:
    """AC2 with its standard error, step by step as its reference package goes (Gwet 2014)."""
    import numpy as np

    categories = np.array(SCALE)
    credit = 1.0 - ((categories[:, None] - categories) / (categories[-1] - categories[0])) ** 2
    counts = np.stack([(ratings == category).sum(axis=1) for category in categories], axis=1)
    weighted = counts @ credit
    number = counts.sum(axis=1)
    agreeing = (counts * (weighted - 1.0)).sum(axis=1) / (number * (number - 1.0))
    prevalence = (counts / number[:, None]).mean(axis=0)
    factor = credit.sum() / (len(categories) * (len(categories) - 1.0))
    chance = factor * (prevalence * (1.0 - prevalence)).sum()
    value = (agreeing.mean() - chance) / (1.0 - chance)
    own = (agreeing - chance) / (1.0 - chance)
    own_chance = factor * (counts * (1.0 - prevalence)).sum(axis=1) / number
    influence = own - 2.0 * (1.0 - value) * (own_chance - chance) / (1.0 - chance) - value
    units = len(ratings)
    return float(value), float(np.sqrt((influence**2).sum() / (units * (units - 1.0))))


def _facets(raters: int) -> dict[str, float]:
    """The many-facet Rasch model with all errors and fit statistics."""
    from training.psychometrics.facets.analysis import fit_facets
    from training.psychometrics.table import RatingTable

    scores = _rasch_ratings(raters)
    names = [
        (f"subject-{subject:03}", f"rater-{rater:05}", f"item-{item:02}")
        for rater in range(raters)
        for subject in range(VIGNETTES)
        for item in range(ITEMS)
    ]
    subjects, who, items = zip(*names, strict=True)
    table = RatingTable(subjects, who, scores.ravel().tolist(), items)
    return _timed(lambda: fit_facets(table, scale=SCALE))


def _raschpy(raters: int) -> dict[str, float]:
    """The same model by raschpy, which estimates items and raters from pairs, then subjects."""
    import pandas
    import raschpy

    scores = _rasch_ratings(raters)
    index = pandas.MultiIndex.from_product(
        [[f"rater-{n:05}" for n in range(raters)], [f"subject-{n:03}" for n in range(VIGNETTES)]],
        names=["Rater", "Person"],
    )
    wide = pandas.DataFrame(
        scores.reshape(-1, ITEMS), index=index, columns=[f"item-{n:02}" for n in range(ITEMS)]
    )

    def fit() -> None:
        model = raschpy.MFRM(wide, max_score=SCALE[-1])
        model.calibrate(model="global")

    return _timed(fit)


def _imported(_size: int) -> dict[str, float]:
    """What a worker pays that computes every kind of figure; it has the web framework already.

    scipy.optimize stays out: only the search for the limits of a control chart needs it.
    """
    import flask  # noqa: F401

    before = _resident()
    started = time.process_time()
    import scipy.special  # noqa: F401

    import training.psychometrics.agreement
    import training.psychometrics.drift
    import training.psychometrics.facets
    import training.psychometrics.generalizability
    import training.psychometrics.table_comparison  # noqa: F401

    return {
        "seconds": time.process_time() - started,
        "grown_mebibytes": _resident() - before,
    }


def _ratings(raters: int) -> tuple[Any, Any]:
    """Raters who follow the key with an error of 0.7 points, and the key."""
    import numpy as np

    random = np.random.default_rng(2026)
    key = random.integers(0, len(SCALE), (VIGNETTES, ITEMS)).astype(float)
    noise = random.normal(0.0, 0.7, (raters, VIGNETTES, ITEMS))
    return np.clip(np.rint(key + noise), SCALE[0], SCALE[-1]), key


def _rasch_ratings(raters: int) -> Any:
    """(raters, vignettes, items) scores drawn from the many-facet Rasch model."""
    import numpy as np

    random = np.random.default_rng(2026)
    logit = (
        random.normal(0.0, 1.0, VIGNETTES)[None, :, None]
        - random.normal(0.0, 0.6, ITEMS)[None, None, :]
        - random.normal(0.0, 0.5, raters)[:, None, None]
    )
    thresholds = np.array([-1.5, -0.5, 0.5, 1.5])
    rises = np.cumsum(logit - thresholds[:, None, None, None], axis=0)
    steps = np.concatenate([np.zeros((1, *logit.shape)), rises])
    probability = np.exp(steps)
    cumulative = np.cumsum(probability / probability.sum(axis=0), axis=0)
    drawn = random.random(logit.shape)
    return (drawn[None] > cumulative[:-1]).sum(axis=0).astype(float)


def _timed(act: Callable[[], object]) -> dict[str, float]:
    started = time.process_time()
    act()
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES
    return {"seconds": seconds, "peak_mebibytes": peak}


def _resident() -> float:
    import psutil

    return psutil.Process().memory_info().rss / KIBIBYTES**2


PARTS = {
    "cohort": _cohort,
    "packages": _packages,
    "facets": _facets,
    "raschpy": _raschpy,
    "imported": _imported,
}


if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](int(sys.argv[2]))))
