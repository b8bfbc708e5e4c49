"""Every reason somebody has been shown, by item and by word. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from training.calibration.feedback import ItemFeedback
from training.calibration.history import PastRating

LONGEST_SEARCH = 100  # characters


@dataclass(frozen=True, slots=True)
class ReasonMet:
    """One item of one past rating: both ratings, the experts' reason, what was written oneself."""

    past: PastRating
    item: ItemFeedback

    def holds(self, words: Sequence[str]) -> bool:
        """Whether all these words, in lower case, stand somewhere in it."""
        item = self.item
        dissents = item.spread.dissents if item.spread else ()
        texts = (
            self.past.vignette.title,
            item.name,
            item.reason,
            item.own_reason,
            item.own_note,
            *(dissent.reason for dissent in dissents),
        )
        everything = " ".join(texts).casefold()
        return all(word in everything for word in words)


@dataclass(frozen=True, slots=True)
class ItemMet:
    """How often an item was met, and how often it differed from the consensus."""

    number: int
    name: str
    met: int
    missed: int


def reasons_met(history: Iterable[PastRating]) -> list[ReasonMet]:
    """Everything met, the latest rating first, its items in order."""
    ordered = sorted(history, key=lambda past: past.submitted_at, reverse=True)
    return [ReasonMet(past, item) for past in ordered for item in past.feedback().items]


def matching(reasons: Iterable[ReasonMet], *, item: int | None, search: str) -> list[ReasonMet]:
    """Those on this item, if one is given, that hold every word searched for."""
    words = search.casefold()[:LONGEST_SEARCH].split()
    return [
        reason
        for reason in reasons
        if (item is None or reason.item.number == item) and reason.holds(words)
    ]


def items_met(reasons: Iterable[ReasonMet]) -> list[ItemMet]:
    """For each item that was met, how often and with what success, by number."""
    by_number: dict[int, list[ItemFeedback]] = {}
    for reason in reasons:
        by_number.setdefault(reason.item.number, []).append(reason.item)
    return [
        ItemMet(number, items[0].name, len(items), sum(item.needs_work for item in items))
        for number, items in sorted(by_number.items())
    ]
