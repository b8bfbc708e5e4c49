"""The glossary: its terms in order, which of them answer a search, and the words that mean them.

[pure] but for reading the folders once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from training.library.reading import read_terms
from training.library.resources import plain
from training.library.schema import Term

NEVER = "(?!)"


@dataclass(frozen=True, eq=False)
class Glossary:
    """The terms of a pack, in alphabetical order."""

    terms: tuple[Term, ...]

    @cached_property
    def by_slug(self) -> dict[str, Term]:
        return {term.slug: term for term in self.terms}

    @cached_property
    def by_form(self) -> dict[str, Term]:
        """The term that a form, as `form_key` writes it, belongs to."""
        return {form_key(form): term for term in self.terms for form in term.forms}

    @cached_property
    def words(self) -> re.Pattern[str]:
        """Every form of every term as whole words, a longer one before what it begins with."""
        forms = sorted((form for term in self.terms for form in term.forms), key=len, reverse=True)
        return re.compile(rf"(?<![\w&#-])(?:{'|'.join(map(_as_written, forms)) or NEVER})(?![\w-])")

    @cached_property
    def words_with_marks(self) -> re.Pattern[str]:
        """The same in the middle of three groups: brackets before it, itself, marks after it."""
        return re.compile(rf"([(\[]*)({self.words.pattern})((?:['’]s)?[,.;:!?)\]]*)")


def glossary_of_terms(terms: Iterable[Term]) -> Glossary:
    """A glossary, sorted as its readers look for words: without capitals and accents."""
    return Glossary(tuple(sorted(terms, key=lambda term: plain(term.term))))


@lru_cache(maxsize=4)
def glossary_of(folders: tuple[Path, ...]) -> Glossary:
    """The glossary of content folders, read once for each process; what is at fault is left out."""
    return glossary_of_terms(read_terms(*folders).terms.values())


def by_letter(terms: Iterable[Term], words: str = "") -> dict[str, list[Term]]:
    """The terms that have every word searched for, under their first letters.

    Found in a term, its other forms, its Hindi and its definition, whatever the case and accents.
    """
    groups: dict[str, list[Term]] = {}
    for term in terms:
        if all(word in _text_of(term) for word in plain(words).split()):
            groups.setdefault(plain(term.term)[0].upper(), []).append(term)
    return groups


def form_key(form: str) -> str:
    """A form as it is looked up: single spaces, small letters."""
    return " ".join(form.split()).casefold()


def _as_written(form: str) -> str:
    """A form in running text: broken over lines, and with a capital where a sentence begins.

    Other capitals are kept: a text with "icc" or "open dialogue" in it means something else.
    """
    first, rest = form[0], r"\s+".join(map(re.escape, form[1:].split(" ")))
    return (f"[{first}{first.upper()}]" if first.islower() else re.escape(first)) + rest


def _text_of(term: Term) -> str:
    hindi = term.hi.text if term.hi else ""
    return plain(" ".join((*term.forms, hindi, term.definition)))
