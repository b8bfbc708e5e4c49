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


@dataclass(frozen=True, slots=True)
class ReadingWords:
    """The words for one kind of text; every property is in the reader's language."""

    is_dossier: bool

    def _either(self, of_meeting: str, of_dossier: str) -> str:
        return of_dossier if self.is_dossier else of_meeting

    @property
    def text(self) -> str:
        """The name of the whole."""
        return self._either(_("Transcript"), _("Dossier"))

    @property
    def one(self) -> str:
        return self._either(_("Turn"), _("Passage"))

    @property
    def many(self) -> str:
        return self._either(_("Turns"), _("Passages"))

    @property
    def evidence(self) -> str:
        return self._either(_("Evidence turns"), _("Evidence passages"))

    @property
    def evidence_field(self) -> str:
        """The label of the field in which evidence is named."""
        return self._either(_("Evidence turns, e.g. 4, 7"), _("Evidence passages, e.g. 4, 7"))

    @property
    def grounds_field(self) -> str:
        """The label of the field in which somebody names what their own reason rests on."""
        return self._either(_("Turns your reason rests on"), _("Passages your reason rests on"))

    @property
    def score_field(self) -> str:
        """The label of the field in which somebody names what their score rests on."""
        return self._either(_("Turns your score rests on"), _("Passages your score rests on"))

    @property
    def no_evidence(self) -> str:
        return self._either(_("No evidence turns"), _("No evidence passages"))

    @property
    def with_both_sides(self) -> str:
        """The heading of the text with the evidence of a rater and of the key."""
        return self._either(
            _("Transcript, with both sides' turns"), _("Dossier, with both sides' passages")
        )

    @property
    def with_experts(self) -> str:
        return self._either(
            _("Transcript, with the experts' turns"), _("Dossier, with the experts' passages")
        )

    @property
    def with_what_was_named(self) -> str:
        return self._either(
            _("Transcript, with the turns that were named"),
            _("Dossier, with the passages that were named"),
        )

    @property
    def mark_in_text(self) -> str:
        return self._either(_("Mark turns in the transcript"), _("Mark passages in the dossier"))

    @property
    def toggle(self) -> str:
        """What a script says of the button that marks a piece; it fills in {turn} and {item}."""
        return self._either(
            _("Turn {turn}: evidence for item {item}"),
            _("Passage {turn}: evidence for item {item}"),
        )

    @property
    def note_on(self) -> str:
        """The name of a margin note; {turn} is filled in."""
        return self._either(_("Note on turn {turn}"), _("Note on passage {turn}"))

    @property
    def note_turn(self) -> str:
        """The label of the field that says where a margin note belongs."""
        return self._either(_("Beside turn"), _("Beside passage"))

    @property
    def place(self) -> str:
        """How far the reading at a pace has come; a script fills in the numbers."""
        return self._either(_("Turn {turn} of {all}"), _("Passage {turn} of {all}"))

    @property
    def next_one(self) -> str:
        return self._either(_("Next turn"), _("Next passage"))

    @property
    def was_quick(self) -> str:
        """That there was hardly time to read it all."""
        return self._either(
            _(
                "You have had this transcript for less time than reading it takes. If you know it "
                "already, go on; else read it once more in peace."
            ),
            _(
                "You have had this dossier for less time than reading it takes. If you know it "
                "already, go on; else read it once more in peace."
            ),
        )

    @property
    def go_to(self) -> str:
        return self._either(_("Go to turn {turn}"), _("Go to passage {turn}"))

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
        return self._either(
            _("“%(value)s” is no turn number. Write numbers with commas: 4, 7.", value=value),
            _("“%(value)s” is no passage number. Write numbers with commas: 4, 7.", value=value),
        )

    def is_missing(self, value: object, last: int) -> str:
        """That there is no piece of this number."""
        return self._either(
            _("There is no turn %(value)s. The last turn is %(last)s.", value=value, last=last),
            _(
                "There is no passage %(value)s. The last passage is %(last)s.",
                value=value,
                last=last,
            ),
        )


def reading_words(text: Text) -> ReadingWords:
    """The words for this text."""
    return ReadingWords(text.is_dossier)
