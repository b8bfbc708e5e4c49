"""Finding a document among those in use: what was asked for, and what there is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request

from training.administration import records
from training.administration.wording import KIND_NAMES, POOL_NAMES
from training.library.models import DocumentKind

LONGEST_SEARCH = 100


def documents_sought(kinds: Collection[DocumentKind]) -> dict[str, Any]:
    """What a page needs that lists the documents of these kinds and lets one search them."""
    words = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    asked = request.args.get("kind", "")
    kind = DocumentKind(asked) if asked in kinds else None
    documents = records.documents_in_use(words=words, kind=kind)
    return {
        "documents": [document for document in documents if document.kind in kinds],
        "search": words,
        "kind": kind,
        "kind_names": {kind: KIND_NAMES[kind] for kind in kinds},
        "pool_names": POOL_NAMES,
    }
