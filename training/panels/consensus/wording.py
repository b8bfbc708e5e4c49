"""What is said in round two: faults of a consensus, what is missing, who cannot sign and why."""

from __future__ import annotations

from collections.abc import Sequence

from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext
from training.library.reading_words import reading_words
from training.library.schema.key import NOT_RATEABLE
from training.panels.consensus.ratification import Obstacle
from training.panels.consensus.records import Discussion, ItemInDiscussion
from training.panels.consensus.rules import (
    Consensus,
    ConsensusKind,
    Fault,
    FaultKind,
    ItemState,
    Lack,
    LackKind,
    range_of,
)
from training.panels.rules import FEWEST_EXPERTS

KINDS = {
    ConsensusKind.SCORE: _l("One score"),
    ConsensusKind.BAND: _l("A band: two neighbouring scores are both right"),
    ConsensusKind.NOT_RATEABLE: _l("Not rateable"),
    ConsensusKind.DROPPED: _l("Dropped: no consensus, and the item is not compared"),
}
STATES = {
    ItemState.OPEN: _l("open"),
    ItemState.AGREED: _l("agreed"),
    ItemState.BAND: _l("band"),
    ItemState.DROPPED: _l("dropped"),
}


def rating_text(score: int | None) -> str:
    """A rating as a table shows it."""
    return NOT_RATEABLE if score is None else str(score)


def consensus_text(consensus: Consensus | None) -> str:
    """What is recorded, in a word: 3, 2–3, NR, dropped; a dash for nothing."""
    if consensus is None:
        return "–"
    if consensus.kind is ConsensusKind.DROPPED:
        return str(STATES[ItemState.DROPPED])
    return "–".join(map(str, consensus.accepted)) or NOT_RATEABLE


def range_text(points: int | None) -> str:
    """How far apart the experts are."""
    if points is None:
        return _("some score it, others hold it not rateable")
    if points == 0:
        return _("all the same")
    return ngettext("%(num)d point apart", "%(num)d points apart", points)


def range_of_ratings(ratings: Sequence[int | None]) -> str:
    return range_text(range_of(ratings))


def item_text(entry: ItemInDiscussion) -> str:
    """How far an item is, with what is recorded for it."""
    if entry.state in (ItemState.OPEN, ItemState.DROPPED):
        return str(STATES[entry.state])
    return f"{STATES[entry.state]} {consensus_text(entry.consensus)}"


def fault_text(fault: Fault, entry: ItemInDiscussion) -> str:
    """What is wrong with the consensus on an item, and what to do about it."""
    frame = entry.frame
    missing = reading_words(frame).is_missing(fault.value, frame.turns)
    texts = {
        FaultKind.NO_SCORE: _("Choose the score, or the lower score of the band."),
        FaultKind.NOT_ON_SCALE: _(
            "%(score)s is not on the scale. Choose from %(lowest)s to %(highest)s.",
            score=fault.value,
            lowest=frame.scores[0],
            highest=frame.scores[-1],
        ),
        FaultKind.NOT_NEIGHBOURS: _("A band holds two neighbouring scores. Choose the lower one."),
        FaultKind.NO_REASON: _("Write the reason: raters read it after practice."),
        FaultKind.NO_EVIDENCE: _("Name the evidence on which the score rests."),
        FaultKind.NO_SUCH_TURN: missing,
        FaultKind.CITES_NO_SUCH_TURN: _(
            "The reason cites %(number)s in brackets. %(missing)s Correct the number.",
            number=fault.value,
            missing=missing,
        ),
        FaultKind.NOT_SETTLED: _(
            "Some experts score the item and others hold it not rateable. Settle that first, or "
            "drop the item."
        ),
        FaultKind.RANGE_TOO_WIDE: _(
            "The experts still stand %(points)s points apart, too far for a single score. Record "
            "a band, drop the item, or go on discussing.",
            points=fault.value,
        ),
        FaultKind.NO_MAJORITY: _(
            "%(dissenting)s of %(all)s experts stand elsewhere. Record what most of them hold, or "
            "drop the item.",
            dissenting=fault.value,
            all=len(entry.experts),
        ),
        FaultKind.NO_REASON_FOR_DISSENT: _(
            "Expert %(place)s dissents. Write their reason at their position.", place=fault.value
        ),
    }
    return texts[fault.kind]


def lack_text(lack: Lack, discussion: Discussion) -> str:
    """What is missing before a vignette can be signed."""
    if lack.fault is not None and lack.item is not None:
        entry = discussion.items[lack.item]
        return _("Item %(item)s: %(fault)s", item=lack.item, fault=fault_text(lack.fault, entry))
    texts = {
        LackKind.ITEM_OPEN: _("Item %(item)s: nothing is recorded yet.", item=lack.item),
        LackKind.TOO_FEW_EXPERTS: _(
            "At least %(fewest)s experts have to have rated every item independently.",
            fewest=FEWEST_EXPERTS,
        ),
        LackKind.TOO_MANY_NOT_RATEABLE: _(
            "At most %(limit)s items may be not rateable. Drop some of them, or score them.",
            limit=discussion.frame.not_rateable_limit,
        ),
        LackKind.NOTHING_COMPARED: _(
            "Every item is dropped, so that nothing would be compared. Agree on one at least."
        ),
    }
    return texts[lack.kind]


OBSTACLES = {
    Obstacle.NOT_ON_PANEL: _l("You look on. The chair signs, and one more expert of the panel."),
    Obstacle.SIGNED: _l("You have signed. One more signature makes the key ratified."),
    Obstacle.CHAIR_IS_MISSING: _l(
        "Another expert has signed already. What is missing is the chair's signature."
    ),
}
