"""What is rated with an instrument, in words: vignettes of meetings, or dossiers of services.

In short::

    case_words("programme-fidelity").practice(4)          # "4 practice dossiers"
    {% set cases = case_words(standard.instrument) %}     # in any template
"""

from __future__ import annotations

from dataclasses import dataclass

from training.languages import gettext as _
from training.languages import ngettext
from training.library import records as library
from training.library.schema import Pool


@dataclass(frozen=True, slots=True)
class CaseWords:
    """The words for one kind of case; each is in the reader's language."""

    are_dossiers: bool

    def _either(self, of_meetings: str, of_services: str) -> str:
        return of_services if self.are_dossiers else of_meetings

    @property
    def one(self) -> str:
        """The head of a column. A certifier's dossier is about decisions: this is no such one."""
        return self._either(_("Vignette"), _("Service dossier"))

    @property
    def title(self) -> str:
        return self._either(_("The vignettes"), _("The dossiers"))

    @property
    def one_by_one(self) -> str:
        return self._either(_("By vignette"), _("By service dossier"))

    @property
    def many(self) -> str:
        """Within a sentence, without a number."""
        return self._either(_("vignettes"), _("dossiers"))

    @property
    def practice_title(self) -> str:
        return self._either(_("Practice vignettes"), _("Practice dossiers"))

    @property
    def in_practice(self) -> str:
        """Within a sentence, without a number."""
        return self._either(_("practice vignettes"), _("practice dossiers"))

    @property
    def invitation_to_practise(self) -> str:
        return self._either(
            _("Rate a whole meeting and see where you agree with the consensus."),
            _("Rate a whole dossier of a service and see where you agree with the consensus."),
        )

    def numbered(self, position: int) -> str:
        """Within a sentence: one of a form by its position."""
        if self.are_dossiers:
            return _("dossier %(position)s", position=position)
        return _("vignette %(position)s", position=position)

    def counted(self, number: int) -> str:
        if self.are_dossiers:
            return ngettext("%(num)d dossier", "%(num)d dossiers", number)
        return ngettext("%(num)d vignette", "%(num)d vignettes", number)

    def practice(self, number: int) -> str:
        if self.are_dossiers:
            return ngettext("%(num)d practice dossier", "%(num)d practice dossiers", number)
        return ngettext("%(num)d practice vignette", "%(num)d practice vignettes", number)

    def unseen(self, number: int) -> str:
        if self.are_dossiers:
            return ngettext("%(num)d unseen dossier", "%(num)d unseen dossiers", number)
        return ngettext("%(num)d unseen vignette", "%(num)d unseen vignettes", number)

    def further(self, number: int) -> str:
        if self.are_dossiers:
            return ngettext("%(num)d further dossier", "%(num)d further dossiers", number)
        return ngettext("%(num)d further vignette", "%(num)d further vignettes", number)


def case_words(instrument: str | None) -> CaseWords:
    """The words for what is practised on this instrument. One query."""
    return CaseWords(
        any(
            version.document.is_dossier
            for version in library.vignettes(Pool.PRACTICE)
            if version.document.instrument == instrument
        )
    )
