"""What decides which keys somebody may be shown, and choosing to see one."""

from __future__ import annotations

from training.accounts.models import Person, Role
from training.calibration.records import vignettes_being_rated
from training.keys import sights
from training.keys.models import Occasion
from training.keys.readers import KeyReader
from training.library import records as library
from training.library.schema import ASSESSED_POOLS
from training.panels.blindness import keys_kept_from


class KeptKeyError(ValueError):
    """A panel of this person is at work on the key they would see."""


def reader_of(person: Person) -> KeyReader:
    """What decides which keys this person may be shown."""
    is_rater = person.has_role(Role.RATER)
    return KeyReader(
        person.id,
        is_rater=is_rater,
        is_expert=person.has_role(Role.EXPERT),
        seen=sights.keys_seen(person.id),
        kept=keys_kept_from(person.id),
        rating=vignettes_being_rated(person.id),
        assessed=assessed_with() if is_rater else frozenset(),
    )


def assessed_with() -> frozenset[str]:
    """The vignettes that raters may be certified with."""
    return frozenset(version.slug for version in library.vignettes(*ASSESSED_POOLS))


def choose_to_see(person: Person, vignette_slug: str, occasion: Occasion) -> None:
    """Keep that somebody chose to see a key, before it is shown. Raises KeptKeyError.

    Who is seated at this very moment has both the seat and the sight, and is not asked to rate.
    """
    if vignette_slug in keys_kept_from(person.id):
        raise KeptKeyError(vignette_slug)
    sights.note_keys_seen(person.id, [vignette_slug], occasion)
