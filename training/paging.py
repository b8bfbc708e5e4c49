"""Long lists in pages: which page was asked for and what lies around it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

DIGITS_READ = 9  # no list has so many pages


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list: `number` counts from 1, `size` entries a page, `total` in the list."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many entries stand before this page."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """The place of the first entry shown, from 1; 0 where there is none."""
        return self.offset + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages


def paging_of(asked: str | None, *, size: int, total: int) -> Paging:
    """The page somebody asked for in an address, or the nearest one there is."""
    # Python reads no number of thousands of digits; the first ones lead beyond the last page too.
    number = int(asked[:DIGITS_READ]) if asked and asked.isascii() and asked.isdigit() else 1
    pages = Paging(1, size, total).pages
    return Paging(min(max(number, 1), pages), size, total)
