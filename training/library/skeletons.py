"""The first files of a new vignette, dossier, exercise or module, every field explained. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from training.library.schema import Extract, ExtractSource, Instrument
from training.library.schema.extracts import CELL_SEPARATOR
from training.library.schema.module import FIRST_INSTRUMENT

PLACEHOLDER = "TO WRITE"
"""What stands wherever an author has still to write; the check counts what is left of it."""

WHOLE_TURNS = 25
EXCERPT_TURNS = 8
LIMITS = {WHOLE_TURNS: "25 to 60", EXCERPT_TURNS: "6 to 20"}
EXERCISE_TURNS = 6
SPEAKERS = ("worker-1", "person-1", "person-2", "~")

VIGNETTE = """\
# A vignette is what a rater reads, and nothing else: no hint of levels, of good or poor practice.
# Write over every TO WRITE. docs/authoring.md has the rules, and this counts what is left:
#   flask --app wsgi content check
slug: {slug}  # the folder's name; do not change it once the vignette is published
instrument: {instrument}
{pool}
title: TO WRITE  # does not give a rating away
setting: >  # who called and when, when and where this is, earlier meetings, who is missing and why
  TO WRITE
# content_note: >  # what a reader may want to know before beginning; take the # away to use it
#   Somebody speaks of a death.
people:  # side: network | team; a name that no other vignette uses
  - {{id: person-1, name: TO WRITE, about: TO WRITE, side: network}}
  - {{id: person-2, name: TO WRITE, about: TO WRITE, side: network}}
  - {{id: worker-1, name: TO WRITE, about: TO WRITE, side: team}}
  - {{id: worker-2, name: TO WRITE, about: TO WRITE, side: team}}
turns:  # [number, person or ~, text]; {turns}; ~ is silence, a gesture, somebody who comes or goes
"""
WHOLE_POOL = """\
pool: practice  # teaching | practice | certification | recheck; a text is in one pool only
# form: a  # in the certification pool only: a | b | reserve"""
EXCERPT_POOL = """\
pool: excerpt
items: [{items}]  # the elements that are rated in it, among those of the module"""

DOSSIER = """\
# A dossier is what a rater reads of one service over one period: extracts of records and
# interviews in numbered passages. No hint of levels, of a good or a poor service.
# Write over every TO WRITE. docs/authoring.md has the rules, and this counts what is left:
#   flask --app wsgi content check
slug: {slug}  # the folder's name; do not change it once the dossier is published
instrument: {instrument}
{pool}
title: TO WRITE  # does not give a rating away
setting: >  # which service, where, which months; what the visiting rater saw and was not given
  TO WRITE
# content_note: >  # what a reader may want to know before beginning; take the # away to use it
#   Somebody speaks of a death.
people:  # everybody who speaks; side: network | team; a name that no other vignette uses
  - {{id: worker-1, name: TO WRITE, about: TO WRITE, side: team}}
  - {{id: worker-2, name: TO WRITE, about: TO WRITE, side: team}}
  - {{id: person-1, name: TO WRITE, about: TO WRITE, side: network}}
  - {{id: person-2, name: TO WRITE, about: TO WRITE, side: network}}
# In the order of the passages, without gaps. source: log | notes | staff | manager | users | family
# | observation. With columns every passage is a row of a table. about, which may be left out, says
# where it comes from and what is missing in it.
extracts:
{extracts}# 40 to 90 passages: [number, person or ~, text]. A row of a table has ~ and as many
# cells as there are columns, with ' | ' between them and a dash in an empty one.
turns:
"""
DOSSIER_EXTRACTS = (
    Extract(
        title="TO WRITE: first contacts",
        source=ExtractSource.LOG,
        first=1,
        last=12,
        columns=("No.", "First contact", "Who called", "First meeting", "Where"),
        about="TO WRITE",
    ),
    Extract(
        title="TO WRITE: meetings",
        source=ExtractSource.LOG,
        first=13,
        last=26,
        columns=("Day", "Who was there", "Team", "Where"),
    ),
    Extract(title="TO WRITE: minutes", source=ExtractSource.NOTES, first=27, last=31),
    Extract(title="TO WRITE: a nurse", source=ExtractSource.STAFF, first=32, last=36),
    Extract(title="TO WRITE: people and relatives", source=ExtractSource.USERS, first=37, last=40),
)
DOSSIER_SPEAKERS = {ExtractSource.STAFF: "worker-1", ExtractSource.USERS: "person-1"}

EXERCISE = """\
# One of two twins: short texts of one scene, with the same people, that lie one scale point apart
# on one item. Write over every TO WRITE. docs/authoring.md has the rules.
slug: {slug}
instrument: {instrument}
pool: exercise
items: [{item}]  # exactly one, the same as in the twin
contrast: {twin}  # the twin, which names this one
title: TO WRITE, {place}  # what stands before the last comma names the pair
setting: >  # where this is; in the twin it may be the same, word for word
  TO WRITE
people:  # the same in both; names that no whole vignette and no other pair uses
  - {{id: person-1, name: TO WRITE, about: TO WRITE, side: network}}
  - {{id: person-2, name: TO WRITE, about: TO WRITE, side: network}}
  - {{id: worker-1, name: TO WRITE, about: TO WRITE, side: team}}
# extracts:  # about a service rather than a meeting: as in a dossier
#   - {{title: TO WRITE, source: notes, first: 1, last: 6}}
turns:  # [number, person or ~, text]; 6 to 12 of them
"""
EXERCISE_RATING = """\
  {item}:  # {name}
    rating: {score}  # a score, neither NR nor a band; in the twin its neighbour
    evidence: [1]
    reason: TO WRITE  # does not speak of the twin: it is read as soon as this one is answered
    contrast: TO WRITE  # what the twin does otherwise; it is read when both are answered
"""

KEY = """\
# The key never leaves the server before a rater has submitted.
vignette: {slug}
instrument: {instrument}
status: authored  # a panel that rates it makes it ratified
cases: []  # what it was written to be, such as warm-but-monologic; may be empty
# rating    a level of the scale, or NR where there was truly no opportunity
# evidence  the turns or passages it rests on; for the lowest levels, where the chance was missed
# reason    two to four sentences: what was done, with their numbers in brackets (4, 15), each of
#           which stands in evidence, and why it is not the neighbouring level
# Mix high and low levels, so that the overall tone does not give the key away.
items:
"""

MODULE = """\
# A module; its lesson, observe, questions and apply-* files stand beside this one.
# Write over every TO WRITE. docs/authoring.md has the rules.
slug: {slug}
{instrument}number: {number}  # modules are taken in this order, without gaps
title: TO WRITE
principle: ~  # one of the principles of the instrument, or ~
summary: TO WRITE  # one or two sentences for the list of modules
minutes: 45  # for the whole module
items: [{items}]  # the elements it draws on; those rated in its apply excerpts are among them
aims:  # three to five: what the rater can do afterwards
  - TO WRITE
  - TO WRITE
  - TO WRITE
reflect:
  prompt: TO WRITE  # a question for the private journal
  hints: [TO WRITE, TO WRITE]  # thoughts to start from
sources:  # to read on; address may be ~; note: what it says and how sure that is
  - {{reference: TO WRITE, address: ~, note: TO WRITE}}
"""

LESSON = """\
## TO WRITE: what this is about

TO WRITE. 900 to 1,500 words in short sections. Plain language: short sentences, common words.

## TO WRITE: what it is not

TO WRITE. The mistakes people really make.

## TO WRITE: a scene and two replies

TO WRITE. What a rater sees in each reply.

## TO WRITE: before you score

TO WRITE. What to look for, step by step.
"""

OBSERVE = """\
# An excerpt with notes at its side: what a rater would see.
title: TO WRITE
setting: TO WRITE  # two or three sentences
# extracts:  # about a service rather than a meeting: as in a dossier
people:  # as in a vignette; names that no vignette uses
  - {{id: person-1, name: TO WRITE, about: TO WRITE, side: network}}
  - {{id: person-2, name: TO WRITE, about: TO WRITE, side: network}}
  - {{id: worker-1, name: TO WRITE, about: TO WRITE, side: team}}
turns:  # 8 to 20
{turns}annotations:  # four or more; item may be ~
  - {{turns: [1], item: {item}, text: TO WRITE}}  # what is to be noted here, and why it matters
  - {{turns: [2, 3], item: ~, text: TO WRITE}}
  - {{turns: [5], item: ~, text: TO WRITE}}
  - {{turns: [7], item: ~, text: TO WRITE}}
"""

QUESTIONS = """\
# Ten questions or more; a check draws six. Every option has a reason of its own. The right one must
# not stand out by its length, its tone or its place.
{single}- id: several-are-right
  kind: multiple-choice  # two or more are correct, but not all; all of them must be chosen
  stem: TO WRITE
  options:
    - {{text: TO WRITE, correct: true, explanation: TO WRITE}}
    - {{text: TO WRITE, correct: false, explanation: TO WRITE}}
    - {{text: TO WRITE, correct: true, explanation: TO WRITE}}
- id: steps-in-order
  kind: order  # three to six steps, written in the right order
  stem: TO WRITE
  steps:
    - {{text: TO WRITE, explanation: TO WRITE}}  # why it comes here
    - {{text: TO WRITE, explanation: TO WRITE}}
    - {{text: TO WRITE, explanation: TO WRITE}}
  explanation: TO WRITE  # what the order shows
- id: mark-the-turn
  kind: mark-the-turn  # the rater marks the turn or turns that answer the stem
  stem: TO WRITE
  people:
    - {{id: person-1, name: TO WRITE, about: TO WRITE, side: network}}
    - {{id: worker-1, name: TO WRITE, about: TO WRITE, side: team}}
  turns:  # four to ten
    - [1, person-1, TO WRITE]
    - [2, worker-1, TO WRITE]
    - [3, person-1, TO WRITE]
    - [4, worker-1, TO WRITE]
  correct: [2]
  explanations: {{1: TO WRITE, 2: TO WRITE, 3: TO WRITE, 4: TO WRITE}}  # one for every turn
"""
SINGLE_CHOICE = """\
- id: {name}
  kind: single-choice  # exactly one option is correct
  stem: TO WRITE  # the situation and the question
  options:  # three or more
    - {{text: TO WRITE, correct: {first}, explanation: TO WRITE}}
    - {{text: TO WRITE, correct: {second}, explanation: TO WRITE}}
    - {{text: TO WRITE, correct: {third}, explanation: TO WRITE}}
"""


def vignette_files(slug: str, instrument: Instrument) -> dict[str, str]:
    """The texts of a whole vignette and its key, by file name."""
    return _rated_files(slug, instrument, instrument.item_numbers, WHOLE_POOL, WHOLE_TURNS)


def dossier_files(slug: str, instrument: Instrument) -> dict[str, str]:
    """The texts of a dossier and its key, by file name."""
    head = DOSSIER.format(
        slug=slug,
        instrument=instrument.slug,
        pool=WHOLE_POOL,
        extracts="".join(map(_extract_line, DOSSIER_EXTRACTS)),
    )
    return {
        "vignette.yaml": head + "".join(map(_passages, DOSSIER_EXTRACTS)),
        "key.yaml": _key(slug, instrument, instrument.item_numbers),
    }


def _extract_line(extract: Extract) -> str:
    """An extract as an author writes it, on one line or two."""
    head = f"title: {_quoted(extract.title)}, source: {extract.source}"
    parts = [f"{head}, first: {extract.first}, last: {extract.last}"]
    if extract.columns:
        parts.append(f"columns: [{', '.join(map(_quoted, extract.columns))}]")
    if extract.about:
        parts.append(f"about: {extract.about}")
    return "  - {" + ",\n     ".join(parts) + "}\n"


def _passages(extract: Extract) -> str:
    """Rows with their cells, text of a record, or what somebody says."""
    speaker = DOSSIER_SPEAKERS.get(extract.source, "~")
    text = PLACEHOLDER
    if extract.columns:
        text = _quoted(CELL_SEPARATOR.join([PLACEHOLDER] * len(extract.columns)))
    return "".join(
        f"  - [{number}, {speaker}, {text}]\n" for number in range(extract.first, extract.last + 1)
    )


def _quoted(text: str) -> str:
    return f'"{text}"'


def exercise_files(slug: str, item: int, instrument: Instrument) -> dict[str, dict[str, str]]:
    """The texts of both twins, by the twin's own slug and by file name."""
    scores = instrument.scale.scores
    higher = scores[len(scores) // 2]
    return {
        own: {
            "vignette.yaml": EXERCISE.format(
                slug=own, instrument=instrument.slug, item=item, twin=twin, place=place
            )
            + _turns(EXERCISE_TURNS, ("worker-1", "person-1", "person-2")),
            "key.yaml": KEY.format(slug=own, instrument=instrument.slug)
            + EXERCISE_RATING.format(item=item, name=instrument.item(item).name, score=score),
        }
        for own, twin, place, score in (
            (f"{slug}-1", f"{slug}-2", "one", higher - 1),
            (f"{slug}-2", f"{slug}-1", "two", higher),
        )
    }


def module_files(slug: str, number: int, instrument: Instrument) -> dict[str, str]:
    """The texts of a module with two excerpts to rate, by path within its folder."""
    items = instrument.item_numbers[:2]
    pool = EXCERPT_POOL.format(items=_listed(items))
    texts = {
        "module.yaml": MODULE.format(
            slug=slug, number=number, items=_listed(items), instrument=_about(instrument)
        ),
        "lesson.en.md": LESSON,
        "observe.yaml": OBSERVE.format(turns=_turns(EXCERPT_TURNS), item=items[0]),
        "questions.yaml": QUESTIONS.format(single="".join(map(_single_choice, range(3)))),
    }
    for excerpt in ("apply-1", "apply-2"):
        files = _rated_files(f"{slug}-{excerpt}", instrument, items, pool, EXCERPT_TURNS)
        texts |= {f"{excerpt}/{name}": text for name, text in files.items()}
    return texts


def _rated_files(
    slug: str, instrument: Instrument, items: tuple[int, ...], pool: str, turns: int
) -> dict[str, str]:
    limits = f"{LIMITS[turns]} of them"
    head = VIGNETTE.format(slug=slug, instrument=instrument.slug, pool=pool, turns=limits)
    return {"vignette.yaml": head + _turns(turns), "key.yaml": _key(slug, instrument, items)}


def _key(slug: str, instrument: Instrument, items: Iterable[int]) -> str:
    """Every item at the middle of the scale, with its name beside it."""
    middle = instrument.scale.scores[len(instrument.scale.scores) // 2]
    ratings = "".join(
        f"  {number}: {{rating: {middle}, evidence: [1], reason: {PLACEHOLDER}}}"
        f"  # {instrument.item(number).name}\n"
        for number in items
    )
    return KEY.format(slug=slug, instrument=instrument.slug) + ratings


def _about(instrument: Instrument) -> str:
    """The line that names the instrument of a module; the first one goes without saying."""
    if instrument.slug == FIRST_INSTRUMENT:
        return ""
    return f"instrument: {instrument.slug}  # the one it prepares for\n"


def _turns(number: int, speakers: tuple[str, ...] = SPEAKERS) -> str:
    return "".join(
        f"  - [{turn}, {speakers[(turn - 1) % len(speakers)]}, {PLACEHOLDER}]\n"
        for turn in range(1, number + 1)
    )


def _single_choice(position: int) -> str:
    """A question whose right option stands elsewhere than in the one before."""
    marks = ["true" if option == position else "false" for option in range(3)]
    name = ("first-question", "second-question", "third-question")[position]
    return SINGLE_CHOICE.format(name=name, first=marks[0], second=marks[1], third=marks[2])


def _listed(items: tuple[int, ...]) -> str:
    return ", ".join(map(str, items))
