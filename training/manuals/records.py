"""What a manual is put together from: the instrument in use, its written part, the exercises."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import count
from pathlib import Path

from training.accounts.models import Person, Role
from training.exercises import records as exercises
from training.exercises.rules import Pair
from training.library import records as library
from training.library.reading import read_manuals
from training.library.schema import Instrument, KeyRating, Manual, Vignette
from training.manuals.examples import (
    ItemExamples,
    exercise_before,
    first_pairs,
    of_exercise,
    of_manual,
)

Text = tuple[Vignette, KeyRating | None]
"""An exercise and what its key says; without that for whoever has still to rate it."""


@lru_cache(maxsize=4)
def _manuals_in(folders: tuple[Path, ...]) -> dict[str, Manual]:
    # Read once for each process, like the library; `content check` tells of faults.
    return read_manuals(*folders).manuals


def find_manual(instrument_slug: str, folders: tuple[Path, ...]) -> Manual | None:
    """The written part of an instrument's manual; None where nobody has written one."""
    return _manuals_in(folders).get(instrument_slug)


def may_rate(person: Person) -> bool:
    """Whether exercises may still train their eye: raters, and who has no role yet."""
    return person.has_role(Role.RATER) or not person.roles


def examples_for(
    person: Person, instrument: Instrument, manual: Manual | None, numbers: Collection[int]
) -> dict[int, ItemExamples]:
    """The worked examples of these items as this person may read them, as far as there are any.

    The manual's own where it has some; otherwise the first pair of exercises on the item.
    """
    found = {}
    for number in numbers:
        if manual and (own := manual.examples_of(number)):
            found[number] = ItemExamples(tuple(map(of_manual, own, count(1))))
    wanted = set(numbers) - found.keys()
    if wanted:
        all_pairs = exercises.pairs(person.id)
        pairs = [pair for pair in all_pairs if pair.instrument == instrument.slug]
        first = first_pairs(pair for pair in pairs if pair.item in wanted)
        found |= _examples_of_pairs(person, first)
    return found


def _examples_of_pairs(person: Person, pairs: Mapping[int, Pair]) -> dict[int, ItemExamples]:
    rates = may_rate(person)
    rate_first = {item: exercise_before(pair, may_rate=rates) for item, pair in pairs.items()}
    open_slugs = _slugs(pair for item, pair in pairs.items() if rate_first[item] is None)
    closed_slugs = _slugs(pairs.values()) - open_slugs
    texts = _unrated(closed_slugs) | (
        _as_answered(person, open_slugs) if rates else _as_in_use(open_slugs)
    )
    return {
        item: ItemExamples(
            tuple(of_exercise(twin.slug, *texts[twin.slug]) for twin in pair.twins),
            rate_first[item],
        )
        for item, pair in pairs.items()
    }


def _slugs(pairs: Iterable[Pair]) -> set[str]:
    return {twin.slug for pair in pairs for twin in pair.twins}


def _unrated(slugs: Collection[str]) -> dict[str, Text]:
    # Their keys are not even fetched.
    versions = library.vignettes_of(slugs)
    return {slug: (version.document, None) for slug, version in versions.items()}


def _as_answered(person: Person, slugs: Collection[str]) -> dict[str, Text]:
    """In the wording, and with the key, that this person's latest answer was given on."""
    answers = exercises.answered(person.id, slugs)
    return {slug: (answer.vignette, answer.rating) for slug, answer in answers.items()}


def _as_in_use(slugs: Collection[str]) -> dict[str, Text]:
    vignettes, keys = library.vignettes_of(slugs), library.keys_of(slugs)
    return {
        slug: (version.document, next(iter(keys[slug].document.items.values())))
        for slug, version in vignettes.items()
    }
