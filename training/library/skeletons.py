"""The first files of a new vignette or module, with every field explained. Pure."""

from __future__ import annotations

from training.library.schema import Instrument

PLACEHOLDER = "TO WRITE"
"""What stands wherever an author has still to write; the check counts what is left of it."""

WHOLE_TURNS = 25
EXCERPT_TURNS = 8
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

KEY = """\
# The key never leaves the server before a rater has submitted.
vignette: {slug}
instrument: {instrument}
status: authored  # a panel that rates it makes it ratified
cases: []  # what it was written to be, such as warm-but-monologic; may be empty
# rating    a level of the scale, or NR where there was truly no opportunity
# evidence  the turns it rests on; for the lowest levels, where the chance was missed
# reason    two to four sentences: what was done, with turns in brackets (4, 15), each of which
#           stands in evidence, and why it is not the neighbouring level
# Mix high and low levels, so that the overall tone does not give the key away.
items:
"""

MODULE = """\
# A module; its lesson, observe, questions and apply-* files stand beside this one.
# Write over every TO WRITE. docs/authoring.md has the rules.
slug: {slug}
number: {number}  # modules are taken in this order, without gaps
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


def module_files(slug: str, number: int, instrument: Instrument) -> dict[str, str]:
    """The texts of a module with two excerpts to rate, by path within its folder."""
    items = instrument.item_numbers[:2]
    pool = EXCERPT_POOL.format(items=_listed(items))
    texts = {
        "module.yaml": MODULE.format(slug=slug, number=number, items=_listed(items)),
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
    limits = "6 to 20 of them" if turns == EXCERPT_TURNS else "25 to 60 of them"
    head = VIGNETTE.format(slug=slug, instrument=instrument.slug, pool=pool, turns=limits)
    middle = instrument.scale.scores[len(instrument.scale.scores) // 2]
    ratings = "".join(
        f"  {number}: {{rating: {middle}, evidence: [1], reason: {PLACEHOLDER}}}"
        f"  # {instrument.item(number).name}\n"
        for number in items
    )
    return {
        "vignette.yaml": head + _turns(turns),
        "key.yaml": KEY.format(slug=slug, instrument=instrument.slug) + ratings,
    }


def _turns(number: int) -> str:
    return "".join(
        f"  - [{turn}, {SPEAKERS[(turn - 1) % len(SPEAKERS)]}, {PLACEHOLDER}]\n"
        for turn in range(1, number + 1)
    )


def _single_choice(position: int) -> str:
    """A question whose right option stands elsewhere than in the one before."""
    marks = ["true" if option == position else "false" for option in range(3)]
    name = ("first-question", "second-question", "third-question")[position]
    return SINGLE_CHOICE.format(name=name, first=marks[0], second=marks[1], third=marks[2])


def _listed(items: tuple[int, ...]) -> str:
    return ", ".join(map(str, items))
