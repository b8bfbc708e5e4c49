"""Which address an item of a manual has, and which item an address means. Pure."""

from __future__ import annotations

import re

from training.library.schema import Instrument, Item

BEGINNING = re.compile(r"([1-9][0-9]{0,3})(?:-|$)")


def address_of(item: Item) -> str:
    """The last part of its address, as in 3-open-ended-questions."""
    return f"{item.number}-{item.slug}"


def find_item(instrument: Instrument, address: str) -> Item | None:
    """The item an address means: its number decides, so that a link outlives a new name."""
    match = BEGINNING.match(address)
    if match is None or int(match[1]) not in instrument.item_numbers:
        return None
    return instrument.item(int(match[1]))
