"""Content folders on disk, small and without faults, for tests to break one thing at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from training.library.reading import Pack, read_pack

INSTRUMENT = "small-scale"
SCORES = [0, 1, 2, 3, 4]
ITEMS = (1, 2, 3)
TURNS = 26
LESSON = "So it is. " * 200
LEVELS = {1: 2, 2: 0, 3: 4}  # of every key: high and low are mixed

Document = dict[str, Any]


def write_pack(folder: Path) -> None:
    """An instrument, and one vignette with its key."""
    write_instrument(folder)
    write_vignette(folder)


def write_instrument(folder: Path, slug: str = INSTRUMENT) -> Path:
    return write_yaml(folder / "instruments" / f"{slug}.yaml", instrument(slug))


def write_vignette(folder: Path, slug: str = "story", **changes: Any) -> Path:
    """A vignette with a key that fits it; returns its folder."""
    place = folder / "vignettes" / slug
    write_yaml(place / "vignette.yaml", vignette(slug) | changes)
    write_yaml(place / "key.yaml", key(slug))
    return place


def write_module(folder: Path, slug: str = "first-steps", number: int = 1) -> Path:
    """A module with its lesson, excerpt, questions and one excerpt to rate; returns its folder."""
    place = folder / "modules" / f"{number:02d}-{slug}"
    excerpt = f"{slug}-excerpt"
    write_yaml(place / "module.yaml", module(slug, number))
    (place / "lesson.en.md").write_text(LESSON, encoding="utf-8")
    write_yaml(place / "observe.yaml", observation())
    (place / "questions.yaml").write_text(
        as_yaml([question(number) for number in range(1, 7)]), encoding="utf-8"
    )
    short = vignette(excerpt) | {"pool": "excerpt", "items": [1], "turns": turns(8)}
    write_yaml(place / "apply-1" / "vignette.yaml", short)
    write_yaml(place / "apply-1" / "key.yaml", key(excerpt) | {"items": {1: key_rating(1)}})
    return place


def write_yaml(file: Path, document: Document) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_yaml(document), encoding="utf-8")
    return file


def as_yaml(content: Any) -> str:
    """As `yaml.safe_dump` writes it, several times as fast."""
    return str(yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True))


def from_yaml(file: Path) -> Any:
    """As `yaml.safe_load` reads it, several times as fast."""
    return yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)


def edit_yaml(file: Path, **changes: Any) -> None:
    """Change fields of a document; None takes a field out."""
    document = from_yaml(file) | changes
    write_yaml(file, {name: value for name, value in document.items() if value is not None})


def faults_of(folder: Path) -> list[tuple[str, str, str, str]]:
    """What reading this folder finds: file, item, field, message."""
    return [(f.file, f.item, f.field, f.message) for f in read_pack(folder).faults]


def read(folder: Path) -> Pack:
    """The pack of a folder that can be read without a fault."""
    pack = read_pack(folder)
    assert [str(fault) for fault in pack.faults] == []
    return pack


def instrument(slug: str = INSTRUMENT) -> Document:
    return {
        "slug": slug,
        "name": "A small scale",
        "short_name": "Small",
        "unit": "One meeting.",
        "about": "For tests.",
        "scale": {
            "scores": SCORES,
            "labels": {score: f"Label {score}" for score in SCORES},
            "descriptions": {score: f"Description {score}" for score in SCORES},
            "high_is": "more of it",
        },
        "not_rateable": {"rule": "No opportunity.", "reasons": ["Nobody came."], "limit": 1},
        "rules": ["Look first."],
        "principles": [{"slug": "talk", "number": 1, "name": "Talk", "summary": "Talking."}],
        "items": [item(number) for number in ITEMS],
    }


def item(number: int) -> Document:
    return {
        "number": number,
        "slug": f"item-{number}",
        "name": f"Item {number}",
        "short_name": f"I{number}",
        "meaning": "A meaning.",
        "question": "Did it happen?",
        "opportunity": "Always.",
        "anchors": {score: f"Anchor {score}" for score in SCORES},
        "markers": ["A marker."],
        "drift_signs": ["A drift sign."],
        "principles": ["talk"],
        "advice": "Look twice.",
    }


def people(where: str) -> list[Document]:
    """Two people; no other place has their names."""
    return [
        {"id": "runa", "name": f"Runa-of-{where}", "about": "mother", "side": "network"},
        {"id": "piet", "name": f"Piet-of-{where}", "about": "nurse", "side": "team"},
    ]


def turns(number: int = TURNS) -> list[list[Any]]:
    return [[n, ("runa", "piet", None)[n % 3], f"Turn {n}."] for n in range(1, number + 1)]


def vignette(slug: str = "story") -> Document:
    return {
        "slug": slug,
        "instrument": INSTRUMENT,
        "pool": "practice",
        "title": "The story",
        "setting": "At home.",
        "people": people(slug),
        "turns": turns(),
    }


def key_rating(number: int, rating: object = 2) -> Document:
    return {
        "rating": rating,
        "evidence": [number, number + 3],
        "reason": f"This is the reason of the key, see ({number}, {number + 3}).",
    }


def key(slug: str = "story") -> Document:
    return {
        "vignette": slug,
        "instrument": INSTRUMENT,
        "status": "authored",
        "items": {number: key_rating(number, LEVELS[number]) for number in ITEMS},
    }


def module(slug: str = "first-steps", number: int = 1) -> Document:
    return {
        "slug": slug,
        "instrument": INSTRUMENT,
        "number": number,
        "title": "First steps",
        "principle": "talk",
        "summary": "How to begin.",
        "minutes": 30,
        "items": [1, 2],
        "aims": ["See.", "Hear.", "Say."],
        "reflect": {"prompt": "What was new?"},
    }


def observation() -> Document:
    return {
        "title": "A beginning",
        "setting": "At home.",
        "people": people("observed"),
        "turns": turns(6),
        "annotations": [{"turns": [n], "text": f"Note {n}"} for n in (1, 2, 3)],
    }


def question(number: int) -> Document:
    return {
        "id": f"question-{number}",
        "kind": "single-choice",
        "stem": "Which?",
        "options": [
            {"text": f"Option {n}", "correct": n == 1, "explanation": "Because."} for n in (1, 2, 3)
        ],
    }


def dossier(slug: str = "service") -> Document:
    """A log of twelve rows, a table of sixteen meetings, minutes, and one interview."""
    rows = [[n, None, f"{n} | 3 Feb 09:10 | a sister | 4 Feb 10:00"] for n in range(1, 13)]
    meetings = [[n, None, f"{n} Feb | her brother | yes"] for n in range(13, 29)]
    notes = [[n, None, f"What the minutes say in {n}."] for n in range(29, 33)]
    talk = [[n, "runa", f"What is told in {n}."] for n in range(33, 41)]
    return vignette(slug) | {
        "turns": [*rows, *meetings, *notes, *talk],
        "extracts": [
            extract("First contacts", "log", 1, 12, ["No.", "Contact", "Who", "Meeting"]),
            extract("Meetings", "log", 13, 28, ["Day", "Who came", "Two of us"]),
            extract("Minutes", "notes", 29, 32) | {"about": "March is missing."},
            extract("A mother", "family", 33, 40),
        ],
    }


def extract(
    title: str, source: str, first: int, last: int, columns: list[str] | None = None
) -> Document:
    found: Document = {"title": title, "source": source, "first": first, "last": last}
    return found | ({"columns": columns} if columns else {})
