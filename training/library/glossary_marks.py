"""Marking in HTML the words that the glossary explains, each where it is first met. Pure.

Nothing is taken out and nothing is reordered: without the buttons the HTML is what it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from training.library.figures import NAMED
from training.library.glossary import Glossary, form_key
from training.library.schema import Term

MOST_MARKED = 12
"""In one text. More dotted lines would make it a page to look things up in."""
MOST_IN_BLOCK = 3
"""In one paragraph, list entry or cell: what is left over is marked where it comes again."""
MARKED_TEXTS_KEPT = 200

TAG = re.compile(
    r"(<!--.*?-->|</?[a-z](?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>)", re.DOTALL | re.IGNORECASE
)
TAG_NAME = re.compile(r"</?([a-z][a-z0-9]*)", re.IGNORECASE)
QUOTATION_MARK = re.compile(r'("|“|”|„|«|»|&(?:quot|ldquo|rdquo|#34|#x22);)')
OPENING, CLOSING = {"“", "„", "«", "&ldquo;"}, {"”", "»", "&rdquo;"}

HEADINGS = {f"h{level}" for level in range(1, 7)}
LEFT_ALONE = HEADINGS | {
    *("a", "abbr", "blockquote", "button", "caption", "code", "figure", "label", "option", "pre"),
    *("script", "style", "summary", "svg", "textarea", "title"),
}
# A quotation that is not closed ends with its block.
BLOCKS = HEADINGS | {
    *("article", "blockquote", "dd", "div", "dl", "dt", "figure", "li", "ol", "p", "section"),
    *("table", "td", "th", "tr", "ul"),
}
# The meaning comes after the text, where it breaks no sentence; a browser shows it at the word.
BUTTON = (
    '<button type="button" class="term" popovertarget="term-{slug}" '
    'aria-describedby="term-{slug}-meaning">{word}</button>'
)
# A line may break on either side of a button, and would begin with the comma after it.
HOLD = '<span class="term-hold">{before}{button}{after}</span>'


@dataclass(frozen=True, slots=True)
class MarkedText:
    """HTML with buttons in it, and the terms they ask for, in the order of the text."""

    html: str
    terms: tuple[Term, ...]


@lru_cache(maxsize=MARKED_TEXTS_KEPT)
def mark_terms(
    html: str,
    glossary: Glossary,
    already: frozenset[str] = frozenset(),
    most: int = MOST_MARKED,
) -> MarkedText:
    """Make the first occurrence of each term a button that shows its meaning.

    Whole words only, and not in headings, links, code, quotations or speech; not what the glossary
    keeps without a tooltip, although that shields the words in it: "rater drift" is no "drift".

    html      escaped or cleaned; a stretch with a stray `<` in it is left as it is.
    already   slugs of terms that the page explains already.
    most      how many may be marked.
    """
    marking = _Marking(glossary, already, most)
    pieces = TAG.split(html)
    marked = [
        marking.pass_tag(piece) if position % 2 else marking.mark(piece)
        for position, piece in enumerate(pieces)
    ]
    return MarkedText("".join(marked), tuple(marking.found.values()))


@dataclass(slots=True)
class _Marking:
    """Where in a text one is, and what was found so far."""

    glossary: Glossary
    already: frozenset[str]
    most: int
    depth_left_alone: int = 0
    is_quotation: bool = False
    marked_in_block: int = 0
    found: dict[str, Term] = field(default_factory=dict)

    def pass_tag(self, tag: str) -> str:
        name = match[1].lower() if (match := TAG_NAME.match(tag)) else ""
        if name in BLOCKS:
            self.is_quotation, self.marked_in_block = False, 0
        if name in LEFT_ALONE:
            step = -1 if tag.startswith("</") else 1
            self.depth_left_alone = max(0, self.depth_left_alone + step)
        return tag

    def mark(self, text: str) -> str:
        if self.depth_left_alone or "<" in text or NAMED.search(text):
            return text
        return "".join(map(self._mark_or_quote, QUOTATION_MARK.split(text)))

    def _mark_or_quote(self, piece: str) -> str:
        if QUOTATION_MARK.fullmatch(piece):
            is_opening = piece in OPENING or (piece not in CLOSING and not self.is_quotation)
            self.is_quotation = is_opening
            return piece
        if self.is_quotation:
            return piece
        return self.glossary.words_with_marks.sub(self._button, piece)

    def _button(self, match: re.Match[str]) -> str:
        before, word, after = match.groups()
        term = self.glossary.by_form[form_key(word)]
        is_explained = term.slug in self.already or term.slug in self.found
        is_enough = len(self.found) >= self.most or self.marked_in_block >= MOST_IN_BLOCK
        if is_explained or is_enough or not term.tooltip:
            return match[0]
        self.found[term.slug] = term
        self.marked_in_block += 1
        button = BUTTON.format(slug=term.slug, word=word)
        if not before and not after:
            return button
        return HOLD.format(before=before, button=button, after=after)
