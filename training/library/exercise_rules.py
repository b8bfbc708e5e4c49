"""What micro-exercises need of one another: pairs of twins, one scale point apart. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from training.library.reading import Fault, Pack
from training.library.schema import Key, KeyRating, Pool, Vignette

FEWEST_PAIRS_PER_ITEM = 2
NAMES_THE_TWIN = re.compile(r"\b(twin|(other|first|second) excerpt)\b", re.IGNORECASE)


def exercise_faults(pack: Pack) -> Iterator[Fault]:
    """Exercises without a twin, twins that make no step, items with too few pairs."""
    exercises = {
        slug: vignette
        for slug, vignette in pack.vignettes.items()
        if vignette.pool is Pool.EXERCISE
    }
    for slug, vignette in exercises.items():
        file, twin_slug = pack.files["vignette", slug], vignette.contrast or ""
        twin = exercises.get(twin_slug)
        if message := _why_no_twin(slug, vignette, twin_slug, twin):
            yield Fault(file, "", "contrast", message)
        elif slug < twin_slug:
            yield from _step_faults(pack, slug, twin_slug)
    for slug, key in pack.keys.items():
        yield from _contrast_faults(pack.files["key", slug], key, is_exercise=slug in exercises)
    yield from _number_faults(pack, exercises)


def _why_no_twin(slug: str, vignette: Vignette, twin_slug: str, twin: Vignette | None) -> str:
    if twin is None or twin_slug == slug:
        return f"there is no other exercise {twin_slug!r}"
    if twin.contrast != slug:
        return f"{twin_slug} does not point back: its contrast is {twin.contrast!r}"
    if (twin.instrument, twin.items) != (vignette.instrument, vignette.items):
        return f"{twin_slug} rates another item"
    return ""


def _step_faults(pack: Pack, first: str, second: str) -> Iterator[Fault]:
    """Both keys are one score, and the scores are neighbours."""
    ratings = [_only_rating(pack.keys.get(slug)) for slug in (first, second)]
    scores = [rating.score if rating and not rating.band else None for rating in ratings]
    for slug, rating, score in zip((first, second), ratings, scores, strict=True):
        if rating is not None and score is None:
            message = "an exercise has one score: neither NR, nor dropped, nor a band"
            yield Fault(pack.files["key", slug], "", "rating", message)
    low, high = scores
    if low is not None and high is not None and abs(high - low) != 1:
        message = f"is {high}, and its twin {first} is {low}: twins are one scale point apart"
        yield Fault(pack.files["key", second], "", "rating", message)


def _only_rating(key: Key | None) -> KeyRating | None:
    """The rating of a key with one item; None where there is no key, or another fault in it."""
    ratings = list(key.items.values()) if key else []
    return ratings[0] if len(ratings) == 1 else None


def _contrast_faults(file: str, key: Key, *, is_exercise: bool) -> Iterator[Fault]:
    for number, rating in sorted(key.items.items()):
        item = f"item {number}"
        if is_exercise and rating.contrast is None:
            message = "is missing: what sets it apart from its twin"
            yield Fault(file, item, "contrast", message)
        if not is_exercise and rating.contrast is not None:
            yield Fault(file, item, "contrast", "belongs to the keys of exercises")
        if is_exercise and NAMES_THE_TWIN.search(rating.reason):
            message = "speaks of the twin: say it in contrast, which is read when both are answered"
            yield Fault(file, item, "reason", message)


def _number_faults(pack: Pack, exercises: dict[str, Vignette]) -> Iterator[Fault]:
    """An instrument that has any pair has enough of them for every item."""
    counts = Counter(
        (vignette.instrument, item)
        for vignette in exercises.values()
        for item in vignette.items or ()
    )
    for slug in sorted({instrument for instrument, _ in counts} & pack.instruments.keys()):
        for number in pack.instruments[slug].item_numbers:
            pairs = counts[slug, number] // 2
            if pairs < FEWEST_PAIRS_PER_ITEM:
                noun = "pair" if pairs == 1 else "pairs"
                message = f"{pairs} {noun} on {slug}, at least {FEWEST_PAIRS_PER_ITEM} are wanted"
                yield Fault("exercises", f"item {number}", "", message)
