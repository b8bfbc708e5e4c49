"""Which item is at which level how often, pool by pool: what authors write next by. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from training.library.reading import Pack
from training.library.schema import Instrument, Pool
from training.library.schema.key import NOT_RATEABLE
from training.measurement.text_layout import clipped

NAME_WIDTH = 26
NONE = "."  # it stands out among figures, as a 0 does not


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often each item of an instrument stands at each level, by pool.

    vignettes   how many of each pool have a key, excerpts included.
    counts      by pool, item and rating (a score or NR).
    """

    instrument: Instrument
    vignettes: Mapping[Pool, int]
    counts: Mapping[tuple[Pool, int, int | str], int]


def coverage_of(pack: Pack, instrument: Instrument) -> Coverage:
    """Count the keys of a pack's vignettes on this instrument."""
    vignettes: Counter[Pool] = Counter()
    counts: Counter[tuple[Pool, int, int | str]] = Counter()
    for slug, vignette in pack.vignettes.items():
        key = pack.keys.get(slug)
        if key is None or vignette.instrument != instrument.slug:
            continue
        vignettes[vignette.pool] += 1
        for number, rating in key.items.items():
            counts[vignette.pool, number, rating.rating] += 1
    return Coverage(instrument, vignettes, counts)


def coverage_table(coverage: Coverage) -> Iterator[str]:
    """The lines of the table: a row for each item, a column for each pool, levels within it.

    None where nothing is rated on the instrument yet.
    """
    instrument = coverage.instrument
    pools = [pool for pool in Pool if coverage.vignettes.get(pool)]
    if not pools:
        return
    ratings: list[int | str] = [*instrument.scale.scores, NOT_RATEABLE]
    levels = "".join(f"{rating:>3}" for rating in ratings)
    yield f"{instrument.name}: how often each item is at each level"
    titles = [f"{pool} ({coverage.vignettes[pool]})" for pool in pools]
    yield " " * NAME_WIDTH + "".join(f" |{title:>{len(levels)}}" for title in titles)
    yield " " * NAME_WIDTH + f" |{levels}" * len(pools)
    for item in instrument.items:
        cells = (
            "".join(f"{coverage.counts.get((pool, item.number, r)) or NONE:>3}" for r in ratings)
            for pool in pools
        )
        name = clipped(f"{item.number:>2} {item.short_name}", NAME_WIDTH)
        yield f"{name:<{NAME_WIDTH}}" + "".join(f" |{cell}" for cell in cells)
