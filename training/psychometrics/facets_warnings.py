"""Sentences for those who read the figures of a many-facet Rasch model."""

from __future__ import annotations

import numpy as np

from training.psychometrics.facets_design import FACETS, Observations, Screening
from training.psychometrics.facets_errors import listed
from training.psychometrics.facets_results import ElementMeasure
from training.psychometrics.table import RatingTable


def category_warnings(
    observations: Observations, screening: Screening, scale: tuple[float, ...]
) -> list[str]:
    used, estimated = set(observations.place.tolist()), set(screening.places.tolist())
    warnings = []
    for place, category in enumerate(scale):
        if place in estimated:
            continue
        who = "only extreme elements" if place in used else "nobody"
        above = [other for other in sorted(estimated) if other > place]
        below = [other for other in sorted(estimated) if other < place]
        if above and below:
            consequence = (
                f"the threshold of {scale[above[0]]:g} is counted from {scale[below[-1]]:g}"
            )
        else:
            consequence = f"the {'highest' if below else 'lowest'} end of the scale was left out"
        warnings.append(f"Category {category:g} was used by {who}: {consequence}.")
    return warnings


def element_warnings(
    table: RatingTable, observations: Observations, elements: list[ElementMeasure]
) -> list[str]:
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
