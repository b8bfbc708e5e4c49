"""One cell of a table of ratings: the number, time or name it holds, or what to mend. Pure.

What is wrong is raised as a ValueError in words for whoever has the file open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from training.psychometrics.facets.design import LARGEST_MEASURE
from training.psychometrics.table import LARGEST_SCORE, SCORE_DECIMALS

NOT_RATEABLE = "nr"

# Exponents are kept short: a longer one is beyond every limit anyway, and slow to compute with.
NUMBER = re.compile(r"[+-]?(?=\.?[0-9])[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]{1,4})?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")


def unified_name(text: str) -> str:
    """A name as tables hold it: no spaces around it, accents composed (Unicode's NFC)."""
    return unicodedata.normalize("NFC", text.strip())


def scale_in(text: str) -> tuple[float, ...]:
    """The points of a scale as a command takes them, "0,1,2,3,4", sorted.

    Raises ValueError saying what to write: for what is no number, for fewer than two points, for
    a point named twice.
    """
    points = [_point(point.strip()) for point in text.split(",")]
    if len(points) < 2:
        raise ValueError("a scale has two points at least; write all of them, such as 0,1,2,3,4")
    if len(set(points)) < len(points):
        raise ValueError("a point is named twice; write each once")
    return tuple(sorted(points))


def score_in(text: str, points: Sequence[float] | None) -> float | None:
    """A score, one of these points where there are any; None for what could not be rated."""
    if text.lower() == NOT_RATEABLE:
        return None
    score = _bounded(text, "score", "leave the row out, or write NR for what could not be rated")
    if points is not None and score not in points:
        scale = ", ".join(f"{point:g}" for point in points)
        raise ValueError(f"{quoted(text)} is not on the scale {scale}; correct one of them")
    return score


def _point(text: str) -> float:
    return _bounded(text, "point of the scale", "leave it out")


def _bounded(text: str, noun: str, otherwise: str) -> float:
    """A number as `RatingTable` keeps them: not too large, not too many decimals."""
    number = _number(text, noun, otherwise)
    if abs(number) > LARGEST_SCORE:
        limit = f"{LARGEST_SCORE:.0f}"
        raise ValueError(f"{quoted(text)} is beyond {limit}; correct it, or rescale all scores")
    if _decimals(text) > SCORE_DECIMALS:
        raise ValueError(f"{quoted(text)} has more than {SCORE_DECIMALS} decimals; round it")
    return number


def measure_in(text: str) -> float:
    """A measure in logits."""
    measure = _number(text, "measure", "leave the row out")
    if abs(measure) > LARGEST_MEASURE:
        limit = f"{LARGEST_MEASURE:.0f}"
        raise ValueError(f"{quoted(text)} is beyond {limit} logits; correct it")
    return measure


def _number(text: str, noun: str, otherwise: str) -> float:
    """A plain decimal number. Raises ValueError: what stands there instead, and what to do."""
    if NUMBER.fullmatch(text):
        return float(text) + 0.0  # turns a negative zero into zero
    if not text:
        raise ValueError(f"the {noun} is empty; {otherwise}")
    if DECIMAL_COMMA.fullmatch(text):
        point = text.replace(",", ".")
        raise ValueError(f"{quoted(text)} has a decimal comma; write {point}")
    raise ValueError(
        f"{quoted(text)} is no {noun}; write a number such as 3 or 2.5, or {otherwise}"
    )


def _decimals(text: str) -> int:
    """How many decimals a number has that are not just zeros at its end."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    digits = (whole + fraction).rstrip("0")
    if not digits.strip("0"):
        return 0
    return len(digits) - len(whole) - int(exponent or 0)


def time_in(text: str) -> float | datetime:
    """A number or a date; a time without a zone is taken as UTC, so that all can be compared."""
    if NUMBER.fullmatch(text):
        return float(text)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{quoted(text)} is no time; write a number, or a date such as 2026-03-31"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def quoted(text: str) -> str:
    """A cell as messages show it: short, and with nothing in it that a terminal would obey."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
