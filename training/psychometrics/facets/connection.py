"""Whether the ratings say how all elements stand to each other, and which groups there are if not.

Two facets are connected when a path of ratings leads from every element to every other. With three
this is not enough: raters who each have their own subjects share the items and hang together, yet
a severe rater of strong subjects cannot be told from a lenient rater of weak ones. What decides is
whether the design, with the zero of each facet set, has full column rank (Weeks & Williams 1964).
"""

from __future__ import annotations

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray, IntArray
from training.psychometrics.facets.design import FACETS, Observations
from training.psychometrics.facets.errors import DisconnectedDesignError, Group
from training.psychometrics.facets.estimation import normal_equations

SINGULAR = 1e-10
"""Eigenvalues of the scaled design (diagonal about 1) below this are 0 but for rounding; a link of
one rating between groups of a hundred thousand makes one of about 1e-5."""

SAME = 1e-8
"""Undetermined shifts that differ by less are the same; the largest of each is 1."""


def check_connected(observations: Observations, is_free: BoolArray) -> None:
    """DisconnectedDesignError unless the active observations determine every free element.

    is_free   (elements,) not anchored, and not the element that stands for the zero of its facet.
    """
    undetermined = undetermined_shifts(observations, is_free)
    if undetermined.shape[1]:
        raise DisconnectedDesignError(groups(observations, undetermined))


def undetermined_shifts(observations: Observations, is_free: BoolArray) -> FloatArray:
    """(elements, dimensions) a basis of the shifts of elements that change no expected score."""
    count = len(observations.place)
    equations = normal_equations(
        observations, np.ones(count), is_free, np.zeros((0, count)), np.zeros((0, 0))
    )
    size = np.sqrt(np.diag(equations.corner))
    reduced = equations.reduced(equations.diagonal) / np.outer(size, size)
    few = _null_space(reduced) / size[:, None]
    shifts = np.zeros((len(is_free), few.shape[1]))
    shifts[equations.few] = few
    shifts[equations.many] = -(equations.cross @ few) / equations.diagonal[:, None]
    return np.asarray(shifts / np.abs(shifts).max(axis=0, initial=0.0), dtype=np.float64)


def _null_space(matrix: FloatArray) -> FloatArray:
    """(size, dimensions) orthonormal vectors that the symmetric matrix turns into 0."""
    try:
        # Succeeds when all eigenvalues lie above the limit, at a fraction of the cost of them.
        np.linalg.cholesky(matrix - SINGULAR * np.eye(len(matrix)))
    except np.linalg.LinAlgError:
        eigenvalues, vectors = np.linalg.eigh(matrix)
        return np.asarray(vectors[:, eigenvalues < SINGULAR], dtype=np.float64)
    return np.zeros((len(matrix), 0))


def groups(observations: Observations, undetermined: FloatArray) -> list[Group]:
    """Elements of one facet belong together when no undetermined shift moves them apart."""
    # One fixed mixture of all dimensions tells apart whatever any of them tells apart.
    mixture = undetermined @ np.sqrt(np.arange(2, undetermined.shape[1] + 2))
    kind = np.zeros(len(mixture), dtype=np.int64)
    for place in range(3):
        of_facet = observations.facet == place
        kind[of_facet] = _clusters(mixture[of_facet])
    kinds, first = np.unique(kind[observations.element], axis=1, return_inverse=True)
    found = [
        Group(
            **{
                facet: tuple(
                    observations.names[element]
                    for element in np.unique(observations.element[place, first == group])
                    if observations.names[element]
                )
                for place, facet in enumerate(FACETS)
            }
        )
        for group in range(kinds.shape[1])
    ]
    return sorted(found, key=lambda group: (group.raters, group.subjects, group.items))


def _clusters(values: FloatArray) -> IntArray:
    """Numbers the values so that those next to each other have the same number."""
    order = np.argsort(values, kind="stable")
    numbers = np.zeros(len(values), dtype=np.int64)
    numbers[order] = np.cumsum(np.diff(values[order], prepend=values[order][:1]) > SAME)
    return numbers
