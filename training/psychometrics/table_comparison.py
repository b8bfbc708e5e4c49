"""The raters of a table against one of them, the reference: figures, effects, items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.psychometrics import effect_sentences
from training.psychometrics.arrays import BoolArray, FloatArray, IntArray
from training.psychometrics.cohort import CohortFigures, compare_cohort, table_formulas
from training.psychometrics.comparison import direction
from training.psychometrics.intervals import JACKKNIFE, Estimates, statistics_of
from training.psychometrics.rater_effects import (
    centrality_of,
    halo_of,
    inconsistency_of,
    scale_use_of,
    severity_of,
)
from training.psychometrics.results import CategoryUse, Direction
from training.psychometrics.scale import MOST_CATEGORIES, plain_number, scale_of
from training.psychometrics.statistic import Reason, Statistic
from training.psychometrics.table import RatingTable
from training.psychometrics.table_figures import PairFigure, in_a_table, of_subjects, undefined


@dataclass(frozen=True, slots=True)
class Effect:
    """A rater effect: its code, the sentence it means, and the figure behind it."""

    code: str
    sentence: str
    figure: Statistic

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"code": self.code, "sentence": self.sentence, **self.figure.as_entry()}


@dataclass(frozen=True, slots=True)
class ItemErrors:
    """One item: the kind of error and its figures by name."""

    kind: Direction
    figures: dict[str, Statistic]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        figures = {name: figure.as_entry() for name, figure in self.figures.items()}
        return {
            "kind": self.kind.value,
            "sentence": effect_sentences.ITEM_KINDS[self.kind],
            "n": self.figures["bias"].n,
            **figures,
        }


@dataclass(frozen=True, slots=True)
class RaterComparison:
    """One rater against the reference.

    units, subjects  how many both of them rated, be it as "not rateable".
    scale_use        how often each scale point was given, beside the reference.
    """

    units: int
    subjects: int
    statistics: dict[str, Statistic | PairFigure]
    effects: dict[str, Effect]
    items: dict[str, ItemErrors]
    scale_use: tuple[CategoryUse, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "units": self.units,
            "subjects": self.subjects,
            "statistics": {
                name: figure.as_entry() if isinstance(figure, Statistic) else figure.as_dict()
                for name, figure in self.statistics.items()
            },
            "effects": {name: effect.as_dict() for name, effect in self.effects.items()},
            "items": {name: item.as_dict() for name, item in self.items.items()},
            "scale_use": [
                {
                    "category": plain_number(row.category),
                    "count": row.count,
                    "reference_count": row.reference_count,
                    "difference": row.difference.as_entry(),
                }
                for row in self.scale_use
            ],
        }


@dataclass(frozen=True, slots=True)
class TableComparison:
    """All raters of a table but the reference."""

    reference: str
    scale: tuple[float, ...]
    confidence: float
    warnings: tuple[str, ...]
    raters: dict[str, RaterComparison]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        return {
            "reference": self.reference,
            "scale": [plain_number(category) for category in self.scale],
            "confidence": self.confidence,
            "warnings": list(self.warnings),
            "raters": {name: rater.as_dict() for name, rater in self.raters.items()},
        }


def compare_table(
    table: RatingTable,
    *,
    reference: str,
    scale: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> TableComparison:
    """Compare every rater with the reference on the units that both rated.

    Intervals leave out one subject at a time. Raises ValueError when `reference` is no rater of
    the table, and for a scale that misses a score; never for lack of data.
    """
    if reference not in table.raters:
        raise ValueError(f"reference must be a rater of the table, not {reference!r}")
    categories, warning = scale_of(table, scale)
    others = tuple(name for name in table.raters if name != reference)
    forms = _forms(table, table.raters.index(reference))
    warnings = [warning] if warning else []
    if not others:
        warnings.append("There is no other rater to compare with the reference.")
    return TableComparison(
        reference=reference,
        scale=categories,
        confidence=confidence,
        warnings=tuple(warnings),
        raters=_compared(table, others, forms, categories or (0.0,), confidence),
    )


@dataclass(frozen=True, slots=True)
class _Forms:
    """What each rater rated together with the reference; (raters, subjects, items) each."""

    scores: FloatArray
    references: FloatArray
    asked: BoolArray


def _forms(table: RatingTable, reference: int) -> _Forms:
    """Each rater's own subjects, side by side: forms need not be the same."""
    items = max(len(table.items), 1)
    cell = table.subject * items + table.item
    key: FloatArray = np.full(len(table.subjects) * items, np.nan)
    is_key: BoolArray = np.zeros(len(key), dtype=np.bool_)
    of_reference = table.rater == reference
    key[cell[of_reference]] = table.score[of_reference]
    is_key[cell[of_reference]] = True
    chosen = ~of_reference & is_key[cell]
    rater, subject = table.rater[chosen], table.subject[chosen]
    rater = rater - (rater > reference)
    place = _places_within(rater, subject)
    shape = (len(table.raters) - 1, int(place.max(initial=-1)) + 1, items)
    index = (rater, place, table.item[chosen])
    forms = _Forms(np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_))
    forms.scores[index] = table.score[chosen]
    forms.references[index] = key[cell[chosen]]
    forms.asked[index] = True
    return forms


def _places_within(rater: IntArray, subject: IntArray) -> IntArray:
    """The place of each rating's subject among the subjects of its rater."""
    pairs, which = np.unique(np.stack([rater, subject]), axis=1, return_inverse=True)
    first = np.searchsorted(pairs[0], pairs[0])
    place: IntArray = (np.arange(pairs.shape[1]) - first)[which.ravel()].astype(np.int64)
    return place


def _compared(
    table: RatingTable,
    others: tuple[str, ...],
    forms: _Forms,
    scale: tuple[float, ...],
    confidence: float,
) -> dict[str, RaterComparison]:
    figures = compare_cohort(
        forms.scores,
        forms.references,
        asked=forms.asked,
        scale=scale,
        confidence=confidence,
    )
    statistics = _statistics(figures, scale)
    items = {name: _statistics_of(made) for name, made in figures.items.items()}
    uses = _uses(figures, scale)
    size = len(table.items)
    compared = {}
    for place, name in enumerate(others):
        own = {key: column[place] for key, column in statistics.items()}
        rows = {
            item: {key: column[place * size + number] for key, column in items.items()}
            for number, item in enumerate(table.items)
        }
        compared[name] = RaterComparison(
            units=int(forms.asked[place].sum()),
            subjects=int(forms.asked[place].any(axis=-1).sum()),
            statistics=own,
            effects=_effects(own, uses[place]),
            items={
                item: ItemErrors(direction(row["bias"].value, row["mae"].value), row)
                for item, row in rows.items()
                if row["bias"].n or row["exact_agreement"].n
            },
            scale_use=uses[place],
        )
    return compared


def _statistics_of(estimates: Estimates) -> list[Statistic]:
    return [in_a_table(figure) for figure in statistics_of(estimates)]


def _statistics(
    figures: CohortFigures, scale: tuple[float, ...]
) -> dict[str, list[Statistic] | list[PairFigure]]:
    statistics: dict[str, list[Statistic] | list[PairFigure]] = {
        name: _statistics_of(made) for name, made in figures.statistics.items()
    }
    lower, upper = (_statistics_of(limit) for limit in figures.limits)
    statistics["limits_of_agreement"] = [
        PairFigure(*pair) for pair in zip(lower, upper, strict=True)
    ]
    for name, reason in _impossible(scale).items():
        none = undefined(reason, of_subjects(figures.statistics[name].method))
        statistics[name] = [none] * len(lower)
    return statistics


def _impossible(scale: tuple[float, ...]) -> dict[str, Reason]:
    """What a scale does not allow, with the reason."""
    if len(scale) > MOST_CATEGORIES:
        return dict.fromkeys(table_formulas(scale[:2]), Reason.TOO_MANY_CATEGORIES)
    return {"alpha_ratio": Reason.NO_RATIO_SCALE} if scale[0] < 0 else {}


def _uses(figures: CohortFigures, scale: tuple[float, ...]) -> list[tuple[CategoryUse, ...]]:
    if len(scale) > MOST_CATEGORIES:
        return [()] * len(figures.given)
    differences = _statistics_of(figures.use)
    rows = [
        CategoryUse(category, int(given), int(expected), difference)
        for category, given, expected, difference in zip(
            scale * len(figures.given),
            figures.given.ravel(),
            figures.expected.ravel(),
            differences,
            strict=True,
        )
    ]
    size = len(scale)
    return [tuple(rows[start : start + size]) for start in range(0, len(rows), size)]


def _effects(own: dict[str, Any], use: tuple[CategoryUse, ...]) -> dict[str, Effect]:
    severity, centrality = severity_of(own["bias"]), centrality_of(own["sd_ratio"])
    halo = halo_of(own["within_vignette_slope"])
    inconsistency = inconsistency_of(own["residual_sd"])
    scale_use = scale_use_of(use)
    return {
        "severity": Effect(severity, effect_sentences.SEVERITY[severity], own["bias"]),
        "centrality": Effect(centrality, effect_sentences.CENTRALITY[centrality], own["sd_ratio"]),
        "halo": Effect(halo, effect_sentences.HALO[halo], own["within_vignette_slope"]),
        "scale_use": Effect(
            scale_use.code,
            effect_sentences.scale_use_sentence(scale_use.code, scale_use.categories),
            _most_different(use),
        ),
        "inconsistency": Effect(
            inconsistency, effect_sentences.INCONSISTENCY[inconsistency], own["residual_sd"]
        ),
    }


def _most_different(use: tuple[CategoryUse, ...]) -> Statistic:
    """The scale point whose use differs most: its difference of shares stands for the effect."""
    none = undefined(Reason.TOO_MANY_CATEGORIES, of_subjects(JACKKNIFE))
    differences = (row.difference for row in use)
    return max(differences, key=lambda figure: abs(figure.value or 0.0), default=none)
