"""Lists that certifiers work from: what stands in them, what comes first, and from when on."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.certification import stories
from tests.certification.stories import careful, constant, uneven
from tests.pack import STANDARD, small_pack
from training.accounts.models import Person, Role
from training.certification.appeals import acts as appeals
from training.certification.appeals import records as appeal_records
from training.certification.attempts import closing_dates
from training.certification.certificates import records as certificates
from training.certification.certificates.renewals import held_by, is_in_window
from training.certification.judging.decision import Outcome
from training.certification.judging.standard import Standard
from training.certification.models import AppealOutcome, Attempt, Certificate, Decision
from training.certification.reviews import acts as reviews
from training.certification.reviews.duties import Conflict
from training.certification.reviews.records import has_further_vignettes
from training.certification.workbench.past_decisions import past_decisions_under
from training.clock import now
from training.cohorts.models import Cohort
from training.database import db

Act = Callable[..., Any]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LIMITS = {"maximum": 3, "within_months": 12, "cooling_off_days": 0, "pooled": True}


@pytest.fixture
def nina(make_person: Callable[..., Person]) -> Person:
    """A third rater."""
    return make_person("Nina", Role.RATER)


def names(decisions: list[Decision]) -> list[str]:
    return [decision.attempt.person.name for decision in decisions]


def test_appeals_wait_oldest_first_and_count_for_whoever_may_decide_them(
    app: Flask,
    act: Act,
    cleo: Person,
    dora: Person,
    tamar: Person,
    cohort: Cohort,
    ines: Person,
    otto: Person,
) -> None:
    """Cleo declined both; Tamar trains Ines and is no certifier."""
    for person in (otto, ines):
        decision_id = act(stories.decided_attempt, person, constant)
        act(reviews.decline, decision_id, certifier=cleo, reason="Far from it.")
    for days, person in ((0, ines), (1, otto)):
        (attempt,) = act(stories.attempts_in_database, person)
        with time_machine.travel(now() + days * DAY):
            act(appeals.make, attempt.id, rater=person, reason="The service was down.")
    with app.app_context():
        for_dora, for_cleo, for_tamar = (
            appeal_records.waiting_appeals(person.id) for person in (dora, cleo, tamar)
        )
        assert names([row.appeal.decision for row in for_dora]) == ["Ines", "Otto"]
        assert [(row.conflict, row.is_readable) for row in for_dora] == [(None, True)] * 2
        assert [(row.conflict, row.is_readable) for row in for_cleo] == [
            (Conflict.DECIDED_BEFORE, True),
            (Conflict.DECIDED_BEFORE, True),
        ]
        assert [(row.conflict, row.is_readable) for row in for_tamar] == [
            (Conflict.OWN_TRAINEE, False),
            (None, True),
        ]
        assert all(row.has_reviewer for row in for_cleo)
        counts = [appeal_records.number_waiting_for(person) for person in (dora, cleo, tamar)]
        assert counts == [2, 0, 0]
        may_decide = appeal_records.certifiers_who_may_decide(for_dora[0].appeal.decision)
        assert [person.name for person in may_decide] == ["Dora"]
        waiting = [row.appeal.id for row in for_dora]
    for days, appeal_id in enumerate(reversed(waiting), start=2):
        with time_machine.travel(now() + days * DAY):
            act(
                appeals.decide,
                appeal_id,
                certifier=dora,
                outcome=AppealOutcome.DISMISSED,
                reason="It was not.",
            )
    with app.app_context():
        assert appeal_records.waiting_appeals(dora.id) == []
        decided = [row.appeal.decision for row in appeal_records.decided_appeals(dora.id)]
        assert names(decided) == ["Ines", "Otto"]
        (latest,) = appeal_records.decided_appeals(dora.id, limit=1)
        assert latest.appeal.id == waiting[0]


def test_the_window_that_closes_first_is_at_the_top_and_one_without_end_at_the_bottom(
    app: Flask, act: Act, cleo: Person, ines: Person, otto: Person, nina: Person
) -> None:
    act(stories.publish_standard, attempts=LIMITS)
    act(stories.opened_attempt, otto)
    act(stories.publish_standard, attempts=LIMITS | {"window_days": 14})
    with time_machine.travel(now() + 3 * DAY):
        act(stories.opened_attempt, nina)
    attempt_id = act(stories.opened_attempt, ines)
    for session in act(stories.sessions_of, attempt_id)[:3]:
        act(stories.submit, session, careful)
    with app.app_context():
        closes_at = db.session.get_one(Attempt, attempt_id).closes_at
        assert closes_at is not None
        found = closing_dates.attempts_under_way(cleo.id, at=now())
        assert [one.attempt.person.name for one in found] == ["Ines", "Nina", "Otto"]
        assert [(one.submitted, one.vignettes) for one in found] == [(3, 8), (0, 8), (0, 8)]
        moment = timedelta(microseconds=1)
        for at, number in ((closes_at - moment, 3), (closes_at, 2)):
            assert len(closing_dates.attempts_under_way(cleo.id, at=at)) == number


@pytest.mark.parametrize(("seconds", "pooled"), [(0, 16), (1, 8)])
def test_an_attempt_is_pooled_for_twelve_months_to_the_second(
    act: Act, ines: Person, seconds: int, pooled: int
) -> None:
    """Twelve months are 365 days and a quarter."""
    act(stories.publish_standard, attempts=LIMITS)
    with time_machine.travel(NOON, tick=False):
        act(stories.decided_attempt, ines, constant)
        act(stories.add_vignettes, 8)
    with time_machine.travel(NOON + timedelta(days=365.25, seconds=seconds), tick=False):
        decision_id = act(stories.next_attempt, ines, careful)
    decision = act(db.session.get_one, Decision, decision_id)
    assert (decision.figures["vignettes"], decision.figures["vignettes_in_attempt"]) == (pooled, 8)
    attempts = [session["attempt"] for session in decision.evidence["sessions"]]
    assert attempts == [1] * (pooled - 8) + [2] * 8


def test_more_evidence_can_be_asked_for_when_the_pool_holds_just_enough(
    act: Act, ines: Person, otto: Person
) -> None:
    """Two further vignettes are wanted of Ines; of Otto, who is done, there are none to want."""

    def has_further(decision_id: uuid.UUID) -> bool:
        return has_further_vignettes(db.session.get_one(Decision, decision_id))

    unclear = act(stories.decided_attempt, ines, uneven)
    assert act(db.session.get_one, Decision, unclear).figures["further_vignettes"] == 2
    assert [act(has_further, unclear)] == [False]
    act(stories.add_vignettes, 1)
    assert not act(has_further, unclear)
    act(stories.add_vignettes, 2)
    assert act(has_further, unclear)
    assert not act(has_further, act(stories.decided_attempt, otto, constant))


def strict_standard() -> Standard:
    """The standard of the small pack, of which hardly anybody meets the first gate."""
    standard = small_pack().standards[STANDARD]
    first, *others = standard.gates
    stricter = first.model_copy(update={"at_least": 0.99})
    return standard.model_copy(update={"gates": (stricter, *others)})


def test_past_decisions_are_counted_by_attempt_and_changed_ones_come_latest_first(
    app: Flask, act: Act, cleo: Person, ines: Person, otto: Person, nina: Person
) -> None:
    """Otto and then Ines met the standard; Nina's second decision is the one that counts."""
    with time_machine.travel(NOON):
        act(stories.decided_attempt, otto)
        unclear = act(stories.decided_attempt, nina, uneven)
        act(stories.add_vignettes, 2)
        act(reviews.ask_for_more_evidence, unclear, certifier=cleo, reason="Two gates.")
        (attempt,) = act(stories.attempts_in_database, nina)
        act(stories.submit_waiting, attempt.id, constant)
    with time_machine.travel(NOON + DAY):
        act(stories.decided_attempt, ines)
    standard = strict_standard()
    with app.app_context():
        found = past_decisions_under(standard, reader_id=cleo.id)
        assert (found.judged, found.withheld, found.has_more) == (3, 0, False)
        outcome = found_outcome(attempt.id)
        assert found.moves[0] == ((Outcome.MEETS, Outcome.DOES_NOT_MEET), 2)
        assert [move for move, _number in found.moves[1:]] == [(outcome, Outcome.DOES_NOT_MEET)]
        assert found.number_changed == len(found.changed) == 3
        assert [one.rater_name for one in found.changed] == ["Ines", "Nina", "Otto"]
        assert (found.changed[0].before, found.changed[0].after) == found.moves[0][0]
        own = past_decisions_under(standard, reader_id=ines.id)
        assert (own.withheld, own.number_changed) == (1, 3)
        assert "Ines" not in [one.rater_name for one in own.changed]
        few = past_decisions_under(standard, reader_id=cleo.id, limit=2)
        assert (few.judged, few.has_more) == (2, True)


def found_outcome(attempt_id: uuid.UUID) -> Outcome:
    """What the last decision of an attempt said."""
    return Outcome(stories.decisions_of(attempt_id)[-1].outcome)


def test_of_several_certificates_the_longest_valid_one_holds_and_the_last_one_is_renewed(
    app: Flask, act: Act, ines: Person, certificate: Certificate
) -> None:
    """The last one given is the shorter: somebody changed how long a certificate is valid."""

    def give_another() -> str:
        given = db.session.get_one(Certificate, certificate.id)
        decision = Decision(
            attempt_id=given.decision.attempt_id,
            number=2,
            outcome=given.decision.outcome,
            figures=given.decision.figures,
            evidence=given.decision.evidence,
            digest=given.decision.digest,
            computed_at=given.decision.computed_at,
        )
        db.session.add(decision)
        db.session.flush()
        other = Certificate(
            number=certificates.new_number(),
            person_id=ines.id,
            holder_name="Ines",
            decision_id=decision.id,
            signed_by_id=given.signed_by_id,
            body_name=given.body_name,
            issued_at=given.issued_at + DAY,
            valid_until=given.valid_until - DAY,
        )
        db.session.add(other)
        return other.number

    shorter, moment = act(give_another), timedelta(microseconds=1)
    end = certificate.valid_until
    with app.app_context():
        for at, valid, lapsed in (
            (end - 2 * DAY, certificate.number, None),
            (end - DAY, certificate.number, None),
            (end - moment, certificate.number, None),
            (end, None, shorter),
        ):
            held = held_by(ines.id, STANDARD, at=at)
            assert (held.valid and held.valid.number) == valid
            assert (held.lapsed and held.lapsed.number) == lapsed
            assert held.to_renew is not None
            assert held.to_renew.number == shorter
        assert held_by(ines.id, "another-standard", at=end - DAY).to_renew is None
        numbers = [one.number for one in certificates.certificates_of(ines.id)]
        assert numbers == [shorter, certificate.number]
        listed = certificates.register(None, at=end - DAY, offset=0, limit=9)
        assert [one.number for one in listed] == numbers
        states = certificates.states_by_decision(
            [one.decision_id for one in listed], at=end - DAY
        ).values()
        assert sorted(states) == ["expired", "valid"]


def test_a_certificate_is_due_for_renewal_from_sixty_days_before_its_end() -> None:
    certificate = Certificate(valid_until=NOON)
    first = NOON - timedelta(days=60)
    assert is_in_window(certificate, at=first)
    assert not is_in_window(certificate, at=first - timedelta(microseconds=1))
    assert is_in_window(certificate, at=NOON + DAY), "also when it has lapsed"
