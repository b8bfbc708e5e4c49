"""How one rating compares with its key, counted in sums that add up over sessions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

GROSS_MISS = 2  # points away from the consensus, and more


@dataclass(frozen=True, slots=True)
class AgreementSums:
    """Counts over one or many sessions; shares are taken from them where they are shown.

    A cell is one item of one vignette. `rated_cells` were scored by both the rater and the key;
    a `rateability_mismatch` was scored by one only and is neither exact nor within one.
    Differences are rater minus consensus: positive is lenient where high is good.
    """

    sessions: int = 0
    rated_cells: int = 0
    exact: int = 0
    within_one: int = 0
    gross_misses: int = 0
    sum_of_differences: int = 0
    sum_of_absolute_differences: int = 0
    rateability_mismatches: int = 0

    @property
    def compared_cells(self) -> int:
        """The cells that shares of agreement are taken of: rated by both, or mismatched."""
        return self.rated_cells + self.rateability_mismatches

    @property
    def exact_share(self) -> float | None:
        """0 to 1; None when there is nothing to compare."""
        return _share(self.exact, self.compared_cells)

    @property
    def within_one_share(self) -> float | None:
        """0 to 1; None when there is nothing to compare."""
        return _share(self.within_one, self.compared_cells)

    @property
    def bias(self) -> float | None:
        """The mean difference in scale points; None when no cell was rated by both."""
        return _share(self.sum_of_differences, self.rated_cells)

    @property
    def mean_absolute_difference(self) -> float | None:
        """In scale points; None when no cell was rated by both."""
        return _share(self.sum_of_absolute_differences, self.rated_cells)

    def __add__(self, other: AgreementSums) -> AgreementSums:
        return AgreementSums(
            *(getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )


@dataclass(frozen=True, slots=True)
class SessionComparison:
    """The sums of one session, and the difference of every item that both rated."""

    sums: AgreementSums
    differences: dict[int, int]


def compare_with_key(
    scores: Mapping[int, int | None], consensus: Mapping[int, int | None]
) -> SessionComparison:
    """Count one session. Both map the items asked for to a score, or None = not rateable.

    Raises ValueError when they do not speak of the same items.
    """
    if scores.keys() != consensus.keys():
        raise ValueError(f"items differ: {sorted(scores)} and {sorted(consensus)}")
    differences: dict[int, int] = {}
    mismatches = 0
    for number in sorted(scores):
        score, reference = scores[number], consensus[number]
        if score is not None and reference is not None:
            differences[number] = score - reference
        elif (score is None) != (reference is None):
            mismatches += 1
    return SessionComparison(_sums(differences.values(), mismatches), differences)


def _sums(differences: Iterable[int], mismatches: int) -> AgreementSums:
    values = list(differences)
    return AgreementSums(
        sessions=1,
        rated_cells=len(values),
        exact=sum(value == 0 for value in values),
        within_one=sum(abs(value) <= 1 for value in values),
        gross_misses=sum(abs(value) >= GROSS_MISS for value in values),
        sum_of_differences=sum(values),
        sum_of_absolute_differences=sum(map(abs, values)),
        rateability_mismatches=mismatches,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
