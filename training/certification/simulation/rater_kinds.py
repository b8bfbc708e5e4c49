"""The kinds of raters that a standard is tried on before anybody is judged by it. Pure.

How each of them rates is in `simulated_raters`; this is only who there is, and needs no numpy.
"""

from __future__ import annotations

from enum import StrEnum


class RaterKind(StrEnum):
    """Ways of rating. The first three should meet a standard, borderline may, the rest must not."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    BORDERLINE = "borderline"
    CONSTANT = "constant"
    LENIENT = "lenient"
    SEVERE = "severe"
    CENTRAL = "central"
    HALO = "halo"
    NOISY = "noisy"
    GROSS_MISSES = "gross_misses"
    RANDOM = "random"
    EVASIVE = "evasive"
    DRIFTING = "drifting"


SOUND_KINDS = (RaterKind.EXCELLENT, RaterKind.GOOD, RaterKind.FAIR)

FAULTY_KINDS = (
    RaterKind.CONSTANT,
    RaterKind.LENIENT,
    RaterKind.SEVERE,
    RaterKind.CENTRAL,
    RaterKind.HALO,
    RaterKind.NOISY,
    RaterKind.GROSS_MISSES,
    RaterKind.RANDOM,
    RaterKind.EVASIVE,
    RaterKind.DRIFTING,
)

DESCRIPTIONS = {
    RaterKind.EXCELLENT: "excellent (error SD .35)",
    RaterKind.GOOD: "good (error SD .45)",
    RaterKind.FAIR: "fair (error SD .55)",
    RaterKind.BORDERLINE: "borderline (error SD .75)",
    RaterKind.CONSTANT: "constant, always one score",
    RaterKind.LENIENT: "lenient, always one point up",
    RaterKind.SEVERE: "severe, always one point down",
    RaterKind.CENTRAL: "central, keeps to the middle",
    RaterKind.HALO: "halo, half by impression",
    RaterKind.NOISY: "noisy (error SD 1)",
    RaterKind.GROSS_MISSES: "good, but 8 % gross misses",
    RaterKind.RANDOM: "random",
    RaterKind.EVASIVE: "evasive, a fifth not rateable",
    RaterKind.DRIFTING: "drifting, ever more lenient",
}
"""In English, for terminals and files; an error SD is in scale points."""
