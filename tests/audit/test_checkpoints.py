"""Checkpoints: proof of where the trail ended, also against who cuts it off and mends the end."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from tests.audit.test_trail import lines, note_some
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.audit import checkpoints, trail
from training.audit.checkpoints import NotACheckpointError, checkpoint_in
from training.audit.models import AuditCheckpoint, AuditEntry, AuditHead
from training.database import db

Browsers = Callable[[Person], PersonClient]
PAGE = "/administration/trail/checkpoints"


@pytest.fixture
def run(app: Flask) -> Callable[..., Any]:
    def command(*arguments: str) -> Any:
        return app.test_cli_runner().invoke(args=["audit", *map(str, arguments)])

    return command


@pytest.fixture
def kept(app: Flask, run: Callable[..., Any], tmp_path: Path) -> Path:
    """A checkpoint after some acts, put away in a file; more acts follow."""
    with app.app_context():
        note_some(5)
    file = tmp_path / "checkpoint.json"
    file.write_text(run("checkpoint").output, encoding="utf-8")
    with app.app_context():
        note_some(5)
    return file


def cut_off(number: int) -> None:
    """Take lines off the end and set the end anew, as somebody who knows the tables would."""
    last = lines()[-number - 1]
    db.session.execute(update(AuditHead).values(sequence=last.sequence, digest=last.digest))
    db.session.execute(delete(AuditEntry).where(AuditEntry.sequence > last.sequence))
    db.session.commit()


def test_a_trail_that_went_on_holds_its_checkpoint(run: Callable[..., Any], kept: Path) -> None:
    result = run("verify", "--checkpoint", kept)
    assert result.exit_code == 0, result.output
    sequence = json.loads(kept.read_text())["sequence"]
    assert f"The trail holds line {sequence} as it was" in result.output
    assert "The trail is whole." in result.output


def test_making_one_is_itself_an_act(app: Flask, kept: Path) -> None:
    with app.app_context():
        (line,) = db.session.scalars(
            select(AuditEntry).filter_by(act=trail.Act.CHECKPOINT_MADE.value)
        )
        assert line.sequence == json.loads(kept.read_text())["sequence"] + 1
        assert list(trail.verify()) == []


def test_a_trail_without_a_line_is_signed_too_and_its_checkpoint_stays_true(
    app: Flask, run: Callable[..., Any], tmp_path: Path
) -> None:
    with app.app_context():
        db.session.execute(update(AuditHead).values(sequence=0, digest=None))
        db.session.execute(delete(AuditEntry))
        db.session.commit()
    file = tmp_path / "checkpoint.json"
    file.write_text(run("checkpoint").output, encoding="utf-8")
    assert json.loads(file.read_text())["sequence"] == 0
    result = run("verify", "--checkpoint", file)
    assert result.exit_code == 0, result.output
    assert "The trail holds line 0 as it was" in result.output


def test_lines_cut_off_the_end_are_found(app: Flask, run: Callable[..., Any]) -> None:
    with app.app_context():
        note_some(5)
        last = lines()[-3].sequence
        db.session.execute(delete(AuditHead))
        db.session.execute(delete(AuditEntry).where(AuditEntry.sequence > last))
        db.session.commit()
    result = run("verify")
    assert result.exit_code == 1
    assert "the row that says where the trail ends is gone" in result.output


def test_a_trail_cut_off_and_mended_is_found_by_the_file_alone(
    app: Flask, run: Callable[..., Any], kept: Path
) -> None:
    with app.app_context():
        cut_off(8)
    assert run("verify").exit_code == 1, "the stored checkpoint is still there"
    with app.app_context():
        db.session.execute(delete(AuditCheckpoint))
        db.session.commit()
    assert run("verify").exit_code == 0, "now the database itself knows nothing of it"
    result = run("verify", "--checkpoint", kept)
    assert result.exit_code == 1
    assert "it is gone or is not what the checkpoint says it was" in result.output


def test_a_trail_written_anew_is_found(app: Flask, run: Callable[..., Any], kept: Path) -> None:
    with app.app_context():
        cut_off(8)
        note_some(12)
    result = run("verify", "--checkpoint", kept)
    assert result.exit_code == 1
    assert "is not what a stored checkpoint says it was" in result.output


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 3},
        {"digest": "0" * 64},
        {"made_at": "2026-01-01T00:00:00+00:00"},
        {"signature": "AAAA"},
        {"method": "Ed25519"},
    ],
)
def test_a_changed_checkpoint_is_no_proof(
    run: Callable[..., Any], kept: Path, change: dict[str, object]
) -> None:
    kept.write_text(json.dumps(json.loads(kept.read_text()) | change))
    result = run("verify", "--checkpoint", kept)
    assert result.exit_code == 1
    assert "the checkpoint was changed, or was signed with another SECRET_KEY" in result.output


def test_another_secret_key_is_named(app: Flask, run: Callable[..., Any], kept: Path) -> None:
    before = app.config["SECRET_KEY"]
    app.config["SECRET_KEY"] = "another secret key that has at least 32 characters"
    try:
        assert run("verify").exit_code == 0, "a key that was changed is no tampering"
        assert "another SECRET_KEY" in run("verify", "--checkpoint", kept).output
    finally:
        app.config["SECRET_KEY"] = before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": "open-dialogue-checkpoint"}',
        "[" * 9_000,
        '{"format": "open-dialogue-checkpoint", "sequence": true, "digest": "", '
        '"made_at": "2026-01-01T00:00:00+00:00", "method": "", "signature": ""}',
        '{"format": "open-dialogue-checkpoint", "sequence": 1, "digest": "", '
        '"made_at": "2026-01-01", "method": "", "signature": ""}',
    ],
)
def test_what_is_no_checkpoint_ends_with_two(
    run: Callable[..., Any], tmp_path: Path, content: str
) -> None:
    file = tmp_path / "file"
    file.write_text(content)
    assert run("verify", "--checkpoint", file).exit_code == 2
    assert run("verify", "--checkpoint", tmp_path / "missing").exit_code == 2


@pytest.mark.parametrize(
    "impossible",
    [
        {"sequence": 10**30},
        {"sequence": 2**31},
        {"sequence": -1},
        {"made_at": "9999-12-31T23:59:59-10:00"},
        {"made_at": "0001-01-01T00:00:00+10:00"},
    ],
)
def test_what_no_checkpoint_can_say_ends_with_two(
    run: Callable[..., Any], kept: Path, impossible: dict[str, object]
) -> None:
    kept.write_text(json.dumps(json.loads(kept.read_text()) | impossible))
    result = run("verify", "--checkpoint", kept)
    assert result.exit_code == 2
    assert "is not what it should be" in result.stderr


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    with pytest.raises(NotACheckpointError):
        checkpoint_in(content)


# The page


def test_ada_makes_one_sees_it_and_takes_it_with_her(
    run: Callable[..., Any], tmp_path: Path, browser_of: Browsers, ada: Person
) -> None:
    browser = browser_of(ada)
    assert browser.get_page("/administration/trail").has_link_to(PAGE)
    assert "No checkpoint was made yet." in browser.get_page(PAGE).text
    page = browser.post_page(PAGE, follow=True)
    assert "Keep the file elsewhere." in page.text
    assert "as it was" in page.text
    assert "HMAC-SHA256 with a key derived from SECRET_KEY" in page.text, "honestly named"
    address = str(page.soup.select_one("a[href$='checkpoint.json']")["href"])
    file = tmp_path / "checkpoint.json"
    file.write_bytes(browser.get(address).get_data())
    assert run("verify", "--checkpoint", file).exit_code == 0


def test_ada_sees_which_line_is_gone(app: Flask, browser_of: Browsers, ada: Person) -> None:
    with app.app_context():
        note_some(5)
        checkpoints.make_checkpoint(person_id=ada.id)
        cut_off(3)
    assert "gone or changed" in browser_of(ada).get_page(PAGE).text


def test_the_page_and_its_files_are_for_administrators(
    app: Flask,
    browser_of: Browsers,
    make_person: Callable[..., Person],
    stranger: PersonClient,
) -> None:
    with app.app_context():
        checkpoints.make_checkpoint(person_id=None)
        (checkpoint_id, _), *_ = checkpoints.stored_checkpoints()
    file = f"{PAGE}/{checkpoint_id}/checkpoint.json"
    stranger.get_page(file, expect=302)
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            browser = browser_of(make_person(f"A {role.value}", role))
            browser.get_page(file, expect=403)
            browser.post_page(PAGE, expect=403)
    with app.app_context():
        assert len(checkpoints.stored_checkpoints()) == 1


def test_a_checkpoint_that_was_never_made_is_not_found(browser_of: Browsers, ada: Person) -> None:
    browser_of(ada).get_page(f"{PAGE}/{uuid.uuid4()}/checkpoint.json", expect=404)


# What is read of a file, without a trail

FINE: dict[str, object] = {
    "format": "open-dialogue-checkpoint",
    "sequence": 7,
    "digest": "ab" * 32,
    "made_at": "2026-03-01T13:30:00.000250+05:00",
    "method": "HMAC-SHA256",
    "signature": "AAAA",
}


def test_what_is_written_is_read_again_and_moments_are_told_in_utc() -> None:
    found = checkpoint_in(json.dumps(FINE).encode())
    assert (found.sequence, found.digest, found.signature) == (7, "ab" * 32, "AAAA")
    written = checkpoints.as_text(found)
    assert json.loads(written) == FINE | {"made_at": "2026-03-01T08:30:00.000250+00:00"}
    assert list(json.loads(written)) == list(FINE)
    assert written.endswith("}\n")
    assert checkpoint_in(written.encode()) == found


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": "another"}, "does not say that it is a checkpoint"),
        ({"sequence": "7"}, "is not what it should be"),
        ({"sequence": True}, "is not what it should be"),
        ({"sequence": 7.0}, "is not what it should be"),
        ({"digest": None}, "is not what it should be"),
        ({"method": 1}, "is not what it should be"),
        ({"signature": []}, "is not what it should be"),
        ({"made_at": "2026-03-01T08:30:00"}, "is not what it should be"),
        ({"made_at": "yesterday"}, "it needs sequence, digest, made_at, method, signature"),
        ({"made_at": 7}, "it needs sequence, digest, made_at, method, signature"),
        ({"padding": "x" * 10_000}, "the file is not JSON, or too long"),
    ],
)
def test_each_fault_of_a_file_is_told(change: dict[str, object], reason: str) -> None:
    with pytest.raises(NotACheckpointError, match=reason):
        checkpoint_in(json.dumps(FINE | change).encode())


@pytest.mark.parametrize("name", ["sequence", "digest", "made_at", "method", "signature"])
def test_no_part_of_a_checkpoint_may_be_left_out(name: str) -> None:
    without = {key: value for key, value in FINE.items() if key != name}
    with pytest.raises(NotACheckpointError, match="it needs sequence, digest, made_at"):
        checkpoint_in(json.dumps(without).encode())


def test_a_file_of_ten_thousand_bytes_is_read_and_one_more_is_too_long() -> None:
    file = json.dumps(FINE).encode()
    assert checkpoint_in(file + b" " * (10_000 - len(file))).sequence == 7
    with pytest.raises(NotACheckpointError):
        checkpoint_in(file + b" " * (10_000 - len(file)) + b"!")


def test_checkpoints_are_listed_the_latest_first(app: Flask) -> None:
    with app.app_context():
        made = [checkpoints.make_checkpoint(person_id=None) for _ in range(3)]
        assert [each for _, each in checkpoints.stored_checkpoints()] == made[::-1]
        assert [each.sequence - made[0].sequence for each in made] == [0, 1, 2]
        assert all(each.is_signed_by_us and each.is_contained for each in made)
        assert checkpoints.find_checkpoint(uuid.uuid4()) is None
