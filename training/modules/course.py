"""The modules of a track in their order, and what may be read beside them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from training.certification.judging.standard import Standard
from training.modules.progress import ModuleOutline


@dataclass(frozen=True, slots=True)
class Course:
    """What is to be learnt on a track.

    modules   in the order of the track, numbered from 1; each opens the next.
    further   modules that belong to no track, without numbers.
    """

    modules: tuple[ModuleOutline, ...]
    further: tuple[ModuleOutline, ...] = ()

    @property
    def slugs(self) -> frozenset[str]:
        return frozenset(outline.slug for outline in (*self.modules, *self.further))


def course_of(
    standard: Standard | None, standards: Sequence[Standard], outlines: Sequence[ModuleOutline]
) -> Course:
    """The course of a standard, out of the modules in use; without a standard it is all of them.

    What only another standard asks for is in neither part.
    """
    if standard is None:
        return Course(_numbered(outlines))
    by_slug = {outline.slug: outline for outline in outlines}
    asked_for = {slug for each in standards for slug in each.prerequisites.modules}
    wanted = dict.fromkeys(standard.prerequisites.modules)
    return Course(
        _numbered([by_slug[slug] for slug in wanted if slug in by_slug]),
        tuple(replace(each, number=None) for each in outlines if each.slug not in asked_for),
    )


def _numbered(outlines: Sequence[ModuleOutline]) -> tuple[ModuleOutline, ...]:
    return tuple(replace(each, number=place) for place, each in enumerate(outlines, start=1))
