"""A manual as a PDF, set once for all readers who may read the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from training.library.records import Version
from training.library.schema import Instrument, Manual, Term
from training.manuals.examples import ItemExamples
from training.manuals.manual_document import manual_document
from training.typesetting import typeset

TEMPLATE = Path(__file__).parent.parent / "templates" / "manuals" / "manual.typ"
FILES_KEPT = 8  # in each worker, of some 300 kB


def manual_pdf(
    version: Version[Instrument],
    manual: Manual | None,
    examples: Mapping[int, ItemExamples],
    terms: Iterable[Term],
    *,
    public_url: str,
) -> bytes:
    """The manual in the reader's language, with the solutions that `examples` has."""
    document = manual_document(version, manual, examples, terms, public_url=public_url)
    return _typeset(json.dumps(document, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=FILES_KEPT)
def _typeset(document: str) -> bytes:
    # Kept under all it says: nobody is given a solution that another reader has opened.
    return typeset(TEMPLATE, json.loads(document))
