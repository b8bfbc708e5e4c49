"""Which terms of the glossary a manual needs. Pure."""

from __future__ import annotations

from functools import lru_cache

from training.library.glossary import Glossary, form_key
from training.library.prose import texts_in
from training.library.schema import Instrument, Manual, Term


def terms_of(glossary: Glossary, instrument: Instrument, manual: Manual | None) -> list[Term]:
    """The terms that the instrument or the written part of its manual uses, as they are listed.

    Only those that mean what the glossary says wherever they are written: `Term.tooltip`.
    """
    texts = texts_in([instrument.model_dump(), manual.model_dump() if manual else None])
    used = _slugs_in(glossary, "\n\n".join(texts))
    return [term for term in glossary.terms if term.tooltip and term.slug in used]


@lru_cache(maxsize=8)
def _slugs_in(glossary: Glossary, text: str) -> frozenset[str]:
    # A tenth of a second for a whole instrument, and it is the same for every reader.
    return frozenset(
        glossary.by_form[form_key(match[0])].slug for match in glossary.words.finditer(text)
    )
