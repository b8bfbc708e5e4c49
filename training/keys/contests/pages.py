"""The pages about contests, filled with what may be shown; the caller has made sure of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from flask import render_template

from training.accounts.models import Person
from training.calibration import records as ratings
from training.calibration.feedback import ItemFeedback, ScorePoint, build_feedback
from training.calibration.models import RatingSession
from training.calibration.pages import home_of
from training.keys.contests import records as contest_records
from training.keys.contests import wording as contest_wording
from training.keys.contests.access import Access
from training.keys.contests.acts import stamp_of
from training.keys.contests.forms import AnswerForm, ContestForm
from training.keys.contests.records import ContestCounts, ContestGroup
from training.keys.models import Contest
from training.keys.readers import Barrier
from training.languages import gettext as _
from training.library import records as library
from training.library.schema import Instrument
from training.library.schema.instrument import Item


@dataclass(frozen=True, slots=True)
class ContestRow:
    """One contest in a list, with the texts of the versions it is about."""

    contest: Contest
    title: str
    item: Item


@dataclass(frozen=True, slots=True)
class QueueItem:
    """An item of a vignette with its waiting contests, and all there ever were of it."""

    item: Item
    waiting: list[Contest]
    counts: ContestCounts


@dataclass(frozen=True, slots=True)
class QueueVignette:
    """A vignette somebody may answer contests of, item by item."""

    slug: str
    title: str
    items: list[QueueItem]


@dataclass(frozen=True, slots=True)
class ClosedVignette:
    """A vignette whose contests would show somebody a key they are not shown."""

    slug: str
    title: str
    number: int
    barrier: Barrier


def row_of(contest: Contest) -> ContestRow:
    session = contest.session
    return ContestRow(
        contest,
        library.vignette_version(session.vignette_document_id).document.title,
        _item(session, contest.item_number),
    )


def _item(session: RatingSession, number: int) -> Item:
    return library.instrument_version(session.instrument_document_id).document.item(number)


def mine_page(person: Person) -> str:
    """What a rater has contested, and the answers."""
    return render_template(
        "keys/my_contests.html",
        rows=[row_of(contest) for contest in contest_records.contests_of(person.id)],
        words=contest_wording,
    )


def contest_page(
    session: RatingSession,
    item_number: int,
    form: ContestForm,
    *,
    contest: Contest | None,
    unsent: str = "",
) -> str:
    """One item of the key beside the rater's own rating, and the contest or a form for it.

    `unsent` is what was typed and not taken, because a contest is there already.
    """
    documents = ratings.documents_of(session)
    item = _compared_item(session, item_number)
    waiting = contest_records.number_waiting_of(session.person_id, session.vignette_slug)
    return render_template(
        "keys/contest.html",
        session=session,
        home=home_of(session),
        vignette=documents.vignette.document,
        item=item,
        anchors=_anchors_near(item, documents.instrument.document),
        marked=_marks({_("consensus"): item.expert_turns, _("you"): item.own_turns}),
        form=form,
        contest=contest,
        unsent=unsent,
        is_key_in_use=_is_in_use(session),
        waiting=waiting,
        most_waiting=contest_records.MOST_WAITING_PER_VIGNETTE,
        words=contest_wording,
    )


def _compared_item(session: RatingSession, number: int) -> ItemFeedback:
    """Own rating and key of one item, as the feedback has them."""
    documents = ratings.documents_of(session)
    feedback = build_feedback(
        documents.vignette.document,
        library.key_version(session.key_document_id).document,
        documents.instrument.document,
        ratings.ratings_of(session),
        modules=(),
    )
    return next(item for item in feedback.items if item.number == number)


def _anchors_near(item: ItemFeedback, instrument: Instrument) -> list[ScorePoint]:
    """The anchors of the key's scores, of those next to them, and of the rater's own.

    All of them where the key has no score.
    """
    accepted = [point.score for point in item.accepted if point.score is not None]
    anchors = instrument.item(item.number).anchors
    return [
        ScorePoint(str(score), score, instrument.scale.labels[score], anchors[score])
        for score in instrument.scale.scores
        if not accepted or score == item.own.score or accepted[0] - 1 <= score <= accepted[-1] + 1
    ]


def _is_in_use(session: RatingSession) -> bool:
    return library.get_key(session.vignette_slug).id == session.key_document_id


def queue_page(person: Person, asked: Mapping[str, str]) -> str:
    """The contests that wait and those that were answered, as far as this person may know.

    `asked` holds the pages asked for: `waiting` and, of the answered ones, `page`.
    """
    groups = contest_records.waiting_groups(person)
    waiting, waiting_paging = contest_records.waiting_page(person, groups, asked.get("waiting"))
    answered, paging = contest_records.answered_page(person, asked.get("page"))
    elsewhere = [group.number for group in groups if group.standing is Access.ELSEWHERE]
    return render_template(
        "keys/contests.html",
        vignettes=_open_vignettes(waiting),
        waiting_paging=waiting_paging,
        closed=_closed_vignettes(groups),
        elsewhere=sum(elsewhere),
        answered=[row_of(row) for row in answered],
        paging=paging,
        words=contest_wording,
    )


def _open_vignettes(waiting: Sequence[Contest]) -> list[QueueVignette]:
    counts = contest_records.counts_by_item({contest.key_document_id for contest in waiting})
    vignettes = []
    for slug, of_vignette in groupby(waiting, key=lambda contest: contest.vignette_slug):
        rows = list(of_vignette)
        items = [
            QueueItem(_item(of_item[0].session, place[1]), of_item, counts[place])
            for place, of_item in _by_item(rows).items()
        ]
        vignettes.append(QueueVignette(slug, row_of(rows[0]).title, items))
    return vignettes


def _by_item(contests: Sequence[Contest]) -> dict[tuple[uuid.UUID, int], list[Contest]]:
    by_item: dict[tuple[uuid.UUID, int], list[Contest]] = {}
    for contest in contests:
        by_item.setdefault((contest.key_document_id, contest.item_number), []).append(contest)
    return by_item


def _closed_vignettes(groups: Iterable[ContestGroup]) -> list[ClosedVignette]:
    closed = [
        (group.vignette_slug, group.number, group.standing)
        for group in groups
        if isinstance(group.standing, Barrier)
    ]
    vignettes = []
    for slug, of_vignette in groupby(closed, key=itemgetter(0)):
        _, numbers, barriers = zip(*of_vignette, strict=True)
        version = library.find_vignette(slug)
        title = version.document.title if version else slug
        vignettes.append(ClosedVignette(slug, title, sum(numbers), barriers[0]))
    return vignettes


def opening_page(vignette_slug: str, barrier: Barrier) -> str:
    """What it means to open contests whose key one has not seen, or why they stay closed."""
    vignette = library.get_vignette(vignette_slug).document
    return render_template("keys/contest_opening.html", vignette=vignette, barrier=barrier)


def answer_page(contest: Contest, form: AnswerForm, *, unsent: str = "") -> str:
    """A contest beside the item and its key, without its rater's name, and the answer or a form.

    `unsent` is an answer that was typed and not taken, because another came first.
    """
    session = contest.session
    documents = ratings.documents_of(session)
    item = _compared_item(session, contest.item_number)
    form.read.data = stamp_of(contest)
    return render_template(
        "keys/contest_answer.html",
        contest=contest,
        vignette=documents.vignette.document,
        instrument=documents.instrument.document,
        instrument_item=documents.instrument.document.item(contest.item_number),
        item=item,
        marked=_marks(
            {
                _("key"): item.expert_turns,
                _("the rater"): item.own_turns,
                _("the contest"): contest.turns,
            }
        ),
        others=contest_records.other_contests_of_item(contest),
        first_ratings=contest_records.first_ratings(session, contest.item_number),
        fewest_raters=contest_records.FEWEST_RATERS_SHOWN,
        is_key_in_use=_is_in_use(session),
        form=form,
        unsent=unsent,
        words=contest_wording,
    )


def _marks(groups: Mapping[str, Iterable[int]]) -> dict[int, list[str]]:
    """For each turn, who points at it."""
    marked: dict[int, list[str]] = {}
    for by, turns in groups.items():
        for turn in turns:
            marked.setdefault(turn, []).append(by)
    return marked
