"""The turns or passages that a reason cites in brackets. Pure."""

from __future__ import annotations

import re

# Turns as reasons cite them: (4), (4, 15), (1 to 7), (33, first half of 34).
CITATION = re.compile(r"\(([^()]*\d[^()]*)\)")
# A number of more digits is no turn: int() refuses very long ones.
NUMBER = re.compile(r"(?<!\d)\d{1,6}(?!\d)")


def cited_turns(reason: str) -> set[int]:
    """The turn numbers a reason cites in brackets."""
    return {int(number) for text in CITATION.findall(reason) for number in NUMBER.findall(text)}
