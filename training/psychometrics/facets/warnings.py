"""Sentences for those who read the figures of a many-facet Rasch model."""

from __future__ import annotations

from bisect import bisect

import numpy as np

from training.psychometrics.facets.design import FACETS, Observations, Screening
from training.psychometrics.facets.errors import listed
from training.psychometrics.facets.results import ElementMeasure
from training.psychometrics.table import RatingTable


def category_warnings(
    observations: Observations, screening: Screening, scale: tuple[float, ...]
) -> list[str]:
    """One for each gap in the categories, and for each end, that was not estimated."""
    used, estimated = set(observations.place.tolist()), screening.places.tolist()
    gaps: dict[tuple[str, str], list[str]] = {}
    for place in sorted(set(range(len(scale))) - set(estimated)):
        who = "only extreme elements" if place in used else "nobody"
        if place < estimated[0]:
            consequence = "the lowest end of the scale was left out"
        elif place > estimated[-1]:
            consequence = "the highest end of the scale was left out"
        else:
            above = bisect(estimated, place)
            upper, lower = scale[estimated[above]], scale[estimated[above - 1]]
            consequence = f"the threshold of {upper:g} is counted from {lower:g}"
        gaps.setdefault((who, consequence), []).append(f"{scale[place]:g}")
    return [
        f"{'Category' if len(names) == 1 else 'Categories'} {listed(names)} "
        f"{'was' if len(names) == 1 else 'were'} used by {who}: {consequence}."
        for (who, consequence), names in gaps.items()
    ]


def element_warnings(
    table: RatingTable, observations: Observations, elements: list[ElementMeasure]
) -> list[str]:
    """Who was left out, who has no measure, and whose measure is 0 by definition."""
    extreme = np.array([element.extreme for element in elements])
    missing = np.array([element.measure is None for element in elements])
    unscored = np.array([element.n == 0 for element in elements]) & missing
    warnings = []
    if extreme.any():
        warnings.append(
            "All scores in the lowest or all in the highest category, left out of the estimation: "
            f"{listed(observations.named(extreme))}."
        )
    if unscored.any():
        warnings.append(f"No scores, no measure: {listed(observations.named(unscored))}.")
    if (missing & ~unscored).any():
        warnings.append(
            "Scores only together with extreme elements, no measure: "
            f"{listed(observations.named(missing & ~unscored))}."
        )
    for facet, names in (("raters", table.raters), ("items", table.items)):
        (first, *_) = np.flatnonzero(observations.facet == FACETS.index(facet))
        if len(names) == 1 and elements[first].measure == 0 and not elements[first].anchored:
            only = facet.removesuffix("s")
            warnings.append(f"There is only one {only}: its measure is 0 by definition.")
    return warnings
