"""Generalizability theory: what a score would be worth with other raters, items and sessions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training.psychometrics import distributions
from training.psychometrics.generalizability.components import Components, estimate_components
from training.psychometrics.generalizability.layout import (
    ITEM,
    RATER,
    RESIDUAL,
    SUBJECT,
    SUBJECT_BY_RATER_BY_ITEM,
    GeneralizabilityError,
    Layout,
    lay_out,
)
from training.psychometrics.generalizability.results import Generalizability, StudyRow
from training.psychometrics.table import RatingTable

__all__ = ["Generalizability", "GeneralizabilityError", "StudyRow", "generalizability"]

RATERS = (1, 2, 3, 4, 5)
"""The numbers of raters that a decision study compares unless told otherwise."""


def generalizability(
    table: RatingTable,
    *,
    items_fixed: bool = False,
    raters: Sequence[int] = RATERS,
    items: Sequence[int] | None = None,
    sessions: Sequence[int] = (),
    confidence: float = 0.95,
) -> Generalizability:
    """G study and decision study of a table; the subjects are what is measured.

    Components are those of the random model, by ANOVA expected mean squares (Brennan 2001,
    chapters 2 and 3; Shavelson & Webb 1991); an incomplete table is treated by Henderson's
    Method I, see `estimate_components`. "Not rateable" counts as missing.

    Coefficients (Brennan 2001, chapter 4), negative components taken as 0::

        relative error variance = s:r / n_r + s:i / n_i + residual / (n_r n_i)
        absolute error variance = relative + r / n_r + i / n_i + r:i / (n_r n_i)
        g = subject / (subject + relative),  phi = subject / (subject + absolute)

    `g` and `phi` of the result are about the design as observed: the mean over the raters and
    items of the table, in an incomplete one over the harmonic mean of their number per subject.
    In a complete subject x rater table without negative components they are the ICC(C,k) and
    ICC(A,k) of McGraw & Wong (1996); the interval of g is that of the ICC(C,k) (Feldt 1965).

    items_fixed  True: the items are the instrument, always the same, and a score is to be
                 generalized over raters only (Brennan 2001, chapter 4, mixed models). A
                 component then takes in its interaction with items over the number of items n_i
                 of the table: subject + s:i / n_i is what is measured, and the errors are
                 s:r / n_r + residual / (n_r n_i), plus r / n_r + r:i / (n_r n_i) for the
                 absolute one. Fewer or more items would be another instrument.
    raters       the numbers of raters in the decision study.
    items        the numbers of items, as in the table when left out; not with `items_fixed`, and
                 without meaning in a table without items.
    sessions     where the score of a service is the mean of n_s of its sessions, the sessions are
                 a sample too: besides the rows for one session there is then a row for each n_s.
                 What differs between sessions is divided by n_s, what the raters (or items) do to
                 all of them is not, since the same raters rate all of them::

                     absolute = (subject + s:r / n_r + s:i / n_i + residual / (n_r n_i)) / n_s
                                + r / n_r + i / n_i + r:i / (n_r n_i)

                 and relative is its first line. More sessions never average away a severe rater.
                 Only where the subjects of the table are sessions of one service is `subject`
                 what varies within a service; with several services it is too large, and the
                 error with it. For the mean of just these sessions it would be no error at all.
    confidence   of the interval of g and of `known_to_within`, which is the standard normal
                 quantile (1.96) times the absolute error: the components are taken as known.

    Raises ValueError for arguments out of range, GeneralizabilityError (a ValueError) where
    nothing can be estimated: no score, one subject, one rater, no raters in common. Otherwise
    what cannot be estimated is None, and a warning says why.
    """
    distributions.check_confidence(confidence)
    _check_counts("raters", raters)
    _check_counts("sessions", sessions)
    _check_counts("items", items or ())
    layout = lay_out(table)
    is_fixed = items_fixed and ITEM in layout.effects
    item_numbers = _item_numbers(layout, items, is_fixed)
    components = estimate_components(layout)
    observed = _Design(
        layout.levels_per_subject(RATER), _items_observed(layout, is_fixed), None, is_fixed
    )
    relative, absolute = observed.relative_error(components), observed.absolute_error(components)
    g_low, g_high = _feldt_interval(components, confidence)
    return Generalizability(
        design=" x ".join(layout.effects[RESIDUAL]),
        items_fixed=is_fixed,
        confidence=confidence,
        n=_counts(layout, observed),
        components=_all_effects(table, components.estimates),
        shares=_shares(components),
        standard_errors=_all_effects(table, components.standard_errors),
        mean_squares=components.mean_squares,
        degrees_of_freedom=components.degrees_of_freedom,
        g=observed.coefficient(components, relative),
        phi=observed.coefficient(components, absolute),
        g_low=g_low,
        g_high=g_high,
        relative_error=relative,
        absolute_error=absolute,
        study=tuple(
            _study_row(_Design(n_r, n_i, n_s, is_fixed), components, confidence)
            for n_s in (None, *sessions)
            for n_i in item_numbers
            for n_r in raters
        ),
        warnings=tuple(_warnings(table, components)),
    )


@dataclass(frozen=True, slots=True)
class _Design:
    """Numbers of raters, items and sessions that a score is the mean of."""

    raters: float
    items: float | None
    sessions: int | None
    items_fixed: bool

    def divisor(self, facets: tuple[str, ...]) -> float:
        """Number of levels of raters and items that an effect is averaged over."""
        raters = self.raters if RATER in facets else 1.0
        items = (self.items or 1.0) if ITEM in facets else 1.0
        return raters * items

    def is_measured(self, facets: tuple[str, ...]) -> bool:
        """Whether an effect belongs to what is measured: the subject's, over fixed items."""
        return (
            SUBJECT in facets and RATER not in facets and (ITEM not in facets or self.items_fixed)
        )

    def is_error(self, facets: tuple[str, ...]) -> bool:
        """Whether an effect is error; what fixed items do to everybody is not."""
        if self.is_measured(facets):
            return self.sessions is not None
        return not (self.items_fixed and facets == (ITEM,))

    def measured(self, components: Components) -> float | None:
        """Universe score variance, in scale points squared."""
        return components.weighted_sum(
            {
                effect: 1.0 / self.divisor(facets)
                for effect, facets in components.layout.effects.items()
                if self.is_measured(facets)
            }
        )

    def relative_error(self, components: Components) -> float | None:
        """Standard deviation of the error of a comparison: effects that subjects have part in."""
        return self._error(components, {SUBJECT})

    def absolute_error(self, components: Components) -> float | None:
        """Standard deviation of the error of a score."""
        return self._error(components, {SUBJECT, RATER, ITEM})

    def coefficient(self, components: Components, error: float | None) -> float | None:
        """Share of measured variance in measured plus error variance; None where both are 0."""
        measured = self.measured(components)
        if self.sessions is not None or measured is None or error is None:
            return None
        total = measured + error**2
        return measured / total if total > 0.0 else None

    def _error(self, components: Components, linked: set[str]) -> float | None:
        weights = {
            effect: 1.0 / self.divisor(facets) / self._sessions_over(facets)
            for effect, facets in components.layout.effects.items()
            if linked & set(facets) and self.is_error(facets)
        }
        variance = components.weighted_sum(weights)
        return None if variance is None else math.sqrt(variance)

    def _sessions_over(self, facets: tuple[str, ...]) -> int:
        return self.sessions if self.sessions is not None and SUBJECT in facets else 1


def _check_counts(argument: str, counts: Sequence[int]) -> None:
    for count in counts:
        if count < 1 or count != int(count):
            raise ValueError(f"{argument} must be whole numbers from 1 up, not {count!r}")


def _item_numbers(
    layout: Layout, items: Sequence[int] | None, items_fixed: bool
) -> Sequence[int | None]:
    if ITEM not in layout.effects:
        return (None,)
    if items_fixed and items is not None and set(items) != {layout.levels[ITEM]}:
        raise ValueError(f"items must be left out when they are fixed, not {list(items)!r}")
    return (layout.levels[ITEM],) if items is None else tuple(items)


def _items_observed(layout: Layout, items_fixed: bool) -> float | None:
    if ITEM not in layout.effects:
        return None
    # The instrument is all its items, whichever of them a subject happens to miss.
    return float(layout.levels[ITEM]) if items_fixed else layout.levels_per_subject(ITEM)


def _counts(layout: Layout, observed: _Design) -> dict[str, float]:
    counts: dict[str, float] = {
        "subjects": layout.levels[SUBJECT],
        "raters": layout.levels[RATER],
        "scores": len(layout.deviations),
        "missing": layout.cells - len(layout.deviations),
        "raters_per_subject": observed.raters,
    }
    if observed.items is not None:
        counts |= {"items": layout.levels[ITEM], "items_per_subject": observed.items}
    return counts


def _all_effects(table: RatingTable, values: Mapping[str, float | None]) -> dict[str, float | None]:
    """With every effect that the table's columns name, also where only one item was scored."""
    effects = SUBJECT_BY_RATER_BY_ITEM if table.has_items else values
    return {effect: values.get(effect) for effect in effects}


def _shares(components: Components) -> dict[str, float] | None:
    values = components.estimates.values()
    positive = [max(value, 0.0) for value in values if value is not None]
    total = sum(positive)
    if len(positive) < len(values) or total <= 0.0:
        return None
    return {
        effect: 100.0 * value / total
        for effect, value in zip(components.estimates, positive, strict=True)
    }


def _feldt_interval(components: Components, confidence: float) -> tuple[float | None, float | None]:
    """Interval of g in a complete subject x rater table: 1 - F / F_obs on either side.

    None in other designs, where a mean square is 0, and where the component of subjects is
    negative, since g is then 0 by decree. The low end may lie below 0.
    """
    squares, freedom = components.mean_squares, components.degrees_of_freedom
    if squares is None or freedom is None or ITEM in squares:
        return None, None
    # Asked of the component, in which what is only rounding is 0 already.
    if squares[RESIDUAL] <= 0.0 or (components.estimates[SUBJECT] or 0.0) < 0.0:
        return None, None
    tail = (1.0 + confidence) / 2.0
    subjects, residual = (np.array(float(freedom[effect])) for effect in (SUBJECT, RESIDUAL))
    ratio = squares[RESIDUAL] / squares[SUBJECT]
    low = 1.0 - float(distributions.f_quantile(tail, subjects, residual)) * ratio
    high = 1.0 - ratio / float(distributions.f_quantile(tail, residual, subjects))
    return (low, high) if math.isfinite(low) and math.isfinite(high) else (None, None)


def _study_row(design: _Design, components: Components, confidence: float) -> StudyRow:
    relative, absolute = design.relative_error(components), design.absolute_error(components)
    width = distributions.normal_quantile((1.0 + confidence) / 2.0)
    # Scores that do not vary say nothing about error: 0 would be a guess.
    varies = components.solution.any()
    return StudyRow(
        raters=int(design.raters),
        items=None if design.items is None else int(design.items),
        sessions=design.sessions,
        relative_error=relative,
        absolute_error=absolute,
        g=design.coefficient(components, relative),
        phi=design.coefficient(components, absolute),
        known_to_within=width * absolute if absolute is not None and varies else None,
    )


def _warnings(table: RatingTable, components: Components) -> list[str]:
    layout = components.layout
    warnings = []
    if table.has_items and ITEM not in layout.effects:
        warnings.append(
            "Only one item was scored: the figures are those of subject x rater, for this item."
        )
    if not layout.is_complete:
        warnings.append(
            f"The table is incomplete: {layout.cells - len(layout.deviations)} of {layout.cells} "
            "cells hold no score. The components are Henderson's (Method I), and right only if "
            "what is missing does not depend on the scores."
        )
    warnings += [_not_estimable(group) for group in components.confounded]
    negative = [name for name, value in components.estimates.items() if (value or 0.0) < 0.0]
    if negative:
        warnings.append(f"Estimated below 0 and taken as 0 in what follows: {', '.join(negative)}.")
    if not components.solution.any():
        warnings.append("The scores do not vary, so there is nothing to relate.")
    return warnings


def _not_estimable(group: Sequence[str]) -> str:
    if len(group) == 1:
        return f"The design says nothing about {group[0]}, which is not estimated."
    names = f"{', '.join(group[:-1])} and {group[-1]}"
    return f"The design cannot tell {names} apart, so they are not estimated."
