"""The keys of a certification pool as arrays to simulate with. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from training.certification.judging.standard import Standard
from training.certification.simulation.attempts import KeyPool, key_pool
from training.library.schema import Instrument, Key, KeyStatus, Pool

if TYPE_CHECKING:
    from training.library.reading import Pack


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
