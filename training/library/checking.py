"""Faults no single document shows: keys against transcripts, modules against the rest. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from training.certification.judging.standard import Standard
from training.library.citations import cited_turns
from training.library.exercise_rules import exercise_faults
from training.library.figures import figure_faults
from training.library.glossary_rules import glossary_faults
from training.library.manual_rules import manual_faults
from training.library.name_rules import name_faults
from training.library.pool_rules import pool_faults
from training.library.question_rules import question_faults
from training.library.readability import median_grade
from training.library.reading import Fault, Pack, canonical_text
from training.library.repetition import repetition_faults
from training.library.schema import Instrument, Key, Module, Pool, Vignette
from training.library.schema.key import NOT_RATEABLE
from training.library.skeletons import PLACEHOLDER

SHORTEST_LESSON_WORDS = 600
HARDEST_LESSON_GRADE = 10


def check(pack: Pack) -> list[Fault]:
    """All faults of a pack: those found in reading, and those between its documents."""
    return [
        *pack.faults,
        *_vignette_faults(pack),
        *_module_faults(pack),
        *_standard_faults(pack),
        *pool_faults(pack),
        *exercise_faults(pack),
        *manual_faults(pack),
        *figure_faults(pack),
        *glossary_faults(pack),
        *name_faults(pack),
        *question_faults(pack),
        *repetition_faults(pack),
        *_placeholder_faults(pack),
    ]


def _vignette_faults(pack: Pack) -> Iterator[Fault]:
    for slug, vignette in pack.vignettes.items():
        file = pack.files["vignette", slug]
        instrument = pack.instruments.get(vignette.instrument)
        if instrument is None:
            yield Fault(file, "", "instrument", f"there is no instrument {vignette.instrument!r}")
            continue
        if vignette.items and (unknown := set(vignette.items) - set(instrument.item_numbers)):
            yield Fault(file, "", "items", f"the instrument has no items {sorted(unknown)}")
            continue
        key = pack.keys.get(slug)
        if key is not None:
            yield from _key_faults(pack.files["key", slug], key, vignette, instrument)
    for slug in pack.keys.keys() - pack.vignettes.keys():
        yield Fault(pack.files["key", slug], "", "vignette", f"there is no vignette {slug!r}")


def _key_faults(file: str, key: Key, vignette: Vignette, instrument: Instrument) -> Iterator[Fault]:
    if key.instrument != vignette.instrument:
        yield Fault(file, "", "instrument", f"the vignette is rated on {vignette.instrument!r}")
    expected = set(vignette.rated_items(instrument.item_numbers))
    for number in sorted(expected - key.items.keys()):
        yield Fault(file, f"item {number}", "", "is missing")
    for number in sorted(key.items.keys() - expected):
        yield Fault(file, f"item {number}", "", "is not rated in this vignette")
    turns = {turn.number for turn in vignette.turns}
    pieces = "passages" if vignette.is_dossier else "turns"
    for number, rating in sorted(key.items.items()):
        item = f"item {number}"
        for score in set(rating.accepted) - set(instrument.scale.scores):
            scores = list(instrument.scale.scores)
            yield Fault(file, item, "rating", f"{score} is not on the scale {scores}")
        if unknown := set(rating.evidence) - turns:
            yield Fault(file, item, "evidence", f"there are no {pieces} {sorted(unknown)}")
        cited = cited_turns(f"{rating.reason} {rating.contrast or ''}")
        if unknown := cited - turns:
            yield Fault(
                file, item, "reason", f"cites {pieces} that do not exist: {sorted(unknown)}"
            )
        if unmarked := (cited & turns) - set(rating.evidence):
            message = f"cites {pieces} that are not in evidence: {sorted(unmarked)}"
            yield Fault(file, item, "reason", message)
    not_rateable = sum(rating.rating == NOT_RATEABLE for rating in key.items.values())
    if not_rateable > instrument.not_rateable.limit:
        limit = instrument.not_rateable.limit
        yield Fault(file, "", "items", f"{not_rateable} items are NR, at most {limit} may be")


def _module_faults(pack: Pack) -> Iterator[Fault]:
    for slug, module in pack.modules.items():
        file = pack.files["module", slug]
        words = len(module.lesson["en"].split())
        if words < SHORTEST_LESSON_WORDS:
            yield Fault(file, "", "lesson", f"has {words} words, needs {SHORTEST_LESSON_WORDS}")
        grade = median_grade(module.lesson["en"])
        if grade is not None and grade > HARDEST_LESSON_GRADE:
            message = (
                f"reads at school grade {grade:.1f} (median of its sections), at most "
                f"{HARDEST_LESSON_GRADE}: shorten sentences and choose shorter words"
            )
            yield Fault(file, "", "lesson", message)
        yield from _instrument_faults(pack, file, module)
        yield from _excerpt_faults(pack, file, module)
        yield from _source_faults(pack, file, module)
    numbers = sorted(module.number for module in pack.modules.values())
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault("modules", "", "number", f"should run 1, 2, 3 ... but are {numbers}")


def _instrument_faults(pack: Pack, file: str, module: Module) -> Iterator[Fault]:
    """Items that the instrument of the module does not have."""
    instrument = pack.instruments.get(module.instrument_slug)
    if instrument is None:
        message = f"there is no instrument {module.instrument_slug!r}; name the one it is about"
        yield Fault(file, "", "instrument", message)
        return
    named = {each.item for each in module.observe.annotations if each.item is not None}
    for field, items in (("items", set(module.items)), ("observe", named)):
        if unknown := items - set(instrument.item_numbers):
            message = f"{instrument.slug} has no items {sorted(unknown)}"
            yield Fault(file, "", field, message)


def _excerpt_faults(pack: Pack, file: str, module: Module) -> Iterator[Fault]:
    for excerpt in module.excerpts:
        vignette = pack.vignettes.get(excerpt)
        if vignette is None:
            continue  # its own faults are listed with its file
        if vignette.pool is not Pool.EXCERPT:
            yield Fault(file, excerpt, "pool", "an apply excerpt has the pool 'excerpt'")
        elif vignette.instrument != module.instrument_slug:
            message = f"is rated on {vignette.instrument}, the module is on"
            yield Fault(file, excerpt, "instrument", f"{message} {module.instrument_slug}")
        elif not set(vignette.items or ()) <= set(module.items):
            yield Fault(file, excerpt, "items", "rates items this module does not draw on")


def _source_faults(pack: Pack, file: str, module: Module) -> Iterator[Fault]:
    for number, source in enumerate(module.sources, start=1):
        if source.resource is not None and source.resource not in pack.resources:
            message = f"the library has no resource {source.resource!r}"
            yield Fault(file, f"sources {number}", "resource", message)


def _standard_faults(pack: Pack) -> Iterator[Fault]:
    for slug, standard in pack.standards.items():
        file = pack.files["standard", slug]
        instrument = pack.instruments.get(standard.instrument)
        if instrument is None:
            yield Fault(file, "", "instrument", f"there is no {standard.instrument!r}")
        else:
            yield from fit_faults(file, standard, instrument)
        for module in standard.prerequisites.modules:
            if module not in pack.modules:
                yield Fault(file, "", "prerequisites", f"there is no module {module!r}")


def fit_faults(file: str, standard: Standard, instrument: Instrument) -> Iterator[Fault]:
    """What a standard says about its instrument and the instrument does not bear out."""
    versions = standard.instrument_versions
    if versions is not None and not versions.holds(instrument.version):
        message = f"{instrument.slug} is version {instrument.version}, not {versions}"
        yield Fault(file, "", "instrument_versions", message)
    if unknown := set(standard.critical_items) - set(instrument.item_numbers):
        message = f"the instrument has no items {sorted(unknown)}"
        yield Fault(file, "gates critical", "items", message)
    lowest, highest = instrument.scale.scores[0], instrument.scale.scores[-1]
    for stratum in standard.form.strata:
        is_above = stratum.mean_from is not None and stratum.mean_from > highest
        is_below = stratum.mean_below is not None and stratum.mean_below <= lowest
        if is_above or is_below:
            message = f"no mean on the scale {lowest} to {highest} lies in it"
            yield Fault(file, f"strata {stratum.name}", "mean_from, mean_below", message)


def _placeholder_faults(pack: Pack) -> Iterator[Fault]:
    """What `content new` wrote and its author has not written over."""
    for kind, slug, document in pack.documents():
        if places := canonical_text(document).count(PLACEHOLDER):
            still = "1 text still says" if places == 1 else f"{places} texts still say"
            message = f"{still} {PLACEHOLDER}"
            yield Fault(pack.files[kind, slug], "", "", message)
