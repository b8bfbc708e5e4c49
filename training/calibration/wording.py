"""What is said to raters about their ratings: faults, gaps, patterns, agreement, feedback."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import format_date

from training.calibration.feedback import Feedback, ItemFeedback, Kind, Lean, RemedyStage
from training.calibration.ratings import (
    FaultKind,
    Lack,
    LackKind,
    Pattern,
    PatternKind,
    RatingFault,
    RatingFrame,
)
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext
from training.library.reading_words import ReadingWords, reading_words
from training.library.schema import PanelNote, Spread
from training.library.turn_numbers import in_runs


def _item_list(items: tuple[int, ...]) -> str:
    return ", ".join(map(str, items))


def fault_text(fault: RatingFault, frame: RatingFrame) -> str:
    """Why something typed or sent cannot be taken, and what could be."""
    reading = reading_words(frame)
    texts = {
        FaultKind.NOT_AN_OBJECT: _("The ratings were not sent in the form that is expected."),
        FaultKind.NO_REVISION: _("The revision that this draft was made from is missing."),
        FaultKind.UNKNOWN_ITEM: _("There is no item “%(value)s” to rate here.", value=fault.value),
        FaultKind.UNKNOWN_FIELD: _(
            "Item %(item)s: there is no field “%(value)s”.", item=fault.item, value=fault.value
        ),
        FaultKind.NO_SUCH_SCORE: _(
            "Item %(item)s: “%(value)s” is not on the scale. Choose one of %(scores)s, or NR.",
            item=fault.item,
            value=fault.value,
            scores=_item_list(frame.scores),
        ),
        FaultKind.NOT_TURNS: _(
            "Item %(item)s: %(fault)s", item=fault.item, fault=reading.is_no_number(fault.value)
        ),
        FaultKind.NO_SUCH_TURN: _(
            "Item %(item)s: %(fault)s",
            item=fault.item,
            fault=reading.is_missing(fault.value, frame.turns),
        ),
        FaultKind.NOT_TEXT: _("Item %(item)s: the text was not sent as text.", item=fault.item),
        FaultKind.TOO_LONG: _(
            "Item %(item)s: a reason or note has at most 5,000 characters.", item=fault.item
        ),
    }
    return str(texts[fault.kind])


def lack_text(lack: Lack, frame: RatingFrame) -> str:
    """What is missing before a rating can be submitted."""
    texts = {
        LackKind.NO_RATING: _("Item %(item)s has no rating yet.", item=lack.item),
        LackKind.NO_REASON: _(
            "Item %(item)s is marked as not rateable. Write the reason.", item=lack.item
        ),
        LackKind.NOT_EXPLAINED: _(
            "Item %(item)s has a score but no reason. Write yours: the panel will read it.",
            item=lack.item,
        ),
        LackKind.TOO_MANY_NOT_RATEABLE: ngettext(
            "On this instrument at most %(num)s item may be not rateable.",
            "On this instrument at most %(num)s items may be not rateable.",
            frame.not_rateable_limit,
        ),
    }
    return str(texts[lack.kind])


def pattern_text(pattern: Pattern) -> str:
    """What a careful colleague would say about a pattern."""
    items = _item_list(pattern.items)
    count = len(pattern.items)
    texts = {
        PatternKind.SAME_SCORE: _(
            "Every item you scored has a %(score)s. That can be right, but it is rare: look once "
            "more at the item where you hesitated most.",
            score=pattern.score,
        ),
        PatternKind.NO_EVIDENCE: ngettext(
            "Item %(items)s has no evidence. A score that points to what was read can be talked "
            "about; one that does not can only be believed.",
            "Items %(items)s have no evidence. A score that points to what was read can be talked "
            "about; one that does not can only be believed.",
            count,
            items=items,
        ),
        PatternKind.MUCH_EVIDENCE: ngettext(
            "Item %(items)s has more than half of the text as evidence. Keep what decided the "
            "score.",
            "Items %(items)s have more than half of the text as evidence. Keep what decided the "
            "scores.",
            count,
            items=items,
        ),
    }
    return str(texts[pattern.kind])


def panel_text(panel: PanelNote) -> str:
    """Who agreed on a key, when, and how."""
    experts = ngettext("%(num)s expert", "%(num)s experts", panel.experts)
    day = format_date(panel.ratified_on, "d MMMM y")
    if panel.is_demonstration:
        return _(
            "Demonstration: this key was ratified on %(day)s by %(experts)s who are simulated.",
            day=day,
            experts=experts,
        )
    if panel.met_elsewhere:
        return _(
            "This key is ratified: %(experts)s rated independently, outside of this application, "
            "and agreed on %(day)s.",
            experts=experts,
            day=day,
        )
    return _(
        "This key is ratified: %(experts)s rated independently and then agreed on it on %(day)s.",
        experts=experts,
        day=day,
    )


def spread_text(spread: Spread) -> str:
    """What a panel's experts gave an item before and after they talked, in words."""
    first, final = _ratings_text(spread.first), _ratings_text(spread.final)
    if first == final:
        return _("The experts, each alone: %(first)s. Nobody moved in the discussion.", first=first)
    return _(
        "The experts, each alone: %(first)s. After the discussion: %(final)s.",
        first=first,
        final=final,
    )


def spread_words(item: ItemFeedback) -> str:
    """Where a rater's own score lies among the experts', for a row of the chart."""
    assert item.spread is not None  # only such items have a row
    given = [score for score in item.spread.first if isinstance(score, int)]
    if item.own.score is None or not given:
        return _("you: %(own)s", own=item.own.value)
    if min(given) <= item.own.score <= max(given):
        return _("you: %(own)s, among the experts", own=item.own.value)
    return _("you: %(own)s, outside of their range", own=item.own.value)


def strip_text(item: ItemFeedback) -> str:
    """What the drawing of one item shows: both ratings and the experts' first ones."""
    both = _(
        "You %(own)s, consensus %(consensus)s.", own=item.own.value, consensus=item.consensus.value
    )
    if item.spread is None:
        return both
    experts = _("The experts, each alone: %(first)s.", first=_ratings_text(item.spread.first))
    return f"{both} {experts}"


def _ratings_text(ratings: Iterable[int | str]) -> str:
    return ", ".join(str(rating) for rating in ratings)


def difference_text(item: ItemFeedback) -> str:
    """How far a rating is from the consensus, in words."""
    if not item.is_compared:
        return _("Not compared")
    if item.difference is None:
        return _("Agreed: not rateable") if item.is_agreed else _("Differs on rateability")
    if item.difference == 0:
        return _("Exact")
    points = abs(item.difference)
    if item.difference > 0:
        return ngettext("%(num)s point higher", "%(num)s points higher", points)
    return ngettext("%(num)s point lower", "%(num)s points lower", points)


_KIND_TITLES = {
    Kind.AGREED: _l("Agreed"),
    Kind.NOT_SEEN: _l("Not seen"),
    Kind.MIS_SCALED: _l("Seen but mis-scaled"),
    Kind.OTHER_LENS: _l("Another lens"),
    Kind.RATEABILITY: _l("Rateable or not"),
    Kind.NOT_COMPARED: _l("Not compared"),
}


def kind_title(kind: Kind) -> str:
    """The name of a kind of error."""
    return str(_KIND_TITLES[kind])


def kind_text(item: ItemFeedback, reading: ReadingWords) -> str:
    """What kind of error it was, with the turns that show it."""
    experts = reading.listed(item.expert_turns)
    if not item.is_compared:
        return _(
            "The panel came to no consensus on this item here, so your rating is compared with "
            "none and counts for nothing."
        )
    if item.kind is Kind.AGREED:
        if item.rests_on_other_turns:
            return _(
                "You agree on the rating, but nothing that the consensus rests on (%(experts)s) "
                "is among what you marked. Check that you agree for the same reason.",
                experts=experts,
            )
        return _("You and the consensus agree.")
    if item.kind is Kind.NOT_SEEN:
        if item.own_turns:
            return _(
                "The consensus rests on %(experts)s. You marked %(own)s, and none of these.",
                experts=experts,
                own=in_runs(item.own_turns),
            )
        return _(
            "The consensus rests on %(experts)s. You marked nothing, so the difference probably "
            "began with what was noticed.",
            experts=experts,
        )
    if item.kind is Kind.MIS_SCALED:
        return _(
            "You saw what the consensus rests on (%(shared)s) and placed it elsewhere on the "
            "scale.",
            shared=reading.listed(item.shared_turns),
        )
    if item.kind is Kind.OTHER_LENS:
        return _(
            "Most of what you marked (%(further)s) is not what the consensus rests on. You may "
            "have rated something that belongs to another item, or how things turned out.",
            further=reading.listed(item.further_turns),
        )
    if item.own.score is None:
        return _("You found no opportunity for this item; the consensus found one and scored it.")
    return _("You gave a score; the consensus found no opportunity for this item.")


def exercise_text(item: ItemFeedback, reading: ReadingWords) -> str:
    """A micro-exercise of two minutes for this kind of error; empty where nothing is needed."""
    if item.kind is Kind.NOT_SEEN:
        return _(
            "Read %(pieces)s again, and say in one sentence for each what it shows about this "
            "item, before you look at any score.",
            pieces=reading.listed(item.expert_turns),
        )
    if item.kind is Kind.MIS_SCALED:
        return _(
            "Read anchors %(own)s and %(consensus)s side by side, and name the one thing in "
            "%(pieces)s that decides between them.",
            own=item.own.value,
            consensus=item.consensus.value,
            pieces=reading.listed(item.shared_turns),
        )
    if item.kind is Kind.OTHER_LENS:
        return _(
            "Take %(pieces)s one by one, and ask which item each of them is really evidence for.",
            pieces=reading.listed(item.further_turns),
        )
    if item.kind is Kind.RATEABILITY:
        return _(
            "Ask only this: was there any opportunity for the team to do it? Then read the rule "
            "for this item."
        )
    return ""


_STAGES = {
    RemedyStage.ORIENT: _l("read about it again"),
    RemedyStage.OBSERVE: _l("the annotated excerpt"),
    RemedyStage.APPLY: _l("rate an excerpt"),
}


def stage_text(stage: RemedyStage) -> str:
    """The name of a module's stage, as part of "Module: stage"."""
    return str(_STAGES[stage])


_LEANS = {
    Lean.HIGHER: _l("On average you scored higher than the consensus: more lenient."),
    Lean.LOWER: _l("On average you scored lower than the consensus: more severe."),
    Lean.LEVEL: _l("On average your scores lie where the consensus lies."),
    Lean.UNKNOWN: _l("No item was scored by both sides, so there is no average difference."),
}


def lean_text(lean: Lean) -> str:
    """Where the scores lie on average."""
    return str(_LEANS[lean])


def marks_beside_turns(feedback: Feedback) -> dict[int, list[dict[str, object]]]:
    """For each turn, who marked it as evidence for which items; each item number leads there."""
    items: dict[int, dict[str, list[int]]] = {}
    for item in feedback.items:
        groups = {
            "both": item.shared_turns,
            "experts": item.missed_turns,
            "own": item.further_turns,
        }
        for by, turns in groups.items():
            for turn in turns:
                items.setdefault(turn, {}).setdefault(by, []).append(item.number)
    names = {"both": _("both, item:"), "experts": _("consensus, item:"), "own": _("you, item:")}
    return {
        turn: [
            {
                "by": by,
                "text": names[by],
                "links": [{"text": number, "anchor": f"item-{number}"} for number in groups[by]],
            }
            for by in names
            if by in groups
        ]
        for turn, groups in items.items()
    }
