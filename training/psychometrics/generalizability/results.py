"""What a generalizability study yields: frozen figures, which need no numpy to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StudyRow:
    """What a score would be worth with so many raters, items and sessions.

    raters           number of raters whose scores are averaged; the same ones rate everything.
    items            number of items averaged; None where the table has no items.
    sessions         None: the score of one subject is to be known. A number: the mean of a
                     service is to be known from so many of its sessions.
    relative_error   standard deviation of the error of a comparison, in scale points.
    absolute_error   standard deviation of the error of the score itself, in scale points.
    g, phi           relative and absolute coefficient, 0 to 1; None for a service, since the
                     table does not say how much services differ from each other.
    known_to_within  half width of the interval around a score, in scale points.

    None also stands where the table does not determine the figure.
    """

    raters: int
    items: int | None
    sessions: int | None
    relative_error: float | None
    absolute_error: float | None
    g: float | None
    phi: float | None
    known_to_within: float | None

    @property
    def sentence(self) -> str:
        """The row in plain English, rounded to a tenth of a scale point."""
        parts = [_counted(self.raters, "rater")]
        parts += [] if self.items is None else [_counted(self.items, "item")]
        parts += [] if self.sessions is None else [_counted(self.sessions, "session")]
        means = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
        score = "the score" if self.sessions is None else "the service's score"
        if self.known_to_within is None:
            return f"With {means} it cannot be said how closely {score} is known."
        return f"With {means} {score} is known to within {self.known_to_within:.1f} points."

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded but for the sentence."""
        return {
            "raters": self.raters,
            "items": self.items,
            "sessions": self.sessions,
            "relative_error": self.relative_error,
            "absolute_error": self.absolute_error,
            "g": self.g,
            "phi": self.phi,
            "known_to_within": self.known_to_within,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Generalizability:
    """Variance components of a table of ratings, and what follows from them.

    design              "subject x rater" or "subject x rater x item".
    items_fixed         whether the items are the instrument itself rather than a sample.
    confidence          of the intervals.
    n                   counts of subjects, raters, items (each with at least one score), scores,
                        missing cells; `raters_per_subject` and `items_per_subject` are the
                        harmonic means that `g` and `phi` are about.
    components          by effect, in scale points squared, negative ones as estimated; None
                        where the table does not determine them, see `warnings`.
    shares              percent of the total variance, negative components taken as 0.
    standard_errors     of the components under normality (Searle 1971).
    mean_squares, degrees_of_freedom   by effect; None for an incomplete table.
    g, phi              of the design as observed: E rho squared for comparing subjects, Phi for
                        the scores themselves; 0 to 1.
    g_low, g_high       ends of the interval of g; complete subject x rater tables only.
    relative_error, absolute_error     their error standard deviations, in scale points.
    study               the decision study, one row per number of sessions, items and raters.
    warnings            sentences to be read before the figures are used.
    """

    design: str
    items_fixed: bool
    confidence: float
    n: dict[str, float]
    components: dict[str, float | None]
    shares: dict[str, float] | None
    standard_errors: dict[str, float | None]
    mean_squares: dict[str, float] | None
    degrees_of_freedom: dict[str, int] | None
    g: float | None
    phi: float | None
    g_low: float | None
    g_high: float | None
    relative_error: float | None
    absolute_error: float | None
    study: tuple[StudyRow, ...]
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        names = [name for name in self.__slots__ if name not in ("study", "warnings")]
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        plain["study"] = [row.as_dict() for row in self.study]
        plain["warnings"] = list(self.warnings)
        return plain


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
