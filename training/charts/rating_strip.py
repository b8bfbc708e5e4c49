"""One item on the scale: own rating, the consensus, and what each expert gave at first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.charts.spread_strip import SpreadRow, SpreadStrip, build_spread_strip

MARK_ROOM = 16.0  # above the experts' dots, for the own mark


@dataclass(frozen=True, slots=True)
class RatingStrip:
    """The strip with the place of the own mark, a triangle that points down; None = not given."""

    spread: SpreadStrip
    own_x: float | None
    words: str

    @property
    def scale_id(self) -> str:
        """The id of its scale on a page: strips with as many places on the scale share one."""
        return f"scale-of-{len(self.spread.ticks)}"

    @property
    def height(self) -> float:
        return self.spread.rows[0].height + MARK_ROOM

    @property
    def shift(self) -> float:
        """How far the experts' part lies below the top."""
        return MARK_ROOM


def build_rating_strip(
    own: int | None,
    accepted: tuple[int, ...],
    ratings: Mapping[int, int | None],
    *,
    scale: Sequence[int],
    words: str,
) -> RatingStrip:
    """Place one item; `ratings` by expert, empty where no panel rated. `words` say it all.

    Raises ValueError for a score that is not on the scale.
    """
    if own is not None and own not in scale:
        raise ValueError(f"{own} is not on the scale {tuple(scale)}")
    spread = build_spread_strip([SpreadRow("", ratings, words, accepted)], scale=scale)
    places = dict(spread.ticks)
    own_x = places.get("NR") if own is None else places[str(own)]
    return RatingStrip(spread, own_x, words)
