"""The sentences an author wrote, document by document, and where each of them stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from training.library.reading import Pack
from training.library.schema import (
    ASSESSED_POOLS,
    ChoiceQuestion,
    Key,
    Manual,
    MarkTheTurnQuestion,
    Module,
    Observation,
    OrderQuestion,
    Question,
    Resource,
    Term,
    Turn,
    Vignette,
)
from training.library.schema.extracts import cells_of


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of prose, and where its author finds it."""

    file: str
    item: str
    field: str
    text: str
    is_assessed: bool = False  # a rater reads it for the first time when they are assessed


@dataclass(frozen=True, slots=True)
class Work:
    """What was written as a whole: a vignette with its key, a module, a manual, or a note."""

    file: str
    passages: tuple[Passage, ...]


def works_of(pack: Pack) -> list[Work]:
    """Every vignette with its key, module, manual, resource and term, by the order of files.

    The excerpts of a module are vignettes, and works of their own.
    """
    works = [
        *(_vignette_work(pack, slug, vignette) for slug, vignette in pack.vignettes.items()),
        *(_module_work(pack, slug, module) for slug, module in pack.modules.items()),
        *(_manual_work(pack, slug, manual) for slug, manual in pack.manuals.items()),
        *(_resource_work(pack, resource) for resource in pack.resources.values()),
        *(_term_work(pack, term) for term in pack.terms.values()),
    ]
    return sorted(works, key=lambda work: work.file)


def _vignette_work(pack: Pack, slug: str, vignette: Vignette) -> Work:
    file, is_assessed = pack.files["vignette", slug], vignette.pool in ASSESSED_POOLS
    passages = [
        Passage(file, "", "setting", vignette.setting, is_assessed),
        *_told(file, "", vignette, is_assessed=is_assessed),
    ]
    if key := pack.keys.get(slug):
        passages += _reasons(pack.files["key", slug], key)
    return Work(file, tuple(passages))


def _reasons(file: str, key: Key) -> Iterator[Passage]:
    for number, rating in sorted(key.items.items()):
        yield Passage(file, f"item {number}", "reason", rating.reason)
        if rating.contrast:
            yield Passage(file, f"item {number}", "contrast", rating.contrast)


def _told(
    file: str, place: str, told: Vignette | Observation, *, is_assessed: bool = False
) -> Iterator[Passage]:
    """Turns, or what a dossier says; the cells of a row say their say apart from one another."""
    rows: list[Turn] = []
    for extract in told.extracts or ():
        item = ", ".join(part for part in (place, f"extract {extract.title}") if part)
        yield Passage(file, item, "title", extract.title, is_assessed)
        yield Passage(file, item, "about", extract.about or "", is_assessed)
        rows += extract.passages_in(told.turns) if extract.is_table else ()
    yield from _turns(
        file, place, [turn for turn in told.turns if turn not in rows], is_assessed=is_assessed
    )
    for row in rows:
        cells = (row.model_copy(update={"text": cell}) for cell in cells_of(row.text))
        yield from _turns(file, place, cells, is_assessed=is_assessed)


def _turns(
    file: str, place: str, turns: Iterable[Turn], *, is_assessed: bool = False
) -> Iterator[Passage]:
    for turn in turns:
        item = f"{place}, turn {turn.number}" if place else f"turn {turn.number}"
        yield Passage(file, item, "", turn.text, is_assessed)


def _module_work(pack: Pack, slug: str, module: Module) -> Work:
    file, observe = pack.files["module", slug], module.observe
    passages = [
        Passage(file, "", "summary", module.summary),
        *(Passage(file, f"aim {n}", "", aim) for n, aim in enumerate(module.aims, start=1)),
        Passage(file, "reflect", "prompt", module.reflect.prompt),
        *(Passage(file, "reflect", "hints", hint) for hint in module.reflect.hints),
        *(
            Passage(file, f"lesson.{language}", "", block)
            for language, lesson in sorted(module.lesson.items())
            for block in lesson.split("\n\n")
        ),
        Passage(file, "observe", "setting", observe.setting),
        *_told(file, "observe", observe),
        *(
            Passage(file, "observe", f"annotation {number}", annotation.text)
            for number, annotation in enumerate(observe.annotations, start=1)
        ),
    ]
    for question in module.questions:
        passages += _question_passages(file, question)
    return Work(file, tuple(passages))


def _manual_work(pack: Pack, slug: str, manual: Manual) -> Work:
    file = pack.files["manual", slug]
    passages = [
        Passage(file, "", "purpose", manual.purpose),
        *(Passage(file, "", "preparation", block) for block in manual.preparation.split("\n\n")),
        *(Passage(file, error.title, "text", error.text) for error in manual.common_errors),
    ]
    for example in manual.examples:
        place = f"item {example.item}, {example.title}"
        passages += [Passage(file, place, "passages", each.text) for each in example.passages]
        passages.append(Passage(file, place, "reason", example.reason))
    return Work(file, tuple(passages))


def _resource_work(pack: Pack, resource: Resource) -> Work:
    file = pack.files["resource", resource.id]
    return Work(
        file, (Passage(file, f"resource {resource.id}", "annotation", resource.annotation),)
    )


def _term_work(pack: Pack, term: Term) -> Work:
    file = pack.files["term", term.slug]
    return Work(file, (Passage(file, f"term {term.slug}", "definition", term.definition),))


def _question_passages(file: str, question: Question) -> Iterator[Passage]:
    place = f"question {question.id}"
    yield Passage(file, place, "stem", question.stem)
    match question:
        case ChoiceQuestion():
            for option in question.options:
                yield Passage(file, place, "option", option.text)
                yield Passage(file, place, "explanation", option.explanation)
        case OrderQuestion():
            yield Passage(file, place, "explanation", question.explanation)
            for step in question.steps:
                yield Passage(file, place, "step", step.text)
                yield Passage(file, place, "explanation", step.explanation)
        case MarkTheTurnQuestion():
            yield from _turns(file, place, question.turns)
            for number, text in sorted(question.explanations.items()):
                yield Passage(file, f"{place}, turn {number}", "explanation", text)


def texts_in(value: object) -> Iterator[str]:
    """Every text in a dumped document, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts_in(each)
