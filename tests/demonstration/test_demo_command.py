"""`flask demo` as somebody types it: what it makes, keeps, throws away, and never touches."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.demonstration.test_people import ALL_RATERS
from tests.test_commands import OUR_SETTINGS, flask
from training.config import PROJECT_ROOT
from training.demonstration.people import PASSWORD, STAFF

SECONDS_TO_START = 60
DATABASE = "demonstration.sqlite3"


def names(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM person ORDER BY name")]


def rename_everybody(folder: Path) -> None:
    """Something a visitor did."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("UPDATE person SET name = 'Changed by a visitor'")
        connection.commit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a demonstration was set up once."""
    folder = tmp_path_factory.mktemp("instance")
    real = f"sqlite:///{folder / 'real.sqlite3'}"
    result = flask(["demo", "--no-serve"], folder, DATABASE_URL=real)
    assert result.returncode == 0, result.stderr
    for account in (*STAFF, *(account for account, _ in ALL_RATERS)):
        assert account.email in result.stdout
    assert f"Password: {PASSWORD}" in result.stdout
    return folder


def test_it_makes_a_database_of_its_own_and_never_touches_a_real_one(folder: Path) -> None:
    assert (folder / DATABASE).exists()
    assert not (folder / "real.sqlite3").exists()
    assert not (folder / "training.sqlite3").exists()
    assert len(names(folder)) == len(STAFF) + len(ALL_RATERS)


def test_a_key_is_made_that_nobody_else_can_read(folder: Path) -> None:
    key = folder / "demonstration-secret-key"
    assert len(key.read_text()) == 64
    assert key.stat().st_mode & 0o077 == 0


def test_again_it_keeps_what_is_there_and_with_reset_it_starts_afresh(folder: Path) -> None:
    before = names(folder)
    key = (folder / "demonstration-secret-key").read_text()
    rename_everybody(folder)
    again = flask(["demo", "--no-serve"], folder)
    assert again.returncode == 0, again.stderr
    assert "Content: 0 documents published." in again.stdout
    assert set(names(folder)) == {"Changed by a visitor"}
    afresh = flask(["demo", "--no-serve", "--reset"], folder)
    assert afresh.returncode == 0, afresh.stderr
    assert "Content: 0 documents" not in afresh.stdout
    assert names(folder) == before
    assert (folder / "demonstration-secret-key").read_text() == key


def test_faults_in_further_content_are_named_and_nothing_is_served(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "broken.yaml").write_text("slug: [")
    result = flask(["demo"], folder, CONTENT_PATH=str(tmp_path))
    assert result.returncode == 1
    assert "The content has faults:" in result.stderr
    assert "broken.yaml" in result.stderr
    assert "Traceback" not in result.stderr


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answer_of(address: str) -> str | None:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own service
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError):
        return None


def test_it_serves_on_this_machine_and_lists_its_people(folder: Path) -> None:
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if name not in OUR_SETTINGS}
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "--port", str(port)],
        cwd=PROJECT_ROOT,
        env=environ | {"INSTANCE_PATH": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as service:
        try:
            until = time.monotonic() + SECONDS_TO_START
            while (page := answer_of(f"http://127.0.0.1:{port}/sign-in")) is None:
                assert service.poll() is None, "it ended by itself"
                assert time.monotonic() < until, "it did not start"
                time.sleep(0.2)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(timeout=30)
    assert "Demonstration accounts" in page
    assert "holder@example.org" in page
    assert service.returncode == 0
