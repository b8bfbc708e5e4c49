"""The keys of a certification pool as arrays to simulate with. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.certification.judging.standard import Standard
from training.library.schema import Instrument, Key, KeyStatus, Pool
from training.psychometrics.arrays import FloatArray

if TYPE_CHECKING:
    from training.library.reading import Pack

SHUFFLING_SEED = 5


@dataclass(frozen=True, slots=True, eq=False)
class KeyPool:
    """The keys that simulated forms are drawn from.

    keys        (vignettes, items), NaN = not rateable.
    published   how many of them, from the beginning, are keys of real vignettes.
    """

    keys: FloatArray
    published: int

    @property
    def made(self) -> int:
        """How many stand in for vignettes that do not exist yet."""
        return len(self.keys) - self.published

    @property
    def levels(self) -> FloatArray:
        """(vignettes,) the mean of each key over its rateable items; 0 when there are none."""
        rateable = np.maximum((~np.isnan(self.keys)).sum(axis=1), 1)
        return np.asarray(np.nansum(self.keys, axis=1) / rateable)


def key_pool(published: FloatArray, *, vignettes: int) -> KeyPool:
    """The published keys, and where they are too few further ones made from them.

    A made key is a published one with its items shuffled, so that it has the same level and the
    same spread; the seed is fixed. Raises ValueError when nothing is published.
    """
    if not len(published):
        raise ValueError("published must hold the key of at least one vignette")
    random = np.random.default_rng(SHUFFLING_SEED)
    rows = [*published]
    while len(rows) < vignettes:
        sources = random.permutation(len(published))[: vignettes - len(rows)]
        rows += [random.permutation(published[source]) for source in sources]
    return KeyPool(np.stack(rows), len(published))


class NoKeysError(ValueError):
    """There is no key to simulate with; the text says what to do."""


def keys_of_pack(pack: Pack, standard: Standard) -> list[Key]:
    """The keys of a content pack that an attempt at this standard may draw, by slug."""
    return [
        pack.keys[slug]
        for slug, vignette in sorted(pack.vignettes.items())
        if vignette.pool is Pool.CERTIFICATION
        and vignette.instrument == standard.instrument
        and slug in pack.keys
        and (standard.keys.authored_allowed or pack.keys[slug].status is KeyStatus.RATIFIED)
    ]


def pool_for(standard: Standard, keys: Iterable[Key], instrument: Instrument) -> KeyPool:
    """The pool that attempts at this standard are simulated on. Raises NoKeysError.

    A key that leaves out items of the instrument is passed over: forms are simulated whole.
    """
    numbers = instrument.item_numbers
    whole = [key for key in keys if set(numbers) <= key.items.keys()]
    if not whole:
        raise NoKeysError(
            f"The certification pool holds no key that {standard.slug} may use; publish "
            "vignettes, or name a content folder that has them."
        )
    rows = [
        [
            np.nan if key.items[number].score is None else key.items[number].score
            for number in numbers
        ]
        for key in whole
    ]
    return key_pool(np.array(rows, dtype=np.float64), vignettes=standard.form.maximum)
