"""What the vignettes of one instrument must offer as a whole, so that no guess passes. Pure.

A rater who gives every element the overall impression (halo), or the middle of the scale
(central tendency), is found out only where elements part company within a vignette and every
level occurs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import StatisticsError, correlation, fmean

from training.library.reading import Fault, Pack
from training.library.schema import Form, Instrument, Key, Pool, Scale, Vignette

BALANCED_POOL_SIZE = 8  # a smaller pool cannot hold every item at every level
FULL_POOL_SIZE = 24  # two forms and a reserve
FORM_SIZE = 8
FEWEST_AT_EACH_LEVEL = 2
MOST_EXCELLENT_SHARE = 1 / 3
CORRELATED_BANK_SIZE = 12  # with fewer vignettes a correlation says more about chance than them
HIGHEST_CORRELATION = 0.6
POOL = "the certification pool"


@dataclass(frozen=True, slots=True)
class Levels:
    """The scores of a scale that count as low, middle and high: two, the rest, two."""

    low: tuple[int, ...]
    middle: tuple[int, ...]
    high: tuple[int, ...]

    @classmethod
    def of(cls, scale: Scale) -> Levels:
        """On 1 to 5 they are 1 and 2, 3, and 4 and 5; a scale of four scores has no middle."""
        return cls(scale.scores[:2], scale.scores[2:-2], scale.scores[-2:])


def pool_faults(pack: Pack) -> Iterator[Fault]:
    """What is out of balance in the vignettes of each instrument."""
    for instrument in pack.instruments.values():
        bank = {
            slug: vignette
            for slug, vignette in pack.vignettes.items()
            if vignette.instrument == instrument.slug and vignette.is_whole and slug in pack.keys
        }
        yield from _kind_faults(pack, bank)
        keys = {slug: pack.keys[slug] for slug in bank}
        for slug, key in keys.items():
            yield from _mixture_faults(pack.files["key", slug], key, Levels.of(instrument.scale))
        yield from _correlation_faults(keys, instrument)
        certification = {
            slug: vignette for slug, vignette in bank.items() if vignette.pool is Pool.CERTIFICATION
        }
        if len(certification) >= BALANCED_POOL_SIZE:
            yield from _level_faults({slug: keys[slug] for slug in certification}, instrument)
        if len(certification) >= FULL_POOL_SIZE:
            yield from _form_faults(pack, certification, instrument)


def _kind_faults(pack: Pack, bank: Mapping[str, Vignette]) -> Iterator[Fault]:
    """What is rated is a meeting or a service, on the same instrument always the same."""
    if any(vignette.is_dossier for vignette in bank.values()):
        for slug, vignette in bank.items():
            if not vignette.is_dossier:
                message = f"is missing: the others on {vignette.instrument} are dossiers"
                yield Fault(pack.files["vignette", slug], "", "extracts", message)


def _mixture_faults(file: str, key: Key, levels: Levels) -> Iterator[Fault]:
    """Who can tell one element from the others gains nothing where all stand alike."""
    scores = set(scores_of(key).values())
    for name, wanted in (("high", levels.high), ("low", levels.low)):
        if not scores & set(wanted):
            message = (
                f"has no {name} item ({_either(wanted)}): every vignette mixes high and low, so "
                "that the overall tone gives nothing away"
            )
            yield Fault(file, "", "level plan", message)


def _correlation_faults(keys: Mapping[str, Key], instrument: Instrument) -> Iterator[Fault]:
    if len(keys) < CORRELATED_BANK_SIZE:
        return
    for first, second in combinations(instrument.item_numbers, 2):
        found = item_correlation(keys, first, second)
        if found is not None and abs(found) >= HIGHEST_CORRELATION:
            tendency, remedy = (
                ("go together", "one is high and the other low")
                if found > 0
                else ("oppose each other", "both are high or both low")
            )
            message = (
                f"their levels {tendency} over the {len(keys)} vignettes of {instrument.slug} "
                f"(r = {found:.2f}, and should be below {HIGHEST_CORRELATION} either way): write "
                f"more in which {remedy}"
            )
            yield Fault("vignettes", f"items {first} and {second}", "level plan", message)


def item_correlation(keys: Mapping[str, Key], first: int, second: int) -> float | None:
    """Pearson's correlation of two items over the vignettes in which both are rated.

    None where fewer than two are, or one of the items is always at the same level.
    """
    pairs = [
        (scores[first], scores[second])
        for scores in map(scores_of, keys.values())
        if first in scores and second in scores
    ]
    try:
        return correlation(*zip(*pairs, strict=True))
    except (StatisticsError, TypeError):  # constant, or fewer than two
        return None


def _level_faults(keys: Mapping[str, Key], instrument: Instrument) -> Iterator[Fault]:
    """Over the certification pool every item occurs low, middle and high; few are all excellent."""
    levels = Levels.of(instrument.scale)
    for number in instrument.item_numbers:
        scores = {found[number] for found in map(scores_of, keys.values()) if number in found}
        for name in ("low", "middle", "high"):
            wanted = getattr(levels, name)
            if wanted and not scores & set(wanted):
                message = (
                    f"never at {name} level ({_either(wanted)}) in {POOL} of {instrument.slug}"
                )
                yield Fault("vignettes", f"item {number}", "level plan", message)
    excellent = [slug for slug, key in keys.items() if _is_excellent(key, levels)]
    if len(excellent) > len(keys) * MOST_EXCELLENT_SHARE:
        message = (
            f"more than a third of {POOL} of {instrument.slug} are excellent throughout: "
            + ", ".join(sorted(excellent))
        )
        yield Fault("vignettes", "", "level plan", message)


def _is_excellent(key: Key, levels: Levels) -> bool:
    scores = scores_of(key).values()
    return bool(scores) and fmean(scores) >= levels.high[0]


def _form_faults(
    pack: Pack, pool: Mapping[str, Vignette], instrument: Instrument
) -> Iterator[Fault]:
    """Either form, with the reserve, holds each item at each level often enough."""
    members = {
        form: {slug for slug, vignette in pool.items() if vignette.form is form} for form in Form
    }
    for slug in sorted(slug for slug, vignette in pool.items() if vignette.form is None):
        message = f"is missing: {POOL} is full, so each vignette belongs to a, b or reserve"
        yield Fault(pack.files["vignette", slug], "", "form", message)
    for form in (Form.A, Form.B):
        if len(members[form]) != FORM_SIZE:
            found = f"{len(members[form])} vignettes of {instrument.slug}"
            message = f"holds {found}, {FORM_SIZE} make a form"
            yield Fault("vignettes", f"form {form}", "form", message)
        keys = [pack.keys[slug] for slug in sorted(members[form] | members[Form.RESERVE])]
        yield from _rare_level_faults(form, keys, instrument)


def _rare_level_faults(form: Form, keys: list[Key], instrument: Instrument) -> Iterator[Fault]:
    for number in instrument.item_numbers:
        given = [found[number] for found in map(scores_of, keys) if number in found]
        for score in instrument.scale.scores:
            if (times := given.count(score)) < FEWEST_AT_EACH_LEVEL:
                message = (
                    f"at level {score} {_times(times)} in form {form} and the reserve of "
                    f"{instrument.slug}, at least {FEWEST_AT_EACH_LEVEL} times is wanted"
                )
                yield Fault("vignettes", f"item {number}", "level plan", message)


def scores_of(key: Key) -> dict[int, int]:
    """The consensus of every item that has one: neither NR nor dropped by its panel."""
    return {
        number: rating.score for number, rating in key.items.items() if rating.score is not None
    }


def _either(scores: tuple[int, ...]) -> str:
    return " or ".join(map(str, scores))


def _times(number: int) -> str:
    return {0: "never", 1: "once"}.get(number, f"{number} times")
