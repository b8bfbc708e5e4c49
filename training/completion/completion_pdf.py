"""A confirmation on paper: everything its page says, put together for the typesetter."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from training.completion import texts
from training.completion.records import Completion
from training.languages import DEFAULT_LANGUAGE, selected_language
from training.languages import gettext as _
from training.templating import format_day, format_duration
from training.typesetting import typeset

TEMPLATE = Path(__file__).parent.parent / "templates" / "completion" / "completion.typ"
FILES_KEPT = 16  # in each worker, of some 30 kB


def completion_pdf(completion: Completion, *, body: str, is_demonstration: bool) -> bytes:
    """The confirmation as PDF in the reader's language; the same one is set once."""
    document = completion_document(completion, body=body, is_demonstration=is_demonstration)
    return _typeset(json.dumps(document, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=FILES_KEPT)
def _typeset(document: str) -> bytes:
    return typeset(TEMPLATE, json.loads(document))


def completion_document(
    completion: Completion, *, body: str, is_demonstration: bool
) -> dict[str, Any]:
    """All the sheet says, as plain text: nothing in it is read as markup."""
    return {
        "language": selected_language(),
        "content_language": DEFAULT_LANGUAGE,
        "title": f"{texts.kind()}: {completion.title}",
        "demonstration": texts.demonstration() if is_demonstration else "",
        "body": body,
        "kind": texts.kind(),
        "holder": _one_line(completion.holder),
        "sentence": texts.sentence(completion),
        "facts": [
            [_("Completed"), format_day(completion.completed_at)],
            [_("Study time"), texts.study_time(completion)],
        ],
        "caption": _("What was completed"),
        "head": [_("Module"), _("Completed"), _("Study time"), _("Version")],
        "rows": [
            [
                module.title,
                format_day(module.completed_at),
                format_duration(module.minutes),
                module.version,
            ]
            for module in completion.modules
        ],
        "notes": texts.notes(),
        "unprintable": _("Some letters cannot be printed here and stand as boxes."),
    }


def _one_line(text: str) -> str:
    """Without line breaks and repeated spaces, and whatever no letter can be."""
    return " ".join(text.split()).encode("utf-8", "replace").decode()
