"""A real server and a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from tests.browser.raters import Rater, working
from tests.databases import TEMPLATE_CACHE, fill, make_app
from training.config import PROJECT_ROOT

# The headless shell first: it draws no window of its own and takes a quarter less time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SECONDS_TO_START = 30
DATABASE = "browser.sqlite3"


def chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Service:
    """A service that runs, and an application on the same database for setting things up."""

    address: str
    app: Flask


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        message = "there is no Chromium on this machine"
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                # The next page of a visit takes over the frame of the one before, as it used to:
                # a new one for each is a quarter of what it takes to load a page.
                "--enable-features=RenderDocument:level/crashed-frame",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def empty_service(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, sqlite3.Connection]]:
    """A service, and its database as it was when nobody had come yet."""
    folder = tmp_path_factory.mktemp("empty-service")
    with serving(folder) as service, closing(sqlite3.connect(":memory:")) as before:
        with closing(sqlite3.connect(folder / DATABASE)) as database:
            database.backup(before)
        yield service, before


@pytest.fixture
def service(empty_service: tuple[Service, sqlite3.Connection]) -> Service:
    """The application as it is deployed, to itself: nobody else is in its database."""
    service, before = empty_service
    file = Path(service.app.instance_path) / DATABASE
    # In one transaction, as the service has the file open; to start another one takes seconds.
    with closing(sqlite3.connect(file, timeout=20)) as database:
        before.backup(database)
    return service


@pytest.fixture(scope="session")
def shared_service(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for every story whose people do not meet; each brings its own person."""
    with serving(tmp_path_factory.mktemp("shared-service")) as service:
        yield service


@pytest.fixture
def rater(shared_service: Service, browser: Browser) -> Iterator[Rater]:
    """A rater with a vignette to rate, at a wide screen."""
    with working(shared_service, browser) as rater:
        yield rater


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """Gunicorn with two workers, and a database file in this folder with the small pack."""
    url = f"sqlite:///{folder / DATABASE}"
    fill(make_app(url, folder))
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "only for tests, never elsewhere, at least 32 characters",
        "DATABASE_URL": url,
        "INSTANCE_PATH": str(folder),
        "TEMPLATE_CACHE_PATH": str(TEMPLATE_CACHE),
        "BODY_NAME": "Test body",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BIND": f"127.0.0.1:{port}",
        "LOG_LEVEL": "WARNING",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
        cwd=PROJECT_ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # its workers are in one group with it
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield Service(address, make_app(url, folder, argon2_time_cost=3))
    finally:
        # At once: nobody waits for an answer any more, and to stop in peace takes seconds, since
        # the browser keeps its connections open.
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the server stopped with {server.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=1) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer")
