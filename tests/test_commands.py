"""What somebody types who runs the service: what it says, how it ends, and never a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from tests.conftest import PASSWORD
from tests.mail.server import MailServer
from tests.pages import PersonClient
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.config import PROJECT_ROOT
from training.database import db
from training.mail.models import Letter, LetterState

Run = Callable[..., Result]
OUR_SETTINGS = (
    "SECRET_KEY",
    "DATABASE_URL",
    "INSTANCE_PATH",
    "CONTENT_PATH",
    "DEMO",
    "FLASK_APP",
    "PUBLIC_URL",
    "SMTP_URL",
    "TRUSTED_PROXIES",
)


def flask(
    arguments: Sequence[str], folder: Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Type `flask --app wsgi ...` in a shell that holds only these settings."""
    environ = {name: value for name, value in os.environ.items() if name not in OUR_SETTINGS}
    environ |= {"INSTANCE_PATH": str(folder)} | settings
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT_ROOT,
        env=environ,
        timeout=120,
    )


@pytest.fixture
def run(app: Flask) -> Run:
    """Type a command against the application of the test."""
    return lambda *arguments: app.test_cli_runner().invoke(args=arguments)


@pytest.mark.parametrize(
    "arguments", [["db", "upgrade"], ["audit", "verify"]], ids=lambda words: " ".join(words)
)
def test_nothing_starts_without_a_secret_key_and_it_says_what_to_set(
    tmp_path: Path, arguments: list[str]
) -> None:
    result = flask(arguments, tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: Set SECRET_KEY to at least 32 random characters")
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []  # no database was made on the way


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--help"], "  people            People and their roles."),
        (["people", "add", "--help"], "Add a person, or give roles to one who is there"),
        (["db", "--help"], "Perform database migrations."),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_help_is_read_on_a_machine_on_which_nothing_is_set(
    tmp_path: Path, arguments: list[str], told: str
) -> None:
    result = flask(arguments, tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert told in result.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["template-cache"]  # and no database


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        ({"CONTENT_PATH": "/no/such/folder"}, "/no/such/folder"),
        ({"SECRET_KEY": "too short"}, "SECRET_KEY"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    result = flask(["routes"], tmp_path, **({"SECRET_KEY": "k" * 32} | settings))
    assert result.returncode == 1
    assert named in result.stderr
    assert "Traceback" not in result.stderr


def test_content_is_checked_without_a_secret_key_or_a_database(tmp_path: Path) -> None:
    result = flask(["content", "check"], tmp_path)
    assert result.returncode == 0, result.stderr
    assert "no faults" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_service_is_set_up_from_nothing(tmp_path: Path) -> None:
    """What the README says: migrate, publish, add the first administrator, prove the trail."""
    settings = {"SECRET_KEY": "k" * 32, "PUBLIC_URL": "https://raters.example"}
    said = []
    for words in (
        "db upgrade",
        "content publish",
        "people add first@example.org --role administrator --name First",
        "audit verify",
    ):
        result = flask(words.split(), tmp_path, **settings)
        assert result.returncode == 0, result.stderr
        assert "Traceback" not in result.stderr
        said.append(result.stdout)
    assert "0 unchanged" in said[1]
    assert "https://raters.example/reset-password/" in said[2]
    assert said[3] == "The trail is whole.\n"
    assert (tmp_path / "training.sqlite3").exists()


def link_in(output: str) -> str:
    found = re.search(r"(/reset-password/\S+)", output)
    assert found, output
    return found[1]


def test_a_new_person_is_added_with_a_link_that_works(
    app: Flask, run: Run, stranger: PersonClient
) -> None:
    added = run("people", "add", "Noor@Example.org", "--role", "trainer", "--role", "expert")
    assert added.exit_code == 0
    assert "Added noor@example.org." in added.output
    assert "Roles: expert, trainer" in added.output
    link = link_in(added.output)
    stranger.post_page(link, {"password": PASSWORD, "password_again": PASSWORD})
    stranger.post_page("/sign-in", {"email": "noor@example.org", "password": PASSWORD})
    page = stranger.get_page("/home")
    assert page.heading == "Hello, Noor@Example.org"  # until a name is given
    assert page.has_link_to("/cohorts")
    stranger.get_page(link, expect=404)


def test_a_name_with_spaces_is_kept(app: Flask, run: Run) -> None:
    run("people", "add", "noor@example.org", "--role", "rater", "--name", "  Noor Haddad ")
    with app.app_context():
        noor = accounts.find_person_by_email("noor@example.org")
        assert noor is not None
        assert noor.name == "Noor Haddad"
        assert noor.password_hash is None


def test_who_is_there_already_gets_the_role_and_keeps_the_password(
    app: Flask, run: Run, ines: Person, stranger: PersonClient
) -> None:
    for _ in range(2):  # twice is once
        result = run("people", "add", "INES@example.org", "--role", "certifier")
        assert result.exit_code == 0
        assert "ines@example.org was there already." in result.output
        assert "Roles: certifier, rater" in result.output
        assert "/reset-password/" not in result.output
    stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD})


def test_who_never_chose_a_password_is_given_another_link(run: Run, stranger: PersonClient) -> None:
    first = link_in(run("people", "add", "noor@example.org", "--role", "rater").output)
    second = link_in(run("people", "add", "noor@example.org", "--role", "rater").output)
    assert first != second
    stranger.post_page(second, {"password": PASSWORD, "password_again": PASSWORD})
    stranger.get_page(first, expect=404)


def test_the_letter_with_the_link_is_sent_where_there_is_a_mail_server(
    app: Flask, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer() as server:
        config = replace(app.extensions["config"], smtp_url=server.url)
        monkeypatch.setitem(app.extensions, "config", config)
        output = run("people", "add", "noor@example.org", "--role", "rater").output
        (message,) = server.messages
    assert message["To"] == "noor@example.org"
    assert link_in(message.get_content()) not in output  # nobody else needs it
    assert "/reset-password/…" in output
    with app.app_context():
        assert db.session.scalars(select(Letter.state)).all() == [LetterState.SENT]


@pytest.mark.parametrize(
    "email", ["nobody", "a b@example.org", "@", "", "x" * 300 + "@example.org"]
)
def test_an_address_that_is_none_is_refused(app: Flask, run: Run, email: str) -> None:
    result = run("people", "add", email, "--role", "rater")
    assert result.exit_code == 2
    assert "Invalid value for EMAIL" in result.output
    with app.app_context():
        assert accounts.people() == []


def test_a_role_that_is_none_is_refused_with_those_there_are(run: Run) -> None:
    result = run("people", "add", "noor@example.org", "--role", "practitioner")
    assert result.exit_code == 2
    for role in Role:
        assert role.value in result.output
    assert run("people", "add", "noor@example.org").exit_code == 2  # nobody without a role


def test_a_closed_account_is_named_and_left_alone(
    app: Flask, run: Run, ada: Person, make_person: Callable[..., Person]
) -> None:
    run("people", "add", "noor@example.org", "--role", "rater")
    with app.app_context():
        noor = accounts.find_person_by_email("noor@example.org")
        assert noor is not None
        accounts.deactivate(noor, by=ada.id)
    result = run("people", "add", "noor@example.org", "--role", "administrator")
    assert result.exit_code == 1
    assert result.output == "Error: The account of noor@example.org is closed.\n"
    with app.app_context():
        stored = accounts.find_person_by_email("noor@example.org")
        assert stored is not None
        assert stored.roles == {Role.RATER}


def test_the_last_administrator_is_let_in_again(
    app: Flask, run: Run, ada: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    browser = browser_of(ada)
    result = run("people", "remove-second-factor", "Ada@example.org", "--reason", "In person.")
    assert result.exit_code == 0, result.output
    assert "The second factor of ada@example.org is removed" in result.output
    browser.get_page("/home", expect=302)
    with app.app_context():
        letter = db.session.scalar(select(Letter))
        assert letter is not None
        assert "In person." in letter.body
    result = run("people", "remove-second-factor", "ada@example.org", "--reason", "Again.")
    assert result.exit_code == 1
    assert "ada@example.org has no second factor." in result.output


@pytest.mark.parametrize(
    ("email", "reason", "said"),
    [("nobody@example.org", "Lost.", "no such person"), ("ada@example.org", " ", "the reason")],
)
def test_a_second_factor_is_removed_of_somebody_for_a_reason(
    run: Run, ada: Person, email: str, reason: str, said: str
) -> None:
    result = run("people", "remove-second-factor", email, "--reason", reason)
    assert result.exit_code == 2
    assert said in result.output


def test_the_trail_is_proved_and_a_changed_line_named(app: Flask, run: Run, ines: Person) -> None:
    assert run("audit", "verify").output == "The trail is whole.\n"
    with app.app_context():
        db.session.execute(text("UPDATE audit_entry SET subject = 'somebody' WHERE sequence = 2"))
        db.session.commit()
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "line 2: its content was changed" in result.output
