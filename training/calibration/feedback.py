"""What a rater sees after submitting: own rating beside the consensus, item by item. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from training.calibration.agreement import AgreementSums, compare_with_key
from training.calibration.ratings import BLANK, NOT_RATEABLE, Rating, SubmittedRatings
from training.library.schema import (
    Instrument,
    Key,
    KeyStatus,
    Module,
    PanelNote,
    Spread,
    Vignette,
)
from training.library.schema.instrument import Item
from training.library.schema.key import KeyRating

NO_CONSENSUS = "–"
NOTICEABLE_BIAS = 0.25  # scale points; the standard's provisional line


class Distance(StrEnum):
    """How far a rating is from the consensus."""

    EXACT = "exact"
    ONE_OFF = "one-off"
    FURTHER = "further"
    RATEABILITY = "rateability"  # one rated, the other found no opportunity
    NOT_COMPARED = "not-compared"  # the panel dropped the item


class Kind(StrEnum):
    """Which kind of error it was; each has its own remedy."""

    AGREED = "agreed"
    NOT_SEEN = "not-seen"  # none of the experts' turns was marked
    MIS_SCALED = "mis-scaled"  # the right turns, another score
    OTHER_LENS = "other-lens"  # mostly turns that the experts did not use
    RATEABILITY = "rateability"
    NOT_COMPARED = "not-compared"  # no error: the panel came to no consensus on it


class Lean(StrEnum):
    """Where the ratings of one vignette lie beside the consensus, on average."""

    HIGHER = "higher"
    LOWER = "lower"
    LEVEL = "level"
    UNKNOWN = "unknown"


class RemedyStage(StrEnum):
    """The stage of a module that helps with a kind of error."""

    ORIENT = "orient"
    OBSERVE = "observe"
    APPLY = "apply"


REMEDIES = {
    Kind.NOT_SEEN: RemedyStage.OBSERVE,
    Kind.MIS_SCALED: RemedyStage.APPLY,
    Kind.OTHER_LENS: RemedyStage.ORIENT,
    Kind.RATEABILITY: RemedyStage.ORIENT,
}


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """A rating as a page shows it: "3", "Clear" and what the anchor says.

    A band is "2–3", with the score of it that is nearest to the rater's own.
    """

    value: str
    score: int | None
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """The module stage that teaches what this item needs."""

    module_slug: str
    module_title: str
    stage: RemedyStage


@dataclass(frozen=True, slots=True)
class ItemFeedback:
    """One item: both ratings, why the experts chose theirs, and what to do about a difference.

    `difference` is own minus the nearest accepted score, None where one of them is no score;
    `accepted` are the scores that count as exact, one or a band of two. Turns are ascending:
    `shared_turns` were marked by both, `missed_turns` only by the experts, `further_turns` only
    by the rater. `neighbour` is the score next to the consensus, on the side of the rater's own.
    `spread` holds what the panel's experts gave; None where no panel rated it.
    """

    number: int
    name: str
    is_critical: bool
    own: ScorePoint
    own_reason: str
    own_note: str
    own_turns: tuple[int, ...]
    consensus: ScorePoint
    accepted: tuple[ScorePoint, ...]
    spread: Spread | None
    reason: str
    expert_turns: tuple[int, ...]
    shared_turns: tuple[int, ...]
    missed_turns: tuple[int, ...]
    further_turns: tuple[int, ...]
    difference: int | None
    distance: Distance
    kind: Kind
    neighbour: ScorePoint | None
    opportunity: str
    drift_signs: tuple[str, ...]
    advice: str
    next_step: Remedy | None

    @property
    def is_agreed(self) -> bool:
        return self.kind is Kind.AGREED

    @property
    def is_compared(self) -> bool:
        """False where the panel dropped the item."""
        return self.kind is not Kind.NOT_COMPARED

    @property
    def needs_work(self) -> bool:
        """Whether there is a difference to learn from."""
        return self.is_compared and not self.is_agreed

    @property
    def rests_on_other_turns(self) -> bool:
        """Whether the score agrees although none of the experts' turns was marked."""
        return self.is_agreed and bool(self.expert_turns) and not self.shared_turns


@dataclass(frozen=True, slots=True)
class Feedback:
    """The whole of it, with the overall figures and the one item to begin with."""

    items: tuple[ItemFeedback, ...]
    sums: AgreementSums
    lean: Lean
    kinds: dict[Kind, int]
    begin_with: ItemFeedback | None
    panel: PanelNote | None  # who agreed on the key
    is_ratified: bool


def build_feedback(
    vignette: Vignette,
    key: Key,
    instrument: Instrument,
    ratings: SubmittedRatings,
    modules: Sequence[Module],
) -> Feedback:
    """Compare a submitted rating with its key.

    `modules` are those in use, in their order: the next steps are found among those that prepare
    for the instrument.
    """
    modules = [module for module in modules if module.instrument_slug == instrument.slug]
    numbers = vignette.rated_items(instrument.item_numbers)
    items = tuple(
        _item_feedback(
            instrument,
            instrument.item(number),
            ratings.get(number, BLANK),
            key.items[number],
            modules,
        )
        for number in numbers
    )
    scores = {number: ratings.get(number, BLANK).score for number in numbers}
    references = key.references_for(scores)
    sums = compare_with_key({number: scores[number] for number in references}, references).sums
    return Feedback(
        items=items,
        sums=sums,
        lean=lean_of(sums.bias),
        kinds=dict(Counter(item.kind for item in items)),
        begin_with=begin_with(items),
        panel=key.panel,
        is_ratified=key.status is KeyStatus.RATIFIED,
    )


def _item_feedback(
    instrument: Instrument,
    item: Item,
    own: Rating,
    consensus: KeyRating,
    modules: Sequence[Module],
) -> ItemFeedback:
    own_turns, expert_turns = frozenset(own.evidence), frozenset(consensus.evidence)
    kind = kind_of(own, consensus)
    reference = consensus.reference_for(own.score)
    difference = difference_of(own.score, reference)
    accepted = tuple(_point(instrument, item, score) for score in consensus.accepted)
    return ItemFeedback(
        number=item.number,
        name=item.short_name,
        is_critical=item.number in instrument.critical_items,
        own=_point(instrument, item, own.score),
        own_reason=own.reason if own.is_not_rateable else "",
        own_note=own.note,
        own_turns=own.evidence,
        consensus=_consensus_point(instrument, item, consensus, reference, accepted),
        accepted=accepted,
        spread=consensus.spread,
        reason=consensus.reason,
        expert_turns=tuple(sorted(expert_turns)),
        shared_turns=tuple(sorted(own_turns & expert_turns)),
        missed_turns=tuple(sorted(expert_turns - own_turns)),
        further_turns=tuple(sorted(own_turns - expert_turns)),
        difference=difference,
        distance=_distance(own, consensus),
        kind=kind,
        neighbour=_neighbour(instrument, item, difference, consensus.accepted),
        opportunity=item.opportunity,
        drift_signs=item.drift_signs,
        advice=item.advice,
        next_step=next_step_for(item, kind, modules),
    )


def _point(instrument: Instrument, item: Item, score: int | None) -> ScorePoint:
    if score is None:
        return ScorePoint(NOT_RATEABLE, None, "", item.opportunity)
    return ScorePoint(str(score), score, instrument.scale.labels[score], item.anchors[score])


def _consensus_point(
    instrument: Instrument,
    item: Item,
    consensus: KeyRating,
    reference: int | None,
    accepted: tuple[ScorePoint, ...],
) -> ScorePoint:
    if consensus.is_dropped:
        return ScorePoint(NO_CONSENSUS, None, "", "")
    if len(accepted) < 2:
        return _point(instrument, item, reference)
    return ScorePoint(
        "–".join(point.value for point in accepted),
        reference,
        " – ".join(point.label for point in accepted),
        item.anchors[reference] if reference is not None else "",
    )


def difference_of(own: int | None, consensus: int | None) -> int | None:
    """Own minus consensus; None unless both are scores."""
    return None if own is None or consensus is None else own - consensus


def distance_of(own: int | None, consensus: int | None) -> Distance:
    """Exact, one off or further; None stands for "not rateable" on either side."""
    if own is None or consensus is None:
        return Distance.EXACT if own is consensus else Distance.RATEABILITY
    return {0: Distance.EXACT, 1: Distance.ONE_OFF}.get(abs(own - consensus), Distance.FURTHER)


def kind_of(own: Rating, consensus: KeyRating) -> Kind:
    """Which kind of error this is, from the scores and the turns that both sides marked.

    A difference was *not seen* when none of the experts' turns was marked. When some were, it
    was looked at through *another lens* if most of the marked turns are not the experts', and
    *mis-scaled* otherwise.
    """
    distance = _distance(own, consensus)
    if distance is Distance.NOT_COMPARED:
        return Kind.NOT_COMPARED
    if distance is Distance.EXACT:
        return Kind.AGREED
    if distance is Distance.RATEABILITY:
        return Kind.RATEABILITY
    marked, experts = set(own.evidence), set(consensus.evidence)
    shared = marked & experts
    if not shared:
        return Kind.NOT_SEEN
    return Kind.OTHER_LENS if len(marked - experts) > len(shared) else Kind.MIS_SCALED


def _distance(own: Rating, consensus: KeyRating) -> Distance:
    if consensus.is_dropped:
        return Distance.NOT_COMPARED
    return distance_of(own.score, consensus.reference_for(own.score))


def _neighbour(
    instrument: Instrument, item: Item, difference: int | None, accepted: tuple[int, ...]
) -> ScorePoint | None:
    """The score next to the consensus: towards the rater's own, else upwards, else downwards."""
    if not accepted:
        return None
    above, below = accepted[-1] + 1, accepted[0] - 1
    choices = (above, below) if not difference else (above,) if difference > 0 else (below,)
    scores = [score for score in choices if score in instrument.scale.scores]
    return _point(instrument, item, scores[0]) if scores else None


def next_step_for(item: Item, kind: Kind, modules: Iterable[Module]) -> Remedy | None:
    """The stage to go to, in the module on the item's first principle that draws on the item.

    Where there is none: in one that draws on it, else in one on a principle of the item.
    """
    stage = REMEDIES.get(kind)
    if stage is None:
        return None
    candidates = list(modules)
    on_principle = [
        module
        for principle in item.principles
        for module in candidates
        if module.principle == principle
    ]
    drawing = [module for module in candidates if item.number in module.items]
    both = [module for module in on_principle if item.number in module.items]
    for module in (*both, *drawing, *on_principle):
        return Remedy(module.slug, module.title, stage)
    return None


def lean_of(bias: float | None) -> Lean:
    """Whether a mean difference is worth a word."""
    if bias is None:
        return Lean.UNKNOWN
    if abs(bias) <= NOTICEABLE_BIAS:
        return Lean.LEVEL
    return Lean.HIGHER if bias > 0 else Lean.LOWER


def begin_with(items: Sequence[ItemFeedback]) -> ItemFeedback | None:
    """The item to look at first: the largest miss, a critical one before others."""
    missed = [item for item in items if item.needs_work]
    return min(missed, key=_urgency, default=None)


def _urgency(item: ItemFeedback) -> tuple[int, bool, int]:
    # One side scoring what the other found no opportunity for weighs like a gross miss.
    distance = 2 if item.difference is None else abs(item.difference)
    return -distance, not item.is_critical, item.number
