"""What is said in round two about ranges, faults and what is recorded, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pack import INSTRUMENT, small_pack
from tests.panels.test_consensus_rules import DROPPED, FRAME, NOT_RATEABLE, band, score
from training.calibration.ratings import Rating, RatingFrame
from training.panels.consensus.records import ExpertOnItem, ItemInDiscussion
from training.panels.consensus.rules import Consensus, Fault, FaultKind
from training.panels.consensus.wording import (
    consensus_text,
    fault_text,
    item_text,
    range_of_ratings,
)
from training.panels.models import PanelSeat


def entry_of(*finals: int | None, frame: RatingFrame = FRAME) -> ItemInDiscussion:
    """The first item of the small instrument with what so many experts gave."""
    experts = tuple(
        ExpertOnItem(PanelSeat(place=place), Rating(final, final is None), None)
        for place, final in enumerate(finals, start=1)
    )
    item = small_pack().instruments[INSTRUMENT].item(1)
    return ItemInDiscussion(item, experts, None, frame)


@pytest.mark.parametrize(
    ("consensus", "text"),
    [
        (None, "–"),
        (score(0), "0"),
        (band(2), "2–3"),
        (NOT_RATEABLE, "NR"),
        (DROPPED, "dropped"),
    ],
)
def test_what_is_recorded_is_a_word_in_the_table(consensus: Consensus | None, text: str) -> None:
    assert consensus_text(consensus) == text


def test_how_far_an_item_is_is_told_with_what_is_recorded_where_that_says_more() -> None:
    texts = [
        item_text(replace(entry_of(2, 2, 2), consensus=consensus))
        for consensus in (None, score(2), NOT_RATEABLE, band(2), DROPPED)
    ]
    assert texts == ["open", "agreed 2", "agreed NR", "band 2–3", "dropped"]


@pytest.mark.parametrize(
    ("ratings", "text"),
    [
        ((2, 2, 2), "all the same"),
        ((None, None), "all the same"),
        ((2, 3, 2), "1 point apart"),
        ((0, 3, 4), "4 points apart"),
        ((2, None, 2), "some score it, others hold it not rateable"),
    ],
)
def test_how_far_experts_are_apart_in_words(ratings: tuple[int | None, ...], text: str) -> None:
    assert range_of_ratings(ratings) == text


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault(FaultKind.NOT_ON_SCALE, 5), "5 is not on the scale. Choose from 0 to 4."),
        (Fault(FaultKind.NO_SUCH_TURN, 27), "There is no turn 27. The last turn is 26."),
        (
            Fault(FaultKind.CITES_NO_SUCH_TURN, 27),
            "The reason cites 27 in brackets. There is no turn 27. The last turn is 26. Correct "
            "the number.",
        ),
        (
            Fault(FaultKind.RANGE_TOO_WIDE, 3),
            "The experts still stand 3 points apart, too far for a single score. Record a band, "
            "drop the item, or go on discussing.",
        ),
        (
            Fault(FaultKind.NO_MAJORITY, 2),
            "2 of 4 experts stand elsewhere. Record what most of them hold, or drop the item.",
        ),
        (
            Fault(FaultKind.NO_REASON_FOR_DISSENT, 4),
            "Expert 4 dissents. Write their reason at their position.",
        ),
    ],
)
def test_a_fault_names_what_it_is_about(fault: Fault, text: str) -> None:
    assert fault_text(fault, entry_of(1, 2, 3, 3)) == text


def test_every_fault_has_a_sentence_of_its_own() -> None:
    entry = entry_of(1, 2, 3)
    assert len({fault_text(Fault(kind, 3), entry) for kind in FaultKind}) == len(FaultKind)
    of_dossier = entry_of(1, 2, 3, frame=replace(FRAME, is_dossier=True, turns=9))
    told = fault_text(Fault(FaultKind.NO_SUCH_TURN, 10), of_dossier)
    assert told == "There is no passage 10. The last passage is 9."
