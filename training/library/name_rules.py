"""People who share a name across texts that a rater may read one after the other. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from training.library.reading import Fault, Pack
from training.library.schema import MarkTheTurnQuestion, Module, Person, Vignette
from training.library.skeletons import PLACEHOLDER

TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "prof", "professor", "sister", "father"})


class Claim(IntEnum):
    """How far a text has its names to itself, the strongest claim first."""

    WHOLE = 0  # against every other text
    EXERCISE = 1  # against whole vignettes and other pairs
    EXCERPT = 2  # against whole vignettes


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one transcript, and where it stands; the twins of a pair are one scene."""

    file: str
    place: str
    people: tuple[Person, ...]
    claim: Claim
    scene: str


def name_faults(pack: Pack) -> Iterator[Fault]:
    """Every name of a whole vignette that is somebody else's too, and of a pair of exercises.

    Excerpts may share names with one another: nobody rates them for a certificate, and there are
    many.
    """
    bearers: dict[str, list[Cast]] = defaultdict(list)
    for cast in casts_of(pack):
        names = {called(each.name) for each in cast.people if PLACEHOLDER not in each.name}
        for name in names:
            bearers[name].append(cast)
    for name, casts in sorted(bearers.items()):
        first, *others = sorted(casts, key=lambda cast: cast.claim)
        for cast in others:
            is_claimed = first.claim is Claim.WHOLE or cast.claim is Claim.EXERCISE
            if is_claimed and cast.scene != first.scene:
                message = f"{name.title()} is a name in {first.file} too; choose another"
                yield Fault(cast.file, cast.place, "people", message)


def casts_of(pack: Pack) -> Iterator[Cast]:
    """The people of every vignette, observed excerpt and question with turns."""
    for slug, vignette in sorted(pack.vignettes.items()):
        file, claim = pack.files["vignette", slug], _claim(vignette)
        scene = min(slug, vignette.contrast or slug)
        yield Cast(file, "", vignette.people, claim, scene)
    for slug, module in sorted(pack.modules.items()):
        yield from _module_casts(pack.files["module", slug], module)


def _claim(vignette: Vignette) -> Claim:
    if vignette.is_whole:
        return Claim.WHOLE
    return Claim.EXERCISE if vignette.contrast else Claim.EXCERPT


def _module_casts(file: str, module: Module) -> Iterable[Cast]:
    yield Cast(file, "observe", module.observe.people, Claim.EXCERPT, file)
    for question in module.questions:
        if isinstance(question, MarkTheTurnQuestion):
            yield Cast(file, f"question {question.id}", question.people, Claim.EXCERPT, file)


def called(name: str) -> str:
    """What somebody is called, in small letters: the first name, or the one behind a title."""
    words = [word.strip(".,()") for word in name.casefold().split()]
    return next((word for word in words if word not in TITLES), name.casefold())
