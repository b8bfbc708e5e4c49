"""Turn numbers as people read them: "4, 7–12". Pure."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST_RUN = 3  # "7, 8" is no longer to read than "7–8"


def runs_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last number of each unbroken run, in order; single numbers twice.

    Two neighbours stay single: only from three on is a run shorter to read.
    """
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return [part for run in runs for part in _parts_of(*run)]


def in_runs(numbers: Iterable[int]) -> str:
    """The numbers in order, runs drawn together, as fields of turns take them too."""
    return ", ".join(run_text(*run) for run in runs_of(numbers))


def run_text(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _parts_of(first: int, last: int) -> list[tuple[int, int]]:
    if last - first + 1 >= SHORTEST_RUN:
        return [(first, last)]
    return [(number, number) for number in range(first, last + 1)]
