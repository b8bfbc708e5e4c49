"""How hard a text is to read, as a school grade. Pure.

The grade is that of Kincaid, J. P., Fishburne, R. P., Rogers, R. L., & Chissom, B. S. (1975).
Derivation of new readability formulas for Navy enlisted personnel (Research Branch Report 8-75):

    0.39 (words / sentences) + 11.8 (syllables / words) - 15.59

It counts and understands nothing: a low grade does not make a text clear. It only finds long
sentences and long words, which is enough to warn an author. It is made for English.
"""

from __future__ import annotations

import re
from statistics import median

from training.library.figures import without_figures

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# A small letter behind the mark goes on with the sentence, as after "e.g." or a quoted question.
SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[^\sa-z]|\s*$)")
SECTION = re.compile(r"^##\s.*$", re.MULTILINE)
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINE_START = re.compile(r"^\s*(?:[-*+]|\d+[.)]|>|#+)\s+", re.MULTILINE)
NEW_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)]|#+)\s)")
EMPHASIS = re.compile(r"[*_`|]")

VOWELS = re.compile(r"[aeiouyà-öø-ý]+")
# Vowels that are written and not spoken, each one syllable less.
SILENT = re.compile(
    r"(?:[^aeiouyl]|[aeiouy]l)e(?:'s)?$"  # name, whole; not little
    r"|(?:[^aeiouylcgszxh]|[aeiouy]l|th)es$"  # notes, rules; not places, wishes
    r"|(?:[^aeiouyldt]|[aeiouyl]l)ed$"  # asked, called; not handled, waited
    r"|[^aeiouyl]e(?=(?:ly|less|ful|fully|ments?|ness|ty|body|thing|times|where|what)$)"
)
# Vowels that stand together and are spoken apart, each one syllable more.
APART = re.compile(
    r"(?<![tcgl])ia|(?<=[tc])iat|(?<![tscgxn])io|iu|[aeiouy]ing|(?<![tc])ie(?=t|nt|nc)|\bscie"
    r"|ea(?=te|ti|lit|$|s$)|eo(?=$|s$|l|g)|u(?=al|at|ou)|[a-z]y(?=[aeiou])(?!ying)|[^aeiouy]sm"
)


def syllables(word: str) -> int:
    """About how many syllables an English word has, at least 1.

    Groups of vowels, less those that are silent, more where two are spoken apart. Of the running
    words of our own lessons 99 in 100 get the number of the CMU Pronouncing Dictionary, and the
    sum over them is a quarter of a percent off.
    """
    letters = word.casefold().replace("’", "'")
    groups, silent, apart = (len(each.findall(letters)) for each in (VOWELS, SILENT, APART))
    return max(1, groups - silent + apart)


def grade(text: str) -> float | None:
    """The Flesch-Kincaid grade of plain text or Markdown; None where there are no words.

    It may be negative: the least, one word of one syllable a sentence, is -3.4.
    """
    found = [WORD.findall(sentence) for sentence in sentences(text)]
    words = sum(map(len, found))
    if not words:
        return None
    spoken = sum(syllables(word) for sentence in found for word in sentence)
    return 0.39 * words / len(found) + 11.8 * spoken / words - 15.59


def sentences(text: str) -> list[str]:
    """The sentences of plain text or Markdown; a paragraph, heading or list entry ends one."""
    plain = LINK.sub(r"\1", FENCE.sub("", without_figures(text)))
    blocks = (LINE_START.sub("", block) for block in NEW_BLOCK.split(plain))
    return [
        sentence
        for block in blocks
        for sentence in SENTENCE_END.split(EMPHASIS.sub("", block))
        if WORD.search(sentence)
    ]


def sections(lesson: str) -> list[str]:
    """The text under each `##` heading of a lesson, without the headings."""
    return [text for text in SECTION.split(lesson) if WORD.search(text)]


def median_grade(lesson: str) -> float | None:
    """The median grade over the sections of a lesson, so that one hard section weighs as one."""
    grades = [found for section in sections(lesson) if (found := grade(section)) is not None]
    return median(grades) if grades else None
