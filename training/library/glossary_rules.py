"""What the glossary needs of the library, and of itself: words that mean one thing. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from training.library.reading import Fault, Pack
from training.library.schema import Term


def glossary_faults(pack: Pack) -> Iterator[Fault]:
    """References to nothing, and words that would be explained twice."""
    holder_of: dict[str, str] = {}
    for term in pack.terms.values():
        file, item = pack.files["term", term.slug], f"term {term.slug}"
        yield from _reference_faults(pack, file, item, term)
        for form in term.forms:
            # Whatever the case: the glossary is searched, and read aloud, without it.
            holder = holder_of.setdefault(form.casefold(), term.slug)
            if holder != term.slug:
                yield Fault(file, item, "also", f"{form!r} is a form of {holder!r} too")
        if len({form.casefold() for form in term.forms}) < len(term.forms):
            yield Fault(file, item, "also", "names a form twice")


def _reference_faults(pack: Pack, file: str, item: str, term: Term) -> Iterator[Fault]:
    for slug in term.see:
        if slug not in pack.terms:
            yield Fault(file, item, "see", f"the glossary has no term {slug!r}")
    if term.resource is not None and term.resource not in pack.resources:
        yield Fault(file, item, "resource", f"the library has no resource {term.resource!r}")
