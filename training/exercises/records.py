"""The published exercises, and what a person answered in them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import bindparam, select

from training.accounts.records import lock_person
from training.audit import trail
from training.database import db, read_rows, write_transaction
from training.exercises.models import ExerciseAnswer
from training.exercises.rules import Pair, Result, next_pairs, pairs_of
from training.library import records as library
from training.library.records import Version
from training.library.schema import Key, KeyRating, Pool, Vignette


@dataclass(frozen=True, slots=True)
class Answered:
    """An exercise somebody has answered, as it was worded for the latest answer."""

    vignette: Vignette
    rating: KeyRating
    first: ExerciseAnswer
    latest: ExerciseAnswer

    @property
    def slug(self) -> str:
        return self.latest.vignette_slug

    @property
    def first_result(self) -> Result:
        return result_of(self.first)


# Put together once, and of columns instead of objects: every page of feedback asks it.
_FIRST_ANSWERS = select(
    ExerciseAnswer.vignette_slug,
    ExerciseAnswer.key_document_id,
    ExerciseAnswer.item_number,
    ExerciseAnswer.score,
).where(ExerciseAnswer.person_id == bindparam("person"), ExerciseAnswer.number == 1)


def pairs(person_id: uuid.UUID) -> list[Pair]:
    """Every published pair with this person's first answers."""
    exercises = {version.slug: version.document for version in library.vignettes(Pool.EXERCISE)}
    first = read_rows(_FIRST_ANSWERS, person=person_id)
    results = {slug: Result(score, _rating(key, item).score) for slug, key, item, score in first}
    return pairs_of(exercises, results)


def next_pairs_for(person_id: uuid.UUID, instrument_slug: str) -> dict[int, Pair]:
    """For each item of an instrument, the pair this person answers next; one where there is one."""
    return next_pairs(pair for pair in pairs(person_id) if pair.instrument == instrument_slug)


def result_of(answer: ExerciseAnswer) -> Result:
    """An answer beside the version of the key it is compared with."""
    return Result(answer.score, rating_of(answer).score)


def rating_of(answer: ExerciseAnswer) -> KeyRating:
    """What the key says, in the version an answer is compared with."""
    return _rating(answer.key_document_id, answer.item_number)


def _rating(key_document_id: uuid.UUID, item_number: int) -> KeyRating:
    return library.key_version(key_document_id).document.items[item_number]


def number_of_answers(person_id: uuid.UUID, slug: str) -> int:
    return len(_answers(person_id, [slug]))


def answered(person_id: uuid.UUID, slugs: Collection[str]) -> dict[str, Answered]:
    """Those of these exercises that this person has answered, by slug."""
    found = {}
    rows = _answers(person_id, slugs)
    for slug, group in groupby(rows, key=lambda answer: answer.vignette_slug):
        own = list(group)
        vignette = library.vignette_version(own[-1].vignette_document_id).document
        found[slug] = Answered(vignette, rating_of(own[-1]), own[0], own[-1])
    return found


def _answers(person_id: uuid.UUID, slugs: Collection[str]) -> Sequence[ExerciseAnswer]:
    return db.session.scalars(
        select(ExerciseAnswer)
        .filter_by(person_id=person_id)
        .where(ExerciseAnswer.vignette_slug.in_(slugs))
        .order_by(ExerciseAnswer.vignette_slug, ExerciseAnswer.number)
    ).all()


def answer_exercise(
    person_id: uuid.UUID,
    vignette: Version[Vignette],
    key: Version[Key],
    *,
    number: int,
    score: int,
    turns: Sequence[int],
) -> ExerciseAnswer:
    """Record an answer and return it; where there is one of this number already, that one.

    So a second click changes nothing. Numbers follow one another from 1.
    """
    with write_transaction() as session:
        lock_person(person_id)
        given = _answers(person_id, [vignette.slug])
        if number <= len(given):
            return given[number - 1]
        answer = ExerciseAnswer(
            person_id=person_id,
            vignette_slug=vignette.slug,
            vignette_document_id=vignette.id,
            key_document_id=key.id,
            item_number=next(iter(vignette.document.items or ())),
            score=score,
            turns=list(turns),
            number=len(given) + 1,
        )
        session.add(answer)
        trail.note(
            trail.Act.EXERCISE_ANSWERED,
            f"vignette {vignette.slug}",
            person_id=person_id,
            score=score,
        )
    return answer
