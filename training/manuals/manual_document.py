"""All a manual says, as plain values for the typesetter: nothing in it is read as markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import url_for

from training.languages import DEFAULT_LANGUAGE, selected_language
from training.languages import gettext as _
from training.library.blocks import blocks_of
from training.library.records import Version
from training.library.schema import Instrument, Item, Manual, Passage, Term, Turn
from training.library.schema.extracts import CELL_SEPARATOR
from training.manuals import wording
from training.manuals.addresses import address_of
from training.manuals.examples import Example, ItemExamples

Values = dict[str, Any]


def manual_document(
    version: Version[Instrument],
    manual: Manual | None,
    examples: Mapping[int, ItemExamples],
    terms: Iterable[Term],
    *,
    public_url: str,
) -> Values:
    """The whole manual, with the solutions that `examples` has."""
    instrument = version.document
    return {
        "language": selected_language(),
        "content_language": DEFAULT_LANGUAGE,
        "labels": _labels(),
        "title": _("Rater's manual: %(name)s", name=instrument.name),
        "name": instrument.name,
        "version": _(
            "On version %(version)s of the instrument (%(digest)s). Provisional: this project's "
            "own, not validated.",
            version=instrument.version,
            digest=version.short_digest,
        ),
        "address": public_url + url_for("manuals.manual", slug=instrument.slug),
        "purpose": _blocks(manual.purpose) if manual else [],
        "unit": [instrument.unit, *instrument.about.split("\n\n")],
        "preparation": _blocks(manual.preparation) if manual else [],
        "scale": _scale(instrument),
        "not_rateable": list(instrument.not_rateable.reasons),
        "rules": list(instrument.rules),
        "items": [
            _item(instrument, item, examples.get(item.number), public_url)
            for item in instrument.items
        ],
        "errors": [error.model_dump() for error in manual.common_errors] if manual else [],
        "principles": [
            {"name": f"{each.number}. {each.name}", "summary": each.summary}
            for each in instrument.principles
        ],
        "terms": [{"term": each.term, "definition": each.definition} for each in terms],
        "notes": [],
        "unprintable": _("Some letters cannot be printed here and stand as boxes."),
    }


def _labels() -> dict[str, str]:
    return {
        "manual": _("Rater's manual"),
        "contents": _("Contents"),
        "purpose": _("Purpose"),
        "unit": _("The unit rated"),
        "preparation": _("How to prepare"),
        "scale": _("The scale"),
        "not_rateable": _("When an item is not rateable"),
        "rules": _("How to rate"),
        "items": _("Item by item"),
        "score": _("Score"),
        "meaning": _("What it means"),
        "anchor": _("Anchor"),
        "anchors": _("Scale and anchors"),
        "markers": _("Markers"),
        "drift_signs": _("Drift signs"),
        "confusions": _("Near confusions"),
        "advice": _("Advice"),
        "examples": _("Worked examples"),
        "rating": _("Rating:"),
        "evidence": _("evidence"),
        "critical": _("critical item"),
        "rate_first": _("Rate it first"),
        "errors": _("Common errors"),
        "about_errors": _("What raters get wrong, and what to do about it."),
        "principles": _("Principles"),
        "about_principles": _(
            "Which item draws on which principle is this project's own reading; no mapping has "
            "been published."
        ),
        "glossary": _("Glossary"),
        "about_terms": _("Terms that this manual uses, as this course understands them."),
        "page": _("Page"),
    }


def _blocks(markdown: str) -> list[Values]:
    return [
        {
            "kind": block.kind.value,
            "lines": [
                [
                    {"text": run.text, "strong": run.is_strong, "emphasised": run.is_emphasised}
                    for run in line
                ]
                for line in block.lines
            ],
        }
        for block in blocks_of(markdown)
    ]


def _scale(instrument: Instrument) -> list[list[str]]:
    texts = instrument.scale.descriptions
    return [*_by_score(instrument, texts), [wording.not_rateable(), instrument.not_rateable.rule]]


def _by_score(instrument: Instrument, texts: Mapping[int, str]) -> Iterator[list[str]]:
    for score in instrument.scale.scores:
        yield [wording.rating_text(instrument, score), texts[score]]


def _item(
    instrument: Instrument, item: Item, found: ItemExamples | None, public_url: str
) -> Values:
    return {
        "name": f"{item.number}. {item.name}",
        "anchor": address_of(item),
        "principles": [instrument.principle(slug).name for slug in item.principles],
        "is_critical": item.number in instrument.critical_items,
        "meaning": item.meaning,
        "question": item.question,
        "anchors": [
            *_by_score(instrument, item.anchors),
            [wording.not_rateable(), item.opportunity],
        ],
        "markers": list(item.markers),
        "drift_signs": list(item.drift_signs),
        "confusions": [
            {
                "name": f"{confusion.item}. {instrument.item(confusion.item).short_name}",
                "anchor": address_of(instrument.item(confusion.item)),
                "difference": confusion.difference,
            }
            for confusion in item.confusions
        ],
        "advice": item.advice,
        "examples": [_example(instrument, each) for each in found.examples] if found else [],
        "rate_first": _rate_first(found, public_url),
    }


def _rate_first(found: ItemExamples | None, public_url: str) -> Values | None:
    if found is None or found.rate_first is None:
        return None
    return {
        "words": _(
            "Two micro-exercises. Their ratings and reasons stand here as soon as you have rated "
            "both yourself."
        ),
        "address": public_url + url_for("exercises.exercise", slug=found.rate_first),
    }


def _example(instrument: Instrument, example: Example) -> Values:
    vignette, solution = example.vignette, example.solution
    found: Values = {"title": example.title, "note": "", "setting": "", "people": []}
    if vignette is not None:
        found |= {
            "note": vignette.content_note or "",
            "setting": vignette.setting,
            "people": [f"{each.name}, {each.about}" for each in vignette.people],
        }
    found["parts"] = [*_parts(example)]
    found["solution"] = solution and {
        "rating": wording.rating_text(instrument, solution.rating),
        "reason": solution.reason,
        "contrast": solution.contrast or "",
    }
    return found


def _parts(example: Example) -> Iterator[Values]:
    """A run of turns or passages, or one for each extract of a dossier, with its heading."""
    vignette = example.vignette
    if vignette is None:
        yield {"heading": "", "about": "", "lines": [*_lines(example, example.passages)]}
        return
    for extract in vignette.extracts or ():
        about = [extract.about or "", CELL_SEPARATOR.join(extract.columns or ())]
        yield {
            "heading": extract.title,
            "about": "\n".join(filter(None, about)),
            "lines": [*_lines(example, extract.passages_in(vignette.turns))],
        }
    if not vignette.is_dossier:
        yield {"heading": "", "about": "", "lines": [*_lines(example, vignette.turns)]}


def _lines(example: Example, pieces: Iterable[Turn | Passage]) -> Iterator[Values]:
    evidence = example.solution.evidence if example.solution else frozenset()
    people = example.vignette.people_by_id if example.vignette else {}
    for piece in pieces:
        speaker = piece.speaker if isinstance(piece, Turn) else None
        yield {
            "number": piece.number,
            "speaker": people[speaker].name if speaker else "",
            "text": piece.text,
            "is_evidence": piece.number in evidence,
        }
