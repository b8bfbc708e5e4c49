"""Sentences that recur from one document in another, found by runs of shared words. Pure.

A run is as in Broder, A. Z. (1997). On the resemblance and containment of documents: a number of
words that follow one another, here without capitals, punctuation and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from training.library.prose import Passage, Work, texts_in, works_of
from training.library.reading import Fault, Pack
from training.library.skeletons import PLACEHOLDER

SHARED_WORDS = 8
"""So many words in a row are nobody's chance find."""
SHARED_WITH_ASSESSED = 6
"""Stricter where one text is rated for a certificate: who has read the other has a head start."""

LENGTHS = (SHARED_WORDS, SHARED_WITH_ASSESSED)
FEWEST_TELLING_WORDS = 3
"""Runs with fewer are turns of phrase: "I don't know what to do with"."""

_LISTED_WORDS = """
a about after again all also am an and another any are as ask asked asks at away back be because
been before being both but by can can't come could did do does don't each else even every everybody
for from get go goes going had has have he her here him his how i i'd i'll i'm if in into is isn't
it it's its just keep kept know let like may me might more much my need no nobody not nothing now
of on one only or other our out over own said say says see she should so some somebody something
still take than that that's the their them then there they thing think this those though to too
told two up us very want was we well went were what what's when where which who whom whose will
with without won't would wouldn't yes yet you you'd you're your
"""
SMALL_WORDS = frozenset(_LISTED_WORDS.split())

FORMULAS = (
    "choose all that apply",
    "put the team's steps into the order",
    "what a rater would note",
    "thought of dying or of hurting yourself",  # danger is asked about plainly, as people do
)
"""What is said in the same words on purpose, wherever it is said."""
FORMULA = re.compile("|".join(FORMULAS))

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """Words of one passage that stand in an earlier work too."""

    passage: Passage
    earlier: Passage
    words: Run


def repetition_faults(pack: Pack) -> Iterator[Fault]:
    """Each sentence that stands in two documents, named where it stands the second time."""
    anchors = texts_in([instrument.model_dump() for instrument in pack.instruments.values()])
    for found in repetitions(works_of(pack), anchors):
        earlier = found.earlier
        place = ", ".join(part for part in (earlier.file, earlier.item, earlier.field) if part)
        message = f"repeats {len(found.words)} words of {place}: “{' '.join(found.words)}”"
        yield Fault(found.passage.file, found.passage.item, found.passage.field, message)


def repetitions(works: Iterable[Work], common_texts: Iterable[str] = ()) -> Iterator[Repetition]:
    """What recurs from work to work; words that stand in a common text are everybody's.

    A repetition is named once, in the later work, against the first that had the words.
    """
    everybodys = {run for text in common_texts for n in LENGTHS for run in runs(words_of(text), n)}
    # Where runs stood first, by their length and by whether they are read in an assessment.
    first: dict[tuple[int, bool], dict[Run, Passage]] = {
        (length, is_assessed): {} for length in LENGTHS for is_assessed in (False, True)
    }
    for work in works:
        passages = [
            (passage, words_of(passage.text))
            for passage in work.passages
            if PLACEHOLDER not in passage.text
        ]
        for passage, words in passages:
            own, other = passage.is_assessed, not passage.is_assessed
            for length, side in ((SHARED_WORDS, own), (SHARED_WITH_ASSESSED, other)):
                met = first[length, side]
                hits = [
                    met[run] if run in met and is_telling(run) and run not in everybodys else None
                    for run in runs(words, length)
                ]
                if any(hits):
                    yield from _merged(passage, words, length, hits)
        for passage, words in passages:
            for length in LENGTHS:
                for run in runs(words, length):
                    first[length, passage.is_assessed].setdefault(run, passage)


def _merged(
    passage: Passage, words: Run, length: int, hits: Sequence[Passage | None]
) -> Iterator[Repetition]:
    """Runs that follow one another and stood in the same passage are one repetition."""
    for earlier, group in groupby(enumerate(hits), key=lambda hit: hit[1]):
        if earlier is not None:
            positions = [position for position, _ in group]
            yield Repetition(passage, earlier, words[positions[0] : positions[-1] + length])


def is_telling(run: Run) -> bool:
    """Whether a run says something of its own, and is no turn of phrase."""
    return sum(word not in SMALL_WORDS for word in run) >= FEWEST_TELLING_WORDS


def runs(words: Run, length: int) -> Iterator[Run]:
    """Every run of so many words, in order."""
    return zip(*(words[start:] for start in range(length)), strict=False)


def words_of(text: str) -> Run:
    """The words of a text as they are compared: small letters, no punctuation, no formulas."""
    words = " ".join(WORD.findall(text.casefold().replace("’", "'")))
    return tuple(FORMULA.sub("", words).split())
