"""What experts may agree on after discussion, and what stands in the way of signing it. Pure.

At least three experts rate independently first; only then do they discuss. An item on which they
still lie two points or more apart is dropped or accepted as a band, and most of them have to stand
within what is recorded: what a minority holds is no consensus. The figures are this project's own
and provisional.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from training.calibration.ratings import RatingFrame
from training.library.citations import cited_turns
from training.panels.rules import FEWEST_EXPERTS

WIDEST_RANGE_OF_A_SCORE = 1  # points between the highest and the lowest position


class ConsensusKind(StrEnum):
    SCORE = "score"
    BAND = "band"  # two neighbouring scores are both right
    NOT_RATEABLE = "not-rateable"
    DROPPED = "dropped"  # no consensus: the item is not compared in this vignette


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where an expert stands after discussion: a score, or None for "not rateable".

    `reason` says why they dissent, if they do.
    """

    score: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stance:
    """One expert on one item: the independent rating, and where they stand now.

    `place` is the seat, from 1. Without a position after discussion `final` is `first`.
    """

    place: int
    first: int | None
    final: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Consensus:
    """What is recorded for one item; `lowest` and `highest` are the same but for a band."""

    kind: ConsensusKind
    lowest: int | None = None
    highest: int | None = None
    reason: str = ""
    evidence: tuple[int, ...] = ()

    @property
    def accepted(self) -> tuple[int, ...]:
        """The scores that count as right: one, two neighbours, or none."""
        if self.lowest is None or self.highest is None:
            return ()
        return (self.lowest,) if self.lowest == self.highest else (self.lowest, self.highest)


class ItemState(StrEnum):
    """How far the panel is with an item."""

    OPEN = "open"
    AGREED = "agreed"  # on one score, or on "not rateable"
    BAND = "band"
    DROPPED = "dropped"


class FaultKind(StrEnum):
    """Why a consensus cannot stand; `wording` says it in words."""

    NO_SCORE = "no-score"
    NOT_ON_SCALE = "not-on-scale"
    NOT_NEIGHBOURS = "not-neighbours"
    NO_REASON = "no-reason"
    NO_EVIDENCE = "no-evidence"
    NO_SUCH_TURN = "no-such-turn"
    CITES_NO_SUCH_TURN = "cites-no-such-turn"
    NOT_SETTLED = "not-settled"  # some score it, others hold it not rateable
    RANGE_TOO_WIDE = "range-too-wide"
    NO_MAJORITY = "no-majority"
    NO_REASON_FOR_DISSENT = "no-reason-for-dissent"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, and the turn, score, range or place it speaks of."""

    kind: FaultKind
    value: int | None = None

    @property
    def can_wait(self) -> bool:
        """Whether the consensus may be recorded with it; signed it may be with none."""
        return self.kind is FaultKind.NO_REASON_FOR_DISSENT


class LackKind(StrEnum):
    """What is missing before the consensus on a vignette can be signed."""

    ITEM_OPEN = "item-open"
    ITEM_FAULTY = "item-faulty"
    TOO_FEW_EXPERTS = "too-few-experts"
    TOO_MANY_NOT_RATEABLE = "too-many-not-rateable"
    NOTHING_COMPARED = "nothing-compared"


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing; without an item it concerns the vignette as a whole."""

    kind: LackKind
    item: int | None = None
    fault: Fault | None = None


def range_of(positions: Sequence[int | None]) -> int | None:
    """The points between the highest and the lowest score of an item.

    0 where all hold it not rateable, None where some do and others score it: that is not settled.
    """
    scores = [score for score in positions if score is not None]
    if not scores:
        return 0
    return None if len(scores) < len(positions) else max(scores) - min(scores)


def state_of(consensus: Consensus | None) -> ItemState:
    """How far an item is, by what is recorded for it."""
    if consensus is None:
        return ItemState.OPEN
    return {
        ConsensusKind.BAND: ItemState.BAND,
        ConsensusKind.DROPPED: ItemState.DROPPED,
    }.get(consensus.kind, ItemState.AGREED)


def is_within(score: int | None, consensus: Consensus) -> bool:
    """Whether somebody who stands at this score (None: not rateable) agrees with what is recorded.

    Nobody dissents from dropping an item: it says that there is no consensus.
    """
    if consensus.kind is ConsensusKind.DROPPED:
        return True
    if consensus.kind is ConsensusKind.NOT_RATEABLE:
        return score is None
    return score in consensus.accepted


def dissenters(consensus: Consensus, stances: Sequence[Stance]) -> tuple[Stance, ...]:
    """The experts who would rate otherwise to the end."""
    return tuple(stance for stance in stances if not is_within(stance.final, consensus))


def faults_of(
    consensus: Consensus, stances: Sequence[Stance], frame: RatingFrame
) -> tuple[Fault, ...]:
    """Everything that is wrong with a consensus, given where the experts stand.

    frame  the scale, and how many turns the transcript has.
    """
    return (
        *_faults_of_score(consensus, frame),
        *_faults_of_grounds(consensus, frame),
        *_faults_of_agreement(consensus, stances),
    )


def _faults_of_score(consensus: Consensus, frame: RatingFrame) -> list[Fault]:
    if consensus.kind not in (ConsensusKind.SCORE, ConsensusKind.BAND):
        return []
    if consensus.lowest is None or consensus.highest is None:
        return [Fault(FaultKind.NO_SCORE)]
    step = 1 if consensus.kind is ConsensusKind.BAND else 0
    if consensus.highest != consensus.lowest + step:
        return [Fault(FaultKind.NOT_NEIGHBOURS)]
    unknown = [score for score in consensus.accepted if score not in frame.scores]
    return [Fault(FaultKind.NOT_ON_SCALE, score) for score in unknown]


def _faults_of_grounds(consensus: Consensus, frame: RatingFrame) -> list[Fault]:
    """Of the reason, which every kind has, and the evidence, without which no score is given."""
    turns = range(1, frame.turns + 1)
    faults = [] if consensus.reason.strip() else [Fault(FaultKind.NO_REASON)]
    if consensus.accepted and not consensus.evidence:
        faults.append(Fault(FaultKind.NO_EVIDENCE))
    faults += [
        Fault(FaultKind.NO_SUCH_TURN, turn) for turn in consensus.evidence if turn not in turns
    ]
    cited = sorted(cited_turns(consensus.reason))
    return faults + [
        Fault(FaultKind.CITES_NO_SUCH_TURN, turn) for turn in cited if turn not in turns
    ]


def _faults_of_agreement(consensus: Consensus, stances: Sequence[Stance]) -> list[Fault]:
    if consensus.kind is ConsensusKind.DROPPED:
        return []
    spread = range_of([stance.final for stance in stances])
    if spread is None:
        return [Fault(FaultKind.NOT_SETTLED)]
    if consensus.kind is ConsensusKind.SCORE and spread > WIDEST_RANGE_OF_A_SCORE:
        return [Fault(FaultKind.RANGE_TOO_WIDE, spread)]
    dissenting = dissenters(consensus, stances)
    if 2 * len(dissenting) >= len(stances) > 0:
        return [Fault(FaultKind.NO_MAJORITY, len(dissenting))]
    return [
        Fault(FaultKind.NO_REASON_FOR_DISSENT, stance.place)
        for stance in dissenting
        if not stance.reason.strip()
    ]


def score_of_band(consensus: Consensus, stances: Sequence[Stance]) -> int | None:
    """The accepted score at which most experts stand, the lower one of a tie; None without one."""
    standing = Counter(stance.final for stance in stances)
    return max(consensus.accepted, key=lambda score: (standing[score], -score), default=None)


def lacks_of(
    recorded: Mapping[int, Consensus | None],
    stances: Mapping[int, Sequence[Stance]],
    frame: RatingFrame,
) -> tuple[Lack, ...]:
    """What is missing before the consensus on a vignette can be signed; empty when nothing is.

    recorded, stances  by item, for every item of the frame.
    """
    lacks: list[Lack] = []
    if min((len(stances[number]) for number in frame.items), default=0) < FEWEST_EXPERTS:
        lacks.append(Lack(LackKind.TOO_FEW_EXPERTS))
    for number in frame.items:
        consensus = recorded[number]
        if consensus is None:
            lacks.append(Lack(LackKind.ITEM_OPEN, number))
            continue
        faults = faults_of(consensus, stances[number], frame)
        lacks += [Lack(LackKind.ITEM_FAULTY, number, fault) for fault in faults]
    return (*lacks, *_lacks_of_whole(recorded, frame))


def _lacks_of_whole(recorded: Mapping[int, Consensus | None], frame: RatingFrame) -> list[Lack]:
    kinds = Counter(consensus.kind for consensus in recorded.values() if consensus)
    lacks = []
    if kinds[ConsensusKind.NOT_RATEABLE] > frame.not_rateable_limit:
        lacks.append(Lack(LackKind.TOO_MANY_NOT_RATEABLE))
    if kinds[ConsensusKind.DROPPED] == len(frame.items):
        lacks.append(Lack(LackKind.NOTHING_COMPARED))
    return lacks


def mark_of(version: Consensus | Standpoint | None) -> str:
    """A short text that differs when the version does: what an edit says it started from."""
    return hashlib.sha256(repr(version).encode()).hexdigest()[:16]
