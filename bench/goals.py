"""What is measured, in which unit, and how good it should be. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One measure, as it stands in the table; a share is reached from above, a cost from below."""

    code: str
    title: str
    goal: float
    moonshot: float
    unit: str = ""
    digits: int = 1
    more_is_better: bool = False

    def is_reached(self, value: float, wanted: float) -> bool:
        return value >= wanted if self.more_is_better else value <= wanted

    def verdict(self, value: float) -> str:
        """How far a value has come: "moonshot", "goal" or "no"."""
        if self.is_reached(value, self.moonshot):
            return "moonshot"
        return "goal" if self.is_reached(value, self.goal) else "no"

    def show(self, value: float) -> str:
        return f"{value:.{self.digits}f} {self.unit}".strip()


GOALS = (
    Goal("P1", "lesson view, CPU / hello", 20, 10),
    Goal("P2", "lesson views per second at 16 / hello", 0.05, 0.10, "", 3, True),
    Goal("P3", "save 12 ratings, CPU / hello", 20, 12),
    Goal("P4", "saves per second at 16 / hello", 0.04, 0.08, "", 3, True),
    Goal("P5", "save 12 ratings, p99 at 16", 150, 60, "ms", 0),
    Goal("P6", "sign-in without its hash, CPU", 15, 10, "ms"),
    Goal("P7", "lesson p95 during 50 sign-ins in 10 s / without", 4, 2),
    Goal("P8", "trainer page of 50 raters, CPU / hello, worst", 30, 20),
    Goal("P9", "growth exponent of P8, 100 to 10,000", 0.10, 0.05, "", 2),
    Goal("P10", "export of 10,000 raters x 60 ratings, CPU / floor", 2, 1.3),
    Goal("P10 exponent", "its growth, 1,000 to 10,000 raters", 1.1, 1.05, "", 2),
    Goal("P11", "worker memory growth from P10", 40, 20, "MiB", 0),
    Goal("P12", "worker RSS after the whole run", 110, 85, "MiB", 0),
    Goal("P13", "whole service, PSS, during 16 sign-ins at once", 350, 250, "MiB", 0),
    Goal("P14", "start to first answer", 1.5, 1.0, "s", 2),
    Goal("P15", "lesson page, cold: requests", 6, 4, "", 0),
    Goal("P15 KB", "lesson page, cold: on the wire", 120, 60, "KB", 0),
    Goal("P16", "mix at 100 arrivals/s, p99 of the slowest step", 40, 20, "ms", 0),
    Goal("E1", "1,000 raters, packages one by one / engine", 20, 40, "", 0, True),
    Goal("E2", "growth exponent of E1, 1,000 to 100,000 raters", 1.05, 1.0, "", 2),
    Goal("E2 MiB", "peak memory at the largest size", 2000, 1000, "MiB", 0),
    Goal("E3", "many-facet Rasch, 1,000 raters / raschpy's 100", 1.0, 0.3, "", 2),
    Goal("E3 MiB", "peak memory of the 1,000 raters", 250, 150, "MiB", 0),
    Goal("E4", "importing all of the engine in a worker", 0.7, 0.4, "s", 2),
    Goal("E4 MiB", "what it adds to a worker", 60, 40, "MiB", 0),
)

ENGINE_CODES = frozenset({"E1", "E2", "E3", "E4"})
"""Measured without a database or a server."""
