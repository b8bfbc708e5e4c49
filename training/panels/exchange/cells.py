"""Cells of a CSV file that no spreadsheet takes for a formula, and the text behind them. Pure."""

from __future__ import annotations

import re

# What a spreadsheet would take for the beginning of a formula, behind any apostrophes, the full
# width signs included (OWASP ASVS 5.0, 1.2.10).
FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet computes: an apostrophe before what looks like a formula.

    Numbers are left as they are.
    """
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value


def plain_cell(text: str) -> str:
    """The text behind a cell that `safe_cell` made; others are left as they are."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
