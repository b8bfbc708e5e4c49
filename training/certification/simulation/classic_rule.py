"""The rule that most fields certify by: 80 % of ratings within one point. Pure.

CLASS, ADOS, PANSS and their like ask for 80 to 90 % within one point over a few cases, and let
people try again. It stands beside a standard to show what gates and intervals are for: it does not
see a rater who is always one point off, nor one who always gives the same score.
"""

from __future__ import annotations

import numpy as np

from training.certification.judging.gate_arrays import EvidenceSums
from training.certification.judging.lines import Line, Side
from training.psychometrics.arrays import BoolArray
from training.psychometrics.measures import within_one

WITHIN_ONE = Line(Side.FLOOR, 0.80)


def meets_classic_rule(evidence: EvidenceSums) -> BoolArray:
    """(raters,) whether each rater has 80 % within one point; nothing rated is not enough."""
    return np.asarray(WITHIN_ONE.is_reached(within_one(evidence.by_vignette.sum(axis=-1))))
