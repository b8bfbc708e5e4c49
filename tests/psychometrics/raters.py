"""People who rate, for the tests: a key and what each of them makes of it."""

from __future__ import annotations

import numpy as np

from training.psychometrics import Cell, Ratings

SCALE = (0, 1, 2, 3, 4)

# Six meetings of eight elements, every element low somewhere and high somewhere.
KEY = np.array(
    [
        [4, 4, 3, 2, 0, 1, 3, 1],
        [1, 0, 2, 1, 3, 0, 1, 2],
        [3, 3, 1, 4, 1, 3, 0, 3],
        [0, 2, 4, 3, 2, 4, 2, 0],
        [2, 1, 0, 0, 4, 2, 4, 4],
        [4, 3, 3, 2, 3, 3, 2, 4],
    ],
    dtype=float,
)


def ratings(scores: np.ndarray, key: np.ndarray = KEY) -> Ratings:
    """What the engine takes, from two grids of meetings by elements; NaN = not rateable."""
    return Ratings.from_cells(cells(scores, key))


def cells(scores: np.ndarray, key: np.ndarray = KEY) -> list[Cell]:
    """One row per cell; meetings are called meeting-01, meeting-02 ..."""
    return [
        (f"meeting-{row + 1:02}", column + 1, scores[row, column], key[row, column])
        for row in range(key.shape[0])
        for column in range(key.shape[1])
    ]


def careful(seed: int = 11, key: np.ndarray = KEY, error: float = 0.45) -> np.ndarray:
    """Asta, who errs a little and to both sides."""
    noise = np.random.default_rng(seed).normal(0.0, error, key.shape)
    return np.clip(np.rint(key + noise), SCALE[0], SCALE[-1])


def lenient(key: np.ndarray = KEY) -> np.ndarray:
    """Ines, always one point lenient."""
    return np.minimum(key + 1, SCALE[-1])


def severe(key: np.ndarray = KEY) -> np.ndarray:
    """Tomasz, always one point severe."""
    return np.maximum(key - 1, SCALE[0])


def undecided(key: np.ndarray = KEY) -> np.ndarray:
    """Noor, who gives every element a two."""
    return np.full(key.shape, 2.0)


def central(key: np.ndarray = KEY) -> np.ndarray:
    """Pavel, who never leaves the middle three scale points."""
    return np.clip(key, 1, 3)


def halo(key: np.ndarray = KEY) -> np.ndarray:
    """Mirembe, who gives every element her impression of the whole meeting."""
    impression = np.rint(np.nanmean(key, axis=1, keepdims=True))
    return np.broadcast_to(impression, key.shape).copy()
