"""Who may see which key on the pages about the health of keys, and choosing to see one."""

from __future__ import annotations

from dataclasses import dataclass

from training.accounts.models import Person, Role
from training.accounts.records import lock_person
from training.database import write_transaction
from training.keys import contest_records, sights
from training.keys.models import Occasion


class HeldKeyError(ValueError):
    """The person owes a panel an independent rating of the vignette whose key they would see."""


@dataclass(frozen=True, slots=True)
class HealthReader:
    """Who looks at the health of keys, and which keys they may see.

    Whoever may yet be asked to rate blind, as an expert or a rater, sees the keys they have seen
    before and no others. Nobody sees one they owe a panel an independent rating of.

    held   the vignettes they owe one of.
    """

    rates_blind: bool
    may_choose: bool
    seen: frozenset[str]
    held: frozenset[str]

    def sees(self, vignette_slug: str) -> bool:
        """Whether the figures of this vignette's key are shown to them."""
        if vignette_slug in self.held:
            return False
        return not self.rates_blind or vignette_slug in self.seen

    def may_open(self, vignette_slug: str) -> bool:
        """Whether they may choose to see this key. A rater may be certified on it one day."""
        if vignette_slug in self.held:
            return False
        return self.may_choose or vignette_slug in self.seen


def reader_of(person: Person) -> HealthReader:
    """What decides which keys this person may see."""
    return HealthReader(
        rates_blind=person.has_role(Role.EXPERT, Role.RATER),
        may_choose=not person.has_role(Role.RATER),
        seen=sights.keys_seen(person.id),
        held=contest_records.vignettes_to_rate_blind(person.id),
    )


def open_key(person: Person, vignette_slug: str) -> None:
    """Keep that somebody sees a key on the pages about its health.

    Raises HeldKeyError while they owe a panel an independent rating of the vignette.
    """
    with write_transaction():
        lock_person(person.id)
        if vignette_slug in contest_records.vignettes_to_rate_blind(person.id):
            raise HeldKeyError
        sights.note_keys_seen(person.id, [vignette_slug], Occasion.KEY_HEALTH)
