"""How likely it is that a rater truly meets the lines of a standard. Pure, seeded."""

from __future__ import annotations

import numpy as np

from training.certification.judging.gate_documents import (
    AtLeastGate,
    AtMostGate,
    CriticalGate,
    Gate,
    GateKind,
    ItemsGate,
    TotalsGate,
)
from training.certification.judging.gates import FIGURES
from training.certification.judging.standard import Standard
from training.psychometrics import (
    BootstrapDraws,
    Comparison,
    Ratings,
    Statistic,
    bayesian_bootstrap,
    beta_probability_above,
)
from training.psychometrics.arrays import BoolArray

DRAWS = 4000
SEED = 20260101
"""Fixed, and stored with the engine version: the same evidence gives the same probability."""


def probability_of_meeting(
    standard: Standard, ratings: Ratings, comparison: Comparison
) -> float | None:
    """Probability, 0 to 1, that the rater's true figures lie on the right side of every line.

    "True" means over many vignettes like these, and "line" is the line for the value, without
    the demands on intervals: those are the price of not knowing, and this figure is what is left
    to know. It is the share of Bayesian-bootstrap draws over vignettes (Rubin 1981; seed fixed)
    in which every applicable gate holds at once, so the gates may depend on one another in any
    way. Because a bootstrap cannot imagine a miss it has not seen, the result is held below the
    Jeffreys posterior probability of every gate that is a plain share (Beta(x + 1/2, n - x + 1/2);
    Brown, Cai & DasGupta 2001).

    It describes and never decides. None with fewer than two vignettes or where a required gate
    cannot be computed.
    """
    if comparison.vignettes < 2:
        return None
    applicable = [gate for gate in standard.gates if _applies(gate, comparison)]
    if any(gate.required and gate not in applicable for gate in standard.gates):
        return None
    draws = bayesian_bootstrap(
        ratings,
        scale=comparison.scale,
        draws=DRAWS,
        seed=SEED,
        total_tolerance=standard.total_tolerance,
    )
    holds = np.ones(DRAWS, dtype=np.bool_)
    for gate in applicable:
        holds &= _holds(gate, draws, comparison)
    ceilings = [_jeffreys_ceiling(gate, comparison) for gate in applicable]
    return min([float(holds.mean()), *ceilings])


def _applies(gate: Gate, comparison: Comparison) -> bool:
    if comparison.vignettes < gate.minimum_vignettes:
        return False
    if isinstance(gate, ItemsGate):
        return any(row.n >= gate.item_vignettes for row in comparison.per_item)
    if isinstance(gate, CriticalGate):
        return any(row.n for row in comparison.per_item if row.item in gate.items)
    return _statistic(gate, comparison).is_defined


def _statistic(gate: Gate, comparison: Comparison) -> Statistic:
    figure: Statistic = getattr(comparison, FIGURES[gate.kind])
    return figure


def _holds(gate: Gate, draws: BootstrapDraws, comparison: Comparison) -> BoolArray:
    """(draws,) whether the gate's line holds; an undefined draw does not hold."""
    if isinstance(gate, ItemsGate):
        judged = [row.n >= gate.item_vignettes for row in comparison.per_item]
        return np.asarray(np.all(gate.line.is_reached(draws.item_mae[:, judged]), axis=1))
    if isinstance(gate, CriticalGate):
        critical = [item in gate.items for item in draws.items]
        misses = np.nan_to_num(draws.item_gross[:, critical]).mean(axis=1)
        return np.asarray(gate.line.is_reached(misses))
    return np.asarray(gate.line.is_reached(draws.figures[FIGURES[gate.kind]]))


def _jeffreys_ceiling(gate: Gate, comparison: Comparison) -> float:
    """Posterior probability of a share gate on its own; 1 for every other gate."""
    if isinstance(gate, AtMostGate):
        return 1.0 - _jeffreys_above(_statistic(gate, comparison), gate.at_most)
    if isinstance(gate, TotalsGate):
        return _jeffreys_above(comparison.totals, gate.at_least)
    if isinstance(gate, AtLeastGate) and gate.kind in (GateKind.EXACT, GateKind.WITHIN_ONE):
        return _jeffreys_above(_statistic(gate, comparison), gate.at_least)
    return 1.0


def _jeffreys_above(share: Statistic, line: float) -> float:
    successes = (share.value or 0.0) * share.n
    return beta_probability_above(line, successes + 0.5, share.n - successes + 0.5)
