"""As it is deployed the service runs without docstrings and assertions (docs/decisions/0030)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from training.config import PROJECT_ROOT

VISIT = """
from flask_migrate import upgrade
from training.accounts import records as accounts
from training.persistence import bind_migrations
from wsgi import app

assert not __debug__, "nobody comes here"
bind_migrations(app)
with app.app_context():
    upgrade()
visitor = app.test_client()
for address in ("/", "/sign-in", "/healthz", "/readyz", "/register"):
    print(address, visitor.get(address).status_code, accounts.__doc__)
"""


def test_a_stranger_is_served_as_ever(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-OO", "-W", "error", "-c", VISIT],
        env={
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "only for tests, never elsewhere, at least 32 characters",
            "INSTANCE_PATH": str(tmp_path),
        },
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{address} 200 None" for address in ("/", "/sign-in", "/healthz", "/readyz", "/register")
    ]


# To mypy they say what is known already. Nothing may rest on one: in the service they are gone.
ASSERTION = re.compile(r"assert [\w.]+ is not None\b|assert isinstance\(")


def test_an_assertion_only_says_what_is_known_already() -> None:
    lines = [
        f"{file.name}: {line.strip()}"
        for file in sorted((PROJECT_ROOT / "training").rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("assert ")
    ]
    assert lines
    assert [line for line in lines if not ASSERTION.search(line)] == []
