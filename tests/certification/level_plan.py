"""The level plan of the shipped certification vignettes, and the shipped standard, for the tests.

The plan is what the vignettes were written to show: fixed here, so that an edited key cannot
quietly change what the simulations prove.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.library.folders import from_yaml
from training.certification.judging.standard import Standard

SCALE = (0, 1, 2, 3, 4)

_ROWS = """
4 4 4 4 3 4 2 4 1 4 3 4
1 1 1 1 3 1 0 2 1 0 3 0
4 4 3 2 0 0 0 3 1 2 4 1
4 2 1 2 3 2 1 3 3 2 3 4
3 3 3 1 4 1 3 0 3 1 0 2
3 2 0 3 3 2 3 1 1 4 4 1
2 4 2 3 2 3 2 0 4 NR 2 0
0 0 3 2 0 3 4 2 2 NR 1 3
"""

LEVEL_PLAN = np.array(
    [
        [np.nan if level == "NR" else float(level) for level in row.split()]
        for row in _ROWS.strip().splitlines()
    ]
)
"""(8 vignettes, 12 items), NaN = not rateable."""


def longer_plan(vignettes: int = 12, seed: int = 5) -> np.ndarray:
    """The plan and further vignettes: rows of it with their items shuffled, the seed fixed."""
    random = np.random.default_rng(seed)
    sources = random.permutation(len(LEVEL_PLAN))[: vignettes - len(LEVEL_PLAN)]
    return np.vstack([LEVEL_PLAN, *(random.permutation(LEVEL_PLAN[row]) for row in sources)])


STANDARD_FILE = Path(__file__).parents[2] / "content" / "standards" / "dialogic-practice-rater.yaml"


def shipped_document() -> dict[str, Any]:
    """A fresh copy of the shipped standard, to be changed at will."""
    document = from_yaml(STANDARD_FILE)
    assert isinstance(document, dict)
    return document


def shipped_standard() -> Standard:
    return Standard.model_validate(shipped_document())
