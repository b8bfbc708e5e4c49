"""What a manual needs of its instrument, and of the exercises beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from training.library.citations import cited_turns
from training.library.reading import Fault, Pack
from training.library.schema import Instrument, Manual, Pool, WorkedExample
from training.library.schema.key import NOT_RATEABLE

EXAMPLES_OF_AN_ITEM = 2


def manual_faults(pack: Pack) -> Iterator[Fault]:
    """Manuals of no instrument, examples that do not fit it, items without two examples."""
    for slug, manual in pack.manuals.items():
        file = pack.files["manual", slug]
        instrument = pack.instruments.get(slug)
        if instrument is None:
            yield Fault(file, "", "instrument", f"there is no instrument {slug!r}")
            continue
        for example in manual.examples:
            yield from _example_faults(file, example, instrument)
        yield from _number_faults(file, manual, instrument, _items_with_exercises(pack, slug))


def _example_faults(file: str, example: WorkedExample, instrument: Instrument) -> Iterator[Fault]:
    place = f"item {example.item}, {example.title}"
    if example.item not in instrument.item_numbers:
        yield Fault(file, place, "item", f"the instrument has no item {example.item}")
    scores = instrument.scale.scores
    if example.rating not in (*scores, NOT_RATEABLE):
        yield Fault(file, place, "rating", f"{example.rating} is not on the scale {list(scores)}")
    cited = cited_turns(example.reason)
    if unknown := cited - {passage.number for passage in example.passages}:
        message = f"cites passages that do not exist: {sorted(unknown)}"
        yield Fault(file, place, "reason", message)
    if not cited and example.rating != NOT_RATEABLE:
        yield Fault(file, place, "reason", "cites no passage in brackets, as in (2, 4)")


def _items_with_exercises(pack: Pack, instrument: str) -> set[int]:
    return {
        item
        for vignette in pack.vignettes.values()
        if vignette.pool is Pool.EXERCISE and vignette.instrument == instrument
        for item in vignette.items or ()
    }


def _number_faults(
    file: str, manual: Manual, instrument: Instrument, with_exercises: set[int]
) -> Iterator[Fault]:
    """Two of its own for every item, or none where a pair of exercises stands for them."""
    for number in instrument.item_numbers:
        own = len(manual.examples_of(number))
        if own != EXAMPLES_OF_AN_ITEM and (own or number not in with_exercises):
            message = (
                f"item {number} has {own}, wants {EXAMPLES_OF_AN_ITEM}, or a pair of "
                "micro-exercises and none here"
            )
            yield Fault(file, "", "examples", message)
