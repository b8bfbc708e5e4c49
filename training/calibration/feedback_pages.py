"""The page of feedback: the key beside a submitted rating, with charts and the next step."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template

from training.calibration import wording
from training.calibration.feedback import Feedback, ItemFeedback
from training.calibration.history import PastRating
from training.calibration.history_records import latest_first_ratings, past_rating
from training.calibration.models import Purpose, RatingSession
from training.calibration.next_step import LATEST
from training.calibration.note_records import notes_of
from training.calibration.pages import home_of
from training.calibration.step_links import do_next, step_links
from training.charts.dot_strip import DotRow, DotStrip, build_dot_strip
from training.charts.rating_strip import RatingStrip, build_rating_strip
from training.charts.spread_strip import SpreadRow, SpreadStrip, build_spread_strip
from training.cohorts.guidance.comment_records import comments_about
from training.exercises.records import next_pairs_for
from training.keys.changes import texts as change_texts
from training.keys.changes.records import revision_note
from training.keys.contests.records import contests_beside
from training.keys.sights import knew_key
from training.library import records as library
from training.library.schema import Instrument, Module


def feedback_page(session: RatingSession) -> str:
    """The key beside a submitted rating; the caller has made sure that it may be seen."""
    past = past_rating(session, knew_key=knew_key(session))
    instrument = past.instrument
    modules = [version.document for version in library.modules()]
    feedback = past.feedback(modules)
    pairs = next_pairs_for(session.person_id, instrument.slug)
    return render_template(
        "calibration/feedback.html",
        session=session,
        past=past,
        home=home_of(session),
        vignette=past.vignette,
        instrument=instrument,
        feedback=feedback,
        strip=_feedback_strip(feedback, instrument),
        spread_strip=_spread_strip(feedback, instrument),
        strips=_rating_strips(feedback, instrument),
        marked=wording.marks_beside_turns(feedback),
        notes=notes_of(session.id),
        contests=contests_beside(session),
        comments=comments_about(session.id, session.person_id),
        do_next=do_next(_latest_items(session, past, feedback, modules), instrument, pairs),
        steps=step_links(feedback.items, pairs, instrument, session.id),
        revision=revision_note(session),
        revision_texts=change_texts,
        wording=wording,
    )


def _latest_items(
    session: RatingSession, past: PastRating, feedback: Feedback, modules: Sequence[Module]
) -> list[tuple[ItemFeedback, ...]]:
    """What the next step is chosen from: the latest made blind; of an excerpt, itself.

    Itself, too, where nothing was made blind.
    """
    if session.purpose is not Purpose.PRACTICE:
        return [feedback.items]
    latest = latest_first_ratings(session.person_id, past.instrument.slug, LATEST)
    return [
        feedback.items if each.session_id == session.id else each.feedback(modules).items
        for each in latest or [past]
    ]


def _feedback_strip(feedback: Feedback, instrument: Instrument) -> DotStrip:
    """Own ratings beside the consensus, as a chart."""
    return build_dot_strip(
        [
            DotRow(
                label=f"{item.number}. {item.name}",
                own=item.own.score,
                consensus=item.consensus.score,
                own_text=item.own.value,
                consensus_text=item.consensus.value,
                words=wording.difference_text(item),
                address=f"#item-{item.number}",
            )
            for item in feedback.items
        ],
        scale=instrument.scale.scores,
    )


def _spread_strip(feedback: Feedback, instrument: Instrument) -> SpreadStrip | None:
    """What the experts gave before they talked, as a chart; None where no panel rated."""
    rows = [
        SpreadRow(
            label=f"{item.number}. {item.name}",
            ratings=_experts(item),
            words=wording.spread_words(item),
            accepted=_accepted(item),
            address=f"#item-{item.number}",
        )
        for item in feedback.items
        if item.spread is not None
    ]
    return build_spread_strip(rows, scale=instrument.scale.scores) if rows else None


def _rating_strips(feedback: Feedback, instrument: Instrument) -> dict[int, RatingStrip]:
    """For each compared item own rating, consensus and spread on one line of the scale."""
    return {
        item.number: build_rating_strip(
            item.own.score,
            _accepted(item),
            _experts(item),
            scale=instrument.scale.scores,
            words=wording.strip_text(item),
        )
        for item in feedback.items
    }


def _experts(item: ItemFeedback) -> dict[int, int | None]:
    """What each expert gave at first, by place; None = not rateable."""
    if item.spread is None:
        return {}
    return {
        place: rating if isinstance(rating, int) else None
        for place, rating in enumerate(item.spread.first, start=1)
    }


def _accepted(item: ItemFeedback) -> tuple[int, ...]:
    return tuple(point.score for point in item.accepted if point.score is not None)
