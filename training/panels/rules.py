"""What may be done with a panel, and when: experts, independence, closing, reminders. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

FEWEST_EXPERTS = 3  # per vignette; with two there is no telling who stands apart
ADVISED_EXPERTS = 5

REMINDED_BEFORE = timedelta(days=3)
# Who began to send reminders late writes to nobody about a date that is long forgotten.
REMINDED_AFTER = timedelta(days=7)

Expert = TypeVar("Expert")
# For each vignette, by its position: whether each expert who has to rate it has submitted.
Round = Mapping[int, Collection[bool]]


class PanelAct(StrEnum):
    RATE = "rate"  # alone, in round one
    INVITE_EXPERT = "invite-expert"
    WITHDRAW_EXPERT = "withdraw-expert"
    CHANGE_DUE_DATE = "change-due-date"
    CLOSE_ROUND_ONE = "close-round-one"
    CHANGE_CHAIR = "change-chair"
    CANCEL = "cancel"


# By a panel's state; in one that is not here nothing is done any more.
ACTS: Mapping[str, frozenset[PanelAct]] = {
    "rating": frozenset(PanelAct),
    "consensus": frozenset({PanelAct.CHANGE_CHAIR, PanelAct.CANCEL}),
}


def may(act: PanelAct, state: str) -> bool:
    """Whether an act fits a panel in this state; who may do it is another question."""
    return act in ACTS.get(state, frozenset())


class Refusal(StrEnum):
    """Why an act on a panel cannot be done."""

    ROUND_ONE_IS_OVER = "round-one-is-over"
    PANEL_IS_OVER = "panel-is-over"
    KEY_SEEN = "key-seen"
    CHAIR_SAW_KEY = "chair-saw-key"
    ALREADY_SEATED = "already-seated"
    NOT_SEATED = "not-seated"
    TOO_FEW_RATINGS = "too-few-ratings"
    VOUCHES = "vouches"  # signs beside the chair, and so cannot be it


class RefusedError(ValueError):
    """The act does not fit the panel as it stands; `refusal` says why.

    vignettes  whose keys somebody has seen who should not have.
    """

    def __init__(self, refusal: Refusal, vignettes: Iterable[str] = ()) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.vignettes = tuple(vignettes)


class OpeningFault(StrEnum):
    """Why a panel cannot be opened like this."""

    NO_VIGNETTE = "no-vignette"
    SEVERAL_INSTRUMENTS = "several-instruments"
    TOO_FEW_EXPERTS = "too-few-experts"
    TOO_FEW_INDEPENDENT = "too-few-independent"
    CHAIR_SAW_KEY = "chair-saw-key"  # who leads the discussion should not know where it is to end


@dataclass(frozen=True, slots=True)
class FaultyOpening:
    """One fault, and the vignette it concerns where it concerns one."""

    fault: OpeningFault
    vignette: str = ""


class NotOpenedError(ValueError):
    """A panel cannot be opened like this; `faults` says all that stands against it."""

    def __init__(self, faults: tuple[FaultyOpening, ...]) -> None:
        super().__init__(", ".join(f"{fault.fault} {fault.vignette}".strip() for fault in faults))
        self.faults = faults


def faults_of_opening(
    instruments: Mapping[str, str],
    experts: Collection[Expert],
    seen: Mapping[str, Collection[Expert]],
    *,
    chair: Expert | None,
) -> tuple[FaultyOpening, ...]:
    """What stands against a panel of these experts on these vignettes; empty when nothing does.

    instruments  by vignette.
    seen         by vignette, who has seen its key.
    chair        None while nobody is chosen.
    """
    faults = [
        FaultyOpening(OpeningFault.CHAIR_SAW_KEY, vignette)
        for vignette in instruments
        if chair in seen.get(vignette, ())
    ]
    if not instruments:
        faults.append(FaultyOpening(OpeningFault.NO_VIGNETTE))
    if len(set(instruments.values())) > 1:
        faults.append(FaultyOpening(OpeningFault.SEVERAL_INSTRUMENTS))
    if len(experts) < FEWEST_EXPERTS:
        return (*faults, FaultyOpening(OpeningFault.TOO_FEW_EXPERTS))
    faults += [
        FaultyOpening(OpeningFault.TOO_FEW_INDEPENDENT, vignette)
        for vignette in instruments
        if len(independent(experts, seen.get(vignette, ()))) < FEWEST_EXPERTS
    ]
    return tuple(faults)


def independent(experts: Iterable[Expert], seen: Collection[Expert]) -> tuple[Expert, ...]:
    """The experts who can still rate a vignette independently, in their order."""
    return tuple(expert for expert in experts if expert not in seen)


def short_of_ratings(stand: Round) -> tuple[int, ...]:
    """The vignettes that too few experts have submitted for a panel to agree on anything."""
    return tuple(position for position, are_in in stand.items() if sum(are_in) < FEWEST_EXPERTS)


def experts_needed(able: Iterable[int]) -> int:
    """How many more experts a panel needs before it can go on, whoever is waited for.

    able  by vignette, how many experts have submitted it or still can.
    """
    return max([0, *(FEWEST_EXPERTS - number for number in able)])


def is_complete(stand: Round) -> bool:
    """Whether everybody is in, so that round one closes by itself."""
    return not short_of_ratings(stand) and all(all(are_in) for are_in in stand.values())


class ReminderKind(StrEnum):
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is due; whoever was invited or reminded since `since` has had it."""

    kind: ReminderKind
    since: datetime


def due_reminder(due_at: datetime, *, at: datetime) -> Reminder | None:
    """The one reminder that fits this moment: from three days before, and from the day after."""
    day = datetime.combine(due_at.astimezone(UTC).date(), time(), tzinfo=UTC)
    soon, overdue = day - REMINDED_BEFORE, day + timedelta(days=1)
    if soon <= at < due_at:
        return Reminder(ReminderKind.DUE_SOON, soon)
    if overdue <= at < overdue + REMINDED_AFTER:
        return Reminder(ReminderKind.OVERDUE, overdue)
    return None
