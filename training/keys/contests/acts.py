"""What is done about contests: contesting, withdrawing, answering."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from training.accounts.models import Person
from training.accounts.records import lock_person
from training.audit import trail
from training.calibration.models import RatingSession
from training.clock import now
from training.database import db, write_transaction
from training.keys.contests import records as contest_records
from training.keys.models import Contest, ContestOutcome
from training.library import records as library
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to


class TooManyContestsError(ValueError):
    """The rater has as many contests of this vignette waiting as they may have."""


class SettledError(ValueError):
    """The contest was answered, withdrawn or written anew in the meantime."""


class OwnContestError(ValueError):
    """Nobody answers their own contest."""


def contest_item(
    session: RatingSession, item_number: int, *, reason: str, turns: tuple[int, ...]
) -> Contest:
    """Contest one item of the key a session was compared with.

    A contest of it that is there is found and left as it is; a withdrawn one is made anew.
    Raises TooManyContestsError.
    """
    with write_transaction() as transaction:
        lock_person(session.person_id)
        contest = contest_records.find_contest_of(
            session.person_id, session.key_document_id, item_number
        )
        if contest is not None and contest.withdrawn_at is None:
            return contest
        waiting = contest_records.number_waiting_of(session.person_id, session.vignette_slug)
        if waiting >= contest_records.MOST_WAITING_PER_VIGNETTE:
            raise TooManyContestsError
        contest = contest or Contest(
            person_id=session.person_id,
            vignette_slug=session.vignette_slug,
            key_document_id=session.key_document_id,
            item_number=item_number,
        )
        contest.session_id = session.id
        contest.reason, contest.turns = reason, list(turns)
        contest.contested_at, contest.withdrawn_at = now(), None
        transaction.add(contest)
        transaction.flush()
        _note(trail.Act.KEY_CONTESTED, contest, by=session.person_id)
    return contest


def withdraw(contest_id: uuid.UUID, *, by: Person) -> None:
    """Take a contest back; doing it twice is doing it once. Raises SettledError once answered."""
    with write_transaction():
        contest = _contest_to_change(contest_id)
        if contest.withdrawn_at is not None:
            return
        if not contest.is_waiting:
            raise SettledError
        contest.withdrawn_at = now()
        _note(trail.Act.CONTEST_WITHDRAWN, contest, by=by.id)


def answer(
    contest_id: uuid.UUID, outcome: ContestOutcome, text: str, *, read: str, by: Person
) -> Letter | None:
    """Answer a contest once; returns the letter that tells its rater.

    `read` is the stamp of the contest as the person who answers has read it. None where this very
    answer of theirs stands already: a double click tells nobody twice. Raises OwnContestError, and
    SettledError when it was answered otherwise, withdrawn or written anew since.
    """
    with write_transaction():
        contest = _contest_to_change(contest_id)
        if contest.person_id == by.id:
            raise OwnContestError
        if (contest.answered_by_id, contest.outcome, contest.answer) == (by.id, outcome, text):
            return None
        if not contest.is_waiting or stamp_of(contest) != read:
            raise SettledError
        contest.outcome, contest.answer = outcome, text
        contest.answered_by_id, contest.answered_at = by.id, now()
        _note(trail.Act.CONTEST_ANSWERED, contest, by=by.id, outcome=outcome.value)
        return _letter_about(contest)


def stamp_of(contest: Contest) -> str:
    """What tells one wording of a contest from another."""
    return contest.contested_at.isoformat()


def _contest_to_change(contest_id: uuid.UUID) -> Contest:
    return db.session.scalars(
        select(Contest)
        .filter_by(id=contest_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _note(act: trail.Act, contest: Contest, *, by: uuid.UUID, **details: str) -> None:
    trail.note(
        act,
        f"contest {contest.id}",
        person_id=by,
        vignette=contest.vignette_slug,
        item=contest.item_number,
        **details,
    )


def _letter_about(contest: Contest) -> Letter:
    rater, session = contest.person, contest.session
    instrument = library.instrument_version(session.instrument_document_id).document
    return write_letter_to(
        rater,
        "contest-answered",
        item=f"{contest.item_number}. {instrument.item(contest.item_number).short_name}",
        title=library.vignette_version(session.vignette_document_id).document.title,
        is_kept=contest.outcome is ContestOutcome.KEPT,
        address=f"{address_in_letter('contests.mine')}#contest-{contest.id}",
    )
