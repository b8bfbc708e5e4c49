"""Evidence that was decided on before, judged by another standard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_standard
from training.certification.judging.decision import Outcome, decide
from training.certification.judging.evidence import evidence_of
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.standard import Standard
from training.certification.judging.what_would_change import outcome_under
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.certification.simulation.standard_changes import changed
from training.clock import now

STANDARD = shipped_standard()


def stored(*kinds: RaterKind, seed: int = 4) -> dict[str, Any]:
    """The evidence of the last of several attempts, one kind of rating in each."""
    sessions = []
    for attempt, kind in enumerate(kinds, start=1):
        (scores,) = simulate_raters(kind, LEVEL_PLAN, scale=SCALE, raters=1, seed=seed)
        sessions += [
            {
                "session": f"{attempt}-{row}",
                "attempt": attempt,
                "cells": [
                    [item + 1, _plain(scores[row, item]), _plain(LEVEL_PLAN[row, item])]
                    for item in range(12)
                ],
            }
            for row in range(8)
        ]
    return {"scale": list(SCALE), "attempt": len(kinds), "sessions": sessions}


def _plain(score: float) -> int | None:
    return None if np.isnan(score) else int(score)


def change(**changes: str) -> Standard:
    found, faults = changed(STANDARD, {name.replace("__", "."): v for name, v in changes.items()})
    assert found is not None, faults
    return found


@pytest.mark.parametrize("kind", RaterKind)
def test_the_standard_itself_says_what_it_said(kind: RaterKind) -> None:
    evidence = stored(kind)
    expected = decide(STANDARD, evidence_of(evidence), now=now())
    found = outcome_under(STANDARD, evidence)
    assert (found.outcome, found.deciding_gates) == (expected.outcome, expected.deciding_gates)


def test_a_stricter_line_turns_a_pass_into_a_fail() -> None:
    found = outcome_under(change(exact__at_least="0.99"), stored(RaterKind.GOOD))
    assert (found.outcome, found.deciding_gates) == (Outcome.DOES_NOT_MEET, (GateKind.EXACT,))


def test_a_longer_form_is_not_complete() -> None:
    found = outcome_under(change(form__vignettes="10"), stored(RaterKind.GOOD))
    assert found.outcome is Outcome.MORE_EVIDENCE


def test_without_pooling_earlier_attempts_are_not_seen() -> None:
    evidence = stored(RaterKind.RANDOM, RaterKind.GOOD)
    assert outcome_under(STANDARD, evidence).outcome is not Outcome.MEETS
    assert outcome_under(change(attempts__pooled="no"), evidence).outcome is Outcome.MEETS
    assert len(evidence["sessions"]) == 16  # what is stored is left as it is
