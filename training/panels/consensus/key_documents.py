"""The key document that a panel signs, made from what it agreed on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from training.library.reading import canonical_text, digest_of
from training.library.schema import Dissent, Key, KeyRating, KeyStatus, PanelNote, Spread, Vignette
from training.library.schema.key import GivenRating
from training.panels.consensus.rules import (
    Consensus,
    ConsensusKind,
    Stance,
    dissenters,
    score_of_band,
)

AgreedItem = tuple[Consensus, Sequence[Stance]]


def build_key(vignette: Vignette, agreed: Mapping[int, AgreedItem], note: PanelNote) -> Key:
    """The ratified key of a vignette.

    agreed  by item, in the instrument's order: the consensus, and where the experts stood.

    Raises pydantic.ValidationError (a ValueError) for what consensus.faults_of finds fault with.
    """
    return Key(
        vignette=vignette.slug,
        instrument=vignette.instrument,
        status=KeyStatus.RATIFIED,
        panel=note,
        items={
            number: key_rating(consensus, stances)
            for number, (consensus, stances) in agreed.items()
        },
    )


def key_rating(consensus: Consensus, stances: Sequence[Stance]) -> KeyRating:
    """One item of a key, with what every expert gave, by seat.

    In a key experts are counted from 1 among those who rated the vignette, in the order of their
    seats: outside of the panel nobody knows of a seat that was given up.
    """
    accepted = consensus.accepted
    number_of = {stance.place: number for number, stance in enumerate(stances, start=1)}
    return KeyRating(
        rating=_rating(consensus, stances),
        evidence=consensus.evidence,
        reason=consensus.reason,
        band=(accepted[0], accepted[1]) if consensus.kind is ConsensusKind.BAND else None,
        spread=Spread(
            first=tuple(_given(stance.first) for stance in stances),
            final=tuple(_given(stance.final) for stance in stances),
            dissents=tuple(
                Dissent(
                    expert=number_of[stance.place],
                    rating=_given(stance.final),
                    reason=stance.reason,
                )
                for stance in dissenters(consensus, stances)
            ),
        ),
    )


def digest_of_key(key: Key) -> str:
    """The digest under which the key will be stored, which is what a signature carries."""
    return digest_of(canonical_text(key))


def _rating(consensus: Consensus, stances: Sequence[Stance]) -> GivenRating | Literal["dropped"]:
    if consensus.kind is ConsensusKind.DROPPED:
        return "dropped"
    return _given(score_of_band(consensus, stances))


def _given(score: int | None) -> GivenRating:
    return "NR" if score is None else score
