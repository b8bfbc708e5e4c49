"""Agreement, intervals, rater effects, Rasch, generalizability and drift. Pure: numpy and scipy.

One rater against the consensus, as pages and decisions need it::

    ratings = Ratings.from_cells([(vignette, item, score, reference), ...])   # None = not rateable
    comparison = compare_with_consensus(ratings, scale=(0, 1, 2, 3, 4))       # confidence=0.95
    comparison.exact.value, comparison.exact.low, comparison.exact.high       # None if undefined
    comparison.per_item, comparison.per_vignette, comparison.scale_use        # rows of the tables
    effects = rater_effects(comparison)                                       # codes, no sentences
    effects.severity.code                                                     # Severity.LENIENT
    comparison.as_dict()                                                      # JSON-safe, unrounded

`Ratings(vignettes, items, scores, references)` takes the same as four columns. Its vignette names
are the units that intervals leave out; bad input raises ValueError naming argument and value.
`compare_with_consensus` also takes `total_tolerance=` and `critical_items=`, which standards set.
`compare_raters(scores, references, vignettes=, items=, scale=)` compares many raters of the same
vignettes at once, from arrays (raters, vignettes, items) with NaN for "not rateable".

A figure is a `Statistic(value, low, high, standard_error, n, method, undefined)`. What cannot be
computed has the value None and says why in `undefined.reason` (a `Reason`). NaN and infinity
never leave this package, and nothing here raises for lack of data.

Positive differences mean that the rater scored higher than the consensus.

Tables of ratings of any design, as the commands read them from a file, have modules of their own::

    table = RatingTable(subjects, raters, scores, items)         # table
    agreement(table, scale=range(5))                             # agreement: two or more raters
    compare_table(table, reference="Consensus", scale=range(5))  # table_comparison: all beside one
    fit_facets(table, scale=range(5), anchors=None)              # facets: many-facet Rasch model
    generalizability(table)                                      # generalizability
    cusum_chart(errors, baseline), ewma_chart(...)               # drift: one rater over time
    compare_cohort(scores, references, scale=range(5))           # cohort: arrays, any number
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from training.psychometrics.rater_effects import (
    Centrality,
    Halo,
    RaterEffects,
    ScaleUse,
    Severity,
    rater_effects,
)
from training.psychometrics.results import (
    CategoryUse,
    Comparison,
    Direction,
    ItemComparison,
    VignetteComparison,
)
from training.psychometrics.statistic import Reason, Statistic, Undefined

if TYPE_CHECKING:
    from training.psychometrics.bootstrap import BootstrapDraws, bayesian_bootstrap
    from training.psychometrics.comparison import compare_raters, compare_with_consensus
    from training.psychometrics.distributions import beta_probability_above
    from training.psychometrics.ratings import Cell, Ratings

ENGINE_VERSION = "1.1"
"""Stored with every decision; changes whenever the same input could give another figure."""

__all__ = [
    "ENGINE_VERSION",
    "BootstrapDraws",
    "CategoryUse",
    "Cell",
    "Centrality",
    "Comparison",
    "Direction",
    "Halo",
    "ItemComparison",
    "RaterEffects",
    "Ratings",
    "Reason",
    "ScaleUse",
    "Severity",
    "Statistic",
    "Undefined",
    "VignetteComparison",
    "bayesian_bootstrap",
    "beta_probability_above",
    "compare_raters",
    "compare_with_consensus",
    "rater_effects",
]

# What computes needs numpy, 12 MiB that a worker pays only once it computes: loaded on first use.
_COMPUTING = {
    "BootstrapDraws": "bootstrap",
    "Cell": "ratings",
    "Ratings": "ratings",
    "bayesian_bootstrap": "bootstrap",
    "beta_probability_above": "distributions",
    "compare_raters": "comparison",
    "compare_with_consensus": "comparison",
}


def __getattr__(name: str) -> Any:
    if name not in _COMPUTING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_COMPUTING[name]}"), name)
