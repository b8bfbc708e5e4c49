"""What is rated with an instrument, in words: vignettes of meetings, or dossiers of services.

In short::

    case_words("programme-fidelity").practice(4)          # "4 practice dossiers"
    {% set cases = case_words(standard.instrument) %}     # in any template
"""

from __future__ import annotations

from dataclasses import dataclass

from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext
from training.library import records as library
from training.library.reading_words import Either
from training.library.schema import Pool


@dataclass(frozen=True, slots=True)
class CaseWords:
    """The words for one kind of case, in the reader's language."""

    is_dossier: bool

    # The head of a column. A certifier's dossier is about decisions: this is not one of those.
    one = Either(_l("Vignette"), _l("Service dossier"))
    title = Either(_l("The vignettes"), _l("The dossiers"))
    one_by_one = Either(_l("By vignette"), _l("By service dossier"))
    # Within a sentence, without a number.
    many = Either(_l("vignettes"), _l("dossiers"))
    practice_title = Either(_l("Practice vignettes"), _l("Practice dossiers"))
    # Within a sentence, without a number.
    in_practice = Either(_l("practice vignettes"), _l("practice dossiers"))
    invitation_to_practise = Either(
        _l("Rate a whole meeting and see where you agree with the consensus."),
        _l("Rate a whole dossier of a service and see where you agree with the consensus."),
    )

    def numbered(self, position: int) -> str:
        """Within a sentence: one of a form by its position."""
        if self.is_dossier:
            return _("dossier %(position)s", position=position)
        return _("vignette %(position)s", position=position)

    def counted(self, number: int) -> str:
        if self.is_dossier:
            return ngettext("%(num)d dossier", "%(num)d dossiers", number)
        return ngettext("%(num)d vignette", "%(num)d vignettes", number)

    def practice(self, number: int) -> str:
        if self.is_dossier:
            return ngettext("%(num)d practice dossier", "%(num)d practice dossiers", number)
        return ngettext("%(num)d practice vignette", "%(num)d practice vignettes", number)

    def unseen(self, number: int) -> str:
        if self.is_dossier:
            return ngettext("%(num)d unseen dossier", "%(num)d unseen dossiers", number)
        return ngettext("%(num)d unseen vignette", "%(num)d unseen vignettes", number)

    def further(self, number: int) -> str:
        if self.is_dossier:
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
