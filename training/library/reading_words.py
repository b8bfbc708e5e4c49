"""What the numbered pieces of a text are called: turns of a meeting, or passages of a dossier.

In short::

    reading_words(vignette).listed((4, 7))          # "passages 4, 7" of a dossier
    {% set reading = vignette | reading_words %}    # in a template
    {{ reading.evidence }}                          # "Evidence passages"
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from flask_babel.speaklater import LazyString

from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext
from training.library.schema import Extract, ExtractSource
from training.library.turn_numbers import in_runs

SOURCES = {
    ExtractSource.LOG: _l("log"),
    ExtractSource.NOTES: _l("notes and records"),
    ExtractSource.STAFF: _l("staff"),
    ExtractSource.MANAGER: _l("management"),
    ExtractSource.USERS: _l("people who use the service"),
    ExtractSource.FAMILY: _l("relatives and others"),
    ExtractSource.OBSERVATION: _l("seen by the visiting rater"),
}


class Text(Protocol):
    """Whatever is read in numbered pieces: a vignette, an observed excerpt, what may be rated."""

    @property
    def is_dossier(self) -> bool: ...


class Either:
    """A text for meetings and one for dossiers; read, it is the fitting one in one's language."""

    def __init__(self, of_meetings: LazyString, of_dossiers: LazyString) -> None:
        self._of_meetings, self._of_dossiers = of_meetings, of_dossiers

    def __get__(self, words: Text, _owner: type) -> str:
        return str(self._of_dossiers if words.is_dossier else self._of_meetings)


@dataclass(frozen=True, slots=True)
class ReadingWords:
    """The words for one kind of text, in the reader's language."""

    is_dossier: bool

    # The name of the whole.
    text = Either(_l("Transcript"), _l("Dossier"))
    one = Either(_l("Turn"), _l("Passage"))
    many = Either(_l("Turns"), _l("Passages"))
    evidence = Either(_l("Evidence turns"), _l("Evidence passages"))
    # The label of the field in which evidence is named.
    evidence_field = Either(_l("Evidence turns, e.g. 4, 7"), _l("Evidence passages, e.g. 4, 7"))
    # The label of the field in which somebody names what their own reason rests on.
    grounds_field = Either(_l("Turns your reason rests on"), _l("Passages your reason rests on"))
    # The label of the field in which somebody names what their score rests on.
    score_field = Either(_l("Turns your score rests on"), _l("Passages your score rests on"))
    no_evidence = Either(_l("No evidence turns"), _l("No evidence passages"))
    # The heading of the text with the evidence of a rater and of the key.
    with_both_sides = Either(
        _l("Transcript, with both sides' turns"), _l("Dossier, with both sides' passages")
    )
    with_experts = Either(
        _l("Transcript, with the experts' turns"), _l("Dossier, with the experts' passages")
    )
    with_what_was_named = Either(
        _l("Transcript, with the turns that were named"),
        _l("Dossier, with the passages that were named"),
    )
    mark_in_text = Either(_l("Mark turns in the transcript"), _l("Mark passages in the dossier"))
    # What a script says of the button that marks a piece; it fills in {turn} and {item}.
    toggle = Either(
        _l("Turn {turn}: evidence for item {item}"),
        _l("Passage {turn}: evidence for item {item}"),
    )
    # The name of a margin note; {turn} is filled in.
    note_on = Either(_l("Note on turn {turn}"), _l("Note on passage {turn}"))
    # The label of the field that says where a margin note belongs.
    note_turn = Either(_l("Beside turn"), _l("Beside passage"))
    # How far the reading at a pace has come; a script fills in the numbers.
    place = Either(_l("Turn {turn} of {all}"), _l("Passage {turn} of {all}"))
    next_one = Either(_l("Next turn"), _l("Next passage"))
    # That there was hardly time to read it all.
    was_quick = Either(
        _l(
            "You have had this transcript for less time than reading it takes. If you know it "
            "already, go on; else read it once more in peace."
        ),
        _l(
            "You have had this dossier for less time than reading it takes. If you know it "
            "already, go on; else read it once more in peace."
        ),
    )
    go_to = Either(_l("Go to turn {turn}"), _l("Go to passage {turn}"))

    def listed(self, numbers: Collection[int]) -> str:
        """The pieces of these numbers within a sentence: "turn 4", "turns 4, 7–12"."""
        many, text = len(numbers), in_runs(numbers)
        if self.is_dossier:
            return ngettext("passage %(numbers)s", "passages %(numbers)s", many, numbers=text)
        return ngettext("turn %(numbers)s", "turns %(numbers)s", many, numbers=text)

    def on(self, many: int) -> str:
        """What stands before the numbers that a note is about: "On turns"."""
        if self.is_dossier:
            return ngettext("On passage", "On passages", many)
        return ngettext("On turn", "On turns", many)

    def counted(self, many: int) -> str:
        """How many there are: "26 turns"."""
        if self.is_dossier:
            return ngettext("%(num)d passage", "%(num)d passages", many)
        return ngettext("%(num)d turn", "%(num)d turns", many)

    def evidence_of(self, numbers: Collection[int]) -> str:
        """Evidence as a line of its own; that there is none, where there is none."""
        if not numbers:
            return self.no_evidence
        return _("Evidence: %(pieces)s", pieces=self.listed(numbers))

    def range_of(self, extract: Extract) -> str:
        """From where to where an extract reaches: "passages 3 to 9"."""
        if extract.first == extract.last:
            return self.listed((extract.first,))
        return _("passages %(first)s to %(last)s", first=extract.first, last=extract.last)

    def source_of(self, extract: Extract) -> str:
        """Who or what speaks in an extract."""
        return str(SOURCES[extract.source])

    def is_no_number(self, value: str) -> str:
        """That something typed names no piece, and how to write it."""
        if self.is_dossier:
            return _(
                "“%(value)s” is no passage number. Write numbers with commas: 4, 7.", value=value
            )
        return _("“%(value)s” is no turn number. Write numbers with commas: 4, 7.", value=value)

    def is_missing(self, value: object, last: int) -> str:
        """That there is no piece of this number."""
        named = {"value": value, "last": last}
        if self.is_dossier:
            return _("There is no passage %(value)s. The last passage is %(last)s.", **named)
        return _("There is no turn %(value)s. The last turn is %(last)s.", **named)


def reading_words(text: Text) -> ReadingWords:
    """The words for this text."""
    return ReadingWords(text.is_dossier)
