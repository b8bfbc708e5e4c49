"""Headers, tokens, error pages, logs, health."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import text

from tests.databases import make_app
from tests.pages import PersonClient
from training.accounts.models import Person
from training.database import db
from training.persistence import bind_migrations, migrations_folder, newest_migration
from training.request_log import JsonFormatter, logger

BrowserOf = Callable[[Person], PersonClient]


def test_every_page_carries_a_strict_policy(stranger: PersonClient) -> None:
    for address in ("/", "/about", "/no-such-page", "/sign-in"):
        response = stranger.get(address)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Request-Id"]


def test_static_files_are_kept_for_ever_under_an_address_with_their_version(
    stranger: PersonClient,
) -> None:
    page = stranger.get_page("/")
    sheets = [link["href"] for link in page.soup.select("link[rel=stylesheet]")]
    assert any("v=" in sheet for sheet in sheets)
    for sheet in sheets:
        with stranger.get(sheet) as response:
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]


def test_pages_are_compressed_for_browsers_that_can(stranger: PersonClient) -> None:
    with stranger.get("/", headers={"Accept-Encoding": "br, gzip"}) as response:
        assert response.headers["Content-Encoding"] == "br"


def test_cookies_are_kept_from_scripts_and_other_sites(
    stranger: PersonClient, ines: Person
) -> None:
    response = stranger.post("/language", data={"language": "en"})
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_https_brings_secure_cookies_and_strict_transport(tmp_path: Path) -> None:
    app = make_app("sqlite:///:memory:", tmp_path, has_secure_cookies=True)
    response = app.test_client().get("/healthz")
    assert "max-age=31536000" in response.headers["Strict-Transport-Security"]
    assert app.config["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize(
    ("trusted_proxies", "seen"),
    [
        (0, {"address": "127.0.0.1", "served_at": "http://localhost"}),
        (1, {"address": "203.0.113.9", "served_at": "https://raters.example"}),
    ],
)
def test_a_visitor_is_who_the_trusted_proxy_says_and_nobody_before_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trusted_proxies: int,
    seen: dict[str, str],
) -> None:
    app = make_app("sqlite:///:memory:", tmp_path, trusted_proxies=trusted_proxies)

    def look() -> dict[str, str]:
        return {"address": str(request.remote_addr), "served_at": request.host_url.rstrip("/")}

    monkeypatch.setitem(app.view_functions, "home.healthz", look)
    headers = {
        "X-Forwarded-For": "10.1.1.1, 203.0.113.9",  # the visitor wrote the first of them
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "raters.example",
    }
    assert app.test_client().get("/healthz", headers=headers).get_json() == seen


@pytest.mark.parametrize("address", ["/sign-out", "/profile/end-sessions", "/language", "/profile"])
def test_no_change_without_the_token_of_the_form(
    ines: Person, browser_of: BrowserOf, address: str
) -> None:
    browser = browser_of(ines)
    with browser.post(address, data={"language": "hi"}, has_token=False) as response:
        assert response.status_code == 400
        assert "open for too long" in response.get_data(as_text=True)
    browser.get_page("/home")


def test_a_missing_page_is_explained_with_the_id_of_the_request(
    ines: Person, browser_of: BrowserOf
) -> None:
    page = browser_of(ines).get_page("/no-such-page", expect=404)
    assert page.heading == "There is no such page"
    assert page.response.headers["X-Request-Id"] in page.text


def test_a_failure_is_a_page_without_its_insides(
    app: Flask, stranger: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setitem(app.view_functions, "home.about", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    page = stranger.get_page("/about", expect=500)
    assert "secret" not in page.html
    assert "Nothing you saved before is lost" in page.text


def test_a_value_that_no_column_holds_is_refused_and_the_service_goes_on(
    app: Flask, ines: Person, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite's columns hold whatever comes")

    def ask() -> str:
        return str(db.session.scalar(text("SELECT CAST(99999 AS smallint)")))

    monkeypatch.setitem(app.view_functions, "home.about", ask)
    browser = browser_of(ines)
    page = browser.get_page("/about", expect=400)
    assert page.heading == "This request could not be understood"
    assert "Nothing was changed." in page.text
    browser.get_page("/home")


def test_a_script_gets_its_refusal_as_json(stranger: PersonClient) -> None:
    response = stranger.get("/no-such-page", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.get_json()["title"] == "There is no such page"


@pytest.mark.parametrize("address", ["/sign-in?next=%00", "/instruments/%00", "/join/a%00b"])
def test_null_characters_are_refused_before_any_database_sees_them(
    ines: Person, browser_of: BrowserOf, address: str
) -> None:
    browser = browser_of(ines)
    browser.get_page(address, expect=400)
    browser.post_page("/profile", {"name": "In\x00es", "locale": "en"}, expect=400)


def test_too_large_a_form_is_refused(stranger: PersonClient) -> None:
    data = {"email": "a" * 3_000_000, "password": "b"}
    with stranger.post("/sign-in", data=data) as response:
        assert response.status_code == 413


def test_the_service_says_that_it_is_well(stranger: PersonClient) -> None:
    assert stranger.get("/healthz").get_json() == {"status": "ok"}
    assert stranger.get("/readyz").get_json() == {"status": "ok"}


def test_a_database_that_is_not_migrated_is_not_ready(tmp_path: Path) -> None:
    app = make_app(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path)
    response = app.test_client().get("/readyz")
    assert response.status_code == 503
    assert "migrated" in response.get_json()["status"]


def test_neither_is_one_that_lacks_the_newest_tables_but_one_that_is_further_will_do(
    stranger: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.home.views.newest_migration", lambda: "9999")
    with stranger.get("/readyz") as response:
        assert response.status_code == 503
    monkeypatch.setattr("training.home.views.newest_migration", lambda: "0001")
    assert stranger.get("/readyz").get_json() == {"status": "ok"}


def test_the_newest_migration_is_the_one_that_alembic_ends_with(app: Flask) -> None:
    from alembic.script import ScriptDirectory

    with app.app_context():
        assert newest_migration() == ScriptDirectory(migrations_folder(app)).get_current_head()


def test_a_method_that_is_refused_is_told_with_those_that_are_not(stranger: PersonClient) -> None:
    for accepted in ("text/html", "application/json"):
        with stranger.get("/language", headers={"Accept": accepted}) as response:
            assert response.status_code == 405
            assert set(response.allow) == {"POST", "OPTIONS"}
            assert response.mimetype == accepted


def test_logs_are_lines_of_json() -> None:
    record = logging.LogRecord("training", logging.INFO, "f", 1, "a %s", ("word",), None)
    record.fields = {"status": 200}
    event = json.loads(JsonFormatter().format(record))
    assert (event["message"], event["status"], event["request"]) == ("a word", 200, None)


def test_a_failure_is_logged_with_where_it_happened_under_the_id_on_the_page(
    app: Flask,
    stranger: PersonClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events: list[dict[str, object]] = []

    def keep(record: logging.LogRecord) -> bool:
        events.append(json.loads(JsonFormatter().format(record)))
        return True

    def fail() -> str:
        raise RuntimeError("the inside")

    monkeypatch.setitem(app.view_functions, "home.about", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(logger, "filters", [keep])
    page = stranger.get_page("/about", expect=500)
    (failure,) = [event for event in events if event["message"] == "failure"]
    assert failure["level"] == "error"
    assert str(failure["request"]) in page.text
    assert "RuntimeError: the inside" in str(failure["exception"])
    assert "Traceback" in str(failure["exception"])


def test_a_service_logs_a_line_for_each_request_to_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("handlers", "level", "propagate"):  # all applications share this logger
        monkeypatch.setattr(logger, name, getattr(logger, name))
    app = make_app("sqlite:///:memory:", tmp_path, is_testing=False)
    with app.test_client() as client:
        client.get("/sign-in")
        for quiet in ("/healthz", "/style.css", "/scripts/workspace.js", "/static/css/app.css"):
            with client.get(quiet) as response:
                assert response.status_code == 200
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["level"], event["message"], event["method"]) == ("info", "request", "GET")
    assert (event["endpoint"], event["status"]) == ("accounts.sign_in", 200)


def test_a_request_is_logged_without_its_secrets(
    stranger: PersonClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="training"):
        stranger.get_page("/join/a-secret-token", expect=404)
    (record,) = [record for record in caplog.records if record.message == "request"]
    assert record.fields["endpoint"] == "accounts.join_by_invitation"
    assert "a-secret-token" not in JsonFormatter().format(record)


def test_sqlite_is_durable_and_guarded(tmp_path: Path) -> None:
    app = make_app(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path)
    with app.app_context(), db.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,  # FULL
        "busy_timeout": 15_000,
    }


def test_models_and_migrations_say_the_same(app: Flask) -> None:
    from flask_migrate import check

    bind_migrations(app)
    with app.app_context():
        check()
