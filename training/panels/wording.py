"""What is said about panels: their states, what stands against an act, what may be chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from training.accounts.models import Person
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.library.reading_words import reading_words
from training.library.records import Version
from training.library.schema import KeyStatus, Pool, VignetteHead
from training.panels.models import PanelState
from training.panels.rules import FaultyOpening, OpeningFault, Refusal, RefusedError

STATES = {
    PanelState.RATING: _l("Round one: everybody rates alone"),
    PanelState.CONSENSUS: _l("Round two: settling the consensus"),
    PanelState.ENDED: _l("Ratified"),
    PanelState.CANCELLED: _l("Cancelled"),
}
# The way of a panel, in the order of its steps.
STEPS = {
    PanelState.RATING: _l("Round one"),
    PanelState.CONSENSUS: _l("Round two"),
    PanelState.ENDED: _l("Ratified"),
}
REFUSALS = {
    Refusal.ROUND_ONE_IS_OVER: _l("Round one of this panel is over. Nothing was changed."),
    Refusal.PANEL_IS_OVER: _l("This panel is over. Nothing was changed."),
    Refusal.CHAIR_SAW_KEY: _l(
        "They have seen the key of %(titles)s, so somebody else should chair it."
    ),
    Refusal.KEY_SEEN: _l(
        "The key of %(titles)s has been seen, so the rating would not be independent."
    ),
    Refusal.ALREADY_SEATED: _l("This expert sits, or sat, on the panel already."),
    Refusal.NOT_SEATED: _l("This expert does not sit on the panel any more."),
    Refusal.TOO_FEW_RATINGS: _l(
        "A vignette needs the ratings of at least 3 experts. Wait for them, or add experts."
    ),
    Refusal.VOUCHES: _l(
        "Whoever vouches for the panel signs beside its chair, and cannot be both. Choose somebody "
        "else."
    ),
}
POOLS = {
    Pool.PRACTICE: _l("practice"),
    Pool.CERTIFICATION: _l("certification"),
    Pool.RECHECK: _l("kept for renewals"),
}
KEY_STATUSES = {
    KeyStatus.AUTHORED: _l("key authored"),
    KeyStatus.RATIFIED: _l("key ratified by a panel"),
}


def refusal_text(error: RefusedError, titles: Mapping[str, str]) -> str:
    """Why an act was refused, with the vignettes it concerns where it concerns some."""
    named = _quoted(titles.get(slug, slug) for slug in error.vignettes)
    return str(REFUSALS[error.refusal]) % {"titles": named}


def opening_fault_text(fault: FaultyOpening, titles: dict[str, str]) -> str:
    """What stands against opening a panel, and what to do about it."""
    texts = {
        OpeningFault.NO_VIGNETTE: _("Choose at least one vignette."),
        OpeningFault.SEVERAL_INSTRUMENTS: _(
            "Choose vignettes of one instrument. Open a panel for each of the others."
        ),
        OpeningFault.TOO_FEW_EXPERTS: _("Choose at least 3 experts; 5 are advised."),
        OpeningFault.TOO_FEW_INDEPENDENT: _(
            "“%(title)s”: fewer than 3 of these experts have not seen its key. Choose others, or "
            "leave the vignette out.",
            title=titles.get(fault.vignette, fault.vignette),
        ),
        OpeningFault.CHAIR_SAW_KEY: _(
            "“%(title)s”: the chair has seen its key. Choose another chair, or leave the vignette "
            "out.",
            title=titles.get(fault.vignette, fault.vignette),
        ),
    }
    return str(texts[fault.fault])


def vignette_label(version: Version[VignetteHead], instrument: str, status: KeyStatus) -> str:
    """A vignette as it can be chosen; of its key only who made it."""
    vignette = version.document
    parts = [
        vignette.title,
        instrument,
        str(POOLS[vignette.pool]),
        reading_words(vignette).counted(vignette.number_of_turns),
        str(KEY_STATUSES[status]),
    ]
    return " · ".join(parts)


def expert_label(person: Person, seen: Collection[str]) -> str:
    """An expert as they can be chosen, with the vignettes they cannot rate independently."""
    if not seen:
        return person.name
    return _(
        "%(name)s · has seen the key of %(titles)s",
        name=person.name,
        titles=_quoted(seen),
    )


def _quoted(titles: Iterable[str]) -> str:
    return ", ".join(f"“{title}”" for title in sorted(titles))
