"""The data every run starts from: the same people, progress and practice each time."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, url_for
from flask_migrate import upgrade
from sqlalchemy import insert, select, text

from bench.cheap_hash import MEMORY_KIB, TIME_COST
from training.accounts.models import Person, Role, RoleGrant
from training.accounts.passwords import hash_password
from training.calibration.agreement import compare_with_key
from training.calibration.models import (
    ItemRating,
    Purpose,
    RatingSession,
    SessionAgreement,
    SessionState,
)
from training.clock import now
from training.cohorts.models import Cohort, CohortMember, CohortTrainer
from training.database import Base, db
from training.library import records as library
from training.library.checking import check
from training.library.reading import read_pack
from training.library.records import Version
from training.library.schema import Instrument, Key, Module, Pool, VignetteHead
from training.modules.models import KnowledgeCheck, StageCompletion
from training.modules.stages import STAGES, Stage
from training.persistence import bind_migrations
from training.psychometrics import ENGINE_VERSION

SEED = 20_261_124
PASSWORD = "seven herons waded past the mill"  # noqa: S105 - of invented people
CALLERS = 16
COHORT_SIZES = (100, 1_000, 10_000)
ROWS_AT_ONCE = 5_000
SESSIONS_AT_ONCE = 400
MODULES_DONE_BY_MEMBERS = 2
PRACTISED_BY_MEMBERS = 5
DRAFTS_TO_SUBMIT = 48  # of each rater, for visits that rate and read their feedback
TRAINER_EMAIL = "trainer@example.org"


@dataclass(frozen=True, slots=True)
class CheckToAnswer:
    """A knowledge check without answers: whose it is, its questions, and a right answer to each."""

    rater: int  # the place among the raters
    questions: tuple[str, ...]
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Seeded:
    """Where the measures go."""

    raters: tuple[str, ...]  # e-mail addresses; everybody's password is PASSWORD
    cheap_raters: tuple[str, ...]  # the same, with the cheapest hash
    lessons: tuple[str, ...]
    drafts: tuple[str, ...]  # one draft of each rater
    drafts_to_submit: tuple[tuple[str, ...], ...]  # further ones of each rater
    checks: tuple[CheckToAnswer, ...]
    items: tuple[int, ...]
    scores: tuple[int, ...]
    turns: int
    cohorts: dict[int, str]  # by number of raters


@dataclass(slots=True)
class _Rows:
    """Rows to be inserted, by model, in the order in which they refer to each other."""

    random: random.Random
    at: datetime
    by_model: dict[type[Base], list[dict[str, Any]]]

    def add(self, model: type[Base], **values: Any) -> uuid.UUID:
        identity = uuid.UUID(int=self.random.getrandbits(128), version=4)
        self.by_model[model].append({"id": identity} | values)
        return identity


def seed(app: Flask) -> Seeded:
    """Migrate, publish the content and insert everybody. Raises RuntimeError for faulty content."""
    bind_migrations(app)
    with app.app_context(), app.test_request_context():
        upgrade()
        pack = read_pack(*app.extensions["config"].content_paths)
        faults = check(pack)
        if faults:
            raise RuntimeError("\n".join(["the content has faults:", *map(str, faults)]))
        library.publish(pack, person_id=None)
        rows = _Rows(random.Random(SEED), now(), {model: [] for model in IN_ORDER})  # noqa: S311
        seeded = _everybody(rows)
        for model, values in rows.by_model.items():
            for start in range(0, len(values), ROWS_AT_ONCE):
                db.session.execute(insert(model), values[start : start + ROWS_AT_ONCE])
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
    return seeded


def seed_ratings(app: Flask) -> None:
    """Give every practice rating that was submitted its twelve rows, as an export reads them.

    Only what looks at them needs them: they are sixty of each of eleven thousand raters.
    """
    source = random.Random(SEED)  # noqa: S311
    with app.app_context():
        sessions = db.session.execute(
            select(RatingSession.id, RatingSession.key_document_id)
            .filter_by(state=SessionState.SUBMITTED, purpose=Purpose.PRACTICE)
            .where(~RatingSession.ratings.any())  # a visit has submitted some with theirs
        ).all()
        for start in range(0, len(sessions), SESSIONS_AT_ONCE):
            part = sessions[start : start + SESSIONS_AT_ONCE]
            rows = [row for session in part for row in _ratings(source, *session)]
            db.session.execute(insert(ItemRating.__table__), rows)
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()


def _ratings(
    source: random.Random, session_id: uuid.UUID, key_id: uuid.UUID
) -> Iterator[dict[str, Any]]:
    for number, rating in library.key_version(key_id).document.items.items():
        score = _near(source, rating.score)
        yield {
            "id": uuid.UUID(int=source.getrandbits(128), version=4),
            "session_id": session_id,
            "item_number": number,
            "score": score,
            "is_not_rateable": score is None,
            "reason": "",
            "note": "",
            "evidence": sorted(source.sample(range(1, 20), 2)),
        }


IN_ORDER: tuple[type[Base], ...] = (
    Person,
    RoleGrant,
    Cohort,
    CohortTrainer,
    CohortMember,
    StageCompletion,
    KnowledgeCheck,
    RatingSession,
    SessionAgreement,
)


@dataclass(frozen=True, slots=True)
class _Material:
    """What a practice session points to, looked up once."""

    vignette: Version[VignetteHead]
    key: Version[Key]
    instrument: Version[Instrument]


def _material(vignette: Version[VignetteHead]) -> _Material:
    return _Material(
        vignette,
        library.get_key(vignette.slug),
        library.get_instrument(vignette.document.instrument),
    )


def _everybody(rows: _Rows) -> Seeded:
    dear = hash_password(PASSWORD)
    cheap = PasswordHasher(TIME_COST, MEMORY_KIB, 1).hash(PASSWORD)
    # One kind of text on one scale, so that readings stay comparable from year to year.
    transcripts = [v for v in library.vignettes(Pool.PRACTICE) if not v.document.is_dossier]
    practice = [_material(version) for version in transcripts]
    modules = library.modules()
    raters = [f"rater-{number}@example.org" for number in range(CALLERS)]
    drafts: list[list[str]] = []
    checks: list[CheckToAnswer] = []
    for place, email in enumerate(raters):
        rater = _person(rows, email, Role.RATER, dear)
        _learn(rows, rater, modules)
        drafts.append(
            [
                url_for(
                    "calibration.draft",
                    session_id=_rating_session(rows, rater, practice[0], number=number),
                )
                for number in range(1, DRAFTS_TO_SUBMIT + 2)
            ]
        )
        checks += [_check(rows, place, rater, version) for version in modules]
    cheap_raters = [f"cheap-{number}@example.org" for number in range(CALLERS)]
    for email in cheap_raters:
        _person(rows, email, Role.RATER, cheap)
    trainer = _person(rows, TRAINER_EMAIL, Role.TRAINER, dear)
    cohorts = {size: _cohort(rows, size, trainer, modules, practice) for size in COHORT_SIZES}
    first = practice[0]
    return Seeded(
        raters=tuple(raters),
        cheap_raters=tuple(cheap_raters),
        lessons=tuple(
            url_for("modules.stage", slug=version.slug, stage=Stage.ORIENT) for version in modules
        ),
        drafts=tuple(first for first, *_ in drafts),
        drafts_to_submit=tuple(tuple(further) for _, *further in drafts),
        checks=tuple(checks),
        items=first.vignette.document.rated_items(first.instrument.document.item_numbers),
        scores=first.instrument.document.scale.scores,
        turns=first.vignette.document.number_of_turns,
        cohorts={size: url_for("cohorts.cohort", cohort_id=id_) for size, id_ in cohorts.items()},
    )


def _person(rows: _Rows, email: str, role: Role, password_hash: str | None) -> uuid.UUID:
    name = email.partition("@")[0].replace("-", " ").capitalize()
    person = rows.add(Person, email=email, name=name, password_hash=password_hash)
    rows.add(RoleGrant, person_id=person, role=role)
    return person


def _learn(rows: _Rows, person: uuid.UUID, modules: list[Version[Module]]) -> None:
    for version in modules:
        for stage in STAGES:
            rows.add(
                StageCompletion,
                person_id=person,
                module_slug=version.slug,
                stage=stage,
                module_document_id=version.id,
                completed_at=rows.at - timedelta(days=10),
            )


def _rating_session(
    rows: _Rows,
    person: uuid.UUID,
    material: _Material,
    *,
    submitted_at: datetime | None = None,
    number: int = 1,
) -> uuid.UUID:
    return rows.add(
        RatingSession,
        person_id=person,
        purpose=Purpose.PRACTICE,
        vignette_slug=material.vignette.slug,
        vignette_document_id=material.vignette.id,
        key_document_id=material.key.id,
        instrument_document_id=material.instrument.id,
        state=SessionState.SUBMITTED if submitted_at else SessionState.DRAFT,
        number=number,
        submitted_at=submitted_at,
        saved_at=submitted_at,
    )


def _check(rows: _Rows, rater: int, person: uuid.UUID, version: Version[Module]) -> CheckToAnswer:
    """A knowledge check that is under way, of the questions with one right option, as written."""
    questions = [q for q in version.document.questions if q.kind == "single-choice"]
    rows.add(
        KnowledgeCheck,
        person_id=person,
        module_slug=version.slug,
        module_document_id=version.id,
        number=1,
        questions=[
            {"question": question.id, "order": list(range(len(question.options)))}
            for question in questions
        ],
        started_at=rows.at,
    )
    return CheckToAnswer(
        rater,
        tuple(
            url_for("modules.question", slug=version.slug, number=1, position=position)
            for position in range(1, len(questions) + 1)
        ),
        tuple(question.right_response[0] for question in questions),
    )


def _cohort(
    rows: _Rows,
    size: int,
    trainer: uuid.UUID,
    modules: list[Version[Module]],
    practice: list[_Material],
) -> uuid.UUID:
    cohort = rows.add(Cohort, name=f"Cohort of {size}", code=f"C-{size}", closed_at=None)
    rows.add(CohortTrainer, cohort_id=cohort, person_id=trainer)
    for number in range(size):
        member = _person(rows, f"member-{number}-of-{size}@example.org", Role.RATER, None)
        rows.add(CohortMember, cohort_id=cohort, person_id=member, left_at=None)
        _learn(rows, member, modules[:MODULES_DONE_BY_MEMBERS])
        for material in practice[:PRACTISED_BY_MEMBERS]:
            _practise(rows, member, material)
    return cohort


def _practise(rows: _Rows, person: uuid.UUID, material: _Material) -> None:
    days = rows.random.randrange(1, 60)
    session = _rating_session(rows, person, material, submitted_at=rows.at - timedelta(days=days))
    consensus = {number: rating.score for number, rating in material.key.document.items.items()}
    scores = {number: _near(rows.random, score) for number, score in consensus.items()}
    comparison = compare_with_key(scores, consensus)
    counts = {
        name: getattr(comparison.sums, name)
        for name in comparison.sums.__dataclass_fields__
        if name != "sessions"
    }
    rows.by_model[SessionAgreement].append(
        counts
        | {
            "session_id": session,
            "person_id": person,
            "differences": {str(item): value for item, value in comparison.differences.items()},
            "engine_version": ENGINE_VERSION,
        }
    )


def _near(source: random.Random, score: int | None) -> int | None:
    if score is None:
        return None
    return min(4, max(0, score + source.choice((-2, -1, -1, 0, 0, 0, 0, 1, 1))))
