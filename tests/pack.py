"""A small, complete content pack: twelve items, two modules, practice and certification pools.

Beside it a second instrument with a standard and modules of its own, for who asks for them.

Every key carries canaries: texts that must not be met by anybody before they have submitted.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import fields
from functools import cache, wraps
from typing import Any

import yaml

from training.certification.judging.standard import Standard
from training.config import PROJECT_ROOT
from training.library.reading import Pack
from training.library.schema import Instrument, Key, KeyRating, Module, Vignette

INSTRUMENT = "dialogic-practice"
STANDARD = "dialogic-practice-rater"
MODULES = ("first-things", "second-things")
PRACTICE = ("practice-one", "practice-two")
CERTIFICATION = tuple(f"certification-{number}" for number in range(1, 9))
TURNS = 26
PASSAGES = 40
ITEMS = range(1, 13)
# The plan of the shipped certification pool; None is not rateable.
# The second track: another instrument on another scale, with a module of the first one in it.
PROGRAMME_INSTRUMENT = "programme-fidelity"
PROGRAMME_STANDARD = "programme-fidelity-rater"
PROGRAMME_OWN_MODULES = ("reading-records", "weighing-records")
PROGRAMME_MODULES = (MODULES[0], *PROGRAMME_OWN_MODULES)
PROGRAMME_PRACTICE = ("service-one", "service-two")
PROGRAMME_CERTIFICATION = tuple(f"service-certification-{number}" for number in range(1, 9))
FURTHER_READING = "beside-the-way"
PROGRAMME_SCORES = (1, 2, 3, 4, 5)
LEVELS: tuple[tuple[int | None, ...], ...] = (
    (4, 4, 4, 4, 3, 4, 2, 4, 1, 4, 3, 4),
    (1, 1, 1, 1, 3, 1, 0, 2, 1, 0, 3, 0),
    (4, 4, 3, 2, 0, 0, 0, 3, 1, 2, 4, 1),
    (4, 2, 1, 2, 3, 2, 1, 3, 3, 2, 3, 4),
    (3, 3, 3, 1, 4, 1, 3, 0, 3, 1, 0, 2),
    (3, 2, 0, 3, 3, 2, 3, 1, 1, 4, 4, 1),
    (2, 4, 2, 3, 2, 3, 2, 0, 4, None, 2, 0),
    (0, 0, 3, 2, 0, 3, 4, 2, 2, None, 1, 3),
)


def canary(slug: str, item: int) -> str:
    """The text planted in the reason of one key rating."""
    return f"canary-{slug}-{item:02d}-sings"


def level(slug: str, item: int) -> int | None:
    """What the key of a vignette of this pack says about an item."""
    pools = {slug: LEVELS[i] for i, slug in enumerate(CERTIFICATION)}
    pools |= {slug: LEVELS[i + 4] for i, slug in enumerate(PRACTICE)}
    if slug in pools:
        return pools[slug][item - 1]
    return programme_level(slug, item)


def programme_level(slug: str, item: int) -> int:
    """The same plan on the scale of the second instrument; 2 in excerpts of either."""
    pools = {slug: LEVELS[i] for i, slug in enumerate(PROGRAMME_CERTIFICATION)}
    pools |= {slug: LEVELS[i + 4] for i, slug in enumerate(PROGRAMME_PRACTICE)}
    return (pools[slug][item - 1] or 0) + 1 if slug in pools else 2


def evidence(item: int) -> list[int]:
    """The turns every key of this pack marks for an item."""
    return [item, item + 12]


def with_item(key: Key, item: int, **changes: Any) -> Key:
    """The same key with one of its items rated otherwise."""
    changed = KeyRating.model_validate(key.items[item].model_dump() | changes)
    return key.model_copy(update={"items": key.items | {item: changed}})


def _made_once(make: Callable[[], Pack]) -> Callable[[], Pack]:
    """The same documents each time, in collections of one's own: a story may change its pack."""
    kept = cache(make)

    @wraps(make)
    def own_pack() -> Pack:
        collections = {field.name: copy(getattr(kept(), field.name)) for field in fields(Pack)}
        return Pack(**collections)

    return own_pack


@_made_once
def small_pack() -> Pack:
    """The pack as the application would have read it from files."""
    pack = Pack()
    pack.add("instrument", INSTRUMENT, Instrument.model_validate(_instrument()), "instrument")
    for slug in PRACTICE:
        _add_vignette(pack, slug, "practice", None)
    for slug in CERTIFICATION:
        _add_vignette(pack, slug, "certification", None)
    for number, slug in enumerate(MODULES, start=1):
        _add_module(pack, number, slug)
    pack.add("standard", STANDARD, Standard.model_validate(_standard()), "standard")
    assert pack.faults == []
    return pack


@_made_once
def programme_pack() -> Pack:
    """What the second track adds to the small pack, and a module that belongs to no track."""
    pack = Pack()
    instrument = Instrument.model_validate(_programme_instrument())
    pack.add("instrument", PROGRAMME_INSTRUMENT, instrument, PROGRAMME_INSTRUMENT)
    for slug in PROGRAMME_PRACTICE:
        _add_vignette(pack, slug, "practice", None, PROGRAMME_INSTRUMENT)
    for slug in PROGRAMME_CERTIFICATION:
        _add_vignette(pack, slug, "certification", None, PROGRAMME_INSTRUMENT)
    for number, slug in enumerate((*PROGRAMME_OWN_MODULES, FURTHER_READING), start=3):
        _add_module(pack, number, slug, PROGRAMME_INSTRUMENT)
    standard = Standard.model_validate(_programme_standard())
    pack.add("standard", PROGRAMME_STANDARD, standard, PROGRAMME_STANDARD)
    assert pack.faults == []
    return pack


def _instrument() -> dict[str, Any]:
    scores = [0, 1, 2, 3, 4]
    return {
        "slug": INSTRUMENT,
        "name": "Dialogic practice in a network meeting",
        "short_name": "Dialogic practice",
        "unit": "The team's conduct in one network meeting.",
        "about": "A short instrument for tests.",
        "scale": {
            "scores": scores,
            "labels": dict(zip(scores, ["Contrary", "Absent", "Thin", "Clear", "Sustained"])),  # noqa: B905
            "descriptions": {score: f"What {score} means." for score in scores},
            "high_is": "more dialogic conduct",
        },
        "not_rateable": {"rule": "No opportunity.", "reasons": ["Nobody was there."], "limit": 2},
        "critical_items": [8, 11, 12],
        "rules": ["Evidence first."],
        "principles": [
            {"slug": "dialogism", "number": 7, "name": "Dialogism", "summary": "Talk."},
            {"slug": "responsibility", "number": 4, "name": "Responsibility", "summary": "Do."},
        ],
        "items": [
            {
                "number": number,
                "slug": f"item-{number}",
                "name": f"Element number {number}",
                "short_name": f"Element {number}",
                "meaning": f"What element {number} means.",
                "question": f"Did element {number} happen?",
                "opportunity": "Always rateable.",
                "anchors": {score: f"Anchor {score} of element {number}." for score in scores},
                "markers": [f"Marker of {number}"],
                "drift_signs": [f"Drift sign of {number}"],
                "confusions": [{"item": number % 12 + 1, "difference": "They differ."}],
                "principles": ["dialogism" if number % 2 else "responsibility"],
                "advice": f"Look for element {number} turn by turn.",
            }
            for number in ITEMS
        ],
    }


def _programme_instrument() -> dict[str, Any]:
    """The other instrument on its scale of 1 to 5: its items are about other things."""
    first, scores = _instrument(), list(PROGRAMME_SCORES)
    items = [
        item
        | {
            "name": f"Arrangement number {item['number']}",
            "short_name": f"Arrangement {item['number']}",
            "anchors": {score: f"Anchor {score} of an arrangement." for score in scores},
            "principles": ["access"],
        }
        for item in first["items"]
    ]
    return first | {
        "slug": PROGRAMME_INSTRUMENT,
        "name": "Programme fidelity",
        "short_name": "Programme",
        "unit": "One service over half a year.",
        "scale": {
            "scores": scores,
            "labels": dict(zip(scores, ["None", "Little", "Half", "Most", "Full"])),  # noqa: B905
            "descriptions": {score: f"What {score} means." for score in scores},
            "high_is": "more of the programme",
        },
        "principles": [{"slug": "access", "number": 1, "name": "Access", "summary": "Come in."}],
        "items": items,
    }


def _people() -> list[dict[str, str]]:
    return [
        {"id": "runa", "name": "Runa", "about": "mother", "side": "network"},
        {"id": "piet", "name": "Piet", "about": "nurse", "side": "team"},
    ]


def _add_module(pack: Pack, number: int, slug: str, instrument: str = INSTRUMENT) -> None:
    for excerpt in (1, 2):
        _add_vignette(pack, f"{slug}-{excerpt}", "excerpt", [3, 4], instrument)
    module = Module.model_validate(_module(number, slug, instrument))
    pack.add("module", slug, module, slug)


def _add_vignette(
    pack: Pack, slug: str, pool: str, items: list[int] | None, instrument: str = INSTRUMENT
) -> None:
    is_dossier = instrument == PROGRAMME_INSTRUMENT
    turns = 12 if items else PASSAGES if is_dossier else TURNS
    vignette = {
        "slug": slug,
        "instrument": instrument,
        "pool": pool,
        "title": f"The story of {slug}",
        "setting": "A second meeting, at home.",
        "people": _people(),
        "turns": _passages(turns) if is_dossier else _turns(1, turns, "turn"),
        "items": items,
        "extracts": _extracts(turns) if is_dossier else None,
    }
    key = {
        "vignette": slug,
        "instrument": instrument,
        "status": "authored",
        "items": {item: _key_rating(slug, item, items) for item in items or ITEMS},
    }
    pack.add("vignette", slug, Vignette.model_validate(vignette), slug)
    pack.add("key", slug, Key.model_validate(key), f"{slug} key")


def _turns(first: int, last: int, name: str) -> list[list[Any]]:
    return [
        [number, ("runa", "piet", None)[number % 3], f"What is said in {name} {number}."]
        for number in range(first, last + 1)
    ]


def _passages(last: int) -> list[list[Any]]:
    """Rows of a log, and what follows."""
    half = last // 2
    rows = [[n, None, f"{n} | Day {n}, 09:{n:02} | caller {n}"] for n in range(1, half + 1)]
    return [*rows, *_turns(half + 1, last, "passage")]


def _extracts(passages: int) -> list[dict[str, Any]]:
    """Two sources, half of the passages from each; the first is a table."""
    half = passages // 2
    columns = ["No.", "First contact", "Who called"]
    log = {"title": "The log of calls", "source": "log", "first": 1, "last": half}
    return [
        log | {"columns": columns, "about": "Its last page is missing."},
        {"title": "What staff say", "source": "staff", "first": half + 1, "last": passages},
    ]


def _key_rating(slug: str, item: int, items: list[int] | None) -> dict[str, Any]:
    score = level(slug, item)
    turns = evidence(item) if items is None else [item]
    return {
        "rating": "NR" if score is None else score,
        "evidence": [] if score is None else turns,
        "reason": f"{canary(slug, item)}. Seen in turn ({turns[0]}).",
    }


def _module(number: int, slug: str, instrument: str) -> dict[str, Any]:
    is_first = instrument == INSTRUMENT
    return {
        "slug": slug,
        "number": number,
        "title": slug.replace("-", " ").capitalize(),
        "principle": "dialogism" if is_first else None,
        "instrument": None if is_first else instrument,
        "summary": f"What {slug} is about.",
        "minutes": 20,
        "items": [3, 4],
        "aims": ["See.", "Tell apart.", "Rate."],
        "reflect": {"prompt": "What stayed with you?", "hints": ["A word."]},
        "sources": [{"reference": "A book (2014).", "address": "https://example.org/book"}],
        "lesson": {"en": "## A section\n\n" + "A plain sentence of a lesson. " * 110},
        "observe": _observation() | ({} if is_first else _observed_dossier()),
        "questions": [_question(position) for position in range(1, 11)],
        "excerpts": [f"{slug}-1", f"{slug}-2"],
    }


def _observation() -> dict[str, Any]:
    return {
        "title": "At the table",
        "setting": "An evening.",
        "people": _people(),
        "turns": [[1, "runa", "I am tired."], [2, "piet", "Tired."], [3, None, "Silence."]],
        "annotations": [
            {"turns": [2], "item": 4, "text": "He answers with her word."},
            {"turns": [3], "item": None, "text": "He waits."},
            {"turns": [1], "item": 9, "text": "Her own word."},
        ],
    }


def _observed_dossier() -> dict[str, Any]:
    """A table of two rows, and what a nurse says of them."""
    return {
        "turns": [[1, None, "1 | 3 Feb"], [2, None, "2 | 4 Feb"], [3, "piet", "All on the day."]],
        "extracts": [
            {"title": "The log", "source": "log", "first": 1, "last": 2, "columns": ["No.", "Day"]},
            {"title": "A nurse", "source": "staff", "first": 3, "last": 3},
        ],
        "annotations": [
            {"turns": [1, 3], "item": 4, "text": "The row bears him out."},
            {"turns": [2], "item": None, "text": "The second of two."},
            {"turns": [3], "item": 9, "text": "What he claims."},
        ],
    }


def _question(position: int) -> dict[str, Any]:
    """Six single, two several, one order, one mark-the-turn; the first option is the right one."""
    head = {"id": f"question-{position}", "stem": f"What about {position}?"}
    if position <= 8:
        right = 1 if position <= 6 else 2
        return head | {
            "kind": "single-choice" if right == 1 else "multiple-choice",
            "options": [
                {
                    "text": f"Option {option} of {position}",
                    "correct": option <= right,
                    "explanation": f"Because of {option} in {position}.",
                }
                for option in range(1, 5)
            ],
        }
    if position == 9:
        return head | {
            "kind": "order",
            "steps": [
                {"text": f"Step {step}", "explanation": f"Why step {step}."} for step in (1, 2, 3)
            ],
            "explanation": "One after the other.",
        }
    return head | {
        "kind": "mark-the-turn",
        "people": _people(),
        "turns": [[1, "runa", "Help."], [2, "piet", "Do you sleep?"], [3, "runa", "No."]],
        "correct": [2],
        "explanations": {1: "A bid.", 2: "The missed reply.", 3: "An answer."},
    }


def _standard() -> dict[str, Any]:
    """The shipped standard, asking for the modules and the practice of this pack."""
    file = PROJECT_ROOT / "content" / "standards" / f"{STANDARD}.yaml"
    standard: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    standard["prerequisites"]["modules"] = list(MODULES)
    standard["prerequisites"]["practice_vignettes"] = len(PRACTICE)
    # Stories about time wait for nothing else; those about practice ask for it themselves.
    standard["attempts"]["remediation_practice"] = 0
    return standard


def _programme_standard() -> dict[str, Any]:
    """The same gates on the other instrument and its scale."""
    standard = _standard()
    standard["prerequisites"]["modules"] = list(PROGRAMME_MODULES)
    standard["form"]["strata"] = [
        {"name": "low", "mean_below": 2.5, "at_least": 1},
        {"name": "mixed", "mean_from": 2.5, "mean_below": 4.0, "at_least": 4},
        {"name": "high", "mean_from": 4.0, "at_least": 1},
    ]
    return standard | {
        "slug": PROGRAMME_STANDARD,
        "title": "Rater of programme fidelity",
        "instrument": PROGRAMME_INSTRUMENT,
        "unit": "One service over half a year, rated from its dossier.",
    }
