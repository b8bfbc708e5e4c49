"""Finding a document among those in use: what was asked for, and what there is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request

from training.administration import records
from training.administration.wording import KIND_NAMES, POOL_NAMES
from training.library.models import DocumentKind
from training.paging import paging_of

LONGEST_SEARCH = 100
DOCUMENTS_ON_A_PAGE = 50


def documents_sought(kinds: Collection[DocumentKind]) -> dict[str, Any]:
    """What a page needs that lists the documents of these kinds and lets one search them."""
    words = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    asked = request.args.get("kind", "")
    kind = DocumentKind(asked) if asked in kinds else None
    found = [
        document
        for document in records.documents_in_use(words=words, kind=kind)
        if document.kind in kinds
    ]
    paging = paging_of(request.args.get("page"), size=DOCUMENTS_ON_A_PAGE, total=len(found))
    return {
        "documents": found[paging.offset : paging.offset + paging.size],
        "paging": paging,
        "search": words,
        "kind": kind,
        "kind_names": {kind: KIND_NAMES[kind] for kind in kinds},
        "pool_names": POOL_NAMES,
    }
