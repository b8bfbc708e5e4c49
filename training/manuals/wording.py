"""How ratings and evidence of worked examples are named."""

from __future__ import annotations

from training.languages import gettext as _
from training.library.schema import Instrument
from training.manuals.examples import Solution


def rating_text(instrument: Instrument, rating: int | str) -> str:
    """A rating with its name, as in "2 Thin"."""
    if isinstance(rating, int):
        return f"{rating} {instrument.scale.labels[rating]}"
    return not_rateable()


def not_rateable() -> str:
    """The code with its name."""
    return f"{_('NR')} {_('Not rateable')}"


def marks_of(solution: Solution | None) -> dict[int, list[str]]:
    """What stands beside the turns a rating rests on."""
    return {turn: [_("evidence")] for turn in sorted(solution.evidence)} if solution else {}
