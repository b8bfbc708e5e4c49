"""The trail of acts: chained, whole, and honest about tampering."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from training.accounts.models import Person, Role
from training.accounts.records import add_person, grant_role
from training.audit import trail
from training.audit.models import AuditEntry, AuditHead
from training.database import db, write_transaction

Act = trail.Act


def note_some(number: int = 3) -> None:
    for position in range(number):
        with write_transaction():
            trail.note(Act.DATA_EXPORTED, f"export {position}", person_id=None, rows=position)


def lines() -> list[AuditEntry]:
    statement = select(AuditEntry).order_by(AuditEntry.sequence)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def faults() -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [f"{fault.sequence}: {fault.message}" for fault in trail.verify()]


def test_each_line_carries_the_digest_of_the_one_before(app: Flask) -> None:
    with app.app_context():
        note_some()
        first, second = lines()[-2:]
        assert second.previous_digest == first.digest
        assert faults() == []


def test_an_act_that_fails_leaves_no_line(app: Flask) -> None:
    with app.app_context():
        before = len(lines())
        with pytest.raises(ZeroDivisionError), write_transaction():
            trail.note(Act.DATA_EXPORTED, "an export", person_id=None)
            raise ZeroDivisionError
        note_some(1)
        assert len(lines()) == before + 1
        assert faults() == []


def test_an_act_outside_a_transaction_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="write_transaction"):
        trail.note(Act.DATA_EXPORTED, "an export", person_id=None)


def test_inner_acts_belong_to_the_outer_one(app: Flask) -> None:
    with app.app_context():
        before = len(lines())
        with pytest.raises(ZeroDivisionError), write_transaction():
            add_person(email="a@example.org", name="A", roles=(Role.RATER,), by=None)
            raise ZeroDivisionError
        assert len(lines()) == before
        assert db.session.scalar(select(Person).filter_by(email="a@example.org")) is None


def test_a_changed_line_is_found(app: Flask) -> None:
    with app.app_context():
        note_some()
        target = lines()[-2].sequence
        db.session.execute(
            update(AuditEntry).filter_by(sequence=target).values(subject="something else")
        )
        db.session.commit()
        assert faults() == [f"{target}: its content was changed after it was written"]


def test_a_removed_line_is_found(app: Flask) -> None:
    with app.app_context():
        note_some()
        target = lines()[-2].sequence
        db.session.execute(delete(AuditEntry).filter_by(sequence=target))
        db.session.commit()
        assert faults()[0] == f"{target + 1}: line {target} is missing before this one"


def test_a_removed_last_line_is_found(app: Flask) -> None:
    with app.app_context():
        note_some()
        last = lines()[-1]
        db.session.execute(
            update(AuditHead).values(digest=None)  # the head points to the line by its digest
        )
        db.session.execute(delete(AuditEntry).filter_by(sequence=last.sequence))
        db.session.commit()
        found = faults()
        assert found == [
            f"{last.sequence}: the trail should end here but ends at line {last.sequence - 1}"
        ]


def test_two_lines_that_changed_places_are_found(app: Flask) -> None:
    with app.app_context():
        note_some()
        first, second = lines()[-2:]
        subjects = first.subject, second.subject
        for line, subject in zip((first, second), reversed(subjects), strict=True):
            db.session.execute(
                update(AuditEntry).filter_by(sequence=line.sequence).values(subject=subject)
            )
        db.session.commit()
        assert len(faults()) == 2


def test_acts_of_several_threads_make_one_chain(app: Flask) -> None:
    with app.app_context():
        before = len(lines())

    def act() -> None:
        with app.app_context():
            note_some(5)

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert len(lines()) == before + 20
        assert faults() == []


def test_a_role_is_written_down_with_who_gave_it(app: Flask, ada: Person, otto: Person) -> None:
    with app.app_context():
        grant_role(otto, Role.EXPERT, by=ada.id)
        grant_role(otto, Role.EXPERT, by=ada.id)
        granted = [line for line in lines() if line.details == {"role": "expert"}]
        assert [(line.act, line.person_id, line.subject) for line in granted] == [
            ("role granted", ada.id, f"person {otto.id}")
        ]


def test_the_command_says_whether_the_trail_is_whole(app: Flask) -> None:
    with app.app_context():
        note_some()
    runner = app.test_cli_runner()
    result = runner.invoke(args=["audit", "verify"])
    assert (result.exit_code, result.output) == (0, "The trail is whole.\n")
    with app.app_context():
        db.session.execute(update(AuditEntry).filter_by(sequence=1).values(act="nothing"))
        db.session.commit()
    result = runner.invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert "line 1" in result.output


def test_acts_of_one_transaction_stand_in_their_order_and_a_long_subject_is_cut(
    app: Flask, ada: Person
) -> None:
    with app.app_context():
        before = lines()[-1].sequence
        with write_transaction():
            trail.note(Act.DATA_EXPORTED, "first", person_id=None)
            with write_transaction():
                trail.note(Act.COHORT_CHANGED, "s" * 301, person_id=ada.id, rows=2, is_all=True)
            trail.note(Act.DATA_EXPORTED, ada.id, person_id=None, what=None)
        added = lines()[-3:]
        assert [(line.sequence - before, line.act, line.subject) for line in added] == [
            (1, "data exported", "first"),
            (2, "cohort changed", "s" * 300),
            (3, "data exported", str(ada.id)),
        ]
        assert [line.details for line in added] == [
            {},
            {"rows": 2, "is_all": True},
            {"what": None},
        ]
        head = db.session.scalars(select(AuditHead)).one()
        assert (head.sequence, head.digest) == (added[2].sequence, added[2].digest)
        assert faults() == []


def test_a_transaction_in_which_nothing_is_noted_leaves_the_end_where_it_was(app: Flask) -> None:
    with app.app_context():
        before = lines()[-1]
        with write_transaction():
            pass
        head = db.session.scalars(select(AuditHead)).one()
        assert (head.sequence, head.digest) == (before.sequence, before.digest)
